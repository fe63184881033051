from collections.abc import Mapping
from math import isnan

import pytest

from tests.unit.build import container
from tui.domain.identity import StableKey
from tui.domain.usage import CpuUsage, MemoryUsage, Pressure, Usage
from tui.sampling.history import CAPACITY, MOST_VANISHED, History, Metric

KEY = container().stable_key


def add(history: History, tick: int, usages: Mapping[StableKey, Usage]) -> None:
    history.append(tick, list(usages), list(usages.values()))


def used(cores: float | None) -> Usage:
    return Usage(cpu=CpuUsage(cores_used=cores))


def test_fifteen_minutes_at_a_tick_a_second_fit() -> None:
    assert CAPACITY >= 15 * 60


def test_values_come_back_oldest_first() -> None:
    history = History()
    for tick, cores in enumerate([0.25, 0.5, 0.75]):
        add(history, tick, {KEY: used(cores)})
    assert list(history.series(KEY, Metric.CPU_CORES, 2)) == [0.5, 0.75]
    assert list(history.series(KEY, Metric.CPU_CORES, 99)) == [0.25, 0.5, 0.75]


def test_an_instance_never_seen_has_no_history() -> None:
    assert list(History().series(KEY, Metric.CPU_CORES, 10)) == []


def test_a_missed_tick_and_an_unknown_figure_are_gaps() -> None:
    history = History()
    add(history, 7, {KEY: used(1.0)})
    add(history, 9, {KEY: used(None)})
    first, missed, unknown = history.series(KEY, Metric.CPU_CORES, 10)
    assert first == 1.0
    assert isnan(missed)
    assert isnan(unknown)


@pytest.mark.parametrize("ticks", [CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY + 3])
def test_the_ring_keeps_the_newest(ticks: int) -> None:
    history = History()
    for tick in range(ticks):
        add(history, tick, {KEY: used(float(tick))})
    kept = min(ticks, CAPACITY)
    assert list(history.series(KEY, Metric.CPU_CORES, CAPACITY)) == [float(n) for n in range(ticks - kept, ticks)]


def test_pressure_is_the_worst_of_the_three() -> None:
    history = History()
    usage = Usage(pressure=Pressure(cpu_some=1.0, memory_some=None, io_some=4.0), memory=MemoryUsage(5))
    add(history, 1, {KEY: usage})
    assert list(history.series(KEY, Metric.PRESSURE, 1)) == [4.0]
    assert list(history.series(KEY, Metric.MEMORY_BYTES, 1)) == [5.0]


def test_a_container_made_anew_keeps_its_chart_and_memory_stays_bounded() -> None:
    history = History()
    many = [container(f"c{number}").stable_key for number in range(MOST_VANISHED + 50)]
    add(history, 1, {key: used(1.0) for key in many[:50]})
    add(history, 2, {key: used(2.0) for key in many[50:]})
    assert list(history.series(many[0], Metric.CPU_CORES, 5)) == [1.0]
    add(history, 3, {KEY: used(3.0)})
    left = [key for key in many if len(history.series(key, Metric.CPU_CORES, 5))]
    assert len(left) == MOST_VANISHED
    assert many[0] not in left


def test_between_two_changes_the_value_stands() -> None:
    history = History()
    keys, still, moved = [KEY], [used(1.0)], [used(2.0)]
    for tick in range(10, 14):
        history.append(tick, keys, still)
    for tick in range(14, 16):
        history.append(tick, keys, moved)
    assert list(history.series(KEY, Metric.CPU_CORES, 99)) == [1.0, 1.0, 1.0, 1.0, 2.0, 2.0]
    assert list(history.series(KEY, Metric.CPU_CORES, 3)) == [1.0, 2.0, 2.0]
    assert list(history.series(KEY, Metric.CPU_CORES, 1)) == [2.0]


def test_a_missed_tick_is_a_gap_for_what_stood_still_too() -> None:
    history = History()
    keys, still = [KEY], [used(1.0)]
    for tick in (1, 2, 4):
        history.append(tick, keys, still)
    assert shown(history, 9) == [1.0, 1.0, None, 1.0]
    assert shown(history, 2) == [None, 1.0]


def test_after_a_long_sleep_of_the_host_only_gaps_are_left_before_now() -> None:
    history = History()
    history.append(1, [KEY], [used(1.0)])
    history.append(100_000, [KEY], [used(2.0)])
    assert shown(history, CAPACITY) == [None] * (CAPACITY - 1) + [2.0]


def test_the_time_in_which_it_was_gone_is_a_gap_once_it_is_back() -> None:
    history = History()
    add(history, 1, {KEY: used(1.0)})
    add(history, 2, {})
    add(history, 3, {})
    assert shown(history, 9) == [1.0]
    add(history, 4, {KEY: used(4.0)})
    assert shown(history, 9) == [1.0, None, None, 4.0]


def test_another_instance_beside_it_changes_nothing() -> None:
    history = History()
    still, other = used(1.0), container("other").stable_key
    add(history, 1, {KEY: still})
    add(history, 2, {other: used(7.0), KEY: still})
    add(history, 3, {KEY: still})
    assert shown(history, 9) == [1.0, 1.0, 1.0]
    assert list(history.series(other, Metric.CPU_CORES, 9)) == [7.0]


def test_what_stood_still_for_longer_than_is_kept_has_a_full_history() -> None:
    history = History()
    keys, still = [KEY], [used(1.0)]
    for tick in range(2 * CAPACITY):
        history.append(tick, keys, still)
    assert shown(history, 2 * CAPACITY) == [1.0] * CAPACITY


def test_one_that_changes_on_every_tick_stays_bounded() -> None:
    history = History()
    keys = [KEY]
    for tick in range(5 * CAPACITY):
        history.append(tick, keys, [used(float(tick))])
    [track] = history._tracks.values()
    assert len(track.ticks) <= CAPACITY + 65
    assert len(track.values) == len(track.ticks) * len(Metric)


def shown(history: History, count: int) -> list[float | None]:
    return [None if isnan(value) else value for value in history.series(KEY, Metric.CPU_CORES, count)]
