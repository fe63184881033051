from math import isnan

import pytest

from tests.unit.build import container
from tui.domain.usage import CpuUsage, MemoryUsage, Pressure, Usage
from tui.sampling.history import CAPACITY, MOST_VANISHED, History, Metric

KEY = container().stable_key


def used(cores: float | None) -> Usage:
    return Usage(cpu=CpuUsage(cores_used=cores))


def test_fifteen_minutes_at_a_tick_a_second_fit() -> None:
    assert CAPACITY >= 15 * 60


def test_values_come_back_oldest_first() -> None:
    history = History()
    for tick, cores in enumerate([0.25, 0.5, 0.75]):
        history.append(tick, {KEY: used(cores)})
    assert list(history.series(KEY, Metric.CPU_CORES, 2)) == [0.5, 0.75]
    assert list(history.series(KEY, Metric.CPU_CORES, 99)) == [0.25, 0.5, 0.75]


def test_an_instance_never_seen_has_no_history() -> None:
    assert list(History().series(KEY, Metric.CPU_CORES, 10)) == []


def test_a_missed_tick_and_an_unknown_figure_are_gaps() -> None:
    history = History()
    history.append(7, {KEY: used(1.0)})
    history.append(9, {KEY: used(None)})
    first, missed, unknown = history.series(KEY, Metric.CPU_CORES, 10)
    assert first == 1.0
    assert isnan(missed)
    assert isnan(unknown)


@pytest.mark.parametrize("ticks", [CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY + 3])
def test_the_ring_keeps_the_newest(ticks: int) -> None:
    history = History()
    for tick in range(ticks):
        history.append(tick, {KEY: used(float(tick))})
    kept = min(ticks, CAPACITY)
    assert list(history.series(KEY, Metric.CPU_CORES, CAPACITY)) == [float(n) for n in range(ticks - kept, ticks)]


def test_pressure_is_the_worst_of_the_three() -> None:
    history = History()
    usage = Usage(pressure=Pressure(cpu_some=1.0, memory_some=None, io_some=4.0), memory=MemoryUsage(5))
    history.append(1, {KEY: usage})
    assert list(history.series(KEY, Metric.PRESSURE, 1)) == [4.0]
    assert list(history.series(KEY, Metric.MEMORY_BYTES, 1)) == [5.0]


def test_a_container_made_anew_keeps_its_chart_and_memory_stays_bounded() -> None:
    history = History()
    many = [container(f"c{number}").stable_key for number in range(MOST_VANISHED + 50)]
    history.append(1, {key: used(1.0) for key in many[:50]})
    history.append(2, {key: used(2.0) for key in many[50:]})
    assert list(history.series(many[0], Metric.CPU_CORES, 5)) == [1.0]
    history.append(3, {KEY: used(3.0)})
    left = [key for key in many if len(history.series(key, Metric.CPU_CORES, 5))]
    assert len(left) == MOST_VANISHED
    assert many[0] not in left
