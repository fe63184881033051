import string

import pytest
from textual.binding import Binding
from textual.keys import _character_to_key

from tui.actions import ACTIONS, BY_ID, BY_VERB, Action, Scope, bound, default_keys, footer, palette, remapped, shown
from tui.config.bindings import find_conflicts
from tui.config.keys import key_label, parse_key
from tui.domain.action import Verb

_MOVES_WITH_CAPITALS = {"move_bottom", "log_save", "bundle"}


def test_ids_and_command_words_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)
    words = [action.command for action in ACTIONS if action.command]
    assert len(words) == len(set(words))


def test_no_key_has_two_meanings_at_the_same_time() -> None:
    assert find_conflicts(default_keys(), ACTIONS) == {}


def test_small_letters_change_nothing_and_capitals_do() -> None:
    for action in ACTIONS:
        for key in action.keys:
            if len(key) == 1 and key in string.ascii_lowercase:
                assert not action.changes, action.id
            if len(key) == 1 and key in string.ascii_uppercase and action.id not in _MOVES_WITH_CAPITALS:
                assert action.changes, action.id


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_has_an_action(verb: Verb) -> None:
    assert verb in {BY_VERB[verb].verb, BY_VERB[verb].verb_back}


def test_what_has_a_verb_is_marked_as_a_change() -> None:
    assert [action.id for action in ACTIONS if action.verb and not action.changes] == []


def test_all_keys_are_spelled_as_a_person_may_write_them_too() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert parse_key(key) == key


def test_every_shown_action_is_explained_and_can_be_reached() -> None:
    for action in shown():
        assert action.name
        assert action.help
        assert action.description.endswith(".")
        assert action.keys or action.command


def test_reserved_keys_are_shown_nowhere() -> None:
    reserved = {action.id for action in ACTIONS if action.reserved}
    assert {"pane_6", "pane_9"} <= reserved
    for listed in (shown(), footer(tuple(Scope)), bound(), palette()):
        assert reserved.isdisjoint({action.id for action in listed})


def test_footer_begins_with_what_is_asked_for_most() -> None:
    found = [action.id for action in footer({Scope.APP, Scope.TABLE, Scope.INSTANCE})]
    assert found[:4] == ["start", "stop", "help", "filter"]
    assert "quit" in found
    assert "move_up" not in found


def test_footer_of_a_log_has_no_actions_on_instances() -> None:
    assert all(action.scope is Scope.APP for action in footer({Scope.APP, Scope.LOG}))


def test_moving_is_left_to_the_table_but_explained() -> None:
    assert "move_up" in {action.id for action in shown({Scope.TABLE})}
    assert "move_up" not in {action.id for action in bound()}


def test_remapping_replaces_the_keys_of_one_action_only() -> None:
    table = {action.id: action for action in remapped({"stop": ("ctrl+t", "f9")})}
    assert table["stop"].keys == ("ctrl+t", "f9")
    assert table["stop"].labels == "Ctrl-T F9"
    assert table["start"].keys == BY_ID["start"].keys


def test_an_action_without_a_key_has_no_label() -> None:
    assert BY_ID["theme"].label == ""
    assert BY_ID["filter"].label == "/"


@pytest.mark.parametrize("action", bound(), ids=lambda action: action.id)
def test_the_terminal_library_takes_the_names_of_the_keys(action: Action) -> None:
    made = list(Binding.make_bindings([(",".join(action.keys), "x", "x")]))
    assert tuple(binding.key for binding in made) == action.keys


@pytest.mark.parametrize("character", list(string.printable[:94]))
def test_characters_have_the_names_the_terminal_library_gives_them(character: str) -> None:
    assert parse_key(character) == _character_to_key(character)
    assert key_label(parse_key(character)) == character


@pytest.mark.parametrize(
    ("typed", "name", "label"),
    [
        ("ctrl+t", "ctrl+t", "Ctrl-T"),
        ("Ctrl+T", "ctrl+t", "Ctrl-T"),
        ("shift+t", "T", "T"),
        ("shift+ctrl+f5", "ctrl+shift+f5", "Ctrl-Shift-F5"),
        ("Enter", "enter", "Enter"),
        ("return", "enter", "Enter"),
        ("esc", "escape", "Esc"),
        ("F5", "f5", "F5"),
        ("slash", "slash", "/"),
        ("PgUp", "pageup", "PgUp"),
        ("+", "plus", "+"),
        ("ctrl+/", "ctrl+slash", "Ctrl-/"),
    ],
)
def test_keys_are_read_as_typed(typed: str, name: str, label: str) -> None:
    assert parse_key(typed) == name
    assert key_label(name) == label


@pytest.mark.parametrize(
    "typed", ["", " ", "ctrl+", "hyper+x", "ctrl+ctrl+x", "stop", "f99", "ctrl", "\x1b", "ä+b", "++"]
)
def test_what_is_no_key_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a key: write one like"):
        parse_key(typed)
