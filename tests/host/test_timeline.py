"""What journal and kernel tell on a host that systemd runs: restarts of daemons, kills, and who may see them."""

import json
from typing import Any

import pytest

from tests.host.inside import CALM, SECONDS, python, sent
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

HUNGRY = "while :; do dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null; sleep 5; done"
SCRIPT = f"""{CALM}{sent("happen.py")}
podman run -d --name hungry --network none --memory 24m --memory-swap 24m localhost/bb sh -c '{HUNGRY}' >/dev/null
cd ~
{{ sleep 20; systemctl restart libvirtd.service; }} >/dev/null 2>&1 &
"""


@pytest.fixture(scope="module")
def told(testhost: Machine) -> dict[str, Any]:
    """Restart a daemon while processes are killed, and return what root and a plain user are told of it."""
    answer = testhost.run(
        f"{SCRIPT}\n{python(testhost, 'happen.py')} 60; wait; podman rm -f -t 0 hungry >/dev/null", seconds=SECONDS
    )
    by_tester = testhost.run(f"cd ~; {python(testhost, 'happen.py')} 10", user="tester", seconds=SECONDS)
    return {"root": json.loads(answer), "tester": json.loads(by_tester)}


def test_a_daemon_that_is_restarted_stops_and_starts(told: dict[str, Any]) -> None:
    found = [one["what"] for one in told["root"]["daemons"] if one["name"] == "libvirtd.service"]
    assert found[-2:] == ["stopped", "started"]


@pytest.mark.parametrize("source", ["kernel", "journal"])
def test_both_ways_to_the_kernels_messages_tell_the_same(told: dict[str, Any], source: str) -> None:
    kills = [one for one in told["root"][source] if one["what"] == "killed for memory"]
    assert kills
    assert kills[-1]["name"].startswith("container ")
    assert kills[-1]["detail"].startswith("dd (process ")
    assert kills[-1]["detail"].endswith("it reached its limit")


def test_both_tell_the_same_time(told: dict[str, Any]) -> None:
    newest = [
        [one["utc"] for one in told["root"][source] if one["what"] == "killed for memory"][-1]
        for source in ("kernel", "journal")
    ]
    assert abs(newest[0] - newest[1]) < 30.0


def test_who_may_read_neither_is_told_what_helps(told: dict[str, Any]) -> None:
    assert told["root"]["gap"] == ""
    assert "systemd-journal" in told["tester"]["gap"]
    assert told["tester"]["daemons"] == told["tester"]["kernel"] == []
