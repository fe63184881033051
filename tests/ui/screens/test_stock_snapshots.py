from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, screen_text, until
from tests.ui.screens.stocked import at, choose, form, names, opened
from tests.ui.screens.test_networks import under
from tui.app import HostdeckApp
from tui.screens.network_map import MapTree, NetworkMap

SnapCompare = Callable[..., bool]
Prepare = Callable[[Pilot[None]], Any]
SIZES = [(80, 24), (200, 50)]
IMAGE = "registry.example.org/shop/api:2.14.1"


def shows(host: StillHost, pane: str, key: str, name: str) -> Prepare:
    async def prepare(pilot: Pilot[None]) -> None:
        app = await opened(pilot, host, pane, key)
        await until(pilot, lambda: "br0" in screen_text(app) or pane == "4", "interfaces")
        await at(pilot, app, name)

    return prepare


def page(host: StillHost) -> Prepare:
    async def prepare(pilot: Pilot[None]) -> None:
        app = await opened(pilot, host, "4", "images")
        await at(pilot, app, IMAGE)
        await pilot.press("enter")
        await until(pilot, lambda: "Configuration" in screen_text(app), "the page")

    return prepare


def run_form(host: StillHost) -> Prepare:
    async def prepare(pilot: Pilot[None]) -> None:
        app = await opened(pilot, host, "4", "images")
        await until(pilot, lambda: "default" in names(app), "the pools, which come last")
        await at(pilot, app, IMAGE)
        await choose(pilot, app, "a", "run a container")
        await form(pilot, app)
        await pilot.press(*"web", "tab", "tab", "tab", "tab", *"80:x")
        await until(pilot, lambda: "write HOST:CONTAINER" in screen_text(app), "what is wrong with the port")

    return prepare


def network_map(host: StillHost) -> Prepare:
    async def prepare(pilot: Pilot[None]) -> None:
        app = await opened(pilot, host, "5", "networks")
        await pilot.press("m")
        await until(pilot, lambda: has_cursor(app), "the map")
        await pilot.press("j", "j")
        await until(pilot, lambda: "On vnet0" in screen_text(app), "what hangs on the line")
        assert under(app)[1] == "vnet0"

    return prepare


def has_cursor(app: HostdeckApp) -> bool:
    return isinstance(app.screen, NetworkMap) and app.screen.query_one(MapTree).cursor_node is not None


@pytest.mark.parametrize("size", SIZES)
def test_images(snap_compare: SnapCompare, host: StillHost, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(host), terminal_size=size, run_before=shows(host, "4", "images", IMAGE))


@pytest.mark.parametrize("size", SIZES)
def test_networks(snap_compare: SnapCompare, host: StillHost, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(host), terminal_size=size, run_before=shows(host, "5", "networks", "default"))


@pytest.mark.parametrize("size", SIZES)
def test_page_of_an_image(snap_compare: SnapCompare, host: StillHost, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(host), terminal_size=size, run_before=page(host))


@pytest.mark.parametrize("size", SIZES)
def test_form_of_a_container(snap_compare: SnapCompare, host: StillHost, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(host), terminal_size=size, run_before=run_form(host))


@pytest.mark.parametrize("size", SIZES)
def test_map(snap_compare: SnapCompare, host: StillHost, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(host), terminal_size=size, run_before=network_map(host))
