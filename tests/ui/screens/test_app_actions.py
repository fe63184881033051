import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, step, until
from tui.app import HostdeckApp
from tui.config import Config
from tui.domain.action import Verb
from tui.domain.host import HostView, InstanceView
from tui.domain.instance import State
from tui.jobs import JobState
from tui.screens.details import DetailsScreen
from tui.screens.jobs import JobsScreen
from tui.screens.main import MainScreen
from tui.screens.raw import RawScreen
from tui.screens.text_view import TextView
from tui.state import StateFile
from widgets.confirm import Confirm
from widgets.key_footer import KeyFooter


def table_of(app: HostdeckApp):  # type: ignore[no-untyped-def]
    assert isinstance(app.screen, MainScreen)
    return app.screen.pane.table


async def test_stop_asks_names_object_and_host_and_no_is_safe(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "web-front").key)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        text = screen_text(app)
        assert "web-front" in text
        assert "kvm01" in text
        await pilot.press("escape")
        await pilot.pause()
        assert host.performed == []


async def test_stop_confirmed_becomes_a_job_whose_result_is_said(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        key = named(host, "nginx").key
        table_of(app).move_cursor(key)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: [job.state for job in app.jobs.jobs] == [JobState.DONE])
        assert [(request.verb, str(request.target)) for request in host.performed] == [(Verb.STOP, key)]
        await step(pilot, host)
        assert named(host, "nginx").state is State.STOPPED
        assert "nginx: stopped" in screen_text(app)


@pytest.mark.parametrize(("keys", "removed"), [(["y"], False), (["tab", "tab", "space", "y"], True)])
async def test_deleting_a_guest_keeps_its_firmware_variables_unless_ticked(
    host: StillHost, keys: list[str], removed: bool
) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "build-6").key)
        await pilot.press("D")
        await until(pilot, lambda: "[ ] remove the firmware" in screen_text(app))
        await pilot.press(*keys)
        await until(pilot, lambda: [request.remove_nvram for request in host.performed] == [removed])


async def test_a_crashed_guest_that_is_kept_can_be_killed(host: StillHost) -> None:
    def crashed(view: HostView) -> HostView:
        return replace(view, instances=tuple(map(kept_after_crash, view.instances)))

    def kept_after_crash(item: InstanceView) -> InstanceView:
        instance = item.instance
        return replace(item, instance=replace(instance, state=State.CRASHED)) if instance.name == "dns1" else item

    host.change = crashed
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "dns1").key)
        await pilot.press("S")
        await until(pilot, lambda: "kill it first" in screen_text(app))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: [request.verb for request in host.performed] == [Verb.KILL])


async def test_a_container_that_is_being_stopped_is_counted_down_on_the_screen(host: StillHost) -> None:
    app = make_app(host)
    host.answers = asyncio.Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "registry").key)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: [job.state for job in app.jobs.jobs] == [JobState.RUNNING])
        await step(pilot, host, 3)
        await until(pilot, lambda: "registry: stopping, Podman kills in 7 s" in screen_text(app))
        host.answers.set()
        await until(pilot, lambda: "registry: stopped" in screen_text(app))


async def test_start_asks_nothing(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "test-alma9").key)
        await pilot.press("S")
        await until(pilot, lambda: [request.verb for request in host.performed] == [Verb.START])


async def test_what_is_not_possible_is_said_and_asked_of_nobody(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "web-front").key)
        await pilot.press("S")
        await until(pilot, lambda: "runs already" in screen_text(app))
        assert host.performed == []


async def test_actions_go_to_marked_rows_in_view_only(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        keys = [named(host, name).key for name in ("dns1", "dns2", "web-front")]
        table_of(app).mark(keys)
        await pilot.press("slash", *"dns", "enter", "T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "out of view" in screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: len(host.performed) == 2)
        assert {str(request.target) for request in host.performed} == set(keys[:2])


async def test_what_does_not_obey_offers_to_kill_and_waits_for_the_answer(host: StillHost) -> None:
    app = make_app(host)
    host.obeys = False
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "win-legacy").key)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: [job.state for job in app.jobs.jobs] == [JobState.WAITING])
        await step(pilot, host, 12)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Kill guest win-legacy on kvm01?" in screen_text(app)
        assert [request.verb for request in host.performed] == [Verb.STOP]
        host.obeys = True
        await pilot.press("y")  # perhaps meant for what was on top before the question came by itself
        assert isinstance(app.screen, Confirm)
        await pilot.press("right", "enter")
        await until(pilot, lambda: [request.verb for request in host.performed] == [Verb.STOP, Verb.KILL])


