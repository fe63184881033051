"""Which disk stands on which, and which guests need them: pure, from what libvirt told."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui.domain.storage import Disk, DiskUser, StoragePool
from tui.engines.libvirt.resources.definitions import GuestDefinition, Source

OUTSIDE = "What is under {} is not known: it is in no pool that could be read."
GONE = "{} is gone: its pool does not have it."
LOOP = "{} stands on itself: the chain is broken."
FINAL_FORMATS = frozenset({"raw", "iso", "dir"})


def linked(pools: Iterable[StoragePool], guests: Iterable[GuestDefinition]) -> tuple[StoragePool, ...]:
    """Return the pools with every chain followed across them, and every disk's users."""
    pools = tuple(pools)
    shelf = Shelf(pools)
    chains = {disk.path: shelf.chain(disk) for disk in shelf.disks}
    users = users_by_path(shelf, guests)

    def complete(disk: Disk) -> Disk:
        backing, problem = chains[disk.path]
        return replace(disk, backing=backing, backing_problem=problem, users=users.get(tidy(disk.path), ()))

    return tuple(
        pool if pool.disks is None else replace(pool, disks=tuple(complete(disk) for disk in pool.disks))
        for pool in pools
    )


class Shelf:
    """The disks of all pools, by path and by name."""

    def __init__(self, pools: Iterable[StoragePool]) -> None:
        listed = tuple(pools)
        self.disks = tuple(disk for pool in listed for disk in pool.disks or ())
        self.by_path = {tidy(disk.path): disk for disk in self.disks}
        self._by_name = {(disk.pool, disk.name): disk for disk in self.disks}
        self._folders = {tidy(pool.path) for pool in listed if pool.path and pool.is_active and pool.disks is not None}

    def find(self, pool: str, name: str) -> Disk | None:
        """Return a disk by its name."""
        return self._by_name.get((pool, name))

    def path_of(self, source: Source) -> str:
        """Return where a guest's disk lies; empty for a volume of a pool that could not be read."""
        if not source.volume:
            return tidy(source.path)
        disk = self.find(source.pool, source.volume)
        return tidy(disk.path) if disk else ""

    def chain(self, disk: Disk) -> tuple[tuple[str, ...], str]:
        """Follow what is under a disk; return the paths and why the end was not reached."""
        paths: list[str] = []
        seen = {tidy(disk.path)}
        while disk.backing:
            path = absolute(disk.backing[0], disk.path)
            paths.append(path)
            if path in seen:
                return tuple(paths), LOOP.format(path)
            seen.add(path)
            below = self.by_path.get(path)
            if below is None:
                return tuple(paths), self._why_unknown(path, disk.backing_format)
            disk = below
        return tuple(paths), ""

    def _why_unknown(self, path: str, form: str) -> str:
        if posixpath.dirname(path) in self._folders:
            return GONE.format(path)
        return "" if form in FINAL_FORMATS else OUTSIDE.format(path)


def users_by_path(shelf: Shelf, guests: Iterable[GuestDefinition]) -> Mapping[str, tuple[DiskUser, ...]]:
    """Return who needs each path, those who need it by themselves first."""
    direct: defaultdict[str, dict[DiskUser, None]] = defaultdict(dict)
    through: defaultdict[str, dict[DiskUser, None]] = defaultdict(dict)
    for guest in guests:
        for source in guest.sources:
            path = shelf.path_of(source)
            user = DiskUser(guest.uuid, guest.name, source.target, guest.active)
            direct[path][user] = None
            disk = shelf.by_path.get(path)
            for under in dict.fromkeys((*(shelf.chain(disk)[0] if disk else ()), *map(tidy, source.under))):
                through[under][replace(user, through=True)] = None
    return {path: (*direct.get(path, ()), *through.get(path, ())) for path in {*direct, *through} if path}


def overlays_of(shelf: Shelf, path: str) -> tuple[Disk, ...]:
    """Return the disks that stand on one, near or far."""
    return tuple(disk for disk in shelf.disks if tidy(path) in shelf.chain(disk)[0])


def is_outside(problem: str) -> bool:
    """Tell whether a chain only leaves what is known, which is no reason against reading the disk."""
    return problem.startswith(OUTSIDE.partition("{}")[0])


def tidy(path: str) -> str:
    """Return one spelling of a path; what is no path of a file stays as it is."""
    return posixpath.normpath(path) if path.startswith("/") else path


def absolute(path: str, above: str) -> str:
    """Return a backing path that is written relative to the overlay's folder as an absolute one."""
    if path.startswith("/") or ":" in path.split("/", 1)[0] or not above.startswith("/"):
        return tidy(path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(above), path))
