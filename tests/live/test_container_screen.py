"""Containers, their images and volumes, and a pull that is cancelled: real Podman, by the keys of the application."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.harness.registry import BIG_BYTES, RegistryHost, free_port
from tests.live.test_main_job import Person, audited, sitting_before
from tests.live.test_podman_resources import limits_of
from tests.live.test_stock_screen import IMAGE, at, choose, ended, fill, lines, open_pane
from tests.ui.screens.still import screen_text
from tests.unit.podman_fake import short_folder
from tui.domain.instance import State
from tui.jobs import JobState
from tui.screens.jobs import JobsScreen
from widgets.choose import Choose
from widgets.confirm import Confirm

ALONE = ("--network", "none")


@pytest.fixture
def registry(clean_podman: PodmanHost) -> Iterator[RegistryHost]:
    with short_folder() as folder:
        made = RegistryHost.start(clean_podman, folder)
        yield made
        made.close()


async def with_container(person: Person, name: str, key: str) -> None:
    """Choose from the menu of a running container."""
    await person.until(lambda: person.state(name) is State.RUNNING, "the container is listed")
    await person.choose("3", name)
    await choose_letter(person, key)


async def choose_letter(person: Person, key: str) -> None:
    """Choose from the menu of what is under the cursor."""
    await person.press("a")
    await person.until(lambda: isinstance(person.app.screen, Choose), "the menu")
    await person.press(key)


async def choose_network(person: Person, question: str, name: str) -> None:
    """Choose from the networks that are offered, and agree."""
    await person.until(lambda: question in screen_text(person.app), question)
    assert isinstance(person.app.screen, Choose)
    names = [choice.id for choice in person.app.screen._choices]
    await person.press(*["down"] * names.index(name), "enter")
    await person.answer_yes()


def networks_of(host: PodmanHost, name: str) -> set[str]:
    settings: Any = host.inspect(name)["NetworkSettings"]
    return set(settings["Networks"])


def left(host: PodmanHost) -> tuple[list[str], list[str]]:
    """Return the images, and what half-made ones leave where they are copied to."""
    names = host.cli("images", "--all", "--format", "{{.Repository}}:{{.Tag}}").split()
    return names, [path.name for path in (host.folder / "scratch").iterdir()]


async def test_limits_of_a_running_container_are_changed(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=[*ALONE, "--memory", "128m", "--pids-limit", "90"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await with_container(person, "web", "L")
        await fill(person, cpus="0.5", memory="64M", pids="50")
        await ended(person, 1)
        assert limits_of(clean_podman.pid("web")) == (str(64 << 20), "50000", "50")
        assert clean_podman.state("web") == "running"
    assert [line["action"] for line in audited(tmp_path) if line["phase"] == "result"] == ["update-limits"]


async def test_an_image_is_made_of_a_container_and_removed(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", "sh", "-c", "echo mended > /mended; sleep 1000000", options=ALONE)
    made = "localhost/web:mended"
    before = left(clean_podman)
    async with sitting_before(tmp_path, clean_podman) as person:
        await with_container(person, "web", "M")
        await fill(person, reference=made)
        await person.answer_yes()
        await ended(person, 1)
        assert clean_podman.cli("run", "--rm", *ALONE, made, "cat", "/mended") == "mended\n"
        await person.press("4")
        await at(person, made)
        await person.press("D")
        await person.until(lambda: isinstance(person.app.screen, Confirm), "the question")
        assert made in screen_text(person.app)
        await person.press("y")
        await ended(person, 2)
        await person.until(lambda: made not in lines(person), "it is not listed any more")
    assert left(clean_podman) == before


async def test_a_container_goes_on_a_network_and_off_it(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.cli("network", "create", "second")
    clean_podman.run("web", *IDLE)
    async with sitting_before(tmp_path, clean_podman) as person:
        await with_container(person, "web", "N")
        await choose_network(person, "Put web on which network?", "second")
        await ended(person, 1)
        assert networks_of(clean_podman, "web") == {"hostdeck", "second"}
        await choose_letter(person, "X")
        await choose_network(person, "Take web off which network?", "second")
        await ended(person, 2)
        assert networks_of(clean_podman, "web") == {"hostdeck"}


async def test_a_container_is_run_with_a_port_a_volume_and_limits(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.cli("volume", "create", "kept")
    port = free_port()
    async with sitting_before(tmp_path, clean_podman) as person:
        await open_pane(person, "4")
        await at(person, IMAGE)
        await choose(person, "a", "run a container")
        await fill(person, name="made", command="sleep 1000000", ports=f"127.0.0.1:{port}:80", mounts="kept:/data",
                   memory="64M", pids="50")  # fmt: skip
        await ended(person, 1)
        await person.until(lambda: person.state("made") is State.RUNNING, "it runs")
    facts: Any = clean_podman.inspect("made")
    assert facts["HostConfig"]["PortBindings"] == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
    assert [(mount["Name"], mount["Destination"]) for mount in facts["Mounts"]] == [("kept", "/data")]
    assert (facts["HostConfig"]["Memory"], facts["HostConfig"]["PidsLimit"]) == (64 << 20, 50)


async def test_volumes_that_nothing_mounts_are_pruned(clean_podman: PodmanHost, tmp_path: Path) -> None:
    for name in ("used", "unused"):
        clean_podman.cli("volume", "create", name)
    clean_podman.run("web", *IDLE, options=[*ALONE, "--volume", "used:/data"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await open_pane(person, "4")
        await at(person, "used")
        await person.press("D")
        await person.until(lambda: bool(person.app.said) and "web" in str(person.app.said), "the volume is in use")
        await choose(person, "a", "prune: volumes")
        await person.until(lambda: isinstance(person.app.screen, Confirm), "the question")
        assert "unused" in screen_text(person.app)
        await person.press("y")
        await ended(person, 1)
        await person.until(lambda: "unused" not in lines(person), "it is not listed any more")
    assert clean_podman.cli("volume", "ls", "--quiet").split() == ["used"]


async def pull(person: Person, reference: str) -> None:
    """Ask for a pull by the form."""
    await open_pane(person, "4")
    await at(person, IMAGE)
    await choose(person, "N", "image: pull")
    await fill(person, reference=reference)


async def test_a_pull_that_is_cancelled_in_the_list_of_jobs_leaves_nothing(
    clean_podman: PodmanHost, registry: RegistryHost, tmp_path: Path
) -> None:
    before = left(clean_podman)
    async with registry.gate(after_bytes=BIG_BYTES // 2) as held, sitting_before(tmp_path, registry) as person:
        await pull(person, registry.gated)
        await person.until(held.is_set, "half of it is there")
        assert left(clean_podman) != before
        await person.press("b")
        await person.until(lambda: isinstance(person.app.screen, JobsScreen), "the list of jobs")
        await person.press("C")
        await person.answer_yes()
        await person.until(lambda: person.app.jobs.active == (), "it is over")
        assert [job.state for job in person.app.jobs.jobs] == [JobState.CANCELLED]
        await person.until(lambda: left(clean_podman) == before, "nothing is left")
    assert [line["result"] for line in audited(tmp_path) if line["phase"] == "result"] == ["cancelled"]


async def test_an_archive_is_pulled(clean_podman: PodmanHost, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar"
    made = "localhost/from-archive:1"
    await asyncio.to_thread(clean_podman.cli, "tag", IMAGE, made)
    await asyncio.to_thread(
        clean_podman.cli, "save", "--quiet", "--format", "oci-archive", "--output", str(archive), made
    )
    await asyncio.to_thread(clean_podman.cli, "untag", made, made)
    async with sitting_before(tmp_path, clean_podman) as person:
        await pull(person, f"oci-archive:{archive}")
        await ended(person, 1)
        assert made in left(clean_podman)[0]
    await asyncio.to_thread(clean_podman.cli, "untag", made, made)


async def test_a_network_is_made_by_its_form_and_removed(clean_podman: PodmanHost, tmp_path: Path) -> None:
    async with sitting_before(tmp_path, clean_podman) as person:
        await open_pane(person, "5")
        await person.until(lambda: "hostdeck" in lines(person), "the networks of Podman")
        await choose(person, "N", "for containers")
        await fill(person, name="made")
        await ended(person, 1)
        assert "made" in clean_podman.cli("network", "ls", "--format", "{{.Name}}").split()
        await at(person, "made")
        assert lines(person)["made"].problem == "no instance is on it"
        await person.press("D")
        await person.answer_yes()
        await ended(person, 2)
        await person.until(lambda: "made" not in lines(person), "it is not listed any more")
    assert "made" not in clean_podman.cli("network", "ls", "--format", "{{.Name}}").split()
