"""Images, pools, disks and networks of real daemons, by the keys of the application."""

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.harness.podman import IMAGE as BUILT
from tests.live.harness.processes import CommandFailedError
from tests.live.test_main_job import Person, audited, sitting_before
from tests.ui.screens.still import screen_text
from tui.domain.instance import State
from tui.jobs import JobState
from tui.screens.main import MainScreen
from tui.screens.resource_pages import ResourcePage
from widgets.choose import Choose
from widgets.form import Form

IMAGE = f"{BUILT}:latest"
POOL = "screenpool"
LONG = 2400
"""Rounds of waiting for what takes a deadline of an engine and the time until it is asked again."""


@pytest.fixture
def pool(clean_libvirt: LibvirtHost) -> Iterator[Path]:
    folder = clean_libvirt.folder / POOL
    folder.mkdir()
    clean_libvirt.virsh("pool-define-as", POOL, "dir", "--target", str(folder))
    clean_libvirt.virsh("pool-start", POOL)
    clean_libvirt.virsh("vol-create-as", POOL, "there.qcow2", "8M", "--format", "qcow2")
    yield folder
    clean_libvirt.reset()
    with contextlib.suppress(CommandFailedError):
        clean_libvirt.virsh("pool-destroy", POOL)
    clean_libvirt.virsh("pool-undefine", POOL)
    shutil.rmtree(folder, ignore_errors=True)


def lines(person: Person) -> dict[str, Any]:
    """Return the lines of the open pane by their names."""
    screen = person.app.screen
    if not isinstance(screen, MainScreen):
        return {}
    table = screen.pane.table
    rows = [table.row(key) for key in table.view_keys]
    return {row.data.name: row.data for row in rows if row is not None}


def guest_network(person: Person) -> str:
    """Return the row key of the network of guests; both worlds have one of the same name."""
    screen = person.app.screen
    assert isinstance(screen, MainScreen)
    table = screen.pane.table
    rows = [table.row(key) for key in table.view_keys]
    return next((row.key for row in rows if row is not None and row.data.of_guests), "")


async def open_pane(person: Person, key: str) -> None:
    """Open a pane once the keys are taken."""
    await person.until(lambda: person.app.view is not None, "the first view")
    await person.press(key)


async def at(person: Person, name: str) -> None:
    """Put the cursor on a line."""
    await person.until(lambda: name in lines(person), f"{name} is listed")
    screen = person.app.screen
    assert isinstance(screen, MainScreen)
    assert screen.pane.table.move_cursor(lines(person)[name].key)


async def choose(person: Person, key: str, words: str) -> None:
    """Open a menu and choose from it."""
    await person.press(key)
    await person.until(lambda: isinstance(person.app.screen, Choose), "the menu")
    assert isinstance(person.app.screen, Choose)
    texts = [choice.text for choice in person.app.screen._choices]
    await person.press(*["down"] * next(at for at, text in enumerate(texts) if words in text), "enter")


async def fill(person: Person, **keys: Sequence[str]) -> None:
    """Press keys in fields of a form, in their order, and submit it."""
    await person.until(lambda: isinstance(person.app.screen, Form), "the form")
    for field, typed in keys.items():
        while person.app.focused is None or person.app.focused.id != f"field-{field}":
            await person.press("tab")
        await person.press(*typed)
    await person.press("ctrl+s")


async def ended(person: Person, count: int) -> None:
    """Wait for the end of so many jobs; all have done what they should."""
    await person.until(
        lambda: len([job for job in person.app.jobs.jobs if not job.state.is_active]) == count, "the job"
    )
    assert [job.message for job in person.app.jobs.jobs if job.state is not JobState.DONE] == []


def volumes(host: LibvirtHost) -> set[str]:
    host.virsh("pool-refresh", POOL)
    return {line.split()[0] for line in host.virsh("vol-list", POOL).splitlines() if line.strip()}


def files(pool: Path) -> list[str]:
    return sorted(path.name for path in pool.iterdir())


async def test_a_disk_is_made_by_its_form_and_deleted_by_its_key(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, pool: Path, tmp_path: Path
) -> None:
    async with sitting_before(tmp_path, clean_podman, clean_libvirt) as person:
        await open_pane(person, "4")
        await person.until(lambda: IMAGE in lines(person), "the image that was built is listed")
        await at(person, POOL)
        assert lines(person)["there.qcow2"].disk.capacity_bytes == 8 << 20
        await choose(person, "a", "new disk")
        await person.until(lambda: isinstance(person.app.screen, Form), "the form")
        await person.type("there.qcow2")
        await person.press("ctrl+s")
        await person.until(lambda: "! " in screen_text(person.app) and "there" in screen_text(person.app), "refused")
        await person.press("home", *"new-", "tab", *["backspace"] * 3)
        await person.type("16M")
        await person.press("ctrl+s")
        await person.answer_yes()  # the XML is shown first
        await person.until(lambda: "new-there.qcow2" in lines(person), "it is listed")
        assert volumes(clean_libvirt) == {"there.qcow2", "new-there.qcow2"}
        await at(person, "new-there.qcow2")
        await person.press("enter")
        await person.until(lambda: "it is whole by itself" in screen_text(person.app), "its page")
        await person.press("escape", "D")
        await person.answer_yes()
        await person.until(lambda: "new-there.qcow2" not in lines(person), "it is not listed any more")
        assert volumes(clean_libvirt) == {"there.qcow2"}
        assert files(pool) == ["there.qcow2"]
    ended = [line for line in audited(tmp_path) if line["phase"] == "result"]
    assert [(line["action"], line["result"]) for line in ended] == [("create-disk", "done"), ("delete-disk", "done")]


