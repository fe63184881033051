"""The menu of all that can be done with a guest or container, and what is made new."""

from functools import partial

from tests.ui.screens.on_guests import SIZE, AskedHost, form, menu, on_row
from tests.ui.screens.still import make_app, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.domain.action import Verb
from tui.domain.operation.guests import CloneGuest, CreateSnapshot
from tui.domain.operation.images import CommitContainer, RunContainer, UpdateLimits
from tui.domain.operation.networks import ConnectNetwork, DisconnectNetwork
from tui.screens.deck import DeckScreen
from tui.screens.details import DetailsScreen
from tui.screens.hardware import HardwareScreen
from tui.screens.main import MainScreen
from tui.screens.network_map import NetworkMap
from tui.screens.raw import RawScreen
from tui.screens.snapshots import SnapshotsScreen
from widgets.confirm import Confirm
from widgets.form import Form


def is_open(app: HostdeckApp, screen: type[DeckScreen]) -> bool:
    return isinstance(app.screen, screen)


async def test_a_guest_offers_what_fits_its_state() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("a")
        offers = await menu(pilot, app)
        assert "n  snapshots ..." in offers
        assert "h  hardware ..." in offers
        assert "T  stop" in offers
        assert "C  clone  (not now)" in offers
        assert not any(offer.endswith(("  start", "  resume")) for offer in offers)
        assert len({offer[0] for offer in offers if offer[0] != " "}) == len([one for one in offers if one[0] != " "])


async def test_a_stopped_guest_is_cloned_by_keys_alone() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "test-alma9", "2")
        await pilot.press("a")
        assert "S  start" in await menu(pilot, app)
        await pilot.press("C")
        await form(pilot, app, "Clone test-alma9")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert host.asked == [CloneGuest(target=named(host, "test-alma9").id, name="test-alma9-clone")]


async def test_what_is_not_possible_now_says_why() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("a")
        await menu(pilot, app)
        await pilot.press("C")
        await until(pilot, lambda: "gitlab runs: shut it off" in screen_text(app))
        assert host.asked == []


async def test_a_power_verb_asks_as_its_key_does() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("a")
        await menu(pilot, app)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Stop guest gitlab on kvm01?" in screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: [request.verb for request in host.performed] == [Verb.STOP])


async def test_it_is_there_in_details_and_over_the_raw_description_too() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab")
        for key, screen in (("i", DetailsScreen), ("y", RawScreen)):
            await pilot.press(key)
            await until(pilot, partial(is_open, app, screen))
            await pilot.press("a")
            assert "n  snapshots ..." in await menu(pilot, app)
            await pilot.press("escape", "escape")
            await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_it_leads_to_snapshots_hardware_and_the_map() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab")
        for key, screen in (("n", SnapshotsScreen), ("h", HardwareScreen), ("m", NetworkMap)):
            await pilot.press("a")
            await menu(pilot, app)
            await pilot.press(key)
            await until(pilot, partial(is_open, app, screen))
            await until(pilot, lambda: "gitlab" in screen_text(app))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_limits_of_a_container() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        await pilot.press("a")
        await menu(pilot, app)
        await pilot.press("L")
        await form(pilot, app, "Limits of nginx")
        await pilot.press(*"1.5", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert host.asked == [UpdateLimits(target=named(host, "nginx").id, cpus=1.5)]
        await until(pilot, lambda: "nginx:" in screen_text(app), "a person reads its name, not its id")


async def test_an_image_of_a_container() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        await pilot.press("a")
        await menu(pilot, app)
        await pilot.press("M")
        await form(pilot, app, "Make an image of nginx")
        await pilot.press(*"localhost/nginx:fixed", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert isinstance(host.asked[0], CommitContainer)


async def test_a_container_goes_on_and_off_networks() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        for key, operation in (("N", ConnectNetwork), ("X", DisconnectNetwork)):
            host.asked.clear()
            await pilot.press("a")
            await menu(pilot, app)
            await pilot.press(key)
            await until(pilot, lambda: "which network?" in screen_text(app))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press("y")
            await until(pilot, lambda: len(host.asked) == 1)
            assert isinstance(host.asked[0], operation)


async def test_what_an_engine_cannot_do_is_refused_with_its_sentence() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "jupyter", "3")
        await pilot.press("a")
        assert "W  checkpoint: write it to disk as it runs  (not now)" in await menu(pilot, app)
        await pilot.press("W")
        await until(pilot, lambda: "Checkpoints need containers of root" in screen_text(app))


async def test_marked_guests_and_containers_get_what_makes_sense_for_several() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "dns1", "1")
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.mark([named(host, name).key for name in ("dns1", "dns2", "nginx")])
        await pilot.press("a")
        offers = await menu(pilot, app)
        assert "n  take a snapshot of each of 2 guests" in offers
        assert "L  limits of 1 container" in offers
        assert not any("hardware" in offer for offer in offers)
        await pilot.press("n")
        await form(pilot, app, "Take a snapshot of 2 guests")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(host.asked) == 2)
        assert {operation.target for operation in host.asked} == {named(host, name).id for name in ("dns1", "dns2")}
        assert all(isinstance(operation, CreateSnapshot) for operation in host.asked)


async def test_read_only_shows_everything_and_changes_nothing() -> None:
    host = AskedHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("a")
        offers = await menu(pilot, app)
        assert "N  take a snapshot  (not now)" in offers
        assert "n  snapshots ..." in offers
        assert "c  console  (not now)" in offers
        await pilot.press("N")
        await until(pilot, lambda: "--read-only" in screen_text(app))
        await pilot.press("N")
        await menu(pilot, app)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert "--read-only" in screen_text(app)
        assert host.asked == []


async def test_nothing_under_the_cursor_is_said() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("question_mark", "a")
        await until(pilot, lambda: app.said is not None)
        assert "Put the cursor on a guest or container." in app.said[0]  # type: ignore[index]


async def test_a_new_guest_though_no_pane_ever_asked_for_pools() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("N")
        offers = await menu(pilot, app)
        assert offers[0] == "g  guest"
        assert "i  image, volume, disk or pool ..." in offers
        await pilot.press("g")
        opened = await form(pilot, app, "New guest of")
        assert opened.values["pool"] == "default"
        assert opened.values["network"] == "default"


async def test_a_new_container_runs_from_an_image_that_is_chosen_first() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        await pilot.press("N")
        assert (await menu(pilot, app))[0].startswith("c  container  (podman)")
        await pilot.press("c")
        await until(pilot, lambda: "from which image?" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.press(*"fresh", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert isinstance(host.asked[0], RunContainer)
        assert host.asked[0].name == "fresh"


async def test_everything_else_that_can_be_made_is_one_step_further() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "nginx", "3")
        await pilot.press("N")
        await menu(pilot, app)
        await pilot.press("i")
        await until(pilot, lambda: "image: pull" in screen_text(app))
        await pilot.press("escape", "N")
        await menu(pilot, app)
        await pilot.press("n")
        await until(pilot, lambda: "for guests" in screen_text(app))


async def test_the_command_line_names_whom_it_is_about() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await app.run_command("actions gitlab")
        assert "n  snapshots ..." in await menu(pilot, app)
