"""The pane of images by its keys: what is shown, asked, made and removed."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, screen_text, step, until
from tests.ui.screens.stocked import (
    SIZE,
    answer,
    at,
    choose,
    fill,
    form,
    jobs_over,
    key_of,
    main_of,
    names,
    opened,
)
from tui.app import HostdeckApp
from tui.domain.operation.guests import CreateGuest
from tui.domain.resource import ResourceKind
from tui.jobs import JobState
from tui.sampling.keeps import Shelved
from tui.screens.main import MainScreen
from tui.screens.resource_pages import ResourcePage, ResourceRaw
from tui.state import StateFile
from widgets.choose import Choose
from widgets.confirm import Confirm
from widgets.form import Form

API = "registry.example.org/shop/api:2.14.1"
OLD = "registry.example.org/shop/api:2.13.0"
GUESTS = "qemu:///system"
BASE = "debian-12-genericcloud.qcow2"


async def images(pilot: Pilot[None], host: StillHost) -> HostdeckApp:
    return await opened(pilot, host, "4", "images")


def done(app: HostdeckApp) -> list[tuple[str, JobState]]:
    return [(job.word, job.state) for job in app.jobs.jobs]


async def test_both_worlds_are_listed_and_p_leaves_what_wants_tidying_up(host: StillHost) -> None:
    async with make_app(host).run_test(size=(200, 100)) as pilot:
        app = await images(pilot, host)
        assert {API, "pgdata", "default", BASE} <= set(names(app))
        await pilot.press("p")
        await until(pilot, lambda: API not in names(app), "only problems")
        table = main_of(app).pane.table
        rows = [row.data for key in table.view_keys if (row := table.row(key)) is not None]
        assert all(line.problem for line in rows if line.target is not None)


@pytest.mark.parametrize(
    ("query", "found"), [("on:api-1", API), ("kind:pool", "iso"), ("pool:iso", "debian-12-netinst.iso")]
)
async def test_a_filter_finds_by_key(host: StillHost, query: str, found: str) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await pilot.press("slash", *query, "enter")
        await pilot.pause()
        assert found in names(app)
        assert "pgdata" not in names(app)


async def test_the_page_of_an_image_hides_secrets_until_asked(host: StillHost) -> None:
    async with make_app(host).run_test(size=(100, 60)) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await pilot.press("enter")
        await until(pilot, lambda: "API_TOKEN=" in screen_text(app), "the page")
        assert "not-for-everybody" not in screen_text(app)
        assert "`- RUN apt-get update" in screen_text(app)
        await choose(pilot, app, "a", "show values that look secret")
        await until(pilot, lambda: "not-for-everybody" in screen_text(app), "the value")
        await choose(pilot, app, "a", "hide values that look secret")
        await until(pilot, lambda: "not-for-everybody" not in screen_text(app), "hidden again")
        await pilot.press("escape")
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pgdata", "/var/lib/containers"),
        ("default", "Disks ("),
        ("build-7.qcow2", f"`- /var/lib/libvirt/images/{BASE}"),
    ],
)
async def test_the_other_pages(host: StillHost, name: str, words: str) -> None:
    async with make_app(host).run_test(size=(100, 60)) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, name)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, ResourcePage) and words in screen_text(app), words)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResourceRaw), "the raw description")


async def test_the_page_of_what_was_removed_meanwhile_says_so(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, OLD)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ResourcePage), "the page")
        await pilot.press("D")
        assert "podman image rm" in await answer(pilot, app)
        await jobs_over(pilot, app, host)
        await step(pilot, host, 11)
        await until(pilot, lambda: "It is gone." in screen_text(app), "gone")


async def test_an_image_in_use_is_not_removed_and_the_reason_named(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await pilot.press("D")
        await until(pilot, lambda: app.said is not None and "in use" in app.said[0], "the reason")
        assert app.jobs.jobs == ()


async def test_marked_things_of_several_kinds_are_removed_together(host: StillHost) -> None:
    async with make_app(host).run_test(size=(100, 100)) as pilot:
        app = await images(pilot, host)
        strays = [name for name in names(app) if len(name) == 64]
        for name in (OLD, strays[0]):
            await at(pilot, app, name)
            await pilot.press("space")
        await pilot.press("D")
        text = await answer(pilot, app)
        assert "Remove an image (1), remove a volume (1): 2 things on kvm01?" in text
        assert OLD in text
        await jobs_over(pilot, app, host)
        assert {state for _, state in done(app)} == {JobState.DONE}
        await until(pilot, lambda: OLD not in names(app) and strays[0] not in names(app), "both are gone")


async def test_prune_lists_what_goes_and_how_much_that_frees(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await choose(pilot, app, "a", "prune: all images that nothing uses")
        text = await answer(pilot, app, "n")
        assert OLD in text
        assert "frees 609.0 MiB" in text
        assert "podman image prune" in text
        assert app.jobs.jobs == ()


async def test_a_container_is_run_and_what_was_typed_is_there_after_the_next_start(
    host: StillHost, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    async with make_app(host, kept=StateFile(file)).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await choose(pilot, app, "a", "run a container")
        asked = await fill(pilot, app, name="api-1", ports="8080:80", environment="TOKEN=s3", memory="512M")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is taken by another container" in screen_text(app), "the refusal")
        assert asked.values["ports"] == "8080:80"
        await fill(pilot, app, name="api-9")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is taken")
        await jobs_over(pilot, app, host)
        assert done(app) == [("run-container", JobState.DONE)]
        await until(pilot, lambda: "api-9" in str(host.view), "it is listed")
        app.exit()
    assert "s3" not in file.read_text()
    later = StillHost()
    async with make_app(later, kept=StateFile(file)).run_test(size=SIZE) as pilot:
        app = await images(pilot, later)
        await at(pilot, app, API)
        await choose(pilot, app, "a", "run a container")
        values = (await form(pilot, app)).values
        assert (values["ports"], values["memory"]) == ("8080:80", "512M")
        assert (values["name"], values["environment"]) == ("", "")


async def test_what_was_typed_into_a_form_that_was_left_is_there_again(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await choose(pilot, app, "a", "one more name")
        await fill(pilot, app, name="localhost/half")
        await pilot.press("escape")
        await until(pilot, lambda: app.said is not None and "what was typed" in app.said[0], "it says so")
        await choose(pilot, app, "a", "one more name")
        assert (await form(pilot, app)).values["name"] == "localhost/half"
        await pilot.press("ctrl+s")
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "it is taken")
        await choose(pilot, app, "a", "one more name")
        assert (await form(pilot, app)).values["name"] == ""
        await pilot.press("escape")
        await pilot.pause()
        assert "what was typed" not in str(app.said)


async def test_an_image_is_tagged_and_the_name_taken_away_again(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, OLD)
        await choose(pilot, app, "a", "one more name")
        await fill(pilot, app, name="localhost/kept:1")
        await pilot.press("ctrl+s")
        await jobs_over(pilot, app, host)
        assert app.jobs.jobs[0].name == OLD
        await until(pilot, lambda: "api:2.13.0  and one" in screen_text(app), "two names")
        await at(pilot, app, OLD)
        await choose(pilot, app, "a", "take a name away")
        await choose_again(pilot, app, "localhost/kept:1")
        await answer(pilot, app)
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "api:2.13.0  and one" not in screen_text(app), "one name")


async def choose_again(pilot: Pilot[None], app: HostdeckApp, words: str) -> None:
    """Choose from the menu that opened by itself."""
    await until(
        pilot,
        lambda: isinstance(app.screen, Choose) and any(words in choice.text for choice in app.screen._choices),
        "the next menu",
    )
    assert isinstance(app.screen, Choose)
    place = next(at for at, choice in enumerate(app.screen._choices) if words in choice.text)
    await pilot.press(*["down"] * place, "enter")


@pytest.mark.parametrize(
    ("way", "values", "made"),
    [
        ((API, "N", "image: pull"), {"reference": "docker.io/library/caddy:2"}, "docker.io/library/caddy:2"),
        ((API, "N", "volume of containers"), {"name": "fresh", "labels": "a=b"}, "fresh"),
        (("default", "N", "pool  ("), {"name": "fast", "path": "/srv/fast"}, "fast"),
        (("default", "a", "new disk"), {"name": "data.qcow2", "size": "5G"}, "data.qcow2"),
        (("old-mail.qcow2", "a", "clone it"), {"name": "copy.qcow2"}, "copy.qcow2"),
    ],
)
async def test_a_form_makes_something(
    host: StillHost, way: tuple[str, str, str], values: dict[str, str], made: str
) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        name, menu, words = way
        await at(pilot, app, name)
        await choose(pilot, app, menu, words)
        await fill(pilot, app, **values)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, Form), "it is taken")
        if isinstance(app.screen, Confirm):
            await pilot.press("y")
        await jobs_over(pilot, app, host)
        assert [state for _, state in done(app)] == [JobState.DONE], app.jobs.jobs
        await until(pilot, lambda: made in names(app), f"{made} is listed")


async def test_a_new_guest_can_have_a_network_though_their_pane_was_never_open(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, "old-mail.qcow2")
        await choose(pilot, app, "a", "new guest from it")
        asked = await fill(pilot, app, name="fresh")
        asked.query_one("#field-emulated").focus()
        await pilot.press("space", "ctrl+s")
        assert "<name>fresh</name>" in await answer(pilot, app)
        await until(pilot, lambda: bool(app.jobs.jobs), "it is asked for")
        (made,) = app.jobs.jobs
        assert isinstance(made.request, CreateGuest)
        assert (made.request.network, made.request.emulated) == ("default", True)


@pytest.mark.parametrize(
    ("way", "values", "problem"),
    [
        ((API, "N", "volume of containers"), {"name": "a b"}, "letters, digits"),
        ((API, "a", "save it to a file"), {"path": "/nowhere/x.tar"}, "the folder /nowhere does not exist"),
        ((API, "N", "image: load"), {"path": "/nowhere.tar"}, "there is no such file"),
        (("pgdata", "a", "export its files"), {"path": "relative"}, "write the whole path"),
        (("default", "N", "pool  ("), {"path": "srv"}, "write the whole path"),
        (("default", "a", "new disk"), {"size": "5 apples"}, "is no size"),
        (("default", "a", "upload a file"), {"path": "/nowhere.img"}, "there is no such file"),
        (("old-mail.qcow2", "a", "download it"), {"path": "/nowhere/x"}, "does not exist"),
        (("old-mail.qcow2", "a", "new guest from it"), {"vcpus": "0"}, "whole number"),
    ],
)
async def test_a_wrong_value_is_told_while_it_is_typed(
    host: StillHost, way: tuple[str, str, str], values: dict[str, str], problem: str
) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        name, menu, words = way
        await at(pilot, app, name)
        await choose(pilot, app, menu, words)
        await fill(pilot, app, **values)
        assert problem in screen_text(app)
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, Form)
        assert app.jobs.jobs == ()


@pytest.mark.parametrize(
    ("way", "values", "refusal"),
    [
        (("default", "a", "new disk"), {"name": "gitlab.qcow2"}, "gitlab.qcow2"),
        (("old-mail.qcow2", "a", "clone it"), {"name": "copy.qcow2", "size": "1G"}, "a clone cannot be smaller"),
        (("old-mail.qcow2", "a", "resize it"), {"size": "1G"}, "tick Shrink"),
        ((API, "N", "volume of containers"), {"name": "pgdata"}, "pgdata"),
    ],
)
async def test_a_refusal_keeps_what_was_typed(
    host: StillHost, way: tuple[str, str, str], values: dict[str, str], refusal: str
) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        name, menu, words = way
        await at(pilot, app, name)
        await choose(pilot, app, menu, words)
        asked = await fill(pilot, app, **values)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "!" in hint_of(asked) and refusal in hint_of(asked), refusal)
        assert {key: asked.values[key] for key in values} == values
        assert app.jobs.jobs == ()


def hint_of(asked: Form) -> str:
    return str(asked.query_one("#form-hint").render())


async def test_a_found_image_is_pulled(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await choose(pilot, app, "N", "search the registries")
        await until(pilot, lambda: "Search the registries" in screen_text(app), "the word is asked")
        await pilot.press(*"caddy", "enter")
        await choose_again(pilot, app, "docker.io/library/caddy")
        asked = await form(pilot, app)
        assert asked.values["reference"] == "docker.io/library/caddy"
        await pilot.press("ctrl+s")
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "docker.io/library/caddy:latest" in names(app), "it is listed")


async def test_pools_are_stopped_started_and_set_to_start_by_themselves(host: StillHost) -> None:
    async with make_app(host).run_test(size=(200, 100)) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, "iso")
        await pilot.press("T")
        assert "iso" in await answer(pilot, app)
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "debian-12-netinst.iso" not in names(app), "its disks are not listed")
        await pilot.press("S")
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "debian-12-netinst.iso" in names(app), "they are again")
        await pilot.press("A")
        await answer(pilot, app)
        await jobs_over(pilot, app, host)
        assert {state for _, state in done(app)} == {JobState.DONE}


async def test_starting_what_is_no_pool_is_told(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, API)
        await pilot.press("S")
        assert app.said is not None
        assert "Only pools" in app.said[0]


async def test_a_disk_in_use_is_not_deleted_and_one_that_is_not_is(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, "gitlab.qcow2")
        await pilot.press("D")
        await until(pilot, lambda: app.said is not None and "gitlab" in app.said[0], "the reason")
        await at(pilot, app, "old-mail.qcow2")
        await pilot.press("D")
        assert "old-mail.qcow2" in await answer(pilot, app)
        await jobs_over(pilot, app, host)
        await until(pilot, lambda: "old-mail.qcow2" not in names(app), "it is gone")


@pytest.mark.parametrize("key", ["D", "T", "A"])
async def test_nothing_is_changed_when_read_only(key: str) -> None:
    host = StillHost(read_only=True)
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        await at(pilot, app, "iso")
        await pilot.press(key)
        await until(pilot, lambda: app.said is not None and "read-only" in app.said[0], "it is refused")
        assert isinstance(app.screen, MainScreen)
        await choose(pilot, app, "a", "new disk")
        await until(pilot, lambda: app.said is not None and "read-only" in app.said[0], "and the form")
        assert isinstance(app.screen, MainScreen)


async def test_a_silent_engine_says_so_and_the_rest_is_live(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        sentence = "Podman did not answer within 5 s, although its socket took the question; it may wait for a lock."
        before = host._shelf._shelved["podman"]
        host._shelf._shelved["podman"] = Shelved(replace(before.stock, taken_utc_seconds=host.utc() - 300), sentence)
        await step(pilot, host)
        text = screen_text(app)
        assert "images of podman: 20, 6.6G, as it was 5 min ago" in text
        said = f"podman: {sentence}"
        await at(pilot, app, said)
        assert "podman: Podman did not answer within 5 s, although its socket took the qu" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "it may wait for a lock." in screen_text(app), "the whole sentence")


async def test_names_with_markup_and_control_characters_are_shown_as_they_are(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        shelved = host._shelf._shelved["podman"]
        evil = replace(shelved.stock.images[0], names=("localhost/[bold]x[red]\x1b[31m" + "y" * 200,), container_ids=())
        host._shelf._shelved["podman"] = Shelved(replace(shelved.stock, images=(evil, *shelved.stock.images[1:])))
        await step(pilot, host)
        await at(pilot, app, evil.name)
        assert "[bold]x[red]" in screen_text(app)
        for key in ("a", "enter"):
            await pilot.press(key)
            await pilot.pause()
            assert "[bold]x[red]" in screen_text(app)
            assert "\x1b" not in screen_text(app)
            await pilot.press("escape")


async def test_groups_fold_and_stay_folded(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        main_of(app).pane.table.move_cursor("images/podman")
        await pilot.press("f")
        await until(pilot, lambda: API not in names(app), "closed")
        await step(pilot, host)
        assert API not in names(app)
        assert key_of(app, "pgdata")


async def test_a_job_shows_how_far_it_is_and_is_cancelled_by_key(host: StillHost) -> None:
    async with make_app(host).run_test(size=SIZE) as pilot:
        app = await images(pilot, host)
        host.work = asyncio.Event()
        await at(pilot, app, "old-mail.qcow2")
        await choose(pilot, app, "a", "clone it")
        await fill(pilot, app, name="copy.qcow2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(app.jobs.active), "it is under way")
        await pilot.press("b")
        await until(pilot, lambda: "%" in screen_text(app), "its progress")
        await pilot.press("C")
        await answer(pilot, app)
        await until(pilot, lambda: not app.jobs.active, "it is over")
        assert app.jobs.jobs[0].state is JobState.CANCELLED
        host.work.set()
        stock = await host.keeper(GUESTS).stock(frozenset({ResourceKind.POOL, ResourceKind.DISK}))
        assert "copy.qcow2" not in str(stock)
        await pilot.press("escape")
        await step(pilot, host)
