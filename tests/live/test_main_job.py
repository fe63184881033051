"""The main job, from the keyboard to real daemons and back to the screen."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, POLITE, PodmanHost
from tests.live.harness.registry import RegistryHost
from tests.live.source import source_of
from tui.app import HostdeckApp
from tui.audit import AuditLog
from tui.config import Config
from tui.domain.host import EngineState
from tui.domain.instance import Instance, State
from tui.jobs import Jobs
from widgets.confirm import Confirm


class Person:
    """Presses keys and looks at the screen."""

    def __init__(self, app: HostdeckApp, pilot: Pilot[Any]) -> None:
        self.app, self._pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self._pilot.press(*text)

    async def resize(self, width: int, height: int) -> None:
        await self._pilot.resize_terminal(width, height)

    async def until(self, condition: Callable[[], bool], what: str, *, rounds: int = 600) -> None:
        for _ in range(rounds):
            if condition():
                return
            await self._pilot.pause(0.05)
        pytest.fail(f"never: {what}; jobs: {self.app.jobs.jobs}; sources: {self.app.view and self.app.view.sources}")

    async def choose(self, pane: str, name: str) -> None:
        """Go to a pane and leave only one row there."""
        await self.press(pane, "slash")
        await self.type(name)
        await self.press("enter")
        await self._pilot.pause()

    async def answer_yes(self) -> None:
        await self.until(lambda: isinstance(self.app.screen, Confirm), "a question")
        await self.press("y")

    def instance(self, name: str) -> Instance | None:
        view = self.app.view
        return next((item.instance for item in view.instances if item.instance.name == name), None) if view else None

    def state(self, name: str) -> State | None:
        found = self.instance(name)
        return found.state if found else None


@asynccontextmanager
async def sitting_before(
    tmp_path: Path,
    podman: PodmanHost | RegistryHost | None = None,
    libvirt: LibvirtHost | None = None,
    *,
    read_only: bool = False,
) -> AsyncIterator[Person]:
    source = source_of(podman, libvirt, read_only=read_only)
    jobs = Jobs(source, AuditLog(tmp_path / "audit.jsonl"), read_only=read_only, stop_patience_seconds=3)
    app = HostdeckApp(source, jobs, config=Config(stop_timeout_seconds=2))
    async with app.run_test(size=(80, 24)) as pilot:
        yield Person(app, pilot)


def audited(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]


async def test_a_container_is_stopped_and_started(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *POLITE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await person.until(lambda: person.state("web") is State.RUNNING, "the container is listed")
        await person.choose("3", "web")
        await person.press("T")
        await person.answer_yes()
        await person.until(lambda: person.state("web") is State.STOPPED, "it is shown as stopped")
        assert clean_podman.state("web") == "exited"
        await person.press("S")
        await person.until(lambda: person.state("web") is State.RUNNING, "it is shown as running")
        assert clean_podman.state("web") == "running"
        await person.until(lambda: not person.app.jobs.active, "the jobs are done")
    lines = audited(tmp_path)
    assert [line["action"] for line in lines if line["phase"] == "result"] == ["stop", "start"]
    assert {line["result"] for line in lines if line["phase"] == "result"} == {"done"}
    assert "podman" in lines[0]["command"]
    assert "stop" in lines[0]["command"]


async def test_a_guest_that_obeys_is_stopped_and_started(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await person.until(lambda: person.state("vm") is State.RUNNING, "the guest is listed")
        await person.choose("2", "vm")
        await person.press("T")
        await person.answer_yes()
        await person.until(lambda: person.state("vm") is State.STOPPED, "it is shown as shut off")
        assert clean_libvirt.state("vm") == "shut off"
        await person.press("S")
        await person.until(lambda: person.state("vm") is State.RUNNING, "it is shown as running")
        assert clean_libvirt.pid("vm") > 0


async def test_a_guest_that_does_not_obey_is_killed_after_a_question(
    clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_libvirt.define_guest("deaf", polite=False)
    clean_libvirt.start_guest("deaf")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await person.until(lambda: person.state("deaf") is State.RUNNING, "the guest is listed")
        await person.choose("2", "deaf")
        await person.press("T")
        await person.answer_yes()
        await person.until(lambda: bool(person.app.jobs.offers), "kill is offered")
        assert clean_libvirt.state("deaf") == "running"
        await person.until(lambda: isinstance(person.app.screen, Confirm), "a question")
        await person.press("right", "enter")
        await person.until(lambda: person.state("deaf") is State.STOPPED, "it is shown as shut off")
        assert clean_libvirt.state("deaf") == "shut off"


async def test_marked_rows_of_both_kinds_are_paused_and_resumed_together(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_podman.run("both-a", *IDLE, options=["--network", "none"])
    clean_podman.run("both-b", *IDLE, options=["--network", "none"])
    clean_libvirt.define_guest("both-vm")
    clean_libvirt.start_guest("both-vm")
    names = ("both-a", "both-b", "both-vm")
    async with sitting_before(tmp_path, clean_podman, clean_libvirt) as person:
        await person.until(lambda: all(person.state(name) is State.RUNNING for name in names), "all are listed")
        await person.choose("1", "both-")
        await person.press("asterisk", "P")
        await person.answer_yes()
        await person.until(lambda: all(person.state(name) is State.PAUSED for name in names), "all are paused")
        assert clean_podman.state("both-a") == "paused"
        assert clean_libvirt.state("both-vm") == "paused"
        await person.press("P")
        if isinstance(person.app.screen, Confirm):
            await person.press("y")
        await person.until(lambda: all(person.state(name) is State.RUNNING for name in names), "all run again")


async def test_read_only_changes_nothing(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("safe", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman, read_only=True) as person:
        await person.until(lambda: person.state("safe") is State.RUNNING, "the container is listed")
        await person.choose("3", "safe")
        await person.press("T", "K", "D", "R")
        assert not isinstance(person.app.screen, Confirm)
        assert person.app.jobs.active == ()
        assert clean_podman.state("safe") == "running"


async def test_a_hung_podman_leaves_keys_guests_and_figures(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, clean_podman, clean_libvirt) as person:
        await person.until(lambda: person.state("web") is State.RUNNING, "the container is listed")
        await person.until(lambda: person.state("vm") is State.RUNNING, "the guest is listed")
        clean_podman.hang_service()
        await person.choose("3", "web")
        await person.press("T")
        await person.answer_yes()
        await person.choose("2", "vm")
        await person.press("P")
        await person.answer_yes()
        await person.until(lambda: person.state("vm") is State.PAUSED, "the guest obeys meanwhile")
        view = person.app.view
        assert view is not None
        assert person.state("web") is State.RUNNING
        clean_podman.resume_service()
        await person.until(lambda: person.state("web") is State.STOPPED, "the container stops once Podman answers")


async def test_a_killed_libvirtd_is_a_line_and_comes_back(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")

    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:

        def engine() -> EngineState | None:
            view = person.app.view
            states = [s.state for s in view.sources if s.id == clean_libvirt.uri] if view else []
            return states[0] if states else None

        await person.until(lambda: person.state("vm") is State.RUNNING, "the guest is listed")
        clean_libvirt.kill_daemon()
        await person.until(lambda: engine() is EngineState.LOST, "it is lost")
        view = person.app.view
        assert view is not None
        assert clean_libvirt.uri in [problem.name for problem in view.problems if problem.kind == "engine"]
        assert person.state("vm") is State.RUNNING
        clean_libvirt.start_daemon()
        await person.until(lambda: engine() is EngineState.READY, "it is back")
        assert person.state("vm") is State.RUNNING
