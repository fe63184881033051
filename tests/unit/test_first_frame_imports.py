"""What the first frame must not wait for, seen in a process of its own."""

import json
import subprocess
import sys

import pytest

WHAT_IS_LOADED = """
import json, sys
import {module}
print(json.dumps(sorted(sys.modules)))
"""

FOR_OTHER_PANES = {
    "tui.domain.operation",
    "tui.domain.resource",
    "tui.domain.network",
    "tui.hostnet",
    "tui.sampling.shelf",
}
FOR_SAMPLES = {
    "libvirt",
    "psutil",
    "tui.engines.libvirt",
    "tui.engines.podman",
    "tui.sampling.live",
    "tui.cgroup.reader",
}
FOR_A_LOOK_AT_A_GUEST = {"tui.engines.libvirt.resources.changes", "tui.engines.libvirt.guests", "tui.hostnet"}


def loaded_with(module: str) -> frozenset[str]:
    """Return the modules that importing one brings."""
    script = WHAT_IS_LOADED.format(module=module)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("module", ["tui.cli", "tui.app", "tui.terminal", "tui.sampling.deferred"])
def test_the_first_frame_waits_for_no_engine_no_sampler_and_no_other_pane(module: str) -> None:
    loaded = loaded_with(module)
    assert module in loaded
    assert loaded & (FOR_OTHER_PANES | FOR_SAMPLES) == frozenset()


def test_the_first_figures_wait_for_no_change_that_nobody_asked_for() -> None:
    loaded = loaded_with("tui.sampling.live, tui.sampling.late, tui.engines.podman, tui.engines.libvirt")
    assert {"tui.engines.libvirt.engine", "tui.engines.podman.engine"} <= loaded
    assert loaded & FOR_A_LOOK_AT_A_GUEST == frozenset()
    assert loaded & {"psutil", "libvirt", "tui.cgroup.reader"} == frozenset()
