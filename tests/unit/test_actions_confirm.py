from dataclasses import replace

import pytest

from tests.unit.build import container, guest
from tests.unit.views import UTC, pod_of, view_of
from tui.actions import confirmation, requests_for
from tui.actions.words import counted, duration, listed
from tui.domain.action import ActionRequest, Verb
from tui.domain.instance import Instance, State

VM = guest("mail01", started_unix_seconds=UTC - 41 * 86_400 - 3 * 3_600)
WEB = replace(container("web", started_unix_seconds=UTC - 65), user="jan")


def command(request: ActionRequest) -> str:
    return f"do {request.verb} {request.target.local}"


def test_starting_asks_nothing() -> None:
    assert confirmation(Verb.START, [guest(state=State.STOPPED)], view_of()) is None


def test_nothing_is_asked_about_nothing() -> None:
    assert confirmation(Verb.STOP, [], view_of()) is None


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.START])
def test_everything_else_asks_naming_object_and_host(verb: Verb) -> None:
    asked = confirmation(verb, [VM], view_of(VM))
    assert asked is not None
    assert "guest mail01" in asked.title
    assert asked.title.endswith("on kvm01?")


def test_a_guest_is_named_with_engine_state_and_uptime() -> None:
    asked = confirmation(Verb.STOP, [VM], view_of(VM), command=command)
    assert asked is not None
    assert asked.title == "Stop guest mail01 on kvm01?"
    assert asked.objects == ("mail01  guest (qemu:///system)  running, up 41 d 3 h",)
    assert asked.notes == ("A guest is asked to shut down; it may take long, or not obey.",)
    assert asked.commands == ("do stop mail01",)
    assert not asked.danger
    assert asked.type_to_confirm is None


def test_a_container_is_named_with_its_user_and_the_time_podman_gives_it() -> None:
    asked = confirmation(Verb.STOP, [WEB], view_of(WEB), stop_timeout_seconds=7)
    assert asked is not None
    assert asked.objects == ("web  container of jan (podman)  running, up 1 min",)
    assert asked.notes == ("Podman kills a container that has not stopped after 7 s.",)
    assert asked.body == f"{asked.objects[0]}\n\n{asked.notes[0]}"


def test_the_reason_of_a_state_is_told() -> None:
    broken = guest("db", state=State.PAUSED, reason="I/O error")
    asked = confirmation(Verb.KILL, [broken], view_of(broken))
    assert asked is not None
    assert "paused: I/O error" in asked.objects[0]


@pytest.mark.parametrize(
    ("verb", "danger"), [(Verb.KILL, True), (Verb.RESET, True), (Verb.DELETE, True), (Verb.PAUSE, False)]
)
def test_what_may_lose_something_is_marked(verb: Verb, danger: bool) -> None:
    asked = confirmation(verb, [VM], view_of(VM))
    assert asked is not None
    assert asked.danger is danger
    assert bool(asked.notes) is danger


def test_those_that_share_a_pod_are_named() -> None:
    infra = container("shop-infra", pod_id="pod-shop", is_infra=True)
    api, db = container("api", pod_id="pod-shop"), container("db", pod_id="pod-shop")
    old = container("old", pod_id="pod-shop", state=State.STOPPED)
    view = view_of(infra, api, db, old, WEB, pods=(pod_of("shop", infra, api, db, old),))
    asked = confirmation(Verb.STOP, [api], view)
    assert asked is not None
    assert asked.notes[0] == "In pod shop with db, which go on."
    both = confirmation(Verb.STOP, [api, db], view)
    assert both is not None
    assert not any("pod" in note for note in both.notes)


def test_what_holds_for_several_is_said_once() -> None:
    api, db, web = (container(name, pod_id="pod-shop") for name in ("api", "db", "web"))
    view = view_of(api, db, web, pods=(pod_of("shop", api, db, web),))
    asked = confirmation(Verb.PAUSE, [api, db], view)
    assert asked is not None
    assert asked.notes == ("api, db: In pod shop with web, which go on.",)


