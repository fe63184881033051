"""What is read of an instance that stands still, and that its figures stay true."""

from collections.abc import Callable, Iterator
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


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({"pids_current": "9\n"}, lambda usage: usage.pids.current == 9),
        ({"memory_current": "948576\n"}, lambda usage: usage.memory.working_set_bytes == 900_000),
        ({"io_stat": "8:0 rbytes=1000 wbytes=2300 rios=1\n"}, lambda usage: usage.io == IoUsage(0.0, 300.0)),
        ({"cpu_stat": "usage_usec 1500000\nnr_periods 10\n"}, lambda usage: usage.cpu.cores_used == 0.5),
    ],
)
def test_what_may_change_without_a_sign_is_read_on_every_tick(
    tree: Tree, files: dict[str, str], seen: Callable[[Usage], bool]
) -> None:
    idle = Idle(tree)
    for _ in range(2):
        assert not seen(idle.next())
    tree.v2(PATH, **files)
    assert seen(idle.next())


def test_cache_is_read_at_once_when_the_charge_changed_and_as_often_as_the_kernel_adds_it_up(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, memory_current="2048576\n", memory_stat="anon 1\ninactive_file 1048576\n")
    assert idle.next().memory.working_set_bytes == 1_000_000
    tree.v2(PATH, memory_current="2048576\n", memory_stat="anon 1\ninactive_file 1048575\n")
    assert [idle.next().memory.working_set_bytes for _ in range(2)] == [1_000_000, 1_000_001]


def test_block_traffic_is_nothing_again_when_it_ends(tree: Tree) -> None:
    idle = Idle(tree)
    tree.v2(PATH, io_stat="8:0 rbytes=1000 wbytes=7000 rios=1\n")
    assert [idle.next().io for _ in range(3)] == [IoUsage(0.0, 5000.0), IoUsage(0.0, 0.0), IoUsage(0.0, 0.0)]


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
    assert idle.next().pids.current == 9
    tree.v1(path, "cpuacct", "cpu", cpuacct_usage="1500000000\n", cpu_stat="nr_periods 20\nnr_throttled 8\n")
    usage = idle.next()
    assert (usage.cpu.cores_used, usage.cpu.throttled_percent, usage.pids.current) == (0.5, 30.0, 9)
