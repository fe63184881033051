"""The log screen over a service of literal bytes and a stand-in for journalctl, both found as the real ones are."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tests.ui.widgets_log_view.harness import LogApp
from tests.ui.widgets_log_view.harness import until as widget_until
from tests.unit.podman_fake import FakePodman, raw, reply, serving
from tests.unit.test_podman_logs import END, HEAD, chunk, entry
from tui.app import HostdeckApp
from tui.domain.errors import EngineAbsent, EngineLost, NotFound
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman.logs import read_log
from tui.engines.podman.units import Unit
from tui.engines.podman.units_log import read_unit_log
from tui.screens.log import LogScreen
from tui.screens.log_reader import LogReader

LOGS = "containers/one/logs"
SIZE = (100, 24)


class PodmanLogs(StillHost):
    """The demo's host with the logs of a service over a real socket."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        return read_log(self.url, "one", target.local, request)

    def container_help(self, target: InstanceId) -> "PodmanLogs":  # type: ignore[override]
        return self

    def read_unit_log(self, _target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        return read_unit_log(Unit("web.service"), request, systemd_runs=lambda: True)


class ScriptedLogs(StillHost):
    """The demo's host with logs that a test feeds."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, LogRequest]] = []
        self.queues: dict[InstanceId, asyncio.Queue[Sequence[tuple[float | None, bool, bytes]] | Exception | None]] = {}

    def queue(
        self, target: InstanceId
    ) -> "asyncio.Queue[Sequence[tuple[float | None, bool, bytes]] | Exception | None]":
        return self.queues.setdefault(target, asyncio.Queue())

    async def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        self.asked.append((target.local, request))
        while (item := await self.queues.setdefault(target, asyncio.Queue()).get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield LogChunk(target.local, tuple(item))


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        yield fake


async def opened(pilot: Pilot[None], app: HostdeckApp, *instances: Instance) -> LogScreen:
    screen = LogScreen(instances)
    await app.push_screen(screen)
    return screen


async def postgres(pilot: Pilot[None], app: HostdeckApp, host: StillHost) -> Instance:
    await ready(pilot, app)
    return named(host, "postgres")


def logs_asked(podman: FakePodman) -> list[str]:
    """Return what was asked of logs; the state of a container is asked beside them."""
    return [asked for asked in podman.asked if "/logs?" in asked]


@pytest.mark.parametrize(
    ("key", "label", "query"),
    [
        ("0", "last 1,000 lines", ["follow=false&tail=1", "follow=false&tail=1000", "follow=true&tail=all&since="]),
        ("1", "first 20,000 lines", ["follow=false&tail=all"]),
        ("2", "1 minute", [60]),
        ("3", "5 minutes", [300]),
        ("4", "15 minutes", [900]),
        ("5", "30 minutes", [1800]),
        ("6", "1 hour", [3600]),
    ],
)
async def test_each_digit_asks_podman_for_its_part(
    podman: FakePodman, key: str, label: str, query: list[str | int]
) -> None:
    host = PodmanLogs(podman.url)
    app = make_app(host)
    lines = [entry(b"first [b]\n"), entry(b"\x1b[31mlast\x1b[0m \xff\n", 2)]
    async with app.run_test(size=SIZE) as pilot:
        podman.routes[LOGS] = raw(HEAD + END)
        await opened(pilot, app, await postgres(pilot, app, host))
        await until(pilot, lambda: "ended" in screen_text(app))
        podman.asked.clear()
        podman.routes[LOGS] = raw(HEAD + b"".join(map(chunk, lines)) + END)
        await pilot.press(key)
        await until(pilot, lambda: "first [b]" in screen_text(app) and "last \\xff" in screen_text(app))
        assert label in screen_text(app)
        await until(pilot, lambda: len(logs_asked(podman)) == len(query))
        assert host.view is not None
        for asked, words in zip(logs_asked(podman), query, strict=True):
            since = (
                f"follow=true&tail=all&since={host.view.taken_utc_seconds - words:.9f}"
                if isinstance(words, int)
                else words
            )
            assert since in asked


async def test_the_head_ends_at_its_bound(podman: FakePodman) -> None:
    host = PodmanLogs(podman.url)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        podman.routes[LOGS] = raw(HEAD + END)
        screen = await opened(pilot, app, await postgres(pilot, app, host))
        many = b"".join(
            chunk(b"".join(entry(b"%d\n" % (at + n)) for n in range(1000))) for at in range(0, 30_000, 1000)
        )
        podman.routes[LOGS] = raw(HEAD + many + END)
        await pilot.press("1")
        await until(pilot, lambda: len(screen._log.store) >= 20_000 and screen._log.is_settled)
        assert 20_000 <= len(screen._log.store) <= 23_000
        assert "  0\n" in screen_text(app).replace(" \n", "\n") or "  0 " in screen_text(app)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (reply({"message": "this container is not logging output"}, 500), "its log driver is none or passthrough"),
        (reply({"message": "container not running with no-log driver: cannot read logs"}, 500), "keeps no log"),
        (reply({"cause": "no such container", "message": "x", "response": 404}, 404), "It is no longer there."),
    ],
)
async def test_a_container_without_a_log_says_so_and_is_not_asked_again(
    podman: FakePodman, said: object, sentence: str
) -> None:
    host = PodmanLogs(podman.url)
    app = make_app(host)
    podman.routes[LOGS] = said  # type: ignore[assignment]
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, await postgres(pilot, app, host))
        await until(pilot, lambda: sentence in screen_text(app))
        assert "tried again" not in screen_text(app)
        assert screen._readers[0].has_ended


JOURNALCTL = """#!{python}
import json, sys
for text in json.dumps(sys.argv[1:]), "\\x1b[2J[bold] of the unit":
    print(json.dumps({{"__REALTIME_TIMESTAMP": "1500000", "MESSAGE": text, "SYSLOG_IDENTIFIER": "web"}}), flush=True)
"""


async def test_the_journal_of_the_unit_comes_from_journalctl_and_the_own_log_again(
    podman: FakePodman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "journalctl"
    program.write_text(JOURNALCTL.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    host = PodmanLogs(podman.url)
    app = make_app(host)
    podman.routes[LOGS] = raw(HEAD + chunk(entry(b"its own\n")) + END)
    async with app.run_test(size=(200, 24)) as pilot:
        instance = await postgres(pilot, app, host)
        assert instance.container is not None
        managed = replace(instance, container=replace(instance.container, unit="web.service"))
        screen = await opened(pilot, app, managed)
        await until(pilot, lambda: "its own" in screen_text(app))
        await pilot.press("u")
        await until(pilot, lambda: "web: [bold] of the unit" in screen_text(app))
        assert "journal of its unit" in screen_text(app)
        arguments = json.loads(screen._log.store[screen._log.store.first].text.removeprefix(b"web: "))
        assert arguments[-3:] == ["--follow", "--lines=1000", "--unit=web.service"]
        await pilot.press("u")
        await until(pilot, lambda: "its own" in screen_text(app))


async def test_without_a_unit_there_is_no_journal(podman: FakePodman) -> None:
    host = PodmanLogs(podman.url)
    app = make_app(host)
    podman.routes[LOGS] = raw(HEAD + END)
    async with app.run_test(size=SIZE) as pilot:
        instance = await postgres(pilot, app, host)
        assert instance.container is not None
        await opened(pilot, app, replace(instance, container=replace(instance.container, unit="")))
        await pilot.press("u")
        await until(pilot, lambda: "No systemd unit manages it" in screen_text(app))


async def test_several_logs_are_one_by_time_and_a_member_that_is_removed_says_so() -> None:
    host = ScriptedLogs()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        one, two = named(host, "postgres"), named(host, "redis")
        screen = await opened(pilot, app, one, two)
        host.queue(two.id).put_nowait([(11.0, False, b"second"), (13.0, False, b"fourth")])
        host.queue(one.id).put_nowait([(10.0, False, b"first"), (12.0, False, b"third"), (14.0, False, b"fifth")])
        await until(pilot, lambda: "fifth" in screen_text(app))
        rows = [
            line.split()
            for line in screen_text(app).splitlines()
            if line.split()[-1:] and line.split()[-1].endswith(("st", "nd", "rd", "th"))
        ]
        assert [row[:2] for row in rows] == [
            ["postgres", "first"],
            ["redis", "second"],
            ["postgres", "third"],
            ["redis", "fourth"],
            ["postgres", "fifth"],
        ]
        roles = {piece.text.strip(): piece.role for row in screen._log._pane.rows for piece in row.pieces[:1]}
        assert roles["postgres"].startswith("source-")
        assert roles["redis"].startswith("source-")

        host.queue(one.id).put_nowait(None)
        host.change = lambda view: without(view, one)
        await until(pilot, lambda: screen._readers[0].has_ended)
        host.step()
        await until(pilot, lambda: "postgres was removed" in screen_text(app))
        host.queue(two.id).put_nowait([(15.0, False, b"goes on")])
        await until(pilot, lambda: "goes on" in screen_text(app))
        host.step()
        assert screen_text(app).count("postgres was removed") == 1


def without(view: HostView, instance: Instance) -> HostView:
    return replace(view, instances=tuple(one for one in view.instances if one.instance.id != instance.id))


async def test_a_log_goes_on_where_it_was_when_its_engine_comes_back() -> None:
    host = ScriptedLogs()
    app = LogApp()
    said: list[str] = []
    target = InstanceId("host", "podman", "one")
    async with app.run_test(size=(60, 10)):
        for item in (
            [(10.0, False, b"a"), (11.0, False, b"b"), (11.0, False, b"b")],
            EngineLost("x", "It broke."),
            EngineAbsent("x", "Nothing listens."),
            [(11.0, False, b"b"), (11.0, False, b"b"), (11.0, False, b"b"), (12.0, False, b"c")],
            NotFound("x", "It is no longer there."),
        ):
            host.queue(target).put_nowait(item)
        reader = LogReader(
            "one", target, host.read_log, app.view, say=lambda _name, text: said.append(text), first_delay_seconds=0.0
        )
        reader.start(LogRequest())
        await widget_until(lambda: reader.has_ended and app.view.is_settled)
        assert [text for _, text in app.view.store.texts(0)] == [b"a", b"b", b"b", b"b", b"c"]
    since = LogRequest(since_utc_seconds=11 - 1e-6, tail=None)
    assert [request for _, request in host.asked] == [LogRequest(), since, since]
    assert [text for text in said if text] == [
        "It broke. It is tried again.",
        "Nothing listens. It is tried again.",
        "It is no longer there.",
    ]


@pytest.mark.parametrize(
    ("pane", "name", "kind"),
    [("1", "postgres", "log"), ("2", "gitlab", "log of QEMU"), ("3", "postgres", "log"), ("i", "postgres", "log")],
)
async def test_the_log_opens_from_every_pane_and_from_details(pane: str, name: str, kind: str) -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        await pilot.press("3" if pane == "i" else pane)
        await pilot.pause()
        app.screen.pane.table.move_cursor(named(host, name).key)  # type: ignore[attr-defined]
        await pilot.pause()
        if pane == "i":
            await pilot.press("i")
            await until(pilot, lambda: type(app.screen).__name__ == "DetailsScreen")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await until(pilot, lambda: f"{name}  {kind}" in screen_text(app))
        await until(pilot, lambda: "y copy" in screen_text(app).splitlines()[-1])


async def test_a_pod_has_one_log_of_its_members() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("3")
        await pilot.pause()
        assert host.view is not None
        pod = host.view.pods[0]
        instances = [one.instance for one in host.view.instances if one.instance.key in pod.member_ids]
        members = {one.name for one in instances if one.container is not None and not one.container.is_infra}
        assert len(members) > 1
        assert app.screen.pane.table.move_cursor(pod.key)  # type: ignore[attr-defined]
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        assert isinstance(app.screen, LogScreen)
        log = app.screen._log
        await until(pilot, lambda: set(log.store.sources) == members and log.is_settled)
        times = [log.store[number].utc_seconds or 0.0 for number in range(log.store.first, log.store.end)]
        assert times == sorted(times)


async def test_the_memory_of_a_log_is_the_persons_choice() -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        app.log_memory_mib = 3
        await pilot.press("3", "l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        assert isinstance(app.screen, LogScreen)
        assert app.screen._log.store.max_bytes == 3 << 20
