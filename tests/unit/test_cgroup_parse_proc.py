import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui.cgroup import parse_proc
from tui.cgroup.types import CgroupLine, IoCounters, Mount, NetworkSample, ProcessMemory, ProcessStat

STAT = b"42 (a) b (c) R 1 42 42 0 -1 4194304 1 0 0 0 120 30 0 0 20 0 7 0 98167 1 1 1\n"
NET_DEV = (
    b"Inter-|   Receive\n face |bytes\n"
    b"    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n"
    b"  eth0:100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0\n"
    b"  eth1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n"
)


def test_stat_counts_fields_from_the_last_bracket() -> None:
    assert parse_proc.stat(STAT) == ProcessStat("R", 150, 7, 98167)


def test_a_torn_stat_is_none() -> None:
    assert parse_proc.stat(STAT[:-1]) is None
    assert parse_proc.stat(b"42 (a) R 1\n") is None
    assert parse_proc.stat(b"") is None


def test_stat_of_this_process_is_its_own() -> None:
    stat = parse_proc.stat(Path("/proc/self/stat").read_bytes())
    assert stat is not None
    assert stat.state == "R"
    assert stat.num_threads >= 1


def test_status_counts_resident_memory_without_files() -> None:
    raw = b"Name:\tx\nVmRSS:\t 9 kB\nRssAnon:\t 4 kB\nRssFile:\t 3 kB\nRssShmem:\t 2 kB\nVmSwap:\t 1 kB\n"
    assert parse_proc.status(raw) == ProcessMemory(6 * 1024, 1024)


def test_status_of_a_kernel_thread_has_no_memory() -> None:
    assert parse_proc.status(b"Name:\tkthreadd\nThreads:\t1\n") is None


def test_status_of_this_process_is_not_empty() -> None:
    memory = parse_proc.status(Path("/proc/self/status").read_bytes())
    assert memory is not None
    assert memory.rss > 1_000_000


def test_io_counts_what_reached_block_devices() -> None:
    raw = b"rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 7\n"
    assert parse_proc.io(raw) == IoCounters(5, 6)
    assert parse_proc.io(b"rchar: 1\n") is None


def test_net_dev_adds_all_but_loopback() -> None:
    assert parse_proc.net_dev(NET_DEV) == NetworkSample(105, 26)


def test_net_dev_leaves_a_torn_row_out_and_is_none_without_any() -> None:
    assert parse_proc.net_dev(NET_DEV[:-10]) == NetworkSample(100, 20)
    assert parse_proc.net_dev(b"Inter-|\n face |\n    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n") is None
    assert parse_proc.net_dev(b"") is None


def test_cgroup_has_one_line_a_hierarchy() -> None:
    raw = b"2:cpu,cpuacct:/a:b\n1:name=systemd:/c\n0::/d (deleted)\nnonsense\n5:x:relative\n"
    assert parse_proc.cgroup(raw) == (
        CgroupLine(("cpu", "cpuacct"), "/a:b"),
        CgroupLine(("name=systemd",), "/c"),
        CgroupLine((), "/d (deleted)"),
    )


def test_mountinfo_undoes_escapes_and_skips_optional_fields() -> None:
    raw = b"31 23 0:28 /r /mnt/a\\040b\\134 rw,nosuid shared:9 master:1 - cgroup2 cgroup2 rw,nsdelegate\ntorn 1 2"
    assert parse_proc.mountinfo(raw) == (Mount("/r", "/mnt/a b\\", "cgroup2", ("rw", "nsdelegate")),)


def test_swap_is_all_and_used() -> None:
    assert parse_proc.swap(b"MemTotal: 9 kB\nSwapTotal:  8 kB\nSwapFree:  3 kB\n") == (8192, 5120)
    assert parse_proc.swap(b"MemTotal: 9 kB\nSwapTotal:  8 kB\n") is None


def test_this_machine_has_memory_and_mounts() -> None:
    assert parse_proc.mountinfo(Path("/proc/self/mountinfo").read_bytes())
    total = parse_proc.mem_total(Path("/proc/meminfo").read_bytes())
    assert total is not None
    assert abs(total - os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) < total // 10


@given(raw=st.binary(max_size=300))
def test_no_parser_ever_raises(raw: bytes) -> None:
    for parser in (parse_proc.stat, parse_proc.status, parse_proc.io, parse_proc.net_dev, parse_proc.mem_total):
        value = parser(b"1 (x) R " + raw)
        assert value is None or isinstance(value, int | tuple)
    assert isinstance(parse_proc.cgroup(raw), tuple)
    assert isinstance(parse_proc.mountinfo(raw), tuple)
