"""The systemd unit that runs a recorder."""

import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from importlib import resources
from pathlib import Path


def unit_text(argv0: str | None = None, options: Sequence[str] = ()) -> str:
    """Return the unit, with the program that is running now in it.

    Args:
        argv0: how it was called; None for this process.
        options: what follows `record`.
    """
    text = (resources.files("tui.record") / "hostdeck-record.service").read_text(encoding="utf-8")
    words = [*command(sys.argv[0] if argv0 is None else argv0), "record", *options]
    return text.replace("@COMMAND@", " ".join(map(_quoted, words)))


def command(argv0: str) -> list[str]:
    """Return the command that starts this hostdeck, with its whole path."""
    if argv0.endswith("__main__.py"):
        package = Path(argv0).resolve().parents[1]
        found = package == Path(sysconfig.get_path("purelib"))
        # systemd starts it in / and knows nothing of where `make run` finds it
        return [*([] if found else ["/usr/bin/env", f"PYTHONPATH={package}"]), sys.executable, "-m", "tui"]
    return [os.path.abspath(shutil.which(argv0) or argv0)]


def _quoted(word: str) -> str:
    """Return a word as a unit writes it: no variable, no specifier, one argument."""
    word = word.replace("%", "%%").replace("$", "$$")
    if all(letter.isalnum() or letter in "/._-+%$@:=" for letter in word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
