from pathlib import Path

import pytest

from tests.unit.cgroup_tree import V1_CONTROLLERS, Tree
from tui.cgroup.locate import ENDED, SESSION, SHARED, Location, locate
from tui.cgroup.mounts import NOT_MOUNTED, OUTSIDE, Hierarchies, Place
from tui.cgroup.once import GoneError
from tui.cgroup.types import CgroupLine, Mount

ID = "3f" * 32
PATH = f"/machine.slice/libpod-{ID}.scope/container"


def find(tree: Tree, pid: int = 7, driver: str = "podman", *, session: bool = False) -> Location:
    proc = str(tree.proc)
    return locate(pid, driver, ID, session=session, hierarchies=Hierarchies.read(proc), proc=proc)


def test_v2_places_every_controller_in_the_one_hierarchy(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.process(7, f"0::{PATH}\n")
    found = find(tree)
    spot = found.spot("memory")
    assert spot is not None
    assert spot == found.spot("blkio") == found.spot("unified")
    assert spot.version == 2
    assert spot.usage == (f"{tree.cgroup}{PATH}", f"{tree.cgroup}{PATH}".removesuffix("/container"))
    assert spot.chain == (*spot.usage, f"{tree.cgroup}/machine.slice", str(tree.cgroup))
    assert spot.own == 2
    assert found.shown == PATH


def test_limits_of_a_guest_begin_below_the_level_of_its_usage(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    scope = r"/machine.slice/machine-qemu\x2d1\x2dq1.scope"
    tree.process(7, f"0::{scope}/libvirt/emulator\n")
    spot = find(tree, driver="qemu").spot("cpu")
    assert spot is not None
    assert spot.usage == (f"{tree.cgroup}{scope}",)
    assert spot.chain[:2] == (f"{tree.cgroup}{scope}/libvirt", f"{tree.cgroup}{scope}")
    assert spot.own == 2


def test_v1_resolves_each_controllers_own_line(tmp_path: Path) -> None:
    tree = Tree(tmp_path, version=1)
    lines = "".join(f"{n}:{name}:/libpod_parent/libpod-{ID}\n" for n, name in enumerate(V1_CONTROLLERS, 2))
    tree.process(7, lines.replace("pids:/libpod_parent/libpod-", "pids:/elsewhere/libpod-") + "0::/\n")
    found = find(tree)
    pids, memory = found.spot("pids"), found.spot("memory")
    assert pids is not None
    assert memory is not None
    assert pids.usage == (f"{tree.cgroup}/pids/elsewhere/libpod-{ID}",)
    assert memory.usage == (f"{tree.cgroup}/memory/libpod_parent/libpod-{ID}",)
    assert found.spot("unified") is None
    assert found.why_not("unified") == SHARED


def test_a_guest_without_systemd_has_no_place_where_the_line_is_the_root(tmp_path: Path) -> None:
    tree = Tree(tmp_path, version=1)
    tree.process(7, "3:memory:/machine/qemu-1-q1.libvirt-qemu\n2:cpuacct:/\n4:pids:/\n0::/\n")
    found = find(tree, driver="qemu")
    assert found.spot("memory") is not None
    assert found.spot("cpuacct") is None
    assert found.spot("pids") is None
    assert found.by_process


def test_a_guest_of_a_session_has_no_place_at_all(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.process(7, r"0::/machine.slice/machine-qemu\x2d1\x2dq1.scope/libvirt/emulator" + "\n")
    found = find(tree, driver="qemu", session=True)
    assert found.spot("memory") is None
    assert found.why_not("memory") == SESSION
    assert found.shown is None


@pytest.mark.parametrize("state", ["Z", "X"])
def test_a_zombie_has_ended(tmp_path: Path, state: str) -> None:
    tree = Tree(tmp_path)
    stat = tree.process(7, f"0::{PATH}\n") / "stat"
    stat.write_text(stat.read_text().replace(") S ", f") {state} "))
    with pytest.raises(GoneError, match=ENDED):
        find(tree)


def test_a_missing_process_is_gone(tmp_path: Path) -> None:
    with pytest.raises(GoneError):
        find(Tree(tmp_path))


def places(mounts: list[Mount], path: str) -> Place | str:
    return Hierarchies(mounts).places([CgroupLine((), path)])["unified"]


def test_a_mount_of_a_subtree_shows_what_is_below_it() -> None:
    subtree = Mount("/docker/1", "/sys/fs/cgroup", "cgroup2", ("rw",))
    assert places([subtree], "/docker/1/a") == Place(2, "/sys/fs/cgroup", "/a")
    assert places([subtree], "/docker/1") == Place(2, "/sys/fs/cgroup", "/")
    assert places([subtree], "/docker/12/a") == OUTSIDE


def test_the_whole_hierarchy_is_preferred_to_a_part_of_it() -> None:
    whole, part = Mount("/", "/whole", "cgroup2", ()), Mount("/a", "/part", "cgroup2", ())
    assert places([part, whole], "/a/b") == Place(2, "/whole", "/a/b")


def test_a_path_above_the_namespace_is_outside() -> None:
    assert places([Mount("/", "/sys/fs/cgroup", "cgroup2", ())], "/../../machine.slice/x") == OUTSIDE


def test_nothing_mounted_is_said() -> None:
    assert places([], "/a") == NOT_MOUNTED
    assert Hierarchies.read("/nonexistent").unified == []


def test_this_process_is_found_on_this_machine() -> None:
    hierarchies = Hierarchies.read()
    assert hierarchies.unified or hierarchies.v1
