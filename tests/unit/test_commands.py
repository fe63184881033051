from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.build import container, guest
from tests.unit.views import pod_of, view_of
from tui.actions.naming import NotOneInstance, find_named, spellings
from tui.commands import WORDS, CommandContext, CommandError, complete, parse
from tui.domain.action import Verb
from tui.domain.errors import HostdeckError
from tui.domain.instance import State

MAIL, OLD = guest("mail01"), guest("old vm", state=State.STOPPED)
WEB_GUEST = guest("web")
WEB = container("web")
JAN = replace(container("db", engine="podman:jan"), user="jan")
EVA = replace(container("db", engine="podman:eva"), user="eva")
API = container("api", pod_id="pod-shop")
INFRA = container("shop-infra", pod_id="pod-shop", is_infra=True)
LONG = replace(container("cache"), id=replace(WEB.id, local="deadbeef0000"))
VIEW = view_of(MAIL, OLD, WEB_GUEST, WEB, JAN, EVA, API, INFRA, LONG, pods=(pod_of("shop", INFRA, API),))
CONTEXT = CommandContext(
    view=VIEW,
    themes=("nord", "dracula"),
    columns=("name", "cores", "memory"),
    filters=("state:running", "state:paused", "web"),
)


@pytest.mark.parametrize("text", [":guests", "guests", " : guests ", ":  guests"])
def test_a_word_alone_names_an_action(text: str) -> None:
    command = parse(text, CONTEXT)
    assert (command.action.id, command.arguments, command.instances) == ("pane_guests", (), None)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_understood(word: str) -> None:
    line = f"{word} name" if word == "sort" else word
    assert parse(line, CONTEXT).action is WORDS[word]


@pytest.mark.parametrize(("alias", "action_id"), [("q", "quit"), ("h", "help"), ("?", "help")])
def test_short_words(alias: str, action_id: str) -> None:
    assert parse(f":{alias}", CONTEXT).action.id == action_id


def test_a_name_makes_the_target() -> None:
    command = parse(":stop mail01", CONTEXT)
    assert command.instances == (MAIL,)
    assert command.verb is Verb.STOP


def test_several_names_are_several_targets_each_once() -> None:
    assert parse(":stop mail01 api mail01 shop", CONTEXT).instances == (MAIL, API)


def test_without_a_name_the_marks_or_the_cursor_count() -> None:
    command = parse(":stop", CONTEXT)
    assert command.instances is None
    assert command.verb is Verb.STOP


@pytest.mark.parametrize("text", [':start "old vm"', r":start old\ vm", ":start 'old vm'"])
def test_names_are_quoted_as_in_a_shell(text: str) -> None:
    assert parse(text, CONTEXT).instances == (OLD,)


def test_a_toggle_turns_what_is_named() -> None:
    paused = guest("p", state=State.PAUSED)
    context = CommandContext(view=view_of(paused, MAIL))
    assert parse(":pause p", context).verb is Verb.RESUME
    assert parse(":pause mail01", context).verb is Verb.PAUSE
    assert parse(":pause", context).verb is None
    assert parse(":resume p", context).verb is Verb.RESUME


@pytest.mark.parametrize(
    ("text", "verb", "named"),
    [
        (":autostart on mail01", Verb.AUTOSTART_ON, (MAIL,)),
        (":autostart off mail01", Verb.AUTOSTART_OFF, (MAIL,)),
        (":autostart mail01", Verb.AUTOSTART_ON, (MAIL,)),
        (":autostart off", Verb.AUTOSTART_OFF, None),
        (":autostart", None, None),
    ],
)
def test_autostart_can_be_said_plainly(text: str, verb: Verb | None, named: object) -> None:
    command = parse(text, CONTEXT)
    assert (command.verb, command.instances) == (verb, named)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (":theme nord", ("nord",)),
        (":theme", ()),
        (":sort cores", ("cores",)),
        (":sort cores reverse", ("cores", "reverse")),
        (":columns name,memory", ("name", "memory")),
        (":columns name memory name", ("name", "memory")),
        (":columns", ()),
        (':filter  state:running "a b" it\'s', ('state:running "a b" it\'s',)),
        (":filter", ()),
    ],
)
def test_arguments(text: str, arguments: tuple[str, ...]) -> None:
    assert parse(text, CONTEXT).arguments == arguments


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (":", "Type a command; Tab shows what there is."),
        (":stpo x", 'There is no command "stpo". Did you mean "stop"?'),
        (":zzzz", 'There is no command "zzzz".'),
        (":guests now", '"guests" stands alone: "now" means nothing there.'),
        (":stop mial01", 'Nothing is called "mial01". Did you mean "mail01"?'),
        (":stop zzzz", 'Nothing is called "zzzz".'),
        (":stop web", '2 are called "web": say container/web, guest/web.'),
        (":stop db", '2 are called "db": say eva/db, jan/db.'),
        (":open mail01 api", '"open" takes one name.'),
        (":theme nrod", 'There is no theme "nrod". Did you mean "nord"?'),
        (":theme nord now", '"theme" takes one name.'),
        (":sort", '"sort" needs a column: name, cores, memory.'),
        (":sort core", 'This pane has no column "core". Did you mean "cores"?'),
        (":sort cores down", 'After the column only "reverse" may follow.'),
        (":columns name,nmae", 'This pane has no column "nmae". Did you mean "name"?'),
        (':stop "old', 'A quotation mark is open: close it, or write \\" for it.'),
    ],
)
def test_what_makes_no_sense_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(HostdeckError) as caught:
        parse(text, CONTEXT)
    assert caught.value.message == sentence


