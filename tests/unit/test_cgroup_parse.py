from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cgroup import parse
from tui.cgroup.types import CpuSample, IoCounters, IoSample

CPU_STAT = b"usage_usec 7\nuser_usec 4\nsystem_usec 3\nnice_usec 0\nnr_periods 20\nnr_throttled 5\nthrottled_usec 9\n"
MEMORY_STAT = b"anon 1\ninactive_anon 2\nactive_file 3\ninactive_file 4096\n"
BLKIO = b"8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:0 Async 0\n8:0 Discard 0\n8:0 Total 30\nTotal 30\n"


@pytest.mark.parametrize(
    ("parser", "raw", "value"),
    [
        (parse.number, b"12\n", 12),
        (parse.number, b"12", None),  # torn: it may have been 123
        (parse.number, b"-1\n", None),
        (parse.number, b"1_0\n", None),
        (parse.number, b"max\n", None),
        (parse.number, b"", None),
        (parse.number, b"9" * 5000 + b"\n", None),
        (parse.cpu_stat, CPU_STAT, CpuSample(7, 20, 5)),
        (parse.cpu_stat, b"usage_usec 7\nuser_usec 4\nsystem_usec 3\n", CpuSample(7)),
        (parse.cpu_stat, b"usage_usec 7", None),
        (parse.cpu_stat, b"user_usec 7\n", None),
        (parse.cpu_stat, b"usage_usec 7\nnr_periods 20\nnr_throttled 5", CpuSample(7)),
        (parse.cpu_stat_v1, b"nr_periods 20\nnr_throttled 5\nthrottled_time 9\n", CpuSample(0, 20, 5)),
        (parse.cpu_stat_v1, b"nr_periods 20\n", None),
        (parse.inactive_file, MEMORY_STAT, 4096),
        (parse.inactive_file, b"inactive_file 4096\n", 4096),
        (parse.inactive_file, b"total_inactive_file 4096\n", None),
        (parse.inactive_file, b"anon 1\ninactive_file 40", None),
        (parse.total_inactive_file, b"inactive_file 1\ntotal_inactive_file 2\n", 2),
        (parse.total_inactive_file, b"inactive_file 1\n", None),
        (parse.oom_kill, b"low 0\noom 3\noom_kill 2\noom_group_kill 1\n", 2),
        (parse.oom_kill, b"oom_kill_disable 0\nunder_oom 0\noom_kill 4\n", 4),
        (parse.oom_kill, b"oom_kill_disable 0\nunder_oom 0\n", None),
        (parse.limit, b"4096\n", 4096),
        (parse.limit, b"max\n", None),
        (parse.limit, b"9223372036854771712\n", None),
        (parse.cpu_max, b"50000 100000\n", 0.5),
        (parse.cpu_max, b"max 100000\n", None),
        (parse.cpu_max, b"50000 0\n", None),
        (parse.cpu_max, b"50000 1000", None),
        (parse.cpu_max, b"50000\n", None),
        (parse.cpu_list, b"0-3,8\n", 5),
        (parse.cpu_list, b"0\n", 1),
        (parse.cpu_list, b"\n", None),
        (parse.cpu_list, b"3-0\n", None),
        (parse.cpu_list, b"0-3", None),
        (parse.pressure, b"some avg10=12.34 avg60=0.00 avg300=0.00 total=5\n", 12.34),
        (parse.pressure, b"full avg10=12.34 avg60=0.00 avg300=0.00 total=5\n", None),
        (parse.pressure, b"some avg10=x avg60=0.00\n", None),
        (parse.pressure, b"some avg10=nan avg60=0.00\n", None),
        (parse.pressure, b"some avg10=1", None),
    ],
)
def test_one_value_or_none(parser: Any, raw: bytes, value: object) -> None:
    assert parser(raw) == value


def test_io_stat_has_one_row_a_device() -> None:
    raw = b"8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n253:1 rbytes=5 wbytes=6 rios=0 wios=0\n"
    assert parse.io_stat(raw) == IoSample({"8:0": IoCounters(1, 2), "253:1": IoCounters(5, 6)})


def test_io_stat_of_an_idle_cgroup_is_empty_and_complete() -> None:
    assert parse.io_stat(b"") == IoSample({}, 0)


def test_io_stat_keeps_rows_with_cost_figures() -> None:
    raw = b"8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0 cost.vrate=100.00 cost.usage=7\n"
    assert parse.io_stat(raw) == IoSample({"8:0": IoCounters(1, 2)})


@pytest.mark.parametrize(
    "row",
    [
        b"7:0 7:1 8:0 rbytes=1 wbytes=2 rios=3\n",
        b"(unknown) rbytes=1 wbytes=2\n",
        b"8:0 rbytes=1 wbytes=2 rios=3 wi",
        b"8:0 rbytes=1 wbytes=2",
        b"8:0 rbytes=-1 wbytes=2\n",
        b"8:0 wbytes=2\n",
        b"\n",
    ],
)
def test_a_row_that_does_not_parse_is_skipped_and_counted(row: bytes) -> None:
    good = b"8:16 rbytes=5 wbytes=6 rios=1 wios=1\n"
    assert parse.io_stat(good + row) == IoSample({"8:16": IoCounters(5, 6)}, 1)


def test_blkio_has_reads_and_writes_of_each_device() -> None:
    assert parse.blkio(BLKIO) == IoSample({"8:0": IoCounters(10, 20)})


def test_blkio_without_devices_is_unknown_not_zero() -> None:
    assert parse.blkio(b"Total 0\n") is None
    assert parse.blkio(b"") is None


def test_blkio_skips_what_it_cannot_read() -> None:
    assert parse.blkio(BLKIO + b"(unknown) Read 5\n8:16 Read 1") == IoSample({"8:0": IoCounters(10, 20)}, 2)


PARSERS = (
    parse.number,
    parse.cpu_stat,
    parse.cpu_stat_v1,
    parse.inactive_file,
    parse.total_inactive_file,
    parse.oom_kill,
    parse.limit,
    parse.cpu_max,
    parse.cpu_list,
    parse.pressure,
    parse.io_stat,
    parse.blkio,
)
WORDS = st.sampled_from(
    b"8:0|(unknown)|rbytes=1|wbytes=2| |\n|usage_usec|-1|max|0-3|,|\0|7|some avg10=|nr_periods|nr_throttled|"
    b"inactive_file|oom_kill|Total|Read|Write|99999999999999999999999999".split(b"|")
)


@given(raw=st.one_of(st.binary(max_size=200), st.lists(WORDS, max_size=30).map(b"".join)))
def test_no_parser_ever_raises(raw: bytes) -> None:
    for parser in PARSERS:
        value = parser(raw)
        assert value is None or isinstance(value, int | float | tuple)


@given(
    rows=st.dictionaries(
        st.tuples(st.integers(0, 999), st.integers(0, 999)),
        st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)),
        max_size=8,
    ),
    cut=st.integers(0, 400),
)
def test_a_text_cut_anywhere_gives_whole_rows_only(rows: dict[tuple[int, int], tuple[int, int]], cut: int) -> None:
    whole = {f"{major}:{minor}": IoCounters(*counters) for (major, minor), counters in rows.items()}
    raw = "".join(
        f"{name} rbytes={io.rbytes} wbytes={io.wbytes} rios=1 wios=1\n" for name, io in whole.items()
    ).encode()
    assert parse.io_stat(raw) == IoSample(whole, 0)
    for name, counters in parse.io_stat(raw[:cut]).devices.items():
        assert whole[name] == counters
