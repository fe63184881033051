"""What a test does that lacks what it needs: it fails where everything was promised, else it is skipped."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT_HINT = "`make test` gets it by sudo"
SETUP_HINT = "`make test` installs and starts what is missing"


def strict() -> bool:
    """Tell whether a missing program is a failure: under `make test` and on CI it is, by hand it is a skip."""
    return bool(os.environ.get("HOSTDECK_TEST_STRICT") or os.environ.get("CI"))


def lacking(reason: str, hint: str = SETUP_HINT) -> NoReturn:
    text = f"{reason}; {hint}"
    if strict():
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


def require_root(what: str) -> None:
    if os.geteuid() != 0:
        lacking(f"{what} needs root", ROOT_HINT)


def require_programs(what: str, *names: str) -> None:
    missing = [name for name in names if find_program(name) is None]
    if missing:
        lacking(f"{what} needs {', '.join(missing)}")


def require_file(what: str, path: Path) -> None:
    if not path.exists():
        lacking(f"{what} needs {path}")


def find_program(name: str) -> str | None:
    """Find a program; daemons live in sbin, which is not on every person's PATH."""
    return shutil.which(name, path=search_path())


def search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
