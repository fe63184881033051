"""What root and a plain user are told: by the doctor, by the engines, and by a snapshot."""

import json
from typing import Any

import pytest

from tests.host.inside import CALM, SECONDS, python, sent
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

Told = dict[str, Any]


@pytest.fixture(scope="module")
def told(testhost: Machine) -> Told:
    """Ask as both users and return what each was told."""
    testhost.run(f"{CALM}{sent('as_user.py')}")
    ask = f"cd ~; {python(testhost, 'as_user.py')}"
    snapshot = f"PYTHONPATH={testhost.project} {testhost.python} -m tui snapshot --json --interval 2"
    by_tester = testhost.run(
        f"{ask}; echo; {snapshot} >$XDG_RUNTIME_DIR/view && echo 0 || echo $?; cat $XDG_RUNTIME_DIR/view",
        user="tester",
        seconds=SECONDS,
    )
    answer, status, view = by_tester.split("\n", 2)
    return {
        "root": json.loads(testhost.run(ask, seconds=SECONDS)),
        "tester": json.loads(answer),
        "status": int(status),
        "view": json.loads(view),
    }


def finding(told: Told, user: str, area: str, name: str) -> dict[str, str]:
    checks: list[dict[str, str]] = told[user]["doctor"]["checks"]
    found = [check for check in checks if (check["area"], check["name"]) == (area, name)]
    assert len(found) == 1, checks
    return found[0]


def test_the_doctor_finds_nothing_missing_for_root(told: Told) -> None:
    report = told["root"]["doctor"]
    assert report["exit_code"] == 0, [check for check in report["checks"] if check["state"] == "missing"]
    assert finding(told, "root", "cgroups", "version")["found"] == "v2 at /sys/fs/cgroup"
    assert finding(told, "root", "cgroups", "pressure")["state"] == "ok"
    assert "answers" in finding(told, "root", "podman", "socket of user 1000")["found"]


@pytest.mark.parametrize("user", ["root", "tester"])
def test_the_doctor_tells_how_io_of_rootless_containers_is_had(told: Told, user: str) -> None:
    delegation = finding(told, user, "cgroups", "delegation to user 1000")
    assert "io" in delegation["found"].split(":")[1].split(";")[0]
    assert "Delegate=cpu cpuset io memory pids" in delegation["mend"]


def test_the_doctor_tells_a_user_which_group_helps(told: Told) -> None:
    assert told["tester"]["doctor"]["exit_code"] == 1
    assert "sudo usermod -aG libvirt tester" in told["tester"]["text"]
    assert "answers" in finding(told, "tester", "podman", "socket of user 1000")["found"]


def test_libvirt_refuses_a_user_and_says_which_group_helps(told: Told) -> None:
    engines = {engine["id"]: engine for engine in told["tester"]["engines"]}
    assert engines["podman:tester"]["state"] == "ready"
    assert engines["qemu:///system"]["state"] == "refused"
    assert "usermod -aG libvirt tester" in engines["qemu:///system"]["message"]


def test_a_user_sees_the_own_containers_and_guests_read_only(told: Told) -> None:
    """A snapshot opens libvirt read-only, which Debian allows everybody."""
    view = told["view"]
    assert told["status"] == 0, view["sources"]
    rows = {one["name"]: one for one in view["instances"]}
    assert {(one["name"], one["user"]) for one in rows.values()} == {("rl1", "tester"), ("rl2", "tester"), ("q1", "")}
    assert rows["rl2"]["memory"]["limit_bytes"] == 48 << 20
    for one in rows.values():
        assert one["cpu"]["cores_used"] is not None, one["unknown"]
