from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple, cast

from textual.app import App, ComposeResult

from tests.ui.screens.still import StillHost, until
from tests.unit.views import view_of
from tui.actions import Scope, Targets
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.present.columns import Moment, Shape, make
from tui.present.lister import Lister
from tui.present.panes import PaneSpec
from tui.present.sparks import Sparks
from tui.sampling.source import HostSource
from tui.screens.pane import Pane
from tui.state import PaneState
from widgets.live_table import Column, Row


class Thing(NamedTuple):
    key: str
    size: int


class Things(Lister[Thing]):
    """What moments do not carry."""

    asks_every_seconds: ClassVar[float | None] = 10.0
    told: ClassVar[list[list[Thing] | HostdeckError]] = []

    def __init__(self) -> None:
        self._things: list[Thing] = []

    def rows(self, view: HostView, *, problems_only: bool = False) -> list[Row[Thing]]:
        return [Row(thing.key, thing) for thing in self._things]

    async def ask(self, source: HostSource) -> None:
        answer = self.told.pop(0)
        if isinstance(answer, HostdeckError):
            raise answer
        self._things = answer


class ThingActions:
    def __init__(self, pane: Pane) -> None:
        self.pane = pane

    def do_remove(self) -> str | None:
        return self.pane.table.cursor_key


def thing_columns(moment: Moment, shape: Shape) -> Sequence[Column[Thing]]:
    return [
        make.text("name", "NAME", lambda thing: thing.key, 10, 0, most=20),
        make.figure("size", "SIZE", lambda thing: thing.size, str, 5, 1),
    ]


THINGS = PaneSpec[Thing](
    id="things",
    title="Things",
    action="pane_4",
    columns=thing_columns,
    lister=Things,
    fields=lambda thing: {"name": (thing.key,)},
    filter_keys=("name",),
    sort=("size", True),
    scopes=(Scope.APP, Scope.TABLE),
    lists_instances=False,
    actor=ThingActions,
)


class PaneApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield Pane(THINGS, Moment(Sparks(lambda _key, _metric, _count: (), 1.0)), StillHost(), kept=PaneState())

    @property
    def pane(self) -> Pane:
        return self.query_one(Pane)

    def on_pane_told(self, message: Pane.Told) -> None:
        self.said.append(message.sentence)


def at(seconds: float) -> HostView:
    return replace(view_of(), taken_monotonic_seconds=seconds)


async def test_what_moments_do_not_carry_is_asked_for_now_and_then() -> None:
    app = PaneApp()
    Things.told = [[Thing("a", 1), Thing("b", 2)], [Thing("c", 3)]]
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show_view(at(0.0))
        await until(pilot, lambda: app.pane.table.view_keys == ("b", "a"))
        app.pane.show_view(at(9.0))
        await pilot.pause()
        assert app.pane.table.view_keys == ("b", "a")
        app.pane.show_view(at(10.0))
        await until(pilot, lambda: app.pane.table.view_keys == ("c",))


async def test_what_cannot_be_told_is_a_sentence_and_the_rows_stay() -> None:
    app = PaneApp()
    Things.told = [[Thing("a", 1)], HostdeckError("no answer", "Podman does not answer.")]
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show_view(at(0.0))
        await until(pilot, lambda: app.pane.table.view_keys == ("a",))
        app.pane.show_view(at(20.0))
        await until(pilot, lambda: "Podman does not answer." in app.said)
        assert app.pane.table.view_keys == ("a",)


async def test_a_pane_has_actions_of_its_own_before_those_of_its_table() -> None:
    app = PaneApp()
    Things.told = [[Thing("a", 1)]]
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show_view(at(0.0))
        await until(pilot, lambda: app.pane.table.cursor_key == "a")
        assert cast("ThingActions", app.pane.actors[0]).do_remove() == "a"
        assert app.pane.targets(at(0.0)) == Targets()  # no action on guests goes to what is none