def test_those_that_need_it_by_compose_are_named() -> None:
    def member(name: str, needs: str = "", project: str = "shop") -> Instance:
        labels = {"com.docker.compose.project": project, "com.docker.compose.service": name}
        if needs:
            labels["com.docker.compose.depends_on"] = needs
        return container(name, labels=labels)

    db, api, other = member("db"), member("api", "db:service_healthy:true,x:y:z"), member("b", "db", project="other")
    asked = confirmation(Verb.KILL, [db], view_of(db, api, other))
    assert asked is not None
    assert "Declared to need it, by compose: api." in asked.notes


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (Verb.STOP, "done through db.service"),
        (Verb.KILL, "db.service may start it again"),
        (Verb.DELETE, "db.service makes it anew"),
    ],
)
def test_the_unit_that_manages_it_is_named(verb: Verb, words: str) -> None:
    managed = container("db", unit="db.service")
    asked = confirmation(verb, [managed], view_of(managed))
    assert asked is not None
    assert any(words in note for note in asked.notes)
    assert not any("Podman kills" in note for note in asked.notes)


def test_a_transient_guest_vanishes_when_it_stops() -> None:
    asked = confirmation(Verb.STOP, [guest("tmp", persistent=False)], view_of())
    assert asked is not None
    assert "Transient, it vanishes when it stops: tmp." in asked.notes


def test_deleting_a_guest_says_that_disks_stay_and_offers_the_firmware_variables() -> None:
    saved = guest("old", state=State.STOPPED, has_managed_save=True)
    asked = confirmation(Verb.DELETE, [saved], view_of(saved))
    assert asked is not None
    assert asked.notes[0] == "Disks stay; the definition of a guest is gone."
    assert not asked.offers_nvram
    assert "Has a saved memory image: old." in asked.notes
    efi = guest("efi", state=State.STOPPED, has_nvram=True)
    asked = confirmation(Verb.DELETE, [saved, efi], view_of(saved, efi))
    assert asked is not None
    assert asked.offers_nvram
    assert "NVRAM) stay too" in asked.notes[0]
    containers = confirmation(Verb.DELETE, [container(state=State.STOPPED)], view_of())
    assert containers is not None
    assert not containers.offers_nvram


@pytest.mark.parametrize(("count", "typed"), [(10, None), (11, "11"), (30, "30")])
def test_deleting_more_than_ten_asks_to_type_the_number(count: int, typed: str | None) -> None:
    many = [container(f"c{number}", state=State.STOPPED) for number in range(count)]
    asked = confirmation(Verb.DELETE, many, view_of(*many), command=command)
    assert asked is not None
    assert asked.type_to_confirm == typed
    assert asked.title == f"Delete {count} containers on kvm01?"


def test_only_deleting_asks_for_the_number() -> None:
    many = [container(f"c{number}") for number in range(30)]
    asked = confirmation(Verb.STOP, many, view_of(*many), command=command)
    assert asked is not None
    assert asked.type_to_confirm is None
    assert asked.objects[-1] == "and 18 more"
    assert len(asked.objects) == 13
    assert len(asked.commands) == 12


def test_requests_carry_the_timeout_and_the_wish_for_guests_only() -> None:
    requests = requests_for(Verb.DELETE, [VM, WEB], stop_timeout_seconds=3, remove_nvram=True)
    assert [(request.target, request.timeout_seconds, request.remove_nvram) for request in requests] == [
        (VM.id, 3, True),
        (WEB.id, 3, False),
    ]
    assert not requests_for(Verb.STOP, [VM], remove_nvram=True)[0].remove_nvram


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_660, "1 h 1 min"),
        (7_200, "2 h"),
        (90_000, "1 d 1 h"),
        (86_400, "1 d"),
    ],
)
def test_spans_have_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_kinds_are_counted_in_words() -> None:
    assert counted([VM]) == "1 guest"
    assert counted([VM, WEB, WEB]) == "1 guest and 2 containers"
    assert counted([]) == "nothing"


def test_long_lists_end_in_a_number() -> None:
    assert listed(list("abc")) == "a, b, c"
    assert listed(list("abcdefgh"), most=4) == "a, b, c and 5 more"
