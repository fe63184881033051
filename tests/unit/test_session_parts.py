from dataclasses import replace

import pytest

from tests.unit.build import container, engine_status, guest
from tui.domain.instance import Instance
from tui.domain.session import SessionKind, SessionRequest
from tui.sessions.byhand import argument_list
from tui.sessions.keynames import linux_keys

RED, BLUE = bytes((255, 0, 0)), bytes((0, 0, 255))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ctrl-alt-del", ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")),
        ("Ctrl+C", ("KEY_LEFTCTRL", "KEY_C")),
        ("sysrq-b", ("KEY_LEFTALT", "KEY_SYSRQ", "KEY_B")),
        ("f12", ("KEY_F12",)),
        (" enter ", ("KEY_ENTER",)),
        ("5", ("KEY_5",)),
    ],
)
def test_keys_are_read_as_a_person_writes_them(text: str, keys: tuple[str, ...]) -> None:
    assert linux_keys(text) == keys


@pytest.mark.parametrize("text", ["", "-", "ctrl-nonsense", "f25", "ä", "\x1b", "-".join("abcdefghijklmnopq")])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rite keys like"):
        linux_keys(text)


@pytest.mark.parametrize(
    ("instance", "request_", "command"),
    [
        (
            guest("vm"),
            SessionRequest(SessionKind.CONSOLE, device="serial1", force=True),
            ["virsh", "--connect", "demo", "console", "vm", "--devname", "serial1", "--force"],
        ),
        (
            container("web"),
            SessionRequest(SessionKind.SHELL, user="anna", folder="/srv"),
            ["podman", "--url", "demo", "exec", "-it", "--user", "anna", "--workdir", "/srv", "web", "/bin/sh"],
        ),
        (
            container("web"),
            SessionRequest(SessionKind.ATTACH),
            ["podman", "--url", "demo", "attach", "--detach-keys=ctrl-]", "web"],
        ),
    ],
)
def test_the_same_by_hand(instance: Instance, request_: SessionRequest, command: list[str]) -> None:
    status = replace(engine_status(instance.id.engine), url="demo")
    assert argument_list(instance, request_, status) == command
