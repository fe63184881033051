"""Snapshots of guests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuestSnapshot:
    """One snapshot of a guest.

    Attributes:
        parent: name of the one before it, empty for a root.
        state: of the guest when it was taken: "running", "shutoff", "disk-snapshot".
        external: its data is in files of its own; else inside the disk's file.
        has_memory: a revert goes on where the guest was, not with a boot.
        current: the guest's newest data stand on this one.
        files: overlay or memory files of an external one.
    """

    name: str
    parent: str = ""
    description: str = ""
    created_unix_seconds: float | None = None
    state: str = ""
    external: bool = False
    has_memory: bool = False
    current: bool = False
    children: int = 0
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuestSnapshots:
    """All snapshots of one guest.

    Attributes:
        has_managed_save: its memory is on disk; the next start goes on from there.
        revert_problem: why reverting to an external one is not possible here; empty when it is.
    """

    snapshots: tuple[GuestSnapshot, ...] = ()
    has_managed_save: bool = False
    revert_problem: str = ""
