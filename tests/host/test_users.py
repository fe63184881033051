"""What root and a plain user are told: by the doctor, and by a snapshot."""

import json
from typing import Any

import pytest

from tests.host.inside import CALM, FOLDER, SECONDS
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(600)


def hostdeck(machine: Machine, arguments: str, file: str) -> str:
    """Return a line of a bash script that runs hostdeck whatever its exit status is."""
    command = f"cd ~; PYTHONPATH={machine.project} {machine.python} -m tui {arguments}"
    return f"({command}) >{file} 2>&1 && echo 0 >{file}.exit || echo $? >{file}.exit"


@pytest.fixture(scope="module")
def told(testhost: Machine) -> dict[str, tuple[int, Any]]:
    """Run all commands at one go and return exit status and JSON or text of each."""
    commands = {"doctor": "doctor --json", "text": "doctor", "snapshot": "snapshot --json --interval 2"}
    testhost.run(CALM)
    results: dict[str, tuple[int, Any]] = {}
    for user, names in (("root", ["doctor"]), ("tester", ["doctor", "text", "snapshot"])):
        folder = f"{FOLDER}-{user}"
        lines = [hostdeck(testhost, commands[name], f"{folder}/{name}") for name in names]
        script = "\n".join([f"mkdir -p {folder}", *lines, *(f"cat {folder}/{name}.exit" for name in names)])
        testhost.run(f"install -d -o {user} {folder}")
        statuses = testhost.run(script, user=user, seconds=SECONDS).split()
        texts = testhost.run(f"for name in {' '.join(names)}; do cat {folder}/$name; printf '\\f'; done").split("\f")
        for name, status, text in zip(names, statuses, texts, strict=False):
            results[f"{user} {name}"] = (int(status), text if name == "text" else json.loads(text))
    return results


def finding(told: dict[str, tuple[int, Any]], user: str, area: str, name: str) -> dict[str, str]:
    checks: list[dict[str, str]] = told[f"{user} doctor"][1]["checks"]
    found = [check for check in checks if (check["area"], check["name"]) == (area, name)]
    assert len(found) == 1, checks
    return found[0]


def test_the_doctor_finds_nothing_missing_for_root(told: dict[str, tuple[int, Any]]) -> None:
    status, report = told["root doctor"]
    assert status == report["exit_code"] == 0, [check for check in report["checks"] if check["state"] == "missing"]
    assert finding(told, "root", "cgroups", "version")["found"] == "v2 at /sys/fs/cgroup"
    assert finding(told, "root", "cgroups", "pressure")["state"] == "ok"
    assert "answers" in finding(told, "root", "podman", "socket of user 1000")["found"]


@pytest.mark.parametrize("user", ["root", "tester"])
def test_the_doctor_tells_how_io_of_rootless_containers_is_had(told: dict[str, tuple[int, Any]], user: str) -> None:
    delegation = finding(told, user, "cgroups", "delegation to user 1000")
    assert "io" in delegation["found"].split(":")[1].split(";")[0]
    assert "Delegate=cpu cpuset io memory pids" in delegation["mend"]


def test_the_doctor_tells_a_user_which_group_helps(told: dict[str, tuple[int, Any]]) -> None:
    status, report = told["tester doctor"]
    assert status == report["exit_code"] == 1
    assert "usermod -aG libvirt tester" in " ".join(check["mend"] for check in report["checks"])
    assert "answers" in finding(told, "tester", "podman", "socket of user 1000")["found"]
    status, text = told["tester text"]
    assert status == 1
    assert "sudo usermod -aG libvirt tester" in text


def test_a_user_sees_the_own_containers_and_what_is_refused(told: dict[str, tuple[int, Any]]) -> None:
    status, view = told["tester snapshot"]
    assert status == 3  # libvirt is installed and refuses
    names = {(one["name"], one["user"], one["engine"]) for one in view["instances"]}
    assert names == {("rl1", "tester", "podman:tester"), ("rl2", "tester", "podman:tester")}
    sources = {source["id"]: source for source in view["sources"]}
    assert sources["podman:tester"]["state"] == "ready"
    assert sources["qemu:///system"]["state"] == "refused"
    assert "usermod -aG libvirt tester" in sources["qemu:///system"]["message"]
    rl2 = next(one for one in view["instances"] if one["name"] == "rl2")
    assert rl2["memory"]["limit_bytes"] == 48 << 20
    assert rl2["cpu"]["cores_used"] is not None