def test_before_the_first_view_nothing_has_a_name() -> None:
    with pytest.raises(CommandError, match="No engine has answered yet"):
        parse(":stop mail01", CommandContext())
    assert complete(":stop ", CommandContext()) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("guest/web", WEB_GUEST),
        ("container/web", WEB),
        ("podman/web", WEB),
        ("qemu:///system/web", WEB_GUEST),
        ("jan/db", JAN),
        ("podman:eva/db", EVA),
        ("deadbeef0000", LONG),
        ("dead", LONG),
        ("shop", API),
        ("pod/shop", API),
        ("root/shop", API),
    ],
)
def test_names_can_be_made_plain(name: str, found: object) -> None:
    assert find_named(name, VIEW) == (found,)


@pytest.mark.parametrize("name", ["dea", "lxc/web", "/web", "root/db", ""])
def test_what_names_nothing(name: str) -> None:
    with pytest.raises(NotOneInstance):
        find_named(name, VIEW)


def test_two_pods_of_one_name_are_told_apart_by_their_user() -> None:
    mine = pod_of("shop", JAN, user="jan")
    view = view_of(API, INFRA, JAN, pods=(pod_of("shop", INFRA, API), mine))
    with pytest.raises(NotOneInstance, match=r"2 pods are called .*: say jan/shop, root/shop\."):
        find_named("shop", view)
    assert find_named("jan/shop", view) == (JAN,)


def test_every_spelling_finds_its_instance() -> None:
    instances = [entry.instance for entry in VIEW.instances]
    for instance, spelling in zip(instances, spellings(instances, VIEW), strict=True):
        assert find_named(spelling, VIEW) == (instance,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (":sto", [":stop"]),
        ("st", ["start", "stop", "guests", "host", "restart", "autostart"]),
        (":thm", []),
        (":theme ", [":theme nord", ":theme dracula"]),
        (":theme d", [":theme dracula", ":theme nord"]),
        (":theme nord ", []),
        (":sort c", [":sort cores"]),
        (":sort cores ", [":sort cores reverse"]),
        (":sort cores reverse ", []),
        (":columns name ", [":columns name cores", ":columns name memory"]),
        (":filter state:", [":filter state:running", ":filter state:paused"]),
        (":start ", [":start 'old vm'"]),
        (':start "ol', [":start 'old vm'"]),
        (":stop MA", [":stop mail01"]),
        (":stop mail01 ap", [":stop mail01 api"]),
        (":stop web", [":stop container/web", ":stop guest/web"]),
        (":stop mail01 mail", []),
        (":reset a", [":reset mail01"]),
        (":autostart o", [":autostart on", ":autostart off", ":autostart 'old vm'"]),
        (":autostart on m", [":autostart on mail01", ":autostart on 'old vm'"]),
        (":autostart off m", []),
        (":details ap", [":details api"]),
        (":details api ", []),
        (":guests ", []),
        (":nonsense x", []),
        (":stop 'a' \"ma", [":stop 'a' mail01"]),
        (":stop 'a\\", []),
    ],
)
def test_completion(text: str, found: list[str]) -> None:
    assert complete(text, CONTEXT) == found


def test_completion_is_bounded() -> None:
    many = CommandContext(view=view_of(*(container(f"c{number}") for number in range(200))))
    assert len(complete(":stop c", many)) == 50


@given(st.text(alphabet=st.sampled_from(list("astop:/'\"\\ web01\x1b\n"))))
def test_any_text_is_completed_without_an_error(text: str) -> None:
    assert all(isinstance(line, str) for line in complete(text, CONTEXT))


@given(st.text(alphabet=st.sampled_from(list("astop:/'\"\\ web01\x1b\n"))))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        sentence = parse(text, CONTEXT).action.description
    except HostdeckError as error:
        sentence = error.message
    assert sentence.endswith((".", "?"))


def test_what_is_completed_is_understood() -> None:
    for start in (":stop ", ":start ", ":kill w", ":theme ", ":sort ", ":columns ", ":autostart on "):
        for line in complete(start, CONTEXT):
            assert parse(line, CONTEXT).action is not None


def test_problems_are_silenced_and_noted_in_words() -> None:
    assert parse(":silence 1h", CONTEXT).arguments == ("1h",)
    assert parse(":note disk 'is on its way", CONTEXT).arguments == ("disk 'is on its way",)
    assert parse(":notify test", CONTEXT).action.id == "notify"
    assert complete(":silence ", CONTEXT)[:2] == [":silence 15m", ":silence 1h"]
    assert complete(":notify ", CONTEXT) == [":notify test"]
