"""The snapshots of a guest: taken, gone back to, deleted, by keys alone."""

import pytest
from textual.pilot import Pilot

from tests.ui.screens.on_guests import SIZE, AskedHost, form, hint, menu, on_row
from tests.ui.screens.still import make_app, named, screen_text, step, until
from tui.app import HostdeckApp
from tui.domain.operation.guests import CreateSnapshot, DeleteSnapshot, RevertSnapshot
from tui.screens.raw import RawScreen
from tui.screens.snapshots import SnapshotsScreen
from widgets.confirm import Confirm


async def opened(pilot: Pilot[None], app: HostdeckApp, host: AskedHost, name: str = "gitlab") -> SnapshotsScreen:
    await on_row(pilot, app, host, name, "2")
    await pilot.press("a")
    await menu(pilot, app)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, SnapshotsScreen) and app.screen.found is not None)
    assert isinstance(app.screen, SnapshotsScreen)
    return app.screen


async def test_they_stand_as_a_tree_and_the_cursor_on_the_current_one() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, host)
        await until(pilot, lambda: screen.line is not None and screen.line.snapshot.name == "before-17.0")
        text = screen_text(app)
        assert "before-17.0  current  9 days ago" in text
        assert "running    internal, memory" in text
        assert "goes on where the guest was" in text
        assert "2 snapshots" in text


async def test_one_is_taken_and_is_there_when_its_job_has_ended() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("N")
        taking = await form(pilot, app, "Take a snapshot of gitlab")
        assert taking.values["name"] == "2025-10-09-0853"
        await pilot.press(*["backspace"] * 15, *"fresh", "tab", *"by hand", "ctrl+s")
        await until(pilot, lambda: "fresh" in screen_text(app) and "3 snapshots" in screen_text(app))
        target = named(host, "gitlab").id
        assert host.asked == [CreateSnapshot(target=target, name="fresh", description="by hand", memory=True)]


async def test_an_external_one_asks_about_memory_and_quiescing() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("N")
        taking = await form(pilot, app, "Take a snapshot of gitlab")
        assert not taking.query_one("#row-memory").display
        await pilot.press("tab", "tab", "right", "tab", "space", "tab", "space", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert isinstance(host.asked[0], CreateSnapshot)
        assert (host.asked[0].external, host.asked[0].memory, host.asked[0].quiesce) == (True, False, True)


async def test_a_name_that_is_taken_is_told_when_the_job_fails() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("N")
        await form(pilot, app, "Take a snapshot of gitlab")
        await pilot.press(*["backspace"] * 15, *"before-17.0", "ctrl+s")
        await until(pilot, lambda: "There is a snapshot before-17.0 already." in screen_text(app))


async def test_an_empty_name_stays_in_the_form() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("N")
        taking = await form(pilot, app, "Take a snapshot of gitlab")
        await pilot.press("tab", *"words", "shift+tab", *["backspace"] * 15, "ctrl+s")
        assert "must not be empty" in hint(app)
        assert taking.values["description"] == "words"
        assert host.asked == []


@pytest.mark.parametrize("key", ["R", "enter"])
async def test_going_back_says_first_what_is_lost(key: str) -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("k", key)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        text = screen_text(app)
        assert "Revert to a snapshot: gitlab on kvm01?" in text
        assert "snapshot before-16.11" in text
        assert "! Everything written since is lost." in text
        await pilot.press("y")
        await until(pilot, lambda: host.asked == [RevertSnapshot(target=named(host, "gitlab").id, name="before-16.11")])
        await until(pilot, lambda: "before-16.11  current" in screen_text(app), "shown when the job has ended")


async def test_an_external_one_says_why_it_cannot_be_gone_back_to() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host, "test-alma9")
        assert "libvirt 9.0 cannot revert to an external snapshot" in screen_text(app)
        assert "external, no memory" in screen_text(app)
        await pilot.press("R")
        await until(pilot, lambda: app.said is not None and "libvirt 9.0 cannot revert" in app.said[0])
        assert host.asked == []


async def test_deleting_asks_about_those_that_came_after() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("k", "D")
        assert await menu(pilot, app) == [
            "D  delete before-16.11; those after it stay",
            "C  delete before-16.11 and the one taken after it",
        ]
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: len(host.asked) == 1)
        assert host.asked[0] == DeleteSnapshot(target=named(host, "gitlab").id, name="before-16.11", children=True)


async def test_the_last_one_is_deleted_at_once_after_the_question() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "1 snapshot " in screen_text(app))
        await step(pilot, host)
        assert "before-17.0" not in "\n".join(screen_text(app).splitlines()[1:-2])


async def test_a_guest_without_any_says_how_one_is_taken() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host, "dns1")
        assert "no snapshots" in screen_text(app)
        await pilot.press("R")
        await until(pilot, lambda: "There is no snapshot: N takes one." in screen_text(app))


async def test_its_description_is_asked_for() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, RawScreen))
        await until(pilot, lambda: "no document of a snapshot" in screen_text(app))


async def test_read_only_looks_and_changes_nothing() -> None:
    host = AskedHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        assert "R revert" not in screen_text(app)
        for key in ("R", "D", "N"):
            app.said = None
            await pilot.press(key)
            await until(pilot, lambda: app.said is not None and "--read-only" in app.said[0])
        assert isinstance(app.screen, SnapshotsScreen)
        assert host.asked == []
