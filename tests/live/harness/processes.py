"""Programs the tests start: bounded command lines, and daemons that can be hung, killed and always ended."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.live.harness.policy import search_path
from tests.live.harness.waiting import wait_until


class CommandFailedError(AssertionError):
    """A command line ended with an error; the text holds what it printed."""


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    seconds: float = 60.0,
    text: str = "",
    cwd: Path | None = None,
) -> str:
    """Run one command and return its standard output; raise CommandFailedError unless it ends with 0 in time."""
    try:
        done = subprocess.run(
            argv,
            check=False,  # looked at below, with the output in the error
            env=environment(env),
            cwd=cwd,
            timeout=seconds,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailedError(f"{' '.join(argv)}: no end after {seconds:g} s") from error
    if done.returncode != 0:
        raise CommandFailedError(f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment, without what points to the person's own engines, plus `extra`."""
    foreign = {"CONTAINER_HOST", "CONTAINER_CONNECTION", "LIBVIRT_DEFAULT_URI", "CONTAINERS_CONF"}
    kept = {key: value for key, value in os.environ.items() if key not in foreign}
    return {**kept, "PATH": search_path(), "LC_ALL": "C.UTF-8", **(extra or {})}


class Daemon:
    """One daemon in the foreground: our own child, so that its pid is known and its end is seen."""

    def __init__(self, argv: Sequence[str], *, log: Path, ready: Callable[[], bool], env: Mapping[str, str]) -> None:
        self._argv = list(argv)
        self._log = log
        self._ready = ready
        self._env = environment(env)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise AssertionError("the daemon was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *, seconds: float = 20.0) -> None:
        """Start the daemon unless it runs, and wait until it is ready."""
        if self.alive:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._env,
                cwd=self._log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._ready_or_dead, f"{self._argv} ready, see {self._log}", seconds=seconds)
        if not self.alive:
            raise CommandFailedError(f"{self._argv} ended at once:\n{self._log.read_text(errors='replace')[-4000:]}")

    def _ready_or_dead(self) -> bool:
        return not self.alive or self._ready()

    def hang(self) -> None:
        """Stop it with SIGSTOP: its socket accepts, nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._reap(10.0)

    def stop(self, *, seconds: float = 10.0) -> None:
        """End it in good order; kill it when it does not go."""
        self.resume()
        self._signal(signal.SIGTERM)
        if not self._reap(seconds):
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, number)

    def _reap(self, seconds: float) -> bool:
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False


def processes_of(directory: Path) -> list[int]:
    """Return the pids that belong to a work folder.

    A process belongs to it when its command line names the folder, or when it lives in a mount namespace of its own in
    which something of the folder is mounted elsewhere (a container's root, the /run of a libvirtd and its dnsmasq).
    A mount inside the folder tells nothing: each namespace that anybody makes meanwhile begins with a copy of it.
    """
    return [pid for pid in _pids() if pid != os.getpid() and _belongs(pid, str(directory))]


def kill_all_of(directory: Path) -> list[int]:
    """Kill what is left of a work folder and return the pids."""
    left = processes_of(directory)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes_of(directory), f"no process of {directory}")
    return left


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _belongs(pid: int, directory: str) -> bool:
    try:
        if _is_zombie(pid):
            return False
        if directory.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            return not _is_ancestor(pid)
        if os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt"):
            return False
        return any(_is_view_of(line, directory) for line in _mounts(pid))
    except OSError:  # it ended meanwhile, or it is a kernel thread
        return False


def _mounts(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/mountinfo").read_text(errors="replace").splitlines()


def _is_view_of(line: str, directory: str) -> bool:
    """Tell whether a line of mountinfo shows something of the folder at a place outside the folder."""
    return directory in line and not line.split()[4].startswith(directory)


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"


def _is_ancestor(pid: int) -> bool:
    """Tell whether a pid is this test run itself or a parent: `pytest --basetemp FOLDER` names folders too."""
    ours = os.getpid()
    while ours > 1:
        if ours == pid:
            return True
        ours = int(Path(f"/proc/{ours}/stat").read_text().rpartition(")")[2].split()[1])
    return False