async def test_read_only_says_so_and_refuses() -> None:
    host = StillHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert "READ-ONLY" in screen_text(app)
        assert "T stop" not in screen_text(app)
        await pilot.press("T")
        await until(pilot, lambda: "--read-only" in screen_text(app))
        assert host.performed == []


async def test_details_show_facts_charts_events_and_reasons(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(120, 70)) as pilot:
        await ready(pilot, app)
        key = named(host, "jupyter").key
        table_of(app).move_cursor(key)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        await step(pilot, host)
        text = screen_text(app)
        for part in ("jupyter", "image", "Last 15 minutes", "-15m", "Events", "Not known, and why", "io.read_bytes"):
            assert part in text, part
        assert host.attended == {key}
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_details_of_what_vanished_stay_and_say_so(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        gone = named(host, "redis")
        table_of(app).move_cursor(gone.key)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        host.change = lambda view: replace(
            view, instances=tuple(item for item in view.instances if item.key != gone.key)
        )
        await step(pilot, host)
        assert "redis  is gone" in screen_text(app)


async def test_raw_description_is_shown_and_searched(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "web-front").key)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, RawScreen) and bool(app.screen.query_one(TextView).lines))
        assert "<name>web-front</name>" in screen_text(app)
        await pilot.press("slash", *"memory", "enter")
        await until(pilot, lambda: "lines with memory" in screen_text(app))


async def test_command_line_completes_runs_and_explains(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"sort mem", "tab", "enter")
        await until(pilot, lambda: table_of(app).sort_column == "memory")
        await pilot.press("colon", *"columns name state", "enter")
        await until(pilot, lambda: table_of(app).shown_columns == ("name", "state"))
        await pilot.press("colon", *"nonsense", "enter")
        await until(pilot, lambda: 'no command "nonsense"' in screen_text(app))
        await pilot.press("colon", *"start test-alma9", "enter")
        await until(pilot, lambda: [request.verb for request in host.performed] == [Verb.START])


async def test_jobs_list_keeps_what_happened(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "test-alma9").key)
        await pilot.press("S")
        await until(pilot, lambda: [job.state for job in app.jobs.jobs] == [JobState.DONE])
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        assert "virsh" in screen_text(app)
        await pilot.press("x")
        await until(pilot, lambda: app.jobs.jobs == ())


@pytest.mark.parametrize(("key", "expected"), [("question_mark", "Guests and containers"), ("b", "Jobs")])
async def test_screens_open_over_each_other_and_escape_leaves(host: StillHost, key: str, expected: str) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press(key)
        await until(pilot, lambda: expected in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_quit_asks_only_while_jobs_are_under_way(host: StillHost) -> None:
    app = make_app(host)
    host.obeys = False
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table_of(app).move_cursor(named(host, "win-legacy").key)
        await pilot.press("T", "y")
        await until(pilot, lambda: bool(app.jobs.active))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "under way" in screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)


async def test_screen_is_kept_for_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    host = StillHost()
    app = make_app(host, kept=StateFile(file))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("2", "full_stop")
        await pilot.press("colon", *"theme nord", "enter")
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    again = StillHost()
    app = make_app(again, kept=StateFile(file))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert app.theme == "nord"
        assert isinstance(app.screen, MainScreen)
        assert app.screen.pane.pane == "guests"
        assert table_of(app).sort_column == "state"


async def test_keys_of_the_configuration_count_and_are_shown(host: StillHost) -> None:
    app = make_app(host, Config(keys={"help": ("f5",), "move_down": ("n",)}))
    async with app.run_test(size=(200, 24)) as pilot:
        await ready(pilot, app)
        assert ("F5", "help") in [tuple(one) for one in app.screen.query_one(KeyFooter).keys]
        await pilot.press("g")
        first = table_of(app).cursor_key
        await pilot.press("n")
        await until(pilot, lambda: table_of(app).cursor_key != first)
        await pilot.press("f5")
        await until(pilot, lambda: "Guests and containers" in screen_text(app))
