"""The machine as the doctor sees it: every path, program and identity goes through here."""

import getpass
import grp
import os
import pwd
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tui.engines.process import Finished, run_program

_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # where daemons are; a user's PATH often lacks them


class Runner(Protocol):
    """Runs a program as `tui.engines.process.run_program` does."""

    async def __call__(self, *argv: str, deadline: float) -> Finished:
        """Return how it ended.

        Raises:
            FileNotFoundError: no such program.
            TimeoutError: it was killed at the deadline.
        """


def _may_use(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a numeric user without an entry; KeyError before Python 3.13
        return str(os.getuid())


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the doctor looks; tests give a folder of their own.

    Attributes:
        root: stands for `/`.
        uid: who asks.
        login: the name that goes into a remedy.
        may_use: tells whether a path may be read and written by who asks.
        deadline: seconds that one program or daemon has to answer.
        python: interpreter whose packages are examined.
    """

    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    uid: int = field(default_factory=os.getuid)
    login: str = field(default_factory=_login)
    run: Runner = run_program
    may_use: Callable[[Path], bool] = _may_use
    deadline: float = 5.0
    python: str = sys.executable

    def path(self, absolute: str) -> Path:
        """Return an absolute path below `root`."""
        return self.root / absolute.lstrip("/")

    def text(self, absolute: str) -> str | None:
        """Return the text of a file, None when it cannot be read."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def is_socket(self, path: Path) -> bool:
        """Tell whether a socket is there; False too where its folder may not be entered."""
        try:
            return path.is_socket()
        except OSError:
            return False

    def which(self, *programs: str) -> str | None:
        """Return the first of `programs` that is on the PATH or where daemons are kept."""
        folders = [*self.environ.get("PATH", os.defpath).split(":"), *_SYSTEM_FOLDERS]
        path = ":".join(str(self.path(folder)) for folder in folders if folder.startswith("/"))
        return next((program for program in programs if shutil.which(program, path=path)), None)

    async def run_python(self, code: str, *args: str) -> Finished | str:
        """Run a line of Python with the packages that hostdeck has; what went wrong around it is a sentence."""
        try:
            return await self.run(self.python, "-c", code, *args, deadline=self.deadline)
        except TimeoutError:
            return f"no answer within {self.deadline:g} s"
        except OSError as error:
            return f"{self.python} does not start: {error.strerror}"

    @property
    def has_systemd(self) -> bool:
        """Tell whether systemd is in charge (sd_booted(3))."""
        return self.path("/run/systemd/system").is_dir()

    def as_root(self, command: str) -> str:
        """Return a command as this person has to type it."""
        return command if self.uid == 0 else f"sudo {command}"

    def as_user(self, uid: int, command: str) -> str:
        """Return a command that root runs as another user, with the folder that user's programs look in."""
        runtime = f"env XDG_RUNTIME_DIR=/run/user/{uid} {command}"
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            return f"setpriv --reuid={uid} --clear-groups {runtime}"  # runuser wants a name
        return f"runuser -u {name} -- {runtime}"

    def install(self, apt: str, dnf: str) -> str:
        """Return the command that installs a package of this distribution."""
        release = self.text("/etc/os-release") or ""
        is_fedora = any(word in release for word in ("fedora", "rhel", "centos"))
        return self.as_root(f"dnf install {dnf}" if is_fedora else f"apt install {apt}")

    def group_of(self, path: Path) -> str:
        """Return the name of the group a path belongs to, its number where it has no name."""
        try:
            gid = path.stat().st_gid
        except OSError:
            return ""
        try:
            return grp.getgrgid(gid).gr_name
        except KeyError:
            return str(gid)


def last_line(text: str) -> str:
    """Return the last line that says something: the message of a Python traceback, without the module of its class."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].removeprefix("libvirt.libvirtError: ") if lines else "it ended without a word"
