"""Numbers of a record: what is kept of a figure, and how columns and runs are written."""

import json
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.record_views import NOON, working
from tui.domain.host import HostUsage
from tui.domain.plain import FormatError
from tui.domain.usage import CpuUsage, MemoryUsage, Usage
from tui.record import columns
from tui.record.block import fold, unfold
from tui.record.delta import HOST_REST, USAGE_REST, Differ, plain_text
from tui.record.resolution import (
    HOST_FIGURES,
    INSTANCE_FIGURES,
    host_codes,
    instance_codes,
    rate_code,
    rate_value,
    rounded,
    rounded_host,
)
from tui.record.run import Makes

CODES = st.one_of(st.none(), st.integers(-(2**40), 2**40), st.integers(-3, 3))


@given(st.integers(0, 2**50))
def test_a_rate_is_kept_to_a_twentieth_of_a_percent_and_stays_what_it_is_then(rate: int) -> None:
    kept = rate_value(rate_code(rate))
    assert abs(kept - rate) <= max(rate / 2000, 0)
    assert rate_code(kept) == rate_code(rate)


@given(st.integers(0, 2**50), st.integers(0, 2**50))
def test_numbers_of_rates_grow_with_rates(one: int, other: int) -> None:
    assert (rate_code(one) <= rate_code(other)) or one > other


@given(st.floats(0, 4000), st.integers(0, 2**45), st.floats(0, 100))
def test_rounding_twice_changes_nothing(cores: float, held: int, percent: float) -> None:
    once = rounded(Usage(CpuUsage(cores, cores, percent), MemoryUsage(held, held)))
    assert rounded(once) == once
    assert once.cpu.cores_used == pytest.approx(cores, abs=0.000_51)
    assert once.memory.limit_bytes == held
    assert abs((once.memory.working_set_bytes or 0) - held) <= 2048


def test_what_is_not_finite_was_not_measured() -> None:
    assert rounded(Usage(CpuUsage(float("nan"), float("inf")))).cpu == CpuUsage()
    assert rounded_host(HostUsage(4, load_1=float("inf"))).load_1 is None


def paths_of(kind: type, skipped: tuple[str, ...]) -> set[str]:
    found = set()
    for field in fields(kind):
        if field.name in skipped:
            continue
        default = field.default
        inner = [one.name for one in fields(default)] if is_dataclass(default) else []
        found |= {f"{field.name}.{name}" for name in inner} or {field.name}
    return found


def test_every_figure_is_a_column_or_kept_as_it_is() -> None:
    assert {path for path, _ in INSTANCE_FIGURES} == paths_of(Usage, USAGE_REST)
    assert {path for path, _ in HOST_FIGURES} == paths_of(HostUsage, HOST_REST)
    assert len(instance_codes(Usage())) == len(INSTANCE_FIGURES)
    assert len(host_codes(HostUsage(1))) == len(HOST_FIGURES)


@given(st.integers(1, 60).flatmap(lambda rows: st.lists(st.lists(CODES, min_size=rows, max_size=rows), max_size=6)))
def test_columns_come_back(given_columns: list[list[int | None]]) -> None:
    rows = len(given_columns[0]) if given_columns else 0
    assert columns.unpack(columns.pack(given_columns), rows) == given_columns


@given(st.binary(max_size=200), st.integers(1, 50))
def test_nonsense_is_no_column(data: bytes, rows: int) -> None:
    try:
        found = columns.unpack(data, rows)
    except FormatError:
        return
    assert all(len(column) == rows for column in found)


def test_a_column_that_nobody_asked_for_is_skipped() -> None:
    packed = columns.pack([[1, 2, 3], [4, None, 6], [7, 7, 7]])
    assert columns.unpack(packed, 3, {1})[1] == [4, None, 6]
    assert columns.unpack(packed, 3, {1})[0] == []


def test_a_run_is_the_same_before_and_after_it_was_folded() -> None:
    views = working(40)
    differ = Differ()
    deltas = [json.loads(plain_text(differ.take(view))) for view in views]
    run = unfold(fold(deltas, 5.0), Makes())
    assert [run.view(number) for number in range(len(run))] == list(views)
    assert run.times[0] == NOON


def test_what_stands_still_is_the_very_object_of_before() -> None:
    views = working(3)
    differ = Differ()
    deltas = [differ.take(view) for view in views]
    run = unfold(fold([json.loads(plain_text(delta)) for delta in deltas], 5.0), Makes())
    first, second = run.view(0), run.view(1)
    assert second.instances[0] is not first.instances[0]
    assert second.instances[1] is first.instances[1]
    assert second.sources is first.sources


def test_a_tick_on_which_one_of_many_works_says_one_thing() -> None:
    views = working(3)
    differ = Differ()
    _, delta, _ = (differ.take(view) for view in views)
    assert set(delta) == {"t", "h", "f"}
    assert len(delta["f"]) == 1


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0, 10_000), st.integers(1, 255))
def test_a_block_with_a_flipped_byte_is_refused_or_right(part: int, place: int, flip: int) -> None:
    views = working(8)
    differ = Differ()
    row = fold([json.loads(plain_text(differ.take(view))) for view in views], 5.0)
    data = bytearray(row[part])
    data[place % len(data)] ^= flip
    broken = row._replace(**{row._fields[part]: bytes(data)})
    if part < 3:
        assert broken.checksum != row.checksum
        return
    try:
        run = unfold(broken, Makes())
        seen = [run.view(number) for number in range(len(run))]
    except FormatError:
        return
    assert seen == list(views)
