"""What goes wrong in containers: failed health checks, which systemd's timers run, and kills for memory."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.host.inside import SECONDS, drive
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

# `sick` is healthy until a file appears; a child of `hungry` is killed for memory every few seconds; `doomed` is killed
# itself when it is started.
SETTING = """
podman run -d --name sick --network none --health-cmd 'test ! -e /bad' --health-interval 15s --health-retries 1 \
    localhost/bb >/dev/null
podman run -d --name hungry --network none --memory 24m --memory-swap 24m localhost/bb \
    sh -c 'while :; do dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; sleep 5; done' >/dev/null
podman create --name doomed --network none --memory 24m --memory-swap 24m localhost/bb \
    dd if=/dev/zero of=/dev/null bs=100M count=1 >/dev/null
"""
EVENTS = "cat /sys/fs/cgroup/machine.slice/libpod-$(podman inspect -f {{.Id}} hungry).scope/container/memory.events"
STEPS: dict[str, dict[str, Any]] = {
    "healthy": {"until": "sick", "are": {"container.health": "healthy"}},
    "spoil": {"run": ["podman", "exec", "sick", "sh", "-c", ": >/bad"]},
    "unhealthy": {"until": "sick", "are": {"container.health": "unhealthy"}},
    "kills": {"until": "hungry", "least": {"memory.oom_kills": 1}},
    "events": {"run": ["sh", "-c", EVENTS]},
    "start": {"act": "start", "on": "doomed"},
    "killed": {"until": "doomed", "are": {"state": "stopped", "container.exit_code": 137}},
    "podman": {"run": ["podman", "inspect", "-f", "{{.State.OOMKilled}}", "doomed"]},
    "later": {"until": "doomed", "are": {"state": "stopped"}},
    "said": {"raised": ["doomed", "oom"]},
}


@pytest.fixture(scope="module")
def done(testhost: Machine) -> Iterator[dict[str, Any]]:
    """Take all steps at one go and give what each one gave."""
    testhost.run(SETTING, seconds=SECONDS)
    try:
        yield dict(zip(STEPS, drive(testhost, list(STEPS.values())), strict=True))
    finally:
        testhost.run("podman rm -f -t 0 sick hungry doomed >/dev/null", seconds=SECONDS)


def test_a_check_that_fails_makes_a_container_unhealthy(done: dict[str, Any]) -> None:
    assert done["healthy"]["problems"] == []
    assert done["unhealthy"]["state"] == "running"
    assert any("health check fails" in text for text in done["unhealthy"]["problems"]), done["unhealthy"]["problems"]


def test_kills_inside_a_container_are_counted_from_the_first_look(done: dict[str, Any]) -> None:
    told = done["kills"]
    total = int(done["events"]["output"].split("oom_kill ")[1].split()[0])
    assert told["state"] == "running"
    assert 1 <= told["memory"]["oom_kills"] <= total
    assert any("memory" in text for text in told["problems"]), told["problems"]


def test_a_container_that_the_kernel_killed_says_what_podman_knows(done: dict[str, Any]) -> None:
    """Podman 4.3 does not always notice that its first process was killed for memory; its exit code is there anyway."""
    knows = done["podman"]["output"] == "true\n"
    assert done["later"]["state_reason"] == ("OOM-killed, exit 137" if knows else "exit 137")
    assert ("OOM" if knows else "out of memory") in done["said"]["text"]  # where Podman does not tell, the kernel does
