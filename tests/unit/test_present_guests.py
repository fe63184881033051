"""Snapshots and hardware of a guest as lines."""

from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.domain.snapshot import GuestSnapshot, GuestSnapshots
from tui.present.hardware import Part, hardware_groups
from tui.present.roles import Spans, plain
from tui.present.snapshots import name_column, saved_facts, snapshot_facts, snapshot_label, snapshot_tree, summary

DAY = 86_400.0
GIB = 1 << 30


def snapshot(name: str, parent: str = "", day: float = 0.0, **more: object) -> GuestSnapshot:
    return GuestSnapshot(name, parent, created_unix_seconds=day * DAY, **more)  # type: ignore[arg-type]


def texts(lines: list[Spans]) -> list[str]:
    return [plain(line) for line in lines]


def test_each_snapshot_stands_below_the_one_it_was_taken_after_the_oldest_first() -> None:
    roots = snapshot_tree(
        [
            snapshot("c", "a", 3),
            snapshot("b", "a", 2),
            snapshot("z", "", 1),
            snapshot("a", "", 0),
            snapshot("d", "b", 4),
        ]
    )
    assert [root.snapshot.name for root in roots] == ["a", "z"]
    assert [node.snapshot.name for node in roots[0].walk()] == ["a", "b", "d", "c"]


def test_one_whose_parent_is_gone_is_not_lost() -> None:
    roots = snapshot_tree([snapshot("b", "gone"), snapshot("a")])
    assert {root.snapshot.name for root in roots} == {"a", "b"}


def test_a_deep_chain_is_walked() -> None:
    chain = [snapshot(f"s{at}", f"s{at - 1}" if at else "", at) for at in range(200)]
    (root,) = snapshot_tree(chain)
    assert len(list(root.walk())) == 200


def test_a_label_tells_age_state_place_and_memory_in_words() -> None:
    external = snapshot("clean", state="shutoff", external=True, current=True)
    words = "clean  current  9 days ago    off        external, no memory"
    assert plain(snapshot_label(external, 9 * DAY)) == words
    internal = snapshot("warm", state="running", has_memory=True)
    assert "running    internal, memory" in plain(snapshot_label(internal, DAY))
    assert "current" not in plain(snapshot_label(internal, DAY))
    assert "disks only" in plain(snapshot_label(snapshot("x", state="disk-snapshot"), DAY))


def test_an_age_that_is_not_told_is_no_age_of_decades() -> None:
    label = plain(snapshot_label(GuestSnapshot("old"), 20_000 * DAY))
    assert "age not told" in label
    assert "state not told" in label


def test_names_stand_in_one_column_at_every_level() -> None:
    roots = snapshot_tree([snapshot("before-16.11"), snapshot("before-17.0", "before-16.11", 1)])
    assert name_column(roots, 3, 2, 40) == 14
    assert name_column(roots, 3, 2, 10) == 10
    assert name_column((), 3, 2, 40) == 0


def test_facts_say_what_going_back_means() -> None:
    warm = snapshot("warm", state="running", has_memory=True, description="before\nthe upgrade")
    found = texts(snapshot_facts(warm, "", 78))
    assert "description  before the upgrade" in found
    assert "data         inside the files of the disks" in found
    assert "reverting    goes on where the guest was" in found
    assert any("its next start is a boot" in line for line in texts(snapshot_facts(snapshot("cold"), "", 78)))


def test_an_external_one_names_its_files_and_why_it_cannot_be_gone_back_to() -> None:
    outside = snapshot("clean", external=True, files=("/srv/vm.clean",))
    found = texts(snapshot_facts(outside, "libvirt 9.0 cannot.", 78))
    assert "data         /srv/vm.clean" in found
    assert "reverting    libvirt 9.0 cannot." in found
    assert "reverting    libvirt 9.0 cannot." not in texts(snapshot_facts(snapshot("cold"), "libvirt 9.0 cannot.", 78))


def test_saved_memory_is_told_though_there_is_no_snapshot() -> None:
    assert plain(summary(GuestSnapshots())) == "no snapshots"
    assert plain(summary(GuestSnapshots((snapshot("a"),)))) == "1 snapshot"
    saved = GuestSnapshots(has_managed_save=True)
    assert plain(summary(saved)) == "no snapshots  memory saved"
    assert "the next start goes on from there" in " ".join(texts(saved_facts(saved, 120)))
    assert saved_facts(GuestSnapshots(), 78) == []


def test_an_age_is_short_enough_for_its_column() -> None:
    assert "1 year ago    " in plain(snapshot_label(snapshot("old", day=0), 400 * DAY))


def hardware(**more: object) -> GuestHardware:
    facts = {"vcpus": 4, "vcpus_max": 8, "memory_bytes": 8 * GIB, "memory_max_bytes": 8 * GIB, **more}
    return GuestHardware(**facts)  # type: ignore[arg-type]


def lines_of(found: GuestHardware, part: Part) -> list[str]:
    return [plain(line.spans) for group in hardware_groups(found) if group.part is part for line in group.lines]


def test_now_and_at_the_next_start_are_told_apart() -> None:
    machine = lines_of(hardware(vcpus_live=2, memory_live_bytes=8 * GIB), Part.MACHINE)
    assert machine[0] == "vCPUs        2 now, 4 at the next start, at most 8"
    assert machine[1] == "memory       8.0G now and at the next start"
    assert lines_of(hardware(), Part.MACHINE)[0] == "vCPUs        4 at the next start, at most 8"


def test_boot_order_and_texts() -> None:
    machine = lines_of(hardware(boot=("network", "hd"), title="Git"), Part.MACHINE)
    assert machine[2:] == ["boot order   network, then disk", "title        Git", "description  none"]


def test_a_disk_that_is_not_there_both_now_and_later_says_so() -> None:
    disks = (
        GuestDisk("vda", "/srv/a.qcow2", "qcow2", "virtio", live=True, stored=True),
        GuestDisk("vdb", "/srv/b.raw", "raw", "virtio", live=True, read_only=True),
        GuestDisk("sda", "", "", "sata", "cdrom", stored=True),
    )
    found = lines_of(hardware(vcpus_live=4, disks=disks), Part.DISK)
    assert found[0].endswith("a.qcow2")
    assert found[1].endswith("b.raw  read-only  now only")
    assert found[2].endswith("CD      sata    -      empty  at the next start only")
    assert lines_of(hardware(disks=disks[2:]), Part.DISK)[0].endswith("empty"), "it is off: there is no now"


def test_an_interface_names_its_network_or_bridge() -> None:
    found = lines_of(
        hardware(
            interfaces=(
                GuestInterface("52:54:00:00:00:01", "default", "virtio", "vnet3", live=True, stored=True),
                GuestInterface("52:54:00:00:00:02", "bridge:br0", "e1000e", stored=True),
                GuestInterface("52:54:00:00:00:03"),
            ),
            vcpus_live=4,
        ),
        Part.INTERFACE,
    )
    assert found[0] == "52:54:00:00:00:01  virtio  default  vnet3"
    assert found[1] == "52:54:00:00:00:02  e1000e  bridge br0  at the next start only"
    assert "no network" in found[2]


def test_keys_of_lines_are_unique_and_headings_say_where_there_is_nothing() -> None:
    groups = hardware_groups(hardware())
    keys = [line.key for group in groups for line in group.lines]
    assert len(keys) == len(set(keys))
    assert [group.title for group in groups] == ["Machine", "Disks: none", "Interfaces: none"]
