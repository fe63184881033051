import shlex

import pytest

from tui.domain.action import ActionRequest, Verb
from tui.domain.identity import InstanceId
from tui.domain.instance import State
from tui.engines.libvirt.commands import virsh
from tui.engines.libvirt.states import io_error_words, state_of
from tui.engines.libvirt.status import LONGEST_DELAY_SECONDS, retry_delay
from tui.engines.libvirt.words import closed_words, lifecycle_words

UUID = "8eb4a104-7656-4fbe-85aa-86e99eea5c44"


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (0, 0, (State.UNKNOWN, "")),
        (1, 1, (State.RUNNING, "")),
        (1, 11, (State.RUNNING, "post-copy migration failed")),
        (2, 0, (State.RUNNING, "")),
        (3, 0, (State.PAUSED, "")),
        (3, 1, (State.PAUSED, "on request")),
        (3, 5, (State.PAUSED, "I/O error")),
        (3, 6, (State.PAUSED, "watchdog")),
        (3, 11, (State.STARTING, "starting up")),
        (4, 0, (State.STOPPING, "")),
        (5, 0, (State.STOPPED, "")),
        (5, 1, (State.STOPPED, "shut down")),
        (5, 3, (State.CRASHED, "crashed")),
        (5, 5, (State.STOPPED, "saved")),
        (5, 6, (State.STOPPED, "failed to start")),
        (6, 1, (State.CRASHED, "guest panicked, its memory is kept")),
        (7, 0, (State.SUSPENDED, "")),
        (3, 999, (State.PAUSED, "")),
        (999, 1, (State.UNKNOWN, "")),
    ],
)
def test_states_with_reasons(state: int, reason: int, expected: tuple[State, str]) -> None:
    assert state_of(state, reason) == expected


@pytest.mark.parametrize(
    ("disk", "reason", "expected"),
    [
        ("vda", "enospc", "I/O error on vda (no space)"),
        ("vda", "no space", "I/O error on vda (no space)"),
        ("vda", "", "I/O error on vda"),
        ("", "", "I/O error"),
        ("vdb", "something new", "I/O error on vdb (something new)"),
    ],
)
def test_io_errors_name_the_disk(disk: str, reason: str, expected: str) -> None:
    assert io_error_words(disk, reason) == expected


@pytest.mark.parametrize(
    ("event", "detail", "expected"),
    [
        (0, 0, ("defined", "")),
        (0, 1, ("defined", "changed")),
        (1, 0, ("undefined", "")),
        (2, 0, ("started", "booted")),
        (3, 2, ("paused", "I/O error")),
        (4, 0, ("resumed", "")),
        (5, 0, ("stopped", "shut down")),
        (5, 2, ("crashed", "stopped")),
        (8, 0, ("crashed", "guest panicked")),
        (5, 999, ("stopped", "")),
        (999, 0, ("changed", "")),
    ],
)
def test_events_in_words(event: int, detail: int, expected: tuple[str, str]) -> None:
    assert lifecycle_words(event, detail) == expected


def test_every_end_of_a_connection_has_words() -> None:
    assert closed_words(2) == "It did not answer keep-alive messages."
    assert closed_words(99) == "The connection ended."


def request(verb: Verb, *, remove_nvram: bool = False) -> ActionRequest:
    return ActionRequest(verb, InstanceId("host", "qemu:///system", UUID), remove_nvram=remove_nvram)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (Verb.START, "start vm"),
        (Verb.STOP, "shutdown vm"),
        (Verb.KILL, "destroy vm"),
        (Verb.RESTART, "reboot vm"),
        (Verb.RESET, "reset vm"),
        (Verb.PAUSE, "suspend vm"),
        (Verb.RESUME, "resume vm"),
        (Verb.DELETE, "undefine vm --keep-nvram"),
        (Verb.AUTOSTART_ON, "autostart vm"),
        (Verb.AUTOSTART_OFF, "autostart --disable vm"),
    ],
)
def test_the_same_with_virsh(verb: Verb, words: str) -> None:
    assert virsh("qemu:///system", "qemu", request(verb), "vm") == f"virsh -c qemu:///system {words}"


def test_removing_the_firmware_variables_is_said() -> None:
    line = virsh("qemu:///system", "qemu", request(Verb.DELETE, remove_nvram=True), "vm")

    assert line == "virsh -c qemu:///system undefine vm --nvram"
    assert virsh("test:///default", "test", request(Verb.DELETE), "vm") == "virsh -c test:///default undefine vm"


def test_quotes_what_a_shell_would_read() -> None:
    name = "a b;$(touch x)'"

    line = virsh("qemu+unix:///system?socket=/a b", "qemu", request(Verb.START), name)

    assert shlex.split(line) == ["virsh", "-c", "qemu+unix:///system?socket=/a b", "start", name]


@pytest.mark.parametrize("name", ["", "7", "--all", "-x", "a\nb", "a\x1b[31m", UUID.replace("8", "9")])
def test_names_that_virsh_would_mistake_give_way_to_the_uuid(name: str) -> None:
    assert virsh("qemu:///system", "qemu", request(Verb.START), name) == f"virsh -c qemu:///system start {UUID}"


def test_delays_grow_up_to_half_a_minute() -> None:
    delays = [retry_delay(failures) for failures in range(1, 12)]

    assert 0.9 <= delays[0] <= 1.1
    assert sorted(delays[:5]) == delays[:5]
    assert max(delays) <= LONGEST_DELAY_SECONDS
    assert min(delays[5:]) >= 0.9 * LONGEST_DELAY_SECONDS