async def test_a_guest_is_made_from_a_disk_with_a_seed_by_its_form(
    clean_libvirt: LibvirtHost, pool: Path, tmp_path: Path
) -> None:
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await open_pane(person, "4")
        await at(person, "there.qcow2")
        await choose(person, "a", "new guest from it")
        await fill(person, name="born", memory=["backspace", "backspace", *"64M"], emulated=["space"], seed=["space"],
                   user="admin", key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me")  # fmt: skip
        await person.answer_yes()  # the XML is shown first
        await ended(person, 1)
        await person.until(lambda: person.state("born") is State.RUNNING, "it runs")
        await person.until(lambda: lines(person)["there.qcow2"].users == ("born (base)",), "it needs its base")
    assert f"network='{clean_libvirt.network}'" in clean_libvirt.virsh("dumpxml", "born")
    assert "type='qemu'" in clean_libvirt.virsh("dumpxml", "born")
    assert files(pool) == ["born-seed.iso", "born.qcow2", "there.qcow2"]


async def test_a_container_is_run_from_an_image_by_its_form(clean_podman: PodmanHost, tmp_path: Path) -> None:
    async with sitting_before(tmp_path, clean_podman) as person:
        await open_pane(person, "4")
        await at(person, IMAGE)
        await choose(person, "a", "run a container")
        await person.until(lambda: isinstance(person.app.screen, Form), "the form")
        await person.type("made")
        await person.until(lambda: "--name made" in screen_text(person.app), "the command")
        await person.press("ctrl+s")
        await person.until(lambda: person.state("made") is State.RUNNING, "it runs")
        assert clean_podman.state("made") == "running"
        await person.until(lambda: "made" in lines(person)[IMAGE].users, "it uses the image")
        await person.press("D")
        await person.until(lambda: bool(person.app.said) and "made" in str(person.app.said), "the image is in use")


def _leases_shown(person: Person) -> str:
    return screen_text(person.app).partition("DHCP leases")[2]


async def test_both_worlds_in_the_pane_of_networks(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_podman.run("web", *IDLE)
    clean_libvirt.define_guest("vm", network=clean_libvirt.network)
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, clean_podman, clean_libvirt) as person:
        await person.resize(160, 60)
        await open_pane(person, "5")
        await person.until(lambda: clean_podman.bridge in lines(person), "the bridge of Podman")
        await person.until(
            lambda: any(line.kind == "veth" and line.users == ("web",) for line in lines(person).values()), "the veth"
        )
        await person.until(
            lambda: any(line.kind == "tap" and line.users == ("vm",) for line in lines(person).values()), "the tap"
        )
        await person.until(lambda: bool(guest_network(person)), "the network of guests")
        screen = person.app.screen
        assert isinstance(screen, MainScreen)
        assert screen.pane.table.move_cursor(guest_network(person))
        await person.press("enter")
        await person.until(lambda: isinstance(person.app.screen, ResourcePage), "the page")
        # the network keeps the leases of guests that other tests had, so this one's is found by its address
        mac = clean_libvirt.virsh("domiflist", "vm").split()[-1]
        await person.until(lambda: mac in clean_libvirt.leases(), "the lease is given", rounds=LONG)
        (lease,) = [line.split() for line in clean_libvirt.leases().splitlines() if mac in line]
        ip = lease[4].partition("/")[0]
        await person.until(lambda: ip in _leases_shown(person), "the lease is shown", rounds=LONG)
        await person.press("T")
        await person.until(lambda: "guest vm" in screen_text(person.app), "who loses the network")
        await person.press("escape", "escape")
        await person.until(lambda: isinstance(person.app.screen, MainScreen), "back")


async def test_a_podman_that_hangs_says_so_while_the_rest_is_live(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, pool: Path, tmp_path: Path
) -> None:
    async with sitting_before(tmp_path, clean_podman, clean_libvirt) as person:
        await open_pane(person, "4")
        await person.until(lambda: IMAGE in lines(person) and POOL in lines(person), "both are listed")
        clean_podman.hang_service()
        clean_libvirt.virsh("vol-create-as", POOL, "later.qcow2", "4M", "--format", "qcow2")
        await person.press("j")
        before = person.app.view
        await person.until(lambda: person.app.view is not before, "samples go on")
        await at(person, POOL)
        await person.press("R")  # reads the disks anew
        await person.until(lambda: "later.qcow2" in lines(person), "the pool is live", rounds=LONG)
        await person.until(
            lambda: any("as it was" in name for name in lines(person) if name.startswith("images of")),
            "the age of what Podman said",
            rounds=LONG,
        )
        await person.until(
            lambda: any(name.startswith(f"{clean_podman.url}: ") for name in lines(person)), "why", rounds=LONG
        )
        assert IMAGE in lines(person)
        await person.press("5")
        await person.until(lambda: clean_libvirt.bridge in lines(person), "interfaces are read")
        clean_podman.resume_service()
        await person.press("4")
        await person.until(lambda: not any("as it was" in name for name in lines(person)), "as new again", rounds=LONG)
    assert "later.qcow2" in files(pool)
