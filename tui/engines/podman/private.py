"""A Podman service of hostdeck's own, where podman is installed and no socket listens."""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.domain.errors import EngineAbsent

PREFIX = "hostdeck-podman-"
# The service ends itself when nobody was connected for this long. An open event stream counts as somebody, so it lives
# as long as hostdeck does. Where `setpriv` is, the kernel ends it at once when hostdeck goes without a word.
IDLE_SECONDS = 10
LONGEST_BASE = 60  # bytes; the path of a socket may have 107 (unix(7)), and ours adds 46
START_SECONDS = 8.0
STOP_SECONDS = 1.5
PROBE_SECONDS = 0.02


class PrivateService:
    """Start `podman system service` in a private folder, start it again when it died, end it.

    Args:
        environ: of the person; XDG_RUNTIME_DIR is where the folder goes, the service gets all of it.
        idle_seconds: see IDLE_SECONDS.
    """

    def __init__(
        self, *, environ: Mapping[str, str] | None = None, program: str = "podman", idle_seconds: int = IDLE_SECONDS
    ) -> None:
        self._environ = dict(os.environ if environ is None else environ)
        self._program = program
        self._idle_seconds = idle_seconds
        self._process: asyncio.subprocess.Process | None = None
        self.folder = new_folder(self._environ)
        self._is_made = False

    @property
    def socket_path(self) -> Path:
        """Return where it listens."""
        return self.folder / "podman.sock"

    @property
    def url(self) -> str:
        """Return the URL of its socket."""
        return f"unix://{self.socket_path}"

    @property
    def pid(self) -> int | None:
        """Return the service's pid, None when it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    async def ensure(self) -> None:
        """Start the service unless it runs, and wait until it listens.

        Raises:
            EngineAbsent: it cannot be started, with its own words.
        """
        if self.pid is not None and is_listening(self.socket_path):
            return
        await self._end()
        self._make_folder()
        await self._start()
        try:
            async with asyncio.timeout(START_SECONDS):
                while not is_listening(self.socket_path):
                    if self.pid is None:
                        raise EngineAbsent("podman does not start", f"podman system service ended: {self._said()}")
                    await asyncio.sleep(PROBE_SECONDS)
        except TimeoutError as error:
            await self._end()
            raise EngineAbsent("podman does not start", f"podman system service is silent: {self._said()}") from error

    def _make_folder(self) -> None:
        """Make the folder; one that is there and not ours is somebody's trap."""
        if not self._is_made:
            try:
                self.folder.mkdir(mode=0o700)
            except OSError as error:
                raise EngineAbsent("podman does not start", f"{self.folder}: {error.strerror}.") from error
            self._is_made = True
        self.socket_path.unlink(missing_ok=True)

    async def _start(self) -> None:
        service = [self._program, "system", "service", f"--time={self._idle_seconds}", self.url]
        with (self.folder / "service.log").open("wb") as log:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *tied_to_us(service, self._environ),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._environ,
                    start_new_session=True,  # Ctrl-C in the terminal is for hostdeck alone
                )
            except OSError as error:
                raise EngineAbsent("podman does not start", f"{self._program}: {error.strerror}.") from error

    def _said(self) -> str:
        """Return the last of what it printed."""
        try:
            text = (self.folder / "service.log").read_text(errors="replace").strip()
        except OSError:
            text = ""
        return text[-500:] or "it said nothing."

    async def stop(self) -> None:
        """End the service within two seconds and remove the folder."""
        await self._end()
        if self._is_made:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._is_made = False

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def tied_to_us(argv: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Return a command line whose process gets SIGTERM when the thread that starts it ends, however that ends.

    PR_SET_PDEATHSIG of prctl(2), set by util-linux's setpriv: Python cannot set it safely once there are threads.
    Where there is none, or the program is missing, the command line is returned as it is.
    """
    path = environ.get("PATH", os.defpath)
    setpriv = shutil.which("setpriv", path=path)
    is_full = setpriv is not None and "busybox" not in os.path.realpath(setpriv)  # BusyBox's lacks the option
    if setpriv is None or not is_full or shutil.which(argv[0], path=path) is None:
        return list(argv)
    return [setpriv, "--pdeathsig", "TERM", "--", *argv]


def new_folder(environ: Mapping[str, str]) -> Path:
    """Choose a folder that does not exist; remove those that killed runs left."""
    base = Path(environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if not os.access(base, os.W_OK | os.X_OK) or len(os.fsencode(base)) > LONGEST_BASE:
        base = Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*"):
        _remove_if_left(left)
    return base / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}"


def _remove_if_left(folder: Path) -> None:
    """Remove a folder of ours whose hostdeck is gone and whose service has ended."""
    owner = folder.name.removeprefix(PREFIX).partition("-")[0]
    with contextlib.suppress(OSError):
        mine = folder.lstat().st_uid == os.geteuid() and folder.is_dir() and not folder.is_symlink()
        if mine and owner.isdigit() and not Path("/proc", owner).exists() and not is_listening(folder / "podman.sock"):
            shutil.rmtree(folder, ignore_errors=True)


def is_listening(path: Path) -> bool:
    """Tell whether somebody listens at a Unix socket that we may open; never waits."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except BlockingIOError:  # its queue is full: somebody listens, if slowly
            return True
        except OSError:
            return False
    return True
