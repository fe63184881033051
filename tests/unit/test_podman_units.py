"""Containers that a systemd unit manages, with a systemctl of the test's own on the PATH."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.podman_fake import FakePodman, reply, serving
from tests.unit.test_podman_rows import ID, OWNER, ROW_4_3
from tui.domain.action import ActionRequest, Result, Verb
from tui.engines.podman import units
from tui.engines.podman.actions import Actions
from tui.engines.podman.inventory import Changes, Inventory
from tui.engines.podman.rows import Owner

MANAGED = {**ROW_4_3, "Labels": {"PODMAN_SYSTEMD_UNIT": "web.service"}}
POD = {"Id": "ba5e", "Name": "grp", "Status": "Running", "Labels": {"PODMAN_SYSTEMD_UNIT": "grp.service"}}

Script = Callable[[str], Path]


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    def install(body: str) -> Path:
        """Put a systemctl on the PATH that notes its arguments and goes on with `body`."""
        program, log = tmp_path / "systemctl", tmp_path / "log"
        program.write_text(f'#!/bin/sh\necho "$@" >> {log}\n{body}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return log

    return install


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        fake.routes[f"containers/{ID}/stop"] = reply(None, 204)
        fake.routes[f"containers/{ID}/kill"] = reply(None, 204)
        yield fake


def actions_of(fake: FakePodman, owner: Owner = OWNER, *, booted: bool = True) -> Actions:
    inventory = Inventory(owner)
    inventory.apply(Changes(True, rows=(MANAGED,), pods=(POD,)))
    looked: list[str] = []
    return Actions(
        fake.url,
        inventory,
        read_only=False,
        look_again=looked.append,
        command_url=None,
        systemd_runs=lambda: booted,
    )


def request(verb: Verb, local: str = ID, **options: Any) -> ActionRequest:
    return ActionRequest(verb, OWNER.id(local), **options)


@pytest.mark.parametrize(("local", "unit"), [(ID, "web.service"), ("ba5e", "grp.service")])
async def test_the_unit_is_stopped_and_podman_left_alone(
    podman: FakePodman, systemctl: Script, local: str, unit: str
) -> None:
    log = systemctl("")
    actions = actions_of(podman)
    outcome = await actions.perform(request(Verb.STOP, local))
    assert (outcome.result, outcome.message) == (Result.DONE, f"Through its systemd unit {unit}.")
    assert log.read_text() == f"--no-ask-password stop -- {unit}\n"
    assert podman.asked == []
    assert actions.command(request(Verb.STOP, local)) == f"systemctl stop -- {unit}"
    actions.close()


async def test_a_users_unit_is_reached_through_the_users_manager(podman: FakePodman, systemctl: Script) -> None:
    log = systemctl("")
    actions = actions_of(podman, replace(OWNER, user="someone-else"))
    assert (await actions.perform(request(Verb.RESTART))).result is Result.DONE
    assert log.read_text() == "--no-ask-password --user --machine=someone-else@.host restart -- web.service\n"
    mine = actions_of(podman, replace(OWNER, user=units.login_name() if units.login_name() != "root" else "me"))
    assert "--user" in mine.command(request(Verb.START))
    actions.close()
    mine.close()


async def test_what_systemd_says_is_told(podman: FakePodman, systemctl: Script) -> None:
    systemctl("echo 'Failed to stop web.service: Access denied' >&2; exit 4")
    actions = actions_of(podman)
    outcome = await actions.perform(request(Verb.STOP))
    assert (outcome.result, outcome.message) == (
        Result.FAILED,
        "web.service: Failed to stop web.service: Access denied",
    )
    assert podman.asked == []
    actions.close()


async def test_a_unit_that_does_not_finish_is_unknown(podman: FakePodman, systemctl: Script) -> None:
    systemctl("exec sleep 1000")
    podman.routes[f"containers/{ID}/json"] = reply({"State": {"Status": "stopping"}})
    actions = actions_of(podman)
    outcome = await actions.perform(request(Verb.STOP, timeout_seconds=0.3 - units.UNIT_PATIENCE_SECONDS))
    assert outcome.result is Result.UNKNOWN
    assert outcome.message.endswith("Looked up again: it is stopping.")
    actions.close()


async def test_without_systemd_podman_does_it_and_says_so(podman: FakePodman) -> None:
    actions = actions_of(podman, booted=False)
    outcome = await actions.perform(request(Verb.STOP))
    assert outcome.result is Result.DONE
    assert "the systemd unit web.service manages it" in outcome.message
    assert podman.asked == [f"POST containers/{ID}/stop?timeout=10&t=10"]
    assert actions.command(request(Verb.STOP)) == "podman stop --time 10 web"
    actions.close()


async def test_a_kill_is_podmans_and_warns_of_the_unit(podman: FakePodman, systemctl: Script) -> None:
    log = systemctl("")
    actions = actions_of(podman)
    outcome = await actions.perform(request(Verb.KILL))
    assert outcome.result is Result.DONE
    assert "web.service" in outcome.message
    assert not log.exists()
    actions.close()


async def test_the_units_of_another_host_are_out_of_reach(podman: FakePodman, systemctl: Script) -> None:
    log = systemctl("")
    actions = actions_of(podman, replace(OWNER, local=False))
    assert (await actions.perform(request(Verb.STOP))).result is Result.DONE
    assert not log.exists()
    actions.close()
