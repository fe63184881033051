"""Machines without the core, and the price of those with it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
{before}
import widgets.terminal
print("loaded" if sys.modules.get("pyghostty") else "not loaded")
print(widgets.terminal.available())
"""


def run(before: str = "") -> list[str]:
    command = [sys.executable, "-c", SCRIPT.format(before=before)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()


def test_the_core_is_loaded_when_it_is_asked_for() -> None:
    assert run() == ["not loaded", "None"]


def test_without_its_wheel_a_sentence_says_so() -> None:
    loaded, reason = run(before="sys.modules['pyghostty'] = None")
    assert loaded == "not loaded"
    assert reason.startswith("pyghostty is not installed")


def test_a_library_that_does_not_load_is_told() -> None:
    _, reason = run(before="import os; os.environ['PYGHOSTTY_LIB'] = '/nonexistent/libghostty-vt.so'")
    assert reason.startswith("pyghostty does not load here")
