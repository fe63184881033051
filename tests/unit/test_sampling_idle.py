"""What is read of an instance that stands still, and that its figures stay true."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.build import container
from tests.unit.cgroup_tree import Tree
from tui.domain.usage import IoUsage, Usage
from tui.sampling.instances import CgroupSampler

ID = "3f" * 32
PATH = f"/machine.slice/libpod-{ID}.scope/container"
WEB = container(ID, pid=7, driver="podman")
SLOW_TICK = 9  # of the first instance of a sampler, after the ticks that `Idle` begins with


class Idle:
    """An instance whose first five ticks are over: the next slow one is number 9."""

    def __init__(self, tree: Tree) -> None:
        self.sampler: CgroupSampler = tree.sampler()
        self.tick = 0
        while self.tick < 5:
            self.usage = self.next()

    def next(self, *, attended: bool = False) -> Usage:
        """Sample a second later."""
        self.tick += 1
        keys = frozenset({WEB.key}) if attended else frozenset[str]()
        self.usage = self.sampler.sample([WEB], keys, float(self.tick))[WEB.key]
        return self.usage

    def until_slow(self) -> Iterator[Usage]:
        """Sample up to the tick before the slow one."""
        while self.tick < SLOW_TICK - 1:
            yield self.next()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    made.process(7, f"0::{PATH}\n")
    made.v2(PATH.rpartition("/")[0])
    made.v2(PATH)
    return made


def test_what_did_not_run_keeps_its_very_usage(tree: Tree) -> None:
    idle = Idle(tree)
    first = idle.usage
    assert [idle.next() is first for _ in range(10)] == [True] * 10


def test_tasks_of_what_did_not_run_are_read_on_the_slow_tick(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, pids_current="9\n")
    assert {usage.pids.current for usage in idle.until_slow()} == {3}
    assert idle.next().pids.current == 9


def test_processor_time_brings_the_tasks_at_once(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, pids_current="9\n", cpu_stat="usage_usec 1000001\nnr_periods 10\nnr_throttled 5\n")
    assert idle.next().pids.current == 9


def test_memory_that_the_kernel_takes_back_from_what_did_not_run_is_seen_at_once(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_current="948576\n")
    assert idle.next().memory.working_set_bytes == 900_000


def test_cache_is_read_at_once_when_the_charge_changed_and_again_when_the_kernel_has_added_it_up(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_current="2048576\n", memory_stat="anon 1\ninactive_file 1048576\n")
    assert idle.next().memory.working_set_bytes == 1_000_000
    tree.v2(PATH, memory_current="2048576\n", memory_stat="anon 1\ninactive_file 1048575\n")
    assert [idle.next().memory.working_set_bytes for _ in range(2)] == [1_000_000, 1_000_001]


def test_cache_that_moves_by_itself_is_seen_on_the_slow_tick(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_stat="anon 1\ninactive_file 48575\n")
    seen = [usage.memory.working_set_bytes for usage in idle.until_slow()]
    assert seen[0] == 1_000_000
    assert idle.next().memory.working_set_bytes == 1_000_001


def test_late_write_back_is_spread_over_all_the_time_since_it_was_last_read(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=7000 rios=1\n")
    assert {usage.io for usage in idle.until_slow()} == {IoUsage(0.0, 0.0)}
    assert idle.next().io == IoUsage(0.0, 1000.0)  # 5,000 bytes in the 5 s since tick 4


def test_write_back_that_memory_stat_tells_of_is_read_with_it(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_current="1048577\n", memory_stat="file_dirty 5000\ninactive_file 48576\n")
    idle.next()
    tree.v2(
        PATH,
        memory_current="1048577\n",
        memory_stat="file_dirty 0\ninactive_file 48576\n",
        io_stat="8:0 rbytes=1000 wbytes=7000 rios=1\n",
    )
    assert [idle.next().io for _ in range(2)] == [IoUsage(0.0, 0.0), IoUsage(0.0, 2500.0)]


def test_moving_bytes_are_read_on_every_tick_until_they_rest(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=7000 rios=1\n")
    list(idle.until_slow())
    idle.next()
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=7300 rios=1\n")
    assert idle.next().io == IoUsage(0.0, 300.0)
    assert idle.next().io == IoUsage(0.0, 0.0)
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=9000 rios=1\n")
    assert idle.next().io == IoUsage(0.0, 0.0)


def test_waking_up_gives_block_traffic_its_own_window(tree: Tree) -> None:
    idle = Idle(tree)
    for _ in range(2):
        idle.next()  # ticks 6 and 7: block I/O was last read on tick 4
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=10000 rios=1\n", cpu_stat="usage_usec 2000000\nnr_periods 10\n")
    usage = idle.next()
    assert usage.io == IoUsage(0.0, 2000.0)  # 8,000 bytes in 4 s
    assert (usage.cpu.cores_used, usage.window_seconds) == (1.0, 1.0)


def test_swap_and_kills_are_read_on_the_fifth_tick_once_pages_came_or_went(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_current="900000\n", memory_swap_current="8192\n", memory_events="oom_kill 3\n")
    assert {usage.memory.swap_bytes for usage in idle.until_slow()} == {4096}
    memory = idle.next().memory
    assert (memory.swap_bytes, memory.oom_kills) == (8192, 1)
    tree.v2(PATH, memory_current="900001\n", memory_swap_current="0\n", memory_events="oom_kill 5\n")
    assert [idle.next().memory.oom_kills for _ in range(5)] == [1, 1, 1, 1, 3]


def test_what_a_person_looks_at_is_read_whole(tree: Tree) -> None:
    idle = Idle(tree)
    idle.next(attended=True)
    tree.v2(PATH, memory_swap_current="8192\n", memory_events="oom_kill 3\n")
    memory = idle.next(attended=True).memory
    assert (memory.swap_bytes, memory.oom_kills) == (8192, 1)


def test_v1_is_read_by_the_same_rule(tmp_path: Path) -> None:
    tree = Tree(tmp_path, 1)
    path = f"/libpod_parent/libpod-{ID}"
    tree.v1(path)
    tree.v2(path)
    controllers = ("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids")
    tree.process(7, "".join(f"{place}:{name}:{path}\n" for place, name in enumerate(controllers, 1)) + f"0::{path}\n")
    idle = Idle(tree)
    tree.v1(path, "pids", pids_current="9\n")
    assert {usage.pids.current for usage in idle.until_slow()} == {3}
    tree.v1(path, "cpuacct", "cpu", cpuacct_usage="1500000000\n", cpu_stat="nr_periods 20\nnr_throttled 8\n")
    usage = idle.next()
    assert (usage.cpu.cores_used, usage.cpu.throttled_percent, usage.pids.current) == (0.5, 30.0, 9)
