"""A defect leaves a file that can be sent to us."""

import os
import platform
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui import __version__
from widgets.escape import escape_controls

PACKAGES = ("textual", "rich", "psutil", "libvirt-python", "podman")


def write_report(error: BaseException, folder: Path) -> Path | None:
    """Write what is needed to find a defect: versions and the stack, no host names and no instances.

    Returns:
        The file, readable by its owner only, or None where it cannot be written.
    """
    name = time.strftime("crash-%Y%m%dT%H%M%SZ.txt", time.gmtime())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / name
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as out:
            out.write(_report(error))
    except OSError:
        return None
    return file


def _report(error: BaseException) -> str:
    lines = [
        f"hostdeck {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}",
        *(f"{name} {_version(name)}" for name in PACKAGES),
        f"TERM={os.environ.get('TERM', '')} arguments={len(sys.argv) - 1}",
        "",
    ]
    lines += "".join(traceback.format_exception(error)).splitlines()
    return "".join([escape_controls(line) + "\n" for line in lines])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
