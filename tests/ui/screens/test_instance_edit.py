"""A guest's definition in an editor: the difference is shown, and nothing that was typed is lost."""

import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.app import SuspendNotSupported
from textual.pilot import Pilot

from tests.ui.screens.on_guests import SIZE, AskedHost, on_row
from tests.ui.screens.still import make_app, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.domain.operation.guests import DefineXml
from tui.screens.deck import Deck
from tui.screens.main import MainScreen
from tui.screens.xml_edit import difference, edit, editor_command
from widgets.choose import Choose
from widgets.confirm import Confirm


class Typist:
    """Stands for a person at an editor; each time it is opened the next of its hands changes the text."""

    def __init__(self, *hands: Callable[[str], str]) -> None:
        self.hands = list(hands)
        self.opened: list[Path] = []
        self.found: list[str] = []
        self.modes: list[tuple[int, int]] = []
        self.code = 0
        self.error: Exception | None = None

    def __call__(self, _deck: Deck, command: Sequence[str]) -> int:
        if self.error is not None:
            raise self.error
        path = Path(command[-1])
        self.opened.append(path)
        self.modes.append((stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)))
        text = path.read_text()
        self.found.append(text)
        path.write_text(self.hands.pop(0)(text))
        return self.code


def more_vcpus(text: str) -> str:
    return text.replace("</vcpu>", "0</vcpu>", 1)


def as_it_was(text: str) -> str:
    return text


@pytest.fixture(autouse=True)
def _an_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", "ed")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left_over(tmp_path: Path) -> list[Path]:
    return list(tmp_path.glob("hostdeck-*"))


async def begun(pilot: Pilot[None], app: HostdeckApp, host: AskedHost, typist: Typist) -> None:
    await ready(pilot, app)
    edit(app, named(host, "gitlab"), typist)


async def test_the_difference_is_shown_and_taken(tmp_path: Path) -> None:
    host, typist = AskedHost(), Typist(more_vcpus)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        text = screen_text(app)
        assert "Change the definition: gitlab on kvm01?" in text
        assert "-  <vcpu" in text
        assert "+  <vcpu" in text
        await pilot.press("y")
        await until(pilot, lambda: len(host.asked) == 1 and not app.kept_edits)
        operation = host.asked[0]
        assert isinstance(operation, DefineXml)
        assert operation.before == typist.found[0]
        assert operation.xml == more_vcpus(operation.before)
        await until(pilot, lambda: left_over(tmp_path) == [])


async def test_nobody_else_may_read_the_file() -> None:
    host, typist = AskedHost(), Typist(as_it_was)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: "Nothing was changed." in screen_text(app))
        assert typist.modes == [(0o600, 0o700)]
        assert typist.opened[0].name == "gitlab.xml"


async def test_an_unchanged_text_does_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    host, typist = AskedHost(), Typist(lambda text: text + "\n")
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: "Nothing was changed." in screen_text(app))
        assert host.asked == []
        assert left_over(tmp_path) == []


async def test_what_is_refused_is_kept_and_edited_again(tmp_path: Path) -> None:
    host, typist = AskedHost(), Typist(more_vcpus, lambda text: text.replace("</vcpu>", "1</vcpu>", 1))
    host.failure = "XML error: Maximum CPUs greater than topology limit."
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        text = screen_text(app)
        assert "Maximum CPUs greater" in text
        assert "leave it in" in text
        host.failure = ""
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert typist.found[1] == more_vcpus(typist.found[0]), "what was typed is there again"
        assert typist.opened[0] == typist.opened[1]
        await pilot.press("y")
        await until(pilot, lambda: len(host.asked) == 2 and left_over(tmp_path) == [])


async def test_a_no_to_the_difference_loses_nothing_and_says_where_it_is() -> None:
    host, typist = AskedHost(), Typist(more_vcpus, as_it_was)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("escape")
        await until(pilot, lambda: app.said is not None and str(typist.opened[0]) in app.said[0])
        assert typist.opened[0].read_text() == more_vcpus(typist.found[0])
        edit(app, named(host, "gitlab"), typist)
        await until(pilot, lambda: "an earlier text was not taken" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert typist.found[1] == more_vcpus(typist.found[0])
        assert host.asked == []


async def test_it_can_be_thrown_away(tmp_path: Path) -> None:
    host, typist = AskedHost(), Typist(more_vcpus)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("x")
        await until(pilot, lambda: "thrown away" in screen_text(app))
        assert left_over(tmp_path) == []
        assert app.kept_edits == {}


async def test_what_somebody_else_changed_meanwhile_shows_in_the_difference() -> None:
    host, typist = AskedHost(), Typist(more_vcpus, as_it_was)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        target = named(host, "gitlab").id
        others = typist.found[0].replace("gitlab", "gitlab-by-somebody", 1)
        app.jobs.submit_operations([DefineXml(target=target, xml=others, before=typist.found[0])])
        await until(pilot, lambda: not app.jobs.active)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "gitlab-by-somebody" in screen_text(app)


async def test_an_editor_that_fails_changes_nothing_and_keeps_the_text() -> None:
    host, typist = AskedHost(), Typist(more_vcpus)
    typist.code = 1
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert "ed ended with exit code 1" in screen_text(app)
        assert typist.opened[0].exists()
        assert host.asked == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotFoundError(2, "No such file or directory"), "ed could not be started: No such file or directory."),
        (SuspendNotSupported(), "This terminal cannot be handed over to an editor."),
    ],
)
async def test_an_editor_that_cannot_be_started_is_said(tmp_path: Path, error: Exception, sentence: str) -> None:
    host, typist = AskedHost(), Typist()
    typist.error = error
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await begun(pilot, app, host, typist)
        await until(pilot, lambda: sentence in screen_text(app))
        assert left_over(tmp_path) == []


async def test_a_text_that_is_not_utf8_is_kept(tmp_path: Path) -> None:
    host = AskedHost()

    def run(_deck: Deck, command: Sequence[str]) -> int:
        Path(command[-1]).write_bytes(b"<domain>\xff")
        return 0

    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        edit(app, named(host, "gitlab"), run)
        await until(pilot, lambda: isinstance(app.screen, Choose))
        assert "not UTF-8" in screen_text(app)
        assert len(left_over(tmp_path)) == 1


async def test_the_key_asks_for_one_guest_and_refuses_containers_and_read_only() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        await pilot.press("E")
        await until(pilot, lambda: "nginx is a container" in screen_text(app))
    host = AskedHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("E")
        await until(pilot, lambda: "--read-only" in screen_text(app))
        assert isinstance(app.screen, MainScreen)


def test_the_editor_is_that_of_the_environment() -> None:
    assert editor_command({"VISUAL": "emacs -nw", "EDITOR": "ed"}) == ["emacs", "-nw"]
    assert editor_command({"VISUAL": " ", "EDITOR": "'/opt/my editor/ed' -x"}) == ["/opt/my editor/ed", "-x"]
    with pytest.raises(ValueError, match=r"quotes in \$EDITOR"):
        editor_command({"EDITOR": "'ed"})
    with pytest.raises(ValueError, match="There is no editor"):
        editor_command({"PATH": ""})


def test_without_one_it_is_one_that_is_installed(tmp_path: Path) -> None:
    nano = tmp_path / "nano"
    nano.touch(0o755)
    assert editor_command({"PATH": str(tmp_path)}) == ["nano"]


def test_a_difference_is_unified() -> None:
    assert difference("a\nb\n", "a\nc\n").splitlines()[-3:] == [" a", "-b", "+c"]
