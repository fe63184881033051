"""The process of a guest on this host, found by the daemon's pid file and never believed unchecked."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tui.engines.libvirt.target import Target

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class GuestProcess:
    """A running guest's main process: QEMU, or the init of an LXC guest.

    Attributes:
        started_ticks: field 22 of /proc/PID/stat; with the pid it names one process for ever.
        started_unix_seconds: the same as wall clock.
    """

    pid: int
    started_ticks: int
    started_unix_seconds: float


class ProcessFinder:
    """Find the processes of guests. For one pass over the guests: /proc is searched at most once.

    Args:
        proc: mount point of the proc file system.
    """

    def __init__(self, target: Target, *, proc: Path = PROC) -> None:
        self._target = target
        self._proc = proc
        self._scanned: dict[str, int] | None = None

    def still(self, process: GuestProcess) -> bool:
        """Tell whether this very process lives."""
        return started_ticks(self._proc, process.pid) == process.started_ticks

    def find(self, name: str, uuid: str) -> GuestProcess | None:
        """Return the process, by pid file or else by its command line; None when it cannot be told."""
        pid = self._by_pid_file(name, uuid)
        if pid is None and self._target.driver == "qemu":
            pid = self._by_scan(uuid)
        if pid is not None and self._target.driver == "lxc":
            pid = only_child(self._proc, pid)
        return None if pid is None else self._described(pid)

    def _described(self, pid: int) -> GuestProcess | None:
        ticks = started_ticks(self._proc, pid)
        if ticks is None:
            return None
        return GuestProcess(pid, ticks, boot_unix_seconds(self._proc) + ticks / os.sysconf("SC_CLK_TCK"))

    def _by_pid_file(self, name: str, uuid: str) -> int | None:
        if "/" in name or "\0" in name:
            return None
        for file in _pid_files(self._target, name):
            pid = _read_pid(file)
            if pid is not None and self._is_of(pid, name, uuid):
                return pid
        return None

    def _is_of(self, pid: int, name: str, uuid: str) -> bool:
        """Check the command line: a stale pid file may name a stranger."""
        words = command_line(self._proc, pid)
        if self._target.driver == "lxc":
            return _follows(words, "--name", name)
        return _follows(words, "-uuid", uuid)

    def _by_scan(self, uuid: str) -> int | None:
        if self._scanned is None:
            self._scanned = dict(_qemu_processes(self._proc))
        return self._scanned.get(uuid)


def _pid_files(target: Target, name: str) -> Iterator[Path]:
    below = Path("qemu", "run") if target.session else Path(target.driver)
    for folder in target.run_folders:
        yield folder / below / f"{name}.pid"


def _read_pid(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):  # absent, closed to us, or half written
        return None


def command_line(proc: Path, pid: int) -> list[str]:
    """Read /proc/PID/cmdline; [] when the process is gone or hidden."""
    try:
        raw = (proc / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(word) for word in raw.split(b"\0")]


def _follows(words: list[str], option: str, value: str) -> bool:
    return any(pair == (option, value) for pair in pairwise(words))


def _qemu_processes(proc: Path) -> Iterator[tuple[str, int]]:
    for entry in os.scandir(proc):
        if entry.name.isdigit():
            words = command_line(proc, int(entry.name))
            if "-uuid" in words[:-1] and "-name" in words:  # libvirt always gives both
                yield words[words.index("-uuid") + 1], int(entry.name)


def started_ticks(proc: Path, pid: int) -> int | None:
    """Read field 22 of /proc/PID/stat; None when the process is gone."""
    try:
        text = (proc / str(pid) / "stat").read_text("utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def boot_unix_seconds(proc: Path) -> float:
    """Read `btime` of /proc/stat."""
    for line in (proc / "stat").read_text("ascii").splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    return 0.0


def only_child(proc: Path, pid: int) -> int | None:
    """Return the first child of a process: the init that libvirt_lxc controls."""
    try:
        children = (proc / str(pid) / "task" / str(pid) / "children").read_text("ascii").split()
    except OSError:
        return None
    return int(children[0]) if children else None
