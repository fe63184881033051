"""A guest's snapshots, read: who stands on whom, and where their data are."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from tui.domain.identity import InstanceId
from tui.domain.snapshot import GuestSnapshot, GuestSnapshots
from tui.engines.libvirt.guests.xml_edit import Element, attribute, parse
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.definitions import path_of

REVERT_EXTERNAL, DELETE_EXTERNAL = (9, 9, 0), (9, 0, 0)
"""The first libvirt that can; before, an external one was left to blockcommit and to editing by hand."""


@dataclass(frozen=True, slots=True)
class Tree:
    """All snapshots of a guest.

    Attributes:
        listed: in the order in which they were taken.
        memories: by snapshot, the file with the memory, of external ones.
        under: by snapshot, which files hold the state that it keeps: what the guest wrote to before it was taken.
    """

    listed: tuple[GuestSnapshot, ...] = ()
    under: tuple[tuple[str, tuple[str, ...]], ...] = ()
    memories: tuple[tuple[str, str], ...] = ()
    saved: bool = False

    def find(self, name: str) -> GuestSnapshot | None:
        """Return a snapshot by name."""
        return next((one for one in self.listed if one.name == name), None)

    def files_under(self, name: str) -> tuple[str, ...]:
        """Return the files in which an external snapshot keeps its state."""
        return dict(self.under).get(name, ())

    def memory_file(self, name: str) -> str:
        """Return the file with the memory of an external snapshot; empty for none."""
        return dict(self.memories).get(name, "")

    def after(self, name: str) -> tuple[GuestSnapshot, ...]:
        """Return all that were taken on top of one, near and far."""
        near = [one for one in self.listed if one.parent == name]
        return tuple(found for one in near for found in (one, *self.after(one.name)))

    def path_to_now(self, name: str) -> bool:
        """Tell whether the guest's present data stand on a snapshot."""
        current = next((one for one in self.listed if one.current), None)
        while current is not None:
            if current.name == name:
                return True
            current = self.find(current.parent)
        return False


def read_tree(libvirt: Any, connection: Any, *, uuid: str) -> Tree:
    """Read all snapshots; blocks."""
    domain = connection.lookupByUUIDString(uuid)
    listed, under, memories = [], [], []
    for snapshot in domain.listAllSnapshots(libvirt.VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL):
        root = parse(snapshot.getXMLDesc(0))
        listed.append(describe(root, current=bool(snapshot.isCurrent()), children=snapshot.numChildren()))
        under.append((root.findtext("name", ""), files_before(root)))
        memories.append((root.findtext("name", ""), attribute(root.find("memory"), "file")))
    return Tree(tuple(listed), tuple(under), tuple(memories), bool(domain.hasManagedSaveImage()))


def describe(root: Element, *, current: bool, children: int) -> GuestSnapshot:
    """Read the definition of one."""
    disks = [disk for disk in root.iterfind("disks/disk") if disk.get("snapshot") == "external"]
    memory = root.find("memory")
    how = attribute(memory, "snapshot")
    files = [path_of(source) for disk in disks if (source := disk.find("source")) is not None]
    if how == "external":
        files.append(attribute(memory, "file"))
    created = root.findtext("creationTime", "")
    return GuestSnapshot(
        name=root.findtext("name", ""),
        parent=root.findtext("parent/name", ""),
        description=root.findtext("description", "").strip(),
        created_unix_seconds=float(created) if created.isdigit() else None,
        state=root.findtext("state", ""),
        external=bool(disks) or how == "external",
        has_memory=how in {"internal", "external"},
        current=current,
        children=children,
        files=tuple(path for path in files if path),
    )


def files_before(root: Element) -> tuple[str, ...]:
    """Return the files that an external snapshot must not lose: what its disks were when it was taken."""
    external = {disk.get("name") for disk in root.iterfind("disks/disk") if disk.get("snapshot") == "external"}
    found = []
    for disk in root.iterfind("domain/devices/disk"):
        source = disk.find("source")
        if source is not None and attribute(disk.find("target"), "dev") in external:
            found.append(path_of(source))
    return tuple(path for path in found if path)


async def snapshot_tree(around: Surroundings, target: InstanceId) -> Tree:
    """Return all snapshots of a guest.

    Raises:
        EngineError: with its sentence.
    """
    return await around.ask(around.guests, partial(read_tree, uuid=target.local))


async def snapshots(around: Surroundings, target: InstanceId) -> GuestSnapshots:
    """Return a guest's snapshots, as the seam says."""
    tree = await snapshot_tree(around, target)
    return GuestSnapshots(tree.listed, tree.saved, revert_problem(around))


def revert_problem(around: Surroundings) -> str:
    """Say why no external snapshot can be reverted to; "" when one can."""
    if around.version >= REVERT_EXTERNAL:
        return ""
    return f"libvirt {spell(around.version)} cannot revert to an external snapshot: that needs 9.9 or newer."


def delete_problem(around: Surroundings) -> str:
    """Say why no external snapshot can be deleted; "" when one can."""
    if around.version >= DELETE_EXTERNAL:
        return ""
    return f"libvirt {spell(around.version)} cannot delete an external snapshot: that needs 9.0 or newer."


def spell(version: tuple[int, ...]) -> str:
    """Return a version for a sentence."""
    return ".".join(str(number) for number in version) or "(version not known)"
