"""The pane of networks and the map by their keys."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, screen_text, step, until
from tests.ui.screens.stocked import SIZE, answer, at, choose, fill, form, jobs_over, main_of, names, opened
from tui.app import HostdeckApp
from tui.config import Config
from tui.domain.instance import Instance
from tui.domain.network import HostInterface
from tui.domain.resource import Stock
from tui.hostnet.chart import NodeKind
from tui.jobs import JobState
from tui.sampling.keeps import InterfaceReader, Shelved
from tui.screens.details import DetailsScreen
from tui.screens.main import MainScreen
from tui.screens.network_map import MapTree, NetworkMap
from tui.screens.resource_pages import ResourcePage, ResourceRaw
from tui.screens.span_lines import SpanLines
from widgets.form import Form

GUESTS = "qemu:///system"


async def networks(pilot: Pilot[None], host: StillHost) -> HostdeckApp:
    app = await opened(pilot, host, "5", "networks")
    await until(pilot, lambda: "eno1" in names(app), "interfaces are there")
    return app


async def test_both_worlds_and_the_interfaces_of_the_host_are_listed(host: StillHost) -> None:
    async with make_app(host).run_test(size=(200, 60)) as pilot:
        app = await networks(pilot, host)
        assert {"default", "lab", "podman", "shop", "br0", "eno1", "eno1.42", "vnet0"} <= set(names(app))
        text = screen_text(app)
        assert "vlan 42" in text
        assert "11 DHCP leases" in text


async def test_p_leaves_orphans(host: StillHost) -> None:
    async with make_app(host).run_test(size=(200, 60)) as pilot:
        app = await networks(pilot, host)
        await pilot.press("p")
        await until(pilot, lambda: "default" not in names(app), "only problems")
        assert {"lab", "shop"} <= set(names(app))
        await pilot.press("p")
        await until(pilot, lambda: "default" in names(app), "everything again")


@pytest.mark.parametrize(
    ("query", "found"), [("on:gitlab", "default"), ("ip:192.168.150", "lab"), ("kind:vlan", "eno1.42")]
)
async def test_a_filter_finds_by_key(host: StillHost, query: str, found: str) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await pilot.press("slash", *query, "enter")
        await pilot.pause()
        assert found in names(app)
        assert "shop" not in names(app)


async def test_the_page_of_a_network_has_leases_and_what_hangs_on_it(host: StillHost) -> None:
    async with make_app(host).run_test(size=(110, 70)) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "default")
        await pilot.press("enter")
        await until(pilot, lambda: "What hangs on this" in screen_text(app), "the page")
        text = screen_text(app)
        assert "DHCP leases (11)" in text
        assert "192.168.122.12" in text
        assert "guest      gitlab  running" in text
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResourceRaw), "the raw description")


async def test_the_page_of_an_interface_has_its_rates(host: StillHost) -> None:
    async with make_app(host).run_test(size=(110, 70)) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "vnet0")
        await pilot.press("i")
        await until(pilot, lambda: "belongs to    build-7" in screen_text(app), "the page")
        assert "errors and drops/s" in screen_text(app)
        assert isinstance(app.screen, ResourcePage)


async def test_who_loses_a_network_is_named_before_it_is_stopped(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "default")
        await pilot.press("T")
        assert "gitlab" in await answer(pilot, app, "n")
        assert not app.jobs.jobs
        await pilot.press("T")
        await answer(pilot, app)
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "inactive" in screen_text(app), "it is stopped")
        await pilot.press("S")
        await jobs_over(pilot, app, host)
        assert [job.state for job in app.jobs.jobs] == [JobState.DONE] * 2


async def test_marked_networks_are_removed_together_and_the_refused_one_is_named(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        for name in ("shop", "lab", "podman"):
            await at(pilot, app, name)
            await pilot.press("space")
        await pilot.press("D")
        text = await answer(pilot, app)
        assert "Remove a network: 2 of them" in text
        assert "not podman" in text
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: not {"shop", "lab"} & set(names(app)), "both are gone")
        assert "podman" in names(app)


async def test_podmans_networks_are_not_started(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "shop")
        await pilot.press("S")
        assert app.said is not None
        assert "always active" in app.said[0]
        await at(pilot, app, "eno1")
        await pilot.press("D")
        await until(pilot, lambda: app.said is not None and "no network" in app.said[0], "an interface is no network")


@pytest.mark.parametrize("key", ["D", "T", "A"])
async def test_nothing_is_changed_when_read_only(key: str) -> None:
    host = StillHost(read_only=True)
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "lab")
        await pilot.press(key)
        await until(pilot, lambda: app.said is not None and "read-only" in app.said[0], "it is refused")
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize(
    ("words", "values", "made"),
    [
        ("for guests", {"name": "test", "address": "192.168.9.1/24", "first": "192.168.9.10", "last": "192.168.9.20"},
         "test"),
        ("for containers  (podman)", {"name": "back", "subnet": "10.99.0.0/24"}, "back"),
    ],
)  # fmt: skip
async def test_a_network_is_made(host: StillHost, words: str, values: dict[str, str], made: str) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await choose(pilot, app, "N", words)
        await fill(pilot, app, **values)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, Form), "it is taken")
        if not isinstance(app.screen, MainScreen):
            await pilot.press("y")
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: made in names(app), "it is listed")


@pytest.mark.parametrize(
    ("words", "values", "problem"),
    [
        ("for guests", {"name": "default"}, "default"),
        ("for guests", {"name": "x", "first": "192.168.150.9"}, "both ends"),
        ("for guests", {"name": "x", "address": "192.168.150.1"}, "prefix length"),
        ("for containers  (podman)", {"name": "shop"}, "shop"),
        ("for containers  (podman)", {"name": "x", "gateway": "10.9.9.1"}, "needs its range"),
    ],
)
async def test_a_wrong_network_stays_in_its_form(
    host: StillHost, words: str, values: dict[str, str], problem: str
) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await choose(pilot, app, "N", words)
        asked = await fill(pilot, app, **values)
        await pilot.press("ctrl+s")
        hint = asked.query_one("#form-hint")
        await until(pilot, lambda: problem in str(hint.render()), problem)
        assert {key: asked.values[key] for key in values} == values
        assert app.jobs.jobs == ()


async def test_a_container_is_connected_and_disconnected(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await at(pilot, app, "shop")
        await choose(pilot, app, "a", "connect a container")
        await until(pilot, lambda: "Put which container on shop?" in screen_text(app), "which one")
        assert "-infra" not in screen_text(app)
        await pilot.press("enter")
        await jobs_or_answer(pilot, app, host)
        await at(pilot, app, "podman")
        await choose(pilot, app, "a", "disconnect a container")
        await until(pilot, lambda: "Take which container off podman?" in screen_text(app), "which one")
        await pilot.press("enter")
        await jobs_or_answer(pilot, app, host)
        assert {job.word for job in app.jobs.jobs} == {"connect-network", "disconnect-network"}
        assert {job.state for job in app.jobs.jobs} == {JobState.DONE}


async def jobs_or_answer(pilot: Pilot[None], app: HostdeckApp, host: StillHost) -> None:
    """Answer the question where there is one, and wait for the job."""
    before = len(app.jobs.jobs)
    await until(pilot, lambda: len(app.jobs.jobs) > before or "kvm01?" in screen_text(app), "a question or a job")
    if len(app.jobs.jobs) == before:
        await pilot.press("y")
    await jobs_over(pilot, app, host)


async def test_a_silent_engine_says_so_and_the_interfaces_are_live(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        shelved = host._shelf._shelved[GUESTS]
        old = replace(shelved.stock, taken_utc_seconds=host.utc() - 300)
        host._shelf._shelved[GUESTS] = Shelved(old, "libvirt did not answer within 5 s.")
        await step(pilot, host)
        text = screen_text(app)
        assert f"networks of {GUESTS}: 2, as it was 5 min ago" in text
        assert f"{GUESTS}: libvirt did not answer within 5 s." in text
        assert "eno1" in names(app)


# The map


def tree_of(app: HostdeckApp) -> MapTree:
    return app.screen.query_one(MapTree)


async def the_map(pilot: Pilot[None], host: StillHost, name: str = "default") -> HostdeckApp:
    app = await networks(pilot, host)
    await at(pilot, app, name)
    await choose(pilot, app, "a", "show it on the map")
    await until(pilot, lambda: isinstance(app.screen, NetworkMap) and tree_of(app).cursor_node is not None, "the map")
    return app


def under(app: HostdeckApp) -> tuple[NodeKind, str]:
    node = tree_of(app).cursor_node
    assert node is not None
    assert node.data is not None
    return node.data.kind, node.data.text


async def test_the_map_begins_at_the_line_it_was_asked_for(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await the_map(pilot, host, "vnet3")
        await until(pilot, lambda: under(app) == (NodeKind.TAP, "vnet3"), "the tap")
        await until(pilot, lambda: "web-front" in app.screen.query_one("#hangs", SpanLines).text, "what hangs on it")


async def test_the_map_is_walked_both_ways_and_opens_an_instance(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await the_map(pilot, host)
        await until(pilot, lambda: under(app) == (NodeKind.NETWORK, "default"), "the network")
        await pilot.press("j", "j", "j")
        assert under(app) == (NodeKind.INSTANCE, "build-7")
        await pilot.press("tab")
        await until(pilot, lambda: "from the instances" in screen_text(app), "the other way round")
        await until(pilot, lambda: under(app) == (NodeKind.INSTANCE, "build-7"), "the same guest")
        await pilot.press("j")
        assert under(app) == (NodeKind.TAP, "vnet0")
        await pilot.press("k", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen), "its details")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "back")


async def test_what_is_folded_on_the_map_stays_folded(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await the_map(pilot, host)
        await until(pilot, lambda: under(app) == (NodeKind.NETWORK, "default"), "the network")
        await pilot.press("left")
        assert "build-7  guest" not in screen_text(app)
        assert host._interface_reader is not None
        host._interface_reader = Fewer(host._interface_reader, "eno1.42")
        await step(pilot, host, 6)
        await until(pilot, lambda: "eno1.42" not in screen_text(app), "drawn anew")
        assert "build-7  guest" not in screen_text(app)
        assert under(app) == (NodeKind.NETWORK, "default")


class Fewer:
    """Reads what another reader reads, without one interface."""

    def __init__(self, reader: InterfaceReader, name: str) -> None:
        self._reader, self._name = reader, name

    def read(
        self, instances: Sequence[Instance], stocks: Sequence[Stock], monotonic: float
    ) -> tuple[HostInterface, ...]:
        return tuple(one for one in self._reader.read(instances, stocks, monotonic) if one.name != self._name)

    def close(self) -> None:
        self._reader.close()


async def test_pods_stand_for_their_infra_containers_at_the_end(host: StillHost) -> None:
    async with make_app(host).run_test(size=(100, 200)) as pilot:
        app = await the_map(pilot, host)
        await pilot.press("tab")
        await until(pilot, lambda: "from the instances" in screen_text(app), "the other way round")
        await until(pilot, lambda: "pod api" in screen_text(app), "a pod")
        assert "-infra" not in screen_text(app)
        assert screen_text(app).index("pod api") > screen_text(app).index("win-legacy")


async def test_the_map_is_drawn_with_ascii_signs_where_others_cannot_be(host: StillHost) -> None:
    async with make_app(host, config=Config(ascii_only=True)).run_test(size=SIZE) as pilot:
        app = await the_map(pilot, host)
        await until(pilot, lambda: under(app) == (NodeKind.NETWORK, "default"), "the network")
        assert screen_text(app).isascii(), screen_text(app)


@pytest.mark.parametrize("pane", ["4", "5"])
async def test_panes_menus_and_forms_are_drawn_with_ascii_signs(host: StillHost, pane: str) -> None:
    async with make_app(host, config=Config(ascii_only=True)).run_test(size=(160, 50)) as pilot:
        app = await opened(pilot, host, pane, {"4": "images", "5": "networks"}[pane])
        assert screen_text(app).isascii(), [letter for letter in screen_text(app) if not letter.isascii()]
        await choose(pilot, app, "N", {"4": "volume of", "5": "for guests"}[pane])
        await form(pilot, app)
        await pilot.pause()
        assert screen_text(app).isascii(), [letter for letter in screen_text(app) if not letter.isascii()]


async def test_a_small_terminal_and_back(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await networks(pilot, host)
        await pilot.resize_terminal(60, 15)
        await step(pilot, host)
        text = screen_text(app)
        assert "networks of podman: 2" in text
        assert "NAME" in text
        await pilot.resize_terminal(59, 15)
        await pilot.pause()
        assert "needs more room" in screen_text(app)
        await pilot.resize_terminal(200, 50)
        await step(pilot, host)
        assert "ADDRESSES" in screen_text(app)
        assert main_of(app).pane.pane == "networks"
