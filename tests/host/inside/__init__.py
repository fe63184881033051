"""Scripts that run inside the virtual machine, and how they get there.

They are sent as text before they are run: the machine holds the application's packages, not the tests.
"""

import json
from pathlib import Path
from typing import Any

from tests.host.testhost.machine import Machine

FOLDER = "/run/hostdeck-tests"
SECONDS = 400.0
"""A deadline for many commands under emulation on a machine that does other things too."""

CALM = """
echo 1 >/sys/fs/cgroup/machine.slice/libpod-$(podman inspect -f '{{.Id}}' web).scope/cgroup.freeze
virsh -q suspend q1 >/dev/null 2>&1 || true
"""
"""Bash lines that make `web` and `q1` stand still, for the rest of the run: what spins slows down all others."""


def sent(*names: str) -> str:
    """Return the lines of a bash script that put scripts of this folder inside, for every user to read."""
    here = Path(__file__).parent
    scripts = [f"cat >{FOLDER}/{name} <<'END-OF-SCRIPT'\n{(here / name).read_text()}END-OF-SCRIPT" for name in names]
    return "\n".join([f"mkdir -p {FOLDER}", *scripts])


def python(machine: Machine, script: str) -> str:
    """Return the command that runs a script that was sent, with the application's packages."""
    return f"PYTHONPATH={machine.project} {machine.python} {FOLDER}/{script}"


def drive(machine: Machine, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let drive.py take steps and return what each one gave; it fails with the first step that fails."""
    script = f"""{CALM}{sent("drive.py")}
cat >{FOLDER}/steps.json <<'END-OF-STEPS'
{json.dumps(steps)}
END-OF-STEPS
{python(machine, "drive.py")} {FOLDER}/steps.json"""
    return [json.loads(line) for line in machine.run(script, seconds=SECONDS).splitlines()]
