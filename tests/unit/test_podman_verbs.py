"""Verbs in Podman's words, units first, secrets masked."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.test_podman_rows import ID, OWNER, ROW_4_3
from tui.domain.action import ActionRequest, Verb
from tui.domain.errors import ActionRefused
from tui.domain.instance import Instance, Pod
from tui.domain.secrets import MASK, looks_secret
from tui.engines.podman.document import readable
from tui.engines.podman.rows import instance_of
from tui.engines.podman.units import Unit, systemctl
from tui.engines.podman.verbs import PATIENCE_SECONDS, call_for, podman_command, refuse_delete

WEB = instance_of(ROW_4_3, OWNER)
POD = Pod(OWNER.id("ba5e"), "grp", "Running", "root", ("a", "b", "c"))


def request(verb: Verb, target: Instance | Pod = WEB, **options: Any) -> ActionRequest:
    return ActionRequest(verb, target.id, **options)


@pytest.mark.parametrize(
    ("verb", "method", "path"),
    [
        (Verb.START, "POST", f"containers/{ID}/start"),
        (Verb.STOP, "POST", f"containers/{ID}/stop"),
        (Verb.KILL, "POST", f"containers/{ID}/kill"),
        (Verb.RESTART, "POST", f"containers/{ID}/restart"),
        (Verb.PAUSE, "POST", f"containers/{ID}/pause"),
        (Verb.RESUME, "POST", f"containers/{ID}/unpause"),
        (Verb.DELETE, "DELETE", f"containers/{ID}"),
    ],
)
def test_requests(verb: Verb, method: str, path: str) -> None:
    call = call_for(request(verb), WEB)
    assert (call.method, call.path) == (method, path)
    assert call_for(request(verb, POD), POD).path == path.replace(f"containers/{ID}", "pods/ba5e")


def test_delete_is_never_forced() -> None:
    assert call_for(request(Verb.DELETE), WEB).params == {"force": "false", "v": "false"}


def test_a_stop_may_take_its_time_and_a_pods_members_one_after_the_other() -> None:
    call = call_for(request(Verb.STOP, timeout_seconds=30.0), WEB)
    assert (call.params["timeout"], call.timeout_seconds) == ("30", 30.0 + PATIENCE_SECONDS)
    assert call_for(request(Verb.STOP, POD, timeout_seconds=30.0), POD).timeout_seconds == 90.0 + PATIENCE_SECONDS
    assert call_for(request(Verb.STOP, timeout_seconds=-1.0), WEB).params["timeout"] == "0"


@pytest.mark.parametrize("verb", [Verb.RESET, Verb.AUTOSTART_ON, Verb.AUTOSTART_OFF])
def test_what_podman_has_not_is_refused_in_a_sentence(verb: Verb) -> None:
    with pytest.raises(ActionRefused) as caught:
        call_for(request(verb), WEB)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("state", ["running", "paused", "stopping", "restarting", "Degraded", "unknown"])
def test_what_runs_is_not_deleted(state: str) -> None:
    with pytest.raises(ActionRefused, match="stop it first"):
        refuse_delete(state)


@pytest.mark.parametrize("state", ["created", "exited", "stopped", "Exited", "Created"])
def test_what_does_not_run_may_be_deleted(state: str) -> None:
    refuse_delete(state)


@pytest.mark.parametrize(
    ("verb", "target", "url", "command"),
    [
        (Verb.STOP, WEB, None, "podman stop --time 10 web"),
        (Verb.RESTART, WEB, None, "podman restart --time 10 web"),
        (Verb.START, WEB, None, "podman start web"),
        (Verb.KILL, WEB, "unix:///run/user/1000/x", "podman --url unix:///run/user/1000/x kill web"),
        (Verb.RESUME, WEB, None, "podman unpause web"),
        (Verb.DELETE, WEB, None, "podman rm web"),
        (Verb.STOP, POD, None, "podman pod stop --time 10 grp"),
        (Verb.RESTART, POD, None, "podman pod restart grp"),
        (Verb.DELETE, POD, None, "podman pod rm grp"),
        (Verb.PAUSE, replace(WEB, name="a b;rm"), None, "podman pause 'a b;rm'"),
    ],
)
def test_command_lines(verb: Verb, target: Instance | Pod, url: str | None, command: str) -> None:
    assert podman_command(request(verb, target), target, url=url) == command


@pytest.mark.parametrize(
    ("unit", "login", "argv"),
    [
        (Unit("web.service"), "root", ["systemctl", "stop", "--", "web.service"]),
        (Unit("web.service", "ann"), "ann", ["systemctl", "--user", "stop", "--", "web.service"]),
        (
            Unit("web.service", "ann"),
            "root",
            ["systemctl", "--user", "--machine=ann@.host", "stop", "--", "web.service"],
        ),
        (Unit("--root=/x"), "root", ["systemctl", "stop", "--", "--root=/x"]),
    ],
)
def test_units(unit: Unit, login: str, argv: list[str]) -> None:
    assert systemctl(unit, Verb.STOP, login=login) == argv


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "MYSQL_ROOT_PASS", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "ssh_key", "BASIC_AUTH", "DB_PWD"]
)
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["PATH", "HOME", "PWD", "TERM", "LANG", "HOSTNAME", "GPG_KEY"])
def test_names_that_do_not(name: str) -> None:
    assert not looks_secret(name)


def test_a_document_masks_secrets_wherever_podman_repeats_them() -> None:
    document = {
        "Config": {
            "Env": ["PATH=/bin", "DB_PASSWORD=hunter2=\nx", "API_TOKEN="],
            "CreateCommand": [
                "podman",
                "run",
                "-e",
                "DB_PASSWORD=hunter2",
                "--env=API_KEY=hunter2",
                "-eMY_PASS=hunter2",
            ],
        },
        "Args": ["--colour=always", "a=b"],
    }
    text = readable(document)
    assert "hunter2" not in text
    value = json.loads(text)
    assert value["Config"]["Env"] == ["PATH=/bin", f"DB_PASSWORD={MASK}", "API_TOKEN="]
    assert value["Config"]["CreateCommand"][4:] == [f"--env=API_KEY={MASK}", f"-eMY_PASS={MASK}"]
    assert value["Args"] == ["--colour=always", "a=b"]
