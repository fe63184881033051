from typing import Any

import pytest

from tests.unit.build import container, engine_status, guest
from tests.unit.views import view_of
from tui.domain.action import Verb
from tui.domain.event import Event
from tui.domain.host import EngineState
from tui.domain.instance import Instance, State
from tui.jobs.effects import effect_seen, reboot_seen

BEFORE = container("web", started_unix_seconds=100.0)


@pytest.mark.parametrize(
    ("verb", "now", "seen"),
    [
        (Verb.STOP, {"state": State.STOPPED}, True),
        (Verb.STOP, {"state": State.CRASHED}, True),
        (Verb.STOP, {"state": State.STOPPING}, False),
        (Verb.STOP, {"started_unix_seconds": 100.4}, False),
        (Verb.STOP, {"started_unix_seconds": 130.0}, True),
        (Verb.KILL, {"state": State.CREATED}, True),
        (Verb.KILL, {}, False),
        (Verb.START, {}, True),
        (Verb.START, {"state": State.STARTING}, False),
        (Verb.START, {"state": State.STOPPED}, False),
        (Verb.RESTART, {"started_unix_seconds": 130.0}, True),
        (Verb.RESTART, {"started_unix_seconds": 100.0}, False),
        (Verb.RESTART, {"state": State.STOPPED}, False),
        (Verb.PAUSE, {"state": State.PAUSED}, True),
        (Verb.PAUSE, {}, False),
        (Verb.RESUME, {}, True),
        (Verb.RESUME, {"state": State.PAUSED}, False),
        (Verb.RESET, {}, False),
        (Verb.DELETE, {"state": State.STOPPED}, False),
        (Verb.AUTOSTART_ON, {}, False),
    ],
)
def test_effects_on_a_container(verb: Verb, now: dict[str, Any], seen: bool) -> None:
    later = container("web", **{"started_unix_seconds": 100.0, **now})
    assert effect_seen(verb, BEFORE.id, BEFORE, view_of(later)) is seen


@pytest.mark.parametrize(
    ("verb", "before", "now", "seen"),
    [
        (Verb.STOP, {"domain_id": 3}, {"domain_id": 4}, True),
        (Verb.KILL, {"domain_id": 3}, {"domain_id": 3, "state": State.CRASHED}, False),
        (Verb.KILL, {"domain_id": 3}, {"domain_id": None, "state": State.CRASHED}, True),
        (Verb.STOP, {"domain_id": 3}, {"domain_id": 3, "started_unix_seconds": 999.0}, False),
        (Verb.START, {"state": State.STOPPED}, {"domain_id": 4, "state": State.PAUSED}, True),
        (Verb.RESTART, {"domain_id": 3}, {"domain_id": 3}, False),
        (Verb.AUTOSTART_ON, {}, {"autostart": True}, True),
        (Verb.AUTOSTART_ON, {}, {"autostart": False}, False),
        (Verb.AUTOSTART_OFF, {"autostart": True}, {"autostart": False}, True),
        (Verb.AUTOSTART_OFF, {"autostart": True}, {"autostart": True}, False),
    ],
)
def test_effects_on_a_guest(verb: Verb, before: dict[str, Any], now: dict[str, Any], seen: bool) -> None:
    then = guest("vm", **before)
    assert effect_seen(verb, then.id, then, view_of(guest("vm", **now))) is seen


@pytest.mark.parametrize(
    ("verb", "gone_means_done"), [(verb, verb in {Verb.STOP, Verb.KILL, Verb.DELETE}) for verb in Verb]
)
def test_an_absence_counts_only_for_what_ends_an_instance(verb: Verb, gone_means_done: bool) -> None:
    assert effect_seen(verb, BEFORE.id, BEFORE, view_of()) is gone_means_done


@pytest.mark.parametrize("state", [state for state in EngineState if state is not EngineState.READY])
def test_an_absence_means_nothing_while_the_engine_is_away(state: EngineState) -> None:
    view = view_of(sources=(engine_status("podman", state),))
    assert not effect_seen(Verb.DELETE, BEFORE.id, BEFORE, view)


@pytest.mark.parametrize("then", [None, container("web")])
def test_without_knowing_how_it_was_only_the_state_counts(then: Instance | None) -> None:
    later = view_of(container("web", started_unix_seconds=130.0))
    assert not effect_seen(Verb.STOP, BEFORE.id, then, later)
    assert not effect_seen(Verb.RESTART, BEFORE.id, then, later)


def test_only_a_reboot_after_the_question_counts() -> None:
    events = [Event(10.0, "e", BEFORE.id, "vm", "rebooted"), Event(20.0, "e", BEFORE.id, "vm", "started")]
    assert reboot_seen(events, 9.0)
    assert not reboot_seen(events, 11.0)
    assert not reboot_seen([], 0.0)
