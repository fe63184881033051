"""Actions on a host where systemd is in charge: through units where they manage a container, else by the engine."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.host.inside import SECONDS, drive
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

# Beside managed.service: a unit of the system and one of the user tester whose containers stay when they are stopped.
SETTING = """
unit() { printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/usr/bin/podman start %s\\n' "$1"
         printf 'ExecStop=/usr/bin/podman stop -t 1 %s\\n' "$1"; }
kept() { echo "podman create --name $1 --label PODMAN_SYSTEMD_UNIT=$1.service --network none localhost/bb"; }
unit kept >/etc/systemd/system/kept.service
install -d -o tester -g tester /home/tester/.config/systemd/user
unit mine >/home/tester/.config/systemd/user/mine.service
systemctl daemon-reload
$(kept kept) >/dev/null
tester() { runuser -u tester -- env XDG_RUNTIME_DIR=/run/user/1000 bash -c "cd; $1"; }
tester "systemctl --user daemon-reload; $(kept mine) >/dev/null"
"""
UNDONE = """
systemctl start managed.service
rm /etc/systemd/system/kept.service /home/tester/.config/systemd/user/mine.service
podman rm -f -t 0 kept >/dev/null
runuser -u tester -- env XDG_RUNTIME_DIR=/run/user/1000 bash -c 'cd; podman rm -f -t 0 mine >/dev/null'
"""


def until(name: str, state: str) -> dict[str, Any]:
    return {"until": name, "are": {"state": state}}


def act(verb: str, name: str) -> dict[str, Any]:
    return {"act": verb, "on": name}


def unit_state(unit: str, *manager: str) -> dict[str, Any]:
    return {"run": ["systemctl", *manager, "is-active", unit]}


def as_tester(*command: str) -> dict[str, Any]:
    return {"run": ["runuser", "-u", "tester", "--", "env", "XDG_RUNTIME_DIR=/run/user/1000", *command]}


OF_TESTER = ("--user", "--machine=tester@.host")
STEPS: dict[str, dict[str, Any]] = {
    "managed runs": until("managed", "running"),
    "stop managed": act("stop", "managed"),
    "managed.service": unit_state("managed.service"),
    "managed is gone": {"gone": "managed"},
    "kept is made": until("kept", "created"),
    "start kept": act("start", "kept"),
    "kept runs": until("kept", "running"),
    "kept.service started": unit_state("kept.service"),
    "stop kept": act("stop", "kept"),
    "kept stopped": until("kept", "stopped"),
    "kept.service stopped": unit_state("kept.service"),
    "mine is made": until("mine", "created"),
    "start mine": act("start", "mine"),
    "mine runs": until("mine", "running"),
    "mine.service started": unit_state("mine.service", *OF_TESTER),
    "stop mine": act("stop", "mine"),
    "mine stopped": until("mine", "stopped"),
    "mine.service stopped": unit_state("mine.service", *OF_TESTER),
    "rl2 runs": until("rl2", "running"),
    "stop rl2": act("stop", "rl2"),
    "rl2 stopped": until("rl2", "stopped"),
    "rl2 by podman": as_tester("podman", "inspect", "-f", "{{.State.Status}}", "rl2"),
    "start rl2": act("start", "rl2"),
    "rl2 runs again": until("rl2", "running"),
    "l1 runs": until("l1", "running"),
    "kill l1": act("kill", "l1"),
    "l1 stopped": until("l1", "stopped"),
    "start l1": act("start", "l1"),
    "l1 runs again": until("l1", "running"),
}


@pytest.fixture(scope="module")
def done(testhost: Machine) -> Iterator[dict[str, Any]]:
    """Take all steps at one go, because each start of hostdeck costs much, and give what each one gave."""
    testhost.run(SETTING, seconds=SECONDS)
    try:
        yield dict(zip(STEPS, drive(testhost, list(STEPS.values())), strict=True))
    finally:
        testhost.run(UNDONE, seconds=SECONDS)


def test_a_container_of_a_unit_is_stopped_through_it(done: dict[str, Any]) -> None:
    assert done["stop managed"] == {
        "command": "systemctl stop -- managed.service",
        "result": "done",
        "message": "Through its systemd unit managed.service.",
    }
    assert done["managed.service"]["output"] == "inactive\n"


def test_a_container_of_a_unit_is_started_and_stopped_through_it(done: dict[str, Any]) -> None:
    assert done["start kept"]["command"] == "systemctl start -- kept.service"
    assert done["start kept"]["result"] == done["stop kept"]["result"] == "done"
    assert done["kept.service started"]["output"] == "active\n"
    assert done["kept.service stopped"]["output"] == "inactive\n"
    assert done["kept runs"]["cgroup"] is None or "libpod" in done["kept runs"]["cgroup"]


def test_root_reaches_the_units_of_a_user(done: dict[str, Any]) -> None:
    assert done["mine is made"]["container"]["unit_is_user"]
    assert done["start mine"]["command"] == "systemctl --user --machine=tester@.host start -- mine.service"
    assert done["start mine"]["result"] == done["stop mine"]["result"] == "done", done["start mine"]["message"]
    assert done["mine.service started"]["output"] == "active\n"
    assert done["mine.service stopped"]["output"] == "inactive\n"


def test_root_stops_and_starts_a_container_of_a_user(done: dict[str, Any]) -> None:
    assert done["rl2 runs"]["user"] == "tester"
    assert done["stop rl2"]["command"] == "podman --url unix:///run/user/1000/podman/podman.sock stop --time 2 rl2"
    assert done["stop rl2"]["result"] == done["start rl2"]["result"] == "done"
    assert done["rl2 by podman"]["output"] == "exited\n"
    assert done["rl2 stopped"]["container"]["exit_code"] == 137
    assert done["rl2 runs again"]["pid"] != done["rl2 runs"]["pid"]


def test_a_libvirt_container_is_ended_and_started(done: dict[str, Any]) -> None:
    assert (done["kill l1"]["result"], done["start l1"]["result"]) == ("done", "done"), done["start l1"]["message"]
    assert done["l1 runs again"]["guest"]["domain_id"] != done["l1 runs"]["guest"]["domain_id"]
