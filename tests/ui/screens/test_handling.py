"""Acknowledge, silence and note problems on the screen, by key and by command."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.screens.still import Memory, StillHost, make_app, named, ready, screen_text, step, until
from tui.app import HostdeckApp
from tui.domain.host import Problem, Severity
from tui.domain.timeline import EntryKind
from tui.jobs import Jobs
from tui.screens.details import DetailsScreen
from tui.screens.engines import EnginesScreen
from tui.screens.handling import NO_PROBLEMS
from tui.screens.main import MainScreen
from tui.screens.problem_table import ProblemTable
from widgets.choose import Choose

SINCE = 1_759_990_000.0


def problem(host: StillHost, name: str, text: str, **more: object) -> Problem:
    instance = named(host, name)
    found = Problem(
        Severity.WARNING, instance.key, name, instance.kind.value, text, SINCE, rule="memory",
        lasting=instance.stable_key.text, unit="%", value=94.0, peak=99.0, victims=("db", "web-2"), neighbour="build-7",
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


def two_names(host: StillHost) -> tuple[str, str]:
    assert host.view is not None
    names = [item.instance.name for item in host.view.instances if item.instance.state.is_active]
    return names[0], names[1]


async def with_problems(pilot: Pilot[None], host: StillHost) -> tuple[str, str]:
    """Let two instances have a problem each and put the cursor on the list."""
    first, second = two_names(host)
    host.change_problems = lambda _: (
        problem(host, first, "its health check fails", severity=Severity.CRITICAL, rule="unhealthy", peak=None),
        problem(host, second, "memory 94 % of its limit"),
    )
    await step(pilot, host)
    await pilot.press("tab")
    table = pilot.app.screen.query_one(ProblemTable)
    await until(pilot, lambda: table.has_focus)
    return first, second


def bar(app: HostdeckApp) -> str:
    return screen_text(app).splitlines()[0]


def opened(app: HostdeckApp) -> Callable[[], bool]:
    return lambda: isinstance(app.screen, Choose)


async def test_what_somebody_has_seen_steps_back_and_is_counted_apart() -> None:
    host, audit = StillHost(), Memory()
    app = HostdeckApp(host, Jobs(host, audit), monotonic=lambda: host.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        first, second = await with_problems(pilot, host)
        assert "1 crit 1 warn" in bar(app)
        await pilot.press("H")
        await until(pilot, opened(app))
        await pilot.press("a")
        await until(pilot, lambda: bool(host.handled))
        await step(pilot, host)
        assert "1 warn 1 seen" in bar(app)
        lines = screen_text(app).splitlines()
        rows = [line for line in lines if "memory 94 %" in line or "health check fails" in line]
        assert second in rows[0]
        assert f"seen by {host.handled[0].by}: its health check fails" in rows[1]
        assert first in rows[1]
        entry = [entry for entry in host.timeline() if entry.kind is EntryKind.HANDLED][-1]
        assert (entry.what, entry.name, entry.who) == ("acknowledged", first, host.handled[0].by)
        assert audit.lines == [("intent", first), ("done", first)]
        assert [entry for entry in host.timeline() if entry.what.startswith("problem-")] == []


async def test_what_is_silenced_leaves_list_and_badge_and_can_be_shown_and_taken_back() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await with_problems(pilot, host)
        await pilot.press("H")
        await until(pilot, opened(app))
        await pilot.press("2")
        await until(pilot, lambda: bool(host.handled))
        await step(pilot, host)
        assert host.handled[0].silenced_until_utc_seconds == pytest.approx(host.utc() + 3600, abs=5)
        assert "1 warn" in bar(app)
        assert "crit" not in bar(app)
        assert "1 silenced" in screen_text(app)
        assert "its health check fails" not in screen_text(app)
        await pilot.press("j", "enter")
        await pilot.pause()
        assert "silenced until" in screen_text(app)
        await pilot.press("H")
        await until(pilot, opened(app))
        await pilot.press("u")
        await until(pilot, lambda: len(host.handled) == 2)
        await step(pilot, host)
        assert "1 crit 1 warn" in bar(app)


async def test_commands_and_the_page_of_an_instance() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        first, second = await with_problems(pilot, host)
        await app.run_command("note disk is on its way")
        await until(pilot, lambda: len(host.handled) == 1)
        await app.run_command(f"silence 8h {second}")
        await until(pilot, lambda: len(host.handled) == 2)
        assert (host.handled[0].note, host.handled[1].problem_id.split("|")[0]) == (
            "disk is on its way", named(host, second).kind.value,
        )  # fmt: skip
        await step(pilot, host)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        text = screen_text(app)
        assert "x its health check fails" in text
        assert "note: disk is on its way" in text
        assert "db, web-2 wait; busiest is build-7" in text
        await app.run_command(f"ack {first}")
        await until(pilot, lambda: len(host.handled) == 3)
        await step(pilot, host)
        assert "seen by" in screen_text(app)


async def test_what_makes_no_sense_is_said() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        first, _ = await with_problems(pilot, host)
        for line, sentence in (
            ("silence soon", "no time to be silent for"),
            ("silence 400d", "for a minute to 30 days"),
            ("notify now", "notify test"),
        ):
            await app.run_command(line)
            await pilot.pause()
            assert app.said is not None
            assert sentence in app.said[0]
        host.change_problems = lambda _: ()
        await step(pilot, host)
        await app.run_command(f"ack {first}")
        assert app.said is not None
        assert app.said[0] == f"{first} has no problem."
        assert not host.handled


async def test_a_refusal_is_said_and_read_only_says_nothing_about_problems() -> None:
    host, audit = StillHost(), Memory()
    host.refusal = "You may not write /var/lib/hostdeck/handlings: only root may."
    app = HostdeckApp(host, Jobs(host, audit), monotonic=lambda: host.now)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await with_problems(pilot, host)
        await app.run_command("ack")
        await until(pilot, lambda: app.said is not None and "only root may" in app.said[0])
        assert [phase for phase, _ in audit.lines] == ["intent", "failed"]
    still = StillHost(read_only=True)
    app = make_app(still)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await with_problems(pilot, still)
        await app.run_command("ack")
        assert app.said is not None
        assert "--read-only" in app.said[0]
        assert not still.handled


async def test_a_custom_time_and_a_note_are_typed() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await with_problems(pilot, host)
        for key, text in (("s", "45m"), ("n", "ask ada")):
            await pilot.press("H")
            await until(pilot, opened(app))
            await pilot.press(key)
            await until(pilot, lambda: bool(app.screen.query(Input)))
            if key == "s":
                app.screen.query_one(Input).value = "soonish"
                await pilot.press("enter")
                await until(pilot, lambda: '"soonish" is no time to be silent for' in screen_text(app))
                assert app.screen.query_one(Input).value == "soonish"
            app.screen.query_one(Input).value = text
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await until(pilot, lambda: len(host.handled) == 2)
        assert host.handled[0].silenced_until_utc_seconds == pytest.approx(host.utc() + 45 * 60, abs=5)
        assert host.handled[1].note == "ask ada"


async def test_away_from_problems_the_key_leads_to_their_list() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        host.change_problems = lambda _: ()
        await step(pilot, host)
        await pilot.press("H")
        await until(pilot, lambda: app.said is not None and app.said[0] == NO_PROBLEMS)
        await with_problems(pilot, host)
        screen = app.screen
        assert isinstance(screen, MainScreen)
        screen.pane.table.focus()
        free = next(key for key in screen.pane.table.view_keys if key not in with_one(app))
        screen.pane.table.move_cursor(free)
        await until(pilot, lambda: screen.pane.table.has_focus)
        await pilot.press("H")
        await until(pilot, lambda: app.screen.query_one(ProblemTable).has_focus)
        await pilot.press("H")
        await until(pilot, opened(app))
        await pilot.press("escape", "2")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.pane.problem_table is None)
        free = next(key for key in screen.pane.table.view_keys if key not in with_one(app))
        screen.pane.table.move_cursor(free)
        await pilot.press("H")
        await until(pilot, lambda: app.said is not None and "1 leads to the list of problems" in app.said[0])
        assert app.said is not None
        assert len(app.said[0]) <= 70


def with_one(app: HostdeckApp) -> set[str]:
    assert app.view is not None
    return {found.subject for found in app.view.problems}


async def test_enter_on_a_problem_of_the_host_shows_all_its_figures() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        waits = Problem(
            Severity.WARNING, "", "host", "host", "waits for disks 91 % of the time", rule="pressure-io", unit="%",
            value=91.0, peak=95.0, victims=("db", "mail"), neighbour="build-7",
        )  # fmt: skip
        host.change_problems = lambda _: (waits,)
        await step(pilot, host)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, EnginesScreen))
        await until(pilot, lambda: "waits for disks" in screen_text(app).split("host", 1)[1])
        shown = screen_text(app)
        assert "! waits for disks 91 % of the time" in shown
        assert "at its worst 95 %" in shown
        assert "db, mail wait; busiest is build-7" in shown


async def test_two_thousand_problems_are_a_list_of_bounded_height_that_scrolls() -> None:
    host = StillHost()
    app = make_app(host)
    many = tuple(
        Problem(Severity.WARNING, f"k{number}", f"name-{number}", "container", f"text {number}", SINCE, rule="memory",
                lasting=f"host podman - name-{number}")
        for number in range(2000)
    )  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        host.change_problems = lambda _: many
        await step(pilot, host)
        table = app.screen.query_one(ProblemTable)
        assert table.size.height <= 9
        assert "2,000 warn" in bar(app)
        await pilot.press("tab", "G")
        await pilot.pause()
        assert "name-1999" in screen_text(app)


async def test_problems_only_leaves_out_what_is_silenced() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        first, second = await with_problems(pilot, host)
        await app.run_command(f"silence 1h {first}")
        await until(pilot, lambda: bool(host.handled))
        await step(pilot, host)
        await pilot.press("tab", "p")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
        keys = app.screen.pane.table.view_keys
        assert named(host, second).key in keys
        assert named(host, first).key not in keys
