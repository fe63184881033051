"""Logs of real containers: whole, the last lines, since, following over stops, and a service that dies."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult

from tests.live.harness.podman import PodmanHost
from tests.live.harness.waiting import wait_until
from tests.live.test_podman_sessions import DEADLINE_SECONDS, cli, engine_at, id_of, start, until
from tui.domain.errors import EngineError, EngineLost, EngineTimeout, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman import PodmanEngine
from tui.engines.podman.logs import read_log
from tui.screens.log_reader import LogReader
from widgets.log_view import LogView

WHOLE = LogRequest(tail=None, follow=False)
TICKING = ("sh", "-c", "n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.05; done")
# some thousand lines a second, in turn to both streams
FAST = (
    "sh",
    "-c",
    "n=0; while [ $n -lt 200000 ]; do for i in 1 2 3 4 5 6 7 8 9 10; do"
    " echo $((n+1)); echo $((n+2)) >&2; n=$((n+2)); done; usleep 2000; done; sleep 1000",
)
FAST_TO_ONE = (
    "sh",
    "-c",
    "n=0; while [ $n -lt 200000 ]; do for i in 1 2 3 4 5 6 7 8 9 10; do n=$((n+1)); echo $n; done; usleep 4000; done;"
    " sleep 1000",
)

Lines = list[tuple[float | None, bool, bytes]]


async def read(engine: PodmanEngine, target: InstanceId, request: LogRequest = WHOLE) -> Lines:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return [line async for chunk in engine.read_log(target, request) for line in chunk.lines]


def texts(lines: Lines) -> list[bytes]:
    return [text for _, _, text in lines]


async def ended(host: PodmanHost, name: str, script: str, *options: str) -> InstanceId:
    one = await start(host, name, "sh", "-c", script, options=list(options))
    await asyncio.to_thread(host.wait_state, name, "exited")
    return one


async def next_lines(log: AsyncIterator[LogChunk], count: int) -> Lines:
    got: Lines = []
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(got) < count:
            got += (await anext(log)).lines
    return got


async def drain(log: AsyncIterator[LogChunk]) -> Lines:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return [line async for chunk in log for line in chunk.lines]


async def test_a_whole_log_with_times_streams_and_every_byte(clean_podman: PodmanHost) -> None:
    before = time.time()
    script = r"echo one; echo err >&2; printf '\033[31m[bold]\033[0m \303\n'; "
    script += r"head -c 20000 /dev/zero | tr '\0' a; echo .; printf last"
    one = await ended(clean_podman, "one", script)
    async with engine_at(clean_podman) as engine:
        lines = await read(engine, one)
    assert [text for _, is_error, text in lines if is_error] == [b"err"]
    expected = [b"one", b"\x1b[31m[bold]\x1b[0m \xc3", b"a" * 20000 + b".", b"last"]
    assert [text for _, is_error, text in lines if not is_error] == expected
    assert all(seconds is not None and before - 1 <= seconds <= time.time() for seconds, _, _ in lines)


async def test_a_terminals_lines_and_a_line_above_a_megabyte(clean_podman: PodmanHost) -> None:
    tty = await ended(clean_podman, "tty", "echo one; echo two >&2", "-t")
    long = await ended(clean_podman, "long", "head -c 2500000 /dev/zero | tr '\\0' a; echo; echo end")
    async with engine_at(clean_podman) as engine:
        assert texts(await read(engine, tty)) == [b"one", b"two"]
        *pieces, last = texts(await read(engine, long))
    assert [len(piece) for piece in pieces] == [1 << 20, 1 << 20, 2500000 - (2 << 20)]
    assert last == b"end"


async def test_tail_and_since(clean_podman: PodmanHost) -> None:
    one = await ended(clean_podman, "one", "seq 1 100; sleep 2.1; seq 101 110")
    async with engine_at(clean_podman) as engine:
        assert texts(await read(engine, one, LogRequest(tail=3, follow=False))) == [b"108", b"109", b"110"]
        assert await read(engine, one, LogRequest(tail=0, follow=False)) == []
        last, _, _ = (await read(engine, one))[-1]
        assert last is not None
        since = LogRequest(since_utc_seconds=last - 0.5, tail=None, follow=False)
        assert texts(await read(engine, one, since)) == [b"%d" % number for number in range(101, 111)]


async def test_following_until_it_stops_and_going_on_after_a_start(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", *TICKING)
    async with engine_at(clean_podman) as engine:
        log = engine.read_log(one, LogRequest(tail=2))
        first = texts(await next_lines(log, 5))
        number = int(first[0].split()[1])
        assert first == [b"tick %d" % (number + more) for more in range(len(first))]
        await cli(clean_podman, "kill", "one")
        rest = await drain(log)
        last = rest[-1] if rest else None
        stopped = time.time()
        await cli(clean_podman, "start", "one")
        again = engine.read_log(one, LogRequest(since_utc_seconds=stopped, tail=None))
        assert texts(await next_lines(again, 3))[:3] == [b"tick 1", b"tick 2", b"tick 3"]
        await cli(clean_podman, "rm", "--force", "--time", "0", "one")
        await drain(again)
        assert last is None or last[2].startswith(b"tick")
        with pytest.raises(NotFound):
            await read(engine, one)


async def test_following_from_now_on(clean_podman: PodmanHost) -> None:
    options = ["-i"]
    one = await start(
        clean_podman, "one", "sh", "-c", "echo before; mkfifo /tmp/f; while :; do cat /tmp/f; done", options=options
    )
    async with engine_at(clean_podman) as engine:
        log = engine.read_log(one, LogRequest(tail=0))
        waiting = asyncio.create_task(next_lines(log, 1))
        while not waiting.done():  # the first is written again until the service follows
            await cli(clean_podman, "exec", "one", "sh", "-c", "echo after > /tmp/f")
        assert texts(await waiting)[0] == b"after"
        await cli(clean_podman, "kill", "one")
        await drain(log)


async def test_no_log_and_nothing_yet(clean_podman: PodmanHost) -> None:
    none = await start(clean_podman, "none", options=["--log-driver", "none"])
    quiet = await start(clean_podman, "quiet")
    made = id_of((await cli(clean_podman, "create", "--name", "made", clean_podman.image)).strip())
    async with engine_at(clean_podman) as engine:
        with pytest.raises(EngineError, match="keeps no log"):
            await read(engine, none)
        assert await read(engine, quiet) == []
        assert await read(engine, made, LogRequest()) == []


@pytest.mark.parametrize("how", ["kill", "hang"])
async def test_a_lost_service_ends_the_log_with_its_sentence(clean_podman: PodmanHost, how: str) -> None:
    one = await start(clean_podman, "one", *TICKING)
    log = read_log(clean_podman.url, one.local, "one", LogRequest(), doubt_seconds=1.0)
    await next_lines(log, 3)
    await asyncio.to_thread(clean_podman.kill_service if how == "kill" else clean_podman.hang_service)
    with pytest.raises((EngineLost, EngineTimeout)):
        await drain(log)


async def test_nothing_is_lost_or_doubled_where_the_last_lines_meet_what_follows(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", *FAST)
    async with engine_at(clean_podman) as engine:
        for tail in (1, 10, 100, 1000, 1000):
            log = engine.read_log(one, LogRequest(tail=tail))
            lines = await next_lines(log, tail + 1500)
            await log.aclose()  # type: ignore[attr-defined]
            for to_stderr in (False, True):  # the order between the two is lost in conmon
                numbers = [int(text) for _, is_error, text in lines if is_error == to_stderr]
                assert len(numbers) > 100
                assert numbers == list(range(numbers[0], numbers[0] + 2 * len(numbers), 2))


async def test_the_last_lines_of_a_quiet_log_are_no_more_than_asked_for(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", "sh", "-c", "seq 1 50; sleep 2.1; seq 51 53; sleep 1000")
    await asyncio.to_thread(wait_until, lambda: "53" in clean_podman.cli("logs", "one"), "all is written")
    async with engine_at(clean_podman) as engine:
        log = engine.read_log(one, LogRequest(tail=7))
        assert texts(await next_lines(log, 7)) == [b"%d" % number for number in range(47, 54)]
        await log.aclose()  # type: ignore[attr-defined]


class LogApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = LogView()

    def compose(self) -> ComposeResult:
        yield self.view

    def shown(self) -> list[bytes]:
        return [text for _, text in self.view.store.texts(0)]


@asynccontextmanager
async def followed(
    engine: PodmanEngine, target: InstanceId, tail: int = 1000
) -> AsyncIterator[tuple[LogApp, LogReader]]:
    app = LogApp()
    async with app.run_test():
        reader = LogReader("one", target, engine.read_log, app.view, say=lambda _name, _text: None)
        reader.start(LogRequest(tail=tail))
        try:
            yield app, reader
        finally:
            reader.stop()


async def has_grown(app: LogApp) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        wanted = len(app.view.store) + 1000
        while len(app.view.store) < wanted:  # noqa: ASYNC110 - lines come on the loop
            await asyncio.sleep(0.02)


async def test_a_service_that_is_killed_and_comes_back_costs_no_line(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", *FAST_TO_ONE)
    async with engine_at(clean_podman) as engine, followed(engine, one) as (app, _):
        for _ in range(2):
            await has_grown(app)
            await asyncio.to_thread(clean_podman.kill_service)
            await asyncio.to_thread(clean_podman.start_service)
        await has_grown(app)
        numbers = [int(text) for text in app.shown()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_a_container_that_is_started_again_goes_on_in_its_log(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", *FAST_TO_ONE)
    async with engine_at(clean_podman) as engine, followed(engine, one) as (app, reader):
        for _ in range(2):
            await has_grown(app)
            await cli(clean_podman, "stop", "--time", "0", "one")
            await until(lambda: reader.has_ended, "the log has ended")
            await cli(clean_podman, "start", "one")
            reader.go_on()
        await has_grown(app)
        shown = app.shown()
    written = (await cli(clean_podman, "logs", "one")).encode().split()
    assert shown[0] == b"1" or shown[0] in written
    assert shown == written[written.index(shown[0]) :][: len(shown)]
    assert shown.count(b"1") in {2, 3}


async def test_a_big_log_arrives_whole(clean_podman: PodmanHost) -> None:
    one = await ended(clean_podman, "one", "seq 1 60000")
    async with engine_at(clean_podman) as engine:
        assert texts(await read(engine, one)) == [b"%d" % number for number in range(1, 60001)]
