"""Which shell a container has, found without starting anything in it."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence

from tui.domain.errors import EngineError, NotFound
from tui.engines.podman.wire import exists

SHELLS = ("/bin/bash", "/bin/ash", "/bin/sh", "bash", "sh")
FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
STAT_HEADER = "x-docker-container-path-stat"

# Go's os.FileMode, in the header above
GO_DIRECTORY = 1 << 31
GO_SYMLINK = 1 << 27


async def first_shell(url: str, local: str, shells: Sequence[str], folders: Sequence[str]) -> str | None:
    """Return the first shell of a list that exists, None when none does.

    Asks for the file's facts (HEAD containers/ID/archive), 1 to 3 ms each. What cannot be asked counts as existing:
    starting it then tells.

    Args:
        shells: paths, or names that are looked for in `folders`.
        folders: PATH of the container; () for the usual one.

    Raises:
        NotFound: the container is gone.
    """
    for path in _paths(shells, folders or FOLDERS):
        try:
            headers = await exists(url, f"containers/{local}/archive", {"path": path})
        except NotFound:
            raise
        except EngineError:
            return path
        if headers is not None and is_program(headers):
            return path
    return None


def _paths(shells: Sequence[str], folders: Sequence[str]) -> Iterator[str]:
    told: set[str] = set()
    for shell in shells:
        for path in (shell,) if "/" in shell else tuple(f"{folder.rstrip('/')}/{shell}" for folder in folders):
            if path not in told:
                told.add(path)
                yield path


def is_program(headers: Mapping[str, str]) -> bool:
    """Tell whether the facts of a path are of a file that may be run; facts that do not parse count as such."""
    try:
        mode = json.loads(base64.b64decode(headers.get(STAT_HEADER, "")))["mode"]
        return not mode & GO_DIRECTORY and bool(mode & (0o111 | GO_SYMLINK))
    except (ValueError, KeyError, TypeError):
        return True
