import pytest

from tests.unit.build import container, guest
from tests.unit.views import pod_of, view_of
from tui.actions import BY_ID, plan, resolve_targets, verb_for
from tui.domain.action import Verb
from tui.domain.instance import State

WEB, DB, VM = container("web"), container("db"), guest("vm")
API, INFRA = container("api", pod_id="pod-shop"), container("shop-infra", pod_id="pod-shop", is_infra=True)
CACHE = container("cache", pod_id="pod-shop")
SHOP = pod_of("shop", INFRA, API, CACHE)
VIEW = view_of(WEB, DB, VM, INFRA, API, CACHE, pods=(SHOP,))
ALL = [WEB.key, DB.key, VM.key, SHOP.key, API.key, CACHE.key]


def test_without_marks_it_is_the_row_under_the_cursor() -> None:
    targets = resolve_targets(VIEW, WEB.key, (), ALL)
    assert targets.instances == (WEB,)
    assert not targets.marked
    assert targets.note == ""


def test_marks_go_before_the_cursor_in_the_order_of_the_rows() -> None:
    targets = resolve_targets(VIEW, WEB.key, {VM.key, DB.key}, ALL)
    assert targets.instances == (DB, VM)
    assert targets.marked


def test_marked_rows_that_a_filter_hides_are_left_alone() -> None:
    targets = resolve_targets(VIEW, WEB.key, {VM.key, DB.key}, [WEB.key, DB.key], filtered=True)
    assert targets.instances == (DB,)
    assert targets.hidden == 1
    assert targets.note == "1 marked row is out of view and left alone."


def test_when_all_marks_are_hidden_the_cursor_counts_and_the_note_tells() -> None:
    targets = resolve_targets(VIEW, WEB.key, {VM.key, DB.key}, [WEB.key], filtered=True)
    assert targets.instances == (WEB,)
    assert targets.note == "2 marked rows are out of view and left alone."


def test_a_cursor_on_a_row_that_is_not_in_view_means_nothing() -> None:
    assert resolve_targets(VIEW, VM.key, (), [WEB.key]).instances == ()
    assert resolve_targets(VIEW, None, (), ALL).instances == ()
    assert resolve_targets(VIEW, "gone", (), ["gone"]).instances == ()


def test_a_pod_stands_for_its_containers_without_the_infra_container() -> None:
    assert resolve_targets(VIEW, SHOP.key, (), ALL).instances == (API, CACHE)


def test_a_folded_pod_does_too() -> None:
    assert resolve_targets(VIEW, SHOP.key, (), [SHOP.key]).instances == (API, CACHE)


def test_a_pod_and_one_of_its_containers_marked_name_it_once() -> None:
    assert resolve_targets(VIEW, None, {SHOP.key, API.key}, ALL).instances == (API, CACHE)


def test_with_a_filter_a_pod_stands_for_what_is_in_view_of_it() -> None:
    targets = resolve_targets(VIEW, SHOP.key, (), [SHOP.key, API.key], filtered=True)
    assert targets.instances == (API,)


def test_with_a_filter_a_folded_pod_stands_for_nothing_and_says_so() -> None:
    targets = resolve_targets(VIEW, SHOP.key, (), [SHOP.key], filtered=True)
    assert targets.instances == ()
    assert "Open pod shop first" in targets.note


@pytest.mark.parametrize(
    ("states", "verb"),
    [
        ((State.RUNNING,), Verb.PAUSE),
        ((State.PAUSED,), Verb.RESUME),
        ((State.PAUSED, State.RUNNING), Verb.PAUSE),
        ((), Verb.PAUSE),
    ],
)
def test_pause_turns_back_only_when_all_are_paused(states: tuple[State, ...], verb: Verb) -> None:
    assert verb_for(BY_ID["pause"], [guest(state=state) for state in states]) is verb


def test_autostart_turns_back_only_when_all_have_it() -> None:
    on, off = guest("a", autostart=True), guest("b")
    assert verb_for(BY_ID["autostart"], [on]) is Verb.AUTOSTART_OFF
    assert verb_for(BY_ID["autostart"], [on, off]) is Verb.AUTOSTART_ON
    assert verb_for(BY_ID["autostart"], [WEB]) is Verb.AUTOSTART_ON


def test_an_action_of_the_screen_has_no_verb() -> None:
    assert verb_for(BY_ID["wide"], [WEB]) is None


def test_a_plan_keeps_what_is_not_possible_with_its_reason() -> None:
    stopped = container("old", state=State.STOPPED)
    made = plan(Verb.STOP, [WEB, stopped])
    assert made.instances == (WEB,)
    assert made.refused == ((stopped, "old does not run."),)


def test_a_plan_read_only_has_nothing_to_do() -> None:
    made = plan(Verb.STOP, [WEB, VM], read_only=True)
    assert made.instances == ()
    assert len(made.refused) == 2
