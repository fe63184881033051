"""Pictures of problems that persons have said something about."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, ready, step, until
from tests.ui.screens.test_handling import opened, problem
from tui.app import HostdeckApp
from tui.domain.host import Problem, Severity
from tui.domain.past import Handling

NAMES = ("build-7", "gitlab", "db-replica", "transcoder")


def some(host: StillHost) -> tuple[Problem, ...]:
    first, second, third, fourth = NAMES
    return (
        problem(host, first, "its health check fails", severity=Severity.CRITICAL, rule="unhealthy", peak=None,
                victims=(), neighbour=""),
        Problem(Severity.CRITICAL, "", "host", "host", "filesystem / 96 % full", 1_759_990_000.0, rule="fs", unit="%",
                peak=97.0),
        problem(host, second, "memory 94 % of its limit"),
        problem(host, third, "waits for disks 44 % of the time", rule="pressure-io"),
        problem(host, fourth, "throttled in 61 % of its periods", rule="throttled"),
    )  # fmt: skip


async def handled(pilot: Pilot[None], host: StillHost, app: HostdeckApp) -> None:
    await ready(pilot, app)
    problems = some(host)
    host.change_problems = lambda _: problems
    await host.handlings.put(Handling(problems[0].id, "ada", 0.0, note="a new disk is on its way"))
    await host.handlings.put(Handling(problems[3].id, "ada", 0.0, acknowledged=True))
    await host.handlings.put(Handling(problems[4].id, "bob", 0.0, silenced_until_utc_seconds=host.utc() + 3600))
    await step(pilot, host)
    await pilot.press("tab")
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_list_of_problems(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    host = StillHost()
    app = make_app(host)

    async def run_before(pilot: Pilot[None]) -> None:
        await handled(pilot, host, app)

    assert snap_compare(app, terminal_size=size, run_before=run_before)


def test_what_can_be_said(snap_compare: Callable[..., bool]) -> None:
    host = StillHost()
    app = make_app(host)

    async def run_before(pilot: Pilot[None]) -> None:
        await handled(pilot, host, app)
        await pilot.press("H")
        await until(pilot, opened(app))
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=run_before)


def test_page_of_an_instance_with_a_problem(snap_compare: Callable[..., bool]) -> None:
    host = StillHost()
    app = make_app(host)

    async def run_before(pilot: Pilot[None]) -> None:
        await handled(pilot, host, app)
        await pilot.press("tab")
        await app.run_command("details gitlab")
        await pilot.pause()
        await step(pilot, host)

    assert snap_compare(app, terminal_size=(120, 40), run_before=run_before)
