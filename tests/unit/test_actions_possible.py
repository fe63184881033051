from typing import Any

import pytest

from tests.unit.build import container, guest
from tui.actions import READ_ONLY, possible
from tui.domain.action import Verb
from tui.domain.instance import Instance, State

_GUEST: dict[Verb, set[State]] = {
    Verb.START: {State.STOPPED, State.CREATED, State.CRASHED, State.UNKNOWN},
    Verb.STOP: {State.RUNNING, State.RESTARTING, State.UNKNOWN},
    Verb.KILL: set(State) - {State.STOPPED, State.CREATED, State.CRASHED, State.REMOVING},
    Verb.RESTART: {State.RUNNING, State.UNKNOWN},
    Verb.RESET: {State.RUNNING, State.PAUSED, State.RESTARTING, State.UNKNOWN},
    Verb.PAUSE: {State.RUNNING, State.UNKNOWN},
    Verb.RESUME: {State.PAUSED, State.UNKNOWN},
    Verb.DELETE: {State.STOPPED, State.CREATED, State.CRASHED},
    Verb.AUTOSTART_ON: set(State) - {State.REMOVING},
    Verb.AUTOSTART_OFF: set(),
}
_CONTAINER: dict[Verb, set[State]] = {
    **_GUEST,
    Verb.RESET: set(),
    Verb.AUTOSTART_ON: set(),
    Verb.AUTOSTART_OFF: set(),
}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_what_is_possible_on_a_guest_in_each_state(verb: Verb, state: State) -> None:
    why_not = possible(verb, guest(state=state))
    assert (why_not is None) == (state in _GUEST[verb]), why_not
    assert why_not is None or ("vm" in why_not and why_not.endswith("."))


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_what_is_possible_on_a_container_in_each_state(verb: Verb, state: State) -> None:
    why_not = possible(verb, container(state=state))
    assert (why_not is None) == (state in _CONTAINER[verb]), why_not
    assert why_not is None or ("web" in why_not and why_not.endswith("."))


@pytest.mark.parametrize("verb", Verb)
def test_nothing_is_possible_read_only(verb: Verb) -> None:
    assert possible(verb, guest(state=State.STOPPED), read_only=True) == READ_ONLY


@pytest.mark.parametrize(
    ("verb", "instance", "words"),
    [
        (Verb.STOP, guest(state=State.PAUSED), "resume it first"),
        (Verb.RESUME, guest(state=State.SUSPENDED), "wake it"),
        (Verb.DELETE, guest(state=State.STOPPED, persistent=False), "transient"),
        (Verb.AUTOSTART_ON, guest(persistent=False), "transient"),
        (Verb.AUTOSTART_ON, guest(autostart=True), "already"),
        (Verb.AUTOSTART_OFF, guest(), "does not start with the host"),
        (Verb.RESET, guest(driver="lxc"), "no reset button"),
        (Verb.START, guest(state=State.CRASHED, domain_id=7), "kill it first"),
        (Verb.STOP, guest(state=State.CRASHED, domain_id=7), "kill or reset it"),
        (Verb.KILL, guest(state=State.CRASHED), "does not run"),
        (Verb.RESET, container(), "only guests have a reset button"),
        (Verb.AUTOSTART_ON, container(unit="db.service"), "its unit db.service"),
        (Verb.AUTOSTART_ON, container(), "a systemd unit or its restart policy"),
        (Verb.STOP, container(is_infra=True), "infra container"),
        (Verb.DELETE, container(is_infra=True, state=State.STOPPED), "infra container"),
        (Verb.DELETE, container(), "stop it first"),
        (Verb.DELETE, container(state=State.UNKNOWN), "not deleted blindly"),
    ],
)
def test_the_sentence_says_why_not(verb: Verb, instance: Instance, words: str) -> None:
    assert words in (possible(verb, instance) or "")


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (Verb.AUTOSTART_OFF, {"autostart": True}),
        (Verb.KILL, {"state": State.CRASHED, "domain_id": 7}),
        (Verb.RESET, {"state": State.CRASHED, "domain_id": 7}),
        (Verb.KILL, {"state": State.STOPPING}),
        (Verb.STOP, {"persistent": False}),
    ],
)
def test_what_is_possible_on_special_guests(verb: Verb, more: dict[str, Any]) -> None:
    assert possible(verb, guest(**more)) is None


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (Verb.START, {"is_infra": True, "state": State.STOPPED}),
        (Verb.STOP, {"state": State.RESTARTING}),
        (Verb.STOP, {"unit": "db.service"}),
    ],
)
def test_what_is_possible_on_special_containers(verb: Verb, more: dict[str, Any]) -> None:
    assert possible(verb, container(**more)) is None


def test_a_name_with_braces_stays_as_it_is() -> None:
    assert possible(Verb.START, guest("{name}{0}")) == "{name}{0} runs already."
