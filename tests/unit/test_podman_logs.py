"""A container's log: frames to lines, and a service that stalls, stops or breaks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.unit.podman_fake import FakePodman, Route, Writer, hang, raw, reply, serving
from tests.unit.test_podman_sessions_wire import frame, pieces
from tui.domain.errors import EngineError, EngineLost, EngineTimeout, NotFound
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman.log_lines import MOST_LINE_BYTES, LogLines, parse_time
from tui.engines.podman.logs import parameters, read_log

TIME, SECONDS = b"2026-11-24T07:09:19Z", 1795504159.0
LOGS = "containers/one/logs"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
FOLLOWED = LogRequest(tail=None)


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        yield fake


def entry(text: bytes, kind: int = 1, time: bytes = TIME) -> bytes:
    return frame(kind, time + b" " + text)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def log(fake: FakePodman, *entries: bytes, end: bytes = END) -> None:
    fake.routes[LOGS] = raw(HEAD + b"".join(map(chunk, entries)) + end)


async def read(fake: FakePodman, request: LogRequest | None = None, **options: Any) -> list[LogChunk]:
    return [part async for part in read_log(fake.url, "one", "web", request or LogRequest(follow=False), **options)]


def lines(parts: list[LogChunk]) -> list[tuple[float | None, bool, bytes]]:
    return [line for part in parts for line in part.lines]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (b"1970-01-01T00:00:10Z", 10.0),
        (b"1970-01-01T00:00:10.5Z", 10.5),
        (b"1970-01-01T00:00:10.123456789Z", 10.123456789),
        (b"1970-01-01T02:00:10+02:00", 10.0),
        (b"1970-01-01T00:00:10", None),
        (b"1970-13-01T00:00:10Z", None),
        (b"hello", None),
        (b"", None),
    ],
)
def test_times(text: bytes, seconds: float | None) -> None:
    assert parse_time(text) == (pytest.approx(seconds) if seconds is not None else None)


@pytest.mark.parametrize("seed", range(30))
def test_lines_whatever_pieces_they_arrive_in(seed: int) -> None:
    wire = (
        entry(b"one\n")
        + entry(b"err \xff\xc3\n", 2)
        + entry(b"par")
        + entry(b"error between\n", 2)
        + entry(b"tial\r\n", time=b"2026-11-24T07:09:25Z")
        + entry(b"\n")
        + entry(b"[bold]\x1b[31m a\nb\n")
        + entry(b"prompt> ")
    )
    taker = LogLines()
    got = [line for piece in pieces(wire, seed) for line in taker.feed(piece)] + taker.rest()
    assert got == [
        (SECONDS, False, b"one"),
        (SECONDS, True, b"err \xff\xc3"),
        (SECONDS, True, b"error between"),
        (SECONDS, False, b"partial"),
        (SECONDS, False, b""),
        (SECONDS, False, b"[bold]\x1b[31m a"),
        (SECONDS, False, b"b"),
        (SECONDS, False, b"prompt> "),
    ]
    assert not taker.holds_some


def test_a_frame_without_a_time_is_text() -> None:
    assert LogLines().feed(frame(1, b"no time here\n") + frame(1, b"word\n")) == [
        (None, False, b"no time here"),
        (None, False, b"word"),
    ]


def test_a_line_above_one_mebibyte_is_cut_and_nothing_is_lost() -> None:
    taker = LogLines()
    text = b"x" * 8000
    got = [line for _ in range(400) for line in taker.feed(entry(text))] + taker.feed(entry(b"end\n"))
    assert [len(line) for _, _, line in got] == [MOST_LINE_BYTES] * 3 + [400 * 8000 + 3 - 3 * MOST_LINE_BYTES]
    assert {seconds for seconds, _, _ in got} == {SECONDS}


def test_parameters() -> None:
    assert parameters(LogRequest(tail=None, follow=False)) == {
        "stdout": True,
        "stderr": True,
        "timestamps": True,
        "follow": False,
        "tail": "all",
    }
    assert parameters(LogRequest(since_utc_seconds=1.5, tail=0))["since"] == "1.500000000"
    assert parameters(LogRequest(tail=0))["tail"] == "0"


async def test_a_whole_log(podman: FakePodman) -> None:
    log(podman, entry(b"one\n"), entry(b"two\n", 2), entry(b"last"))
    parts = await read(podman)
    assert lines(parts) == [(SECONDS, False, b"one"), (SECONDS, True, b"two"), (SECONDS, False, b"last")]
    assert {part.source for part in parts} == {"web"}
    assert podman.asked == [f"GET {LOGS}?stdout=true&stderr=true&timestamps=true&follow=false&tail=1000"]


async def test_an_empty_log(podman: FakePodman) -> None:
    podman.routes[LOGS] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", then_close=False)
    assert await read(podman) == []


@pytest.mark.parametrize(
    ("route", "error", "words"),
    [
        (reply({"cause": "no such container", "message": "x", "response": 404}, 404), NotFound, "no longer there"),
        (reply({"message": "failed: this container is not logging output"}, 500), EngineError, "keeps no log"),
        (reply({"message": "disk on fire"}, 500), EngineError, "disk on fire"),
        (raw(HEAD + chunk(b"Error: what is this\n") + END), EngineLost, "out of step"),
        (raw(HEAD + chunk(entry(b"one\n"))), EngineLost, "closed the connection"),
        (raw(b""), EngineLost, "closed the connection"),
    ],
)
async def test_failures(podman: FakePodman, route: Route, error: type[EngineError], words: str) -> None:
    podman.routes[LOGS] = route
    with pytest.raises(error, match=words):
        await read(podman)


def answers(*bodies: list[bytes]) -> Route:
    """Answer the first request with the first frames, and so on."""
    left = [HEAD + b"".join(map(chunk, frames)) + END for frames in bodies]

    async def write(writer: Writer) -> None:
        await raw(left.pop(0))(writer)

    return write


def at(second: int, text: bytes, kind: int = 1, fraction: bytes = b"") -> bytes:
    return entry(text, kind, b"2026-11-24T07:09:%02d%sZ" % (second, fraction))


@pytest.mark.parametrize("fraction", [b"", b".123456789"])
async def test_the_last_lines_are_taken_up_to_a_second_and_what_follows_from_there(
    podman: FakePodman, fraction: bytes
) -> None:
    known = [at(18, b"a\n"), at(18, b"b\n", 2), at(19, b"c\n", fraction=fraction), at(19, b"be")]
    busy = [at(20, b"gin\n", fraction=fraction), at(20, b"d\n"), at(20, b"d\n"), at(20, b"e\n", 2)]
    podman.routes[LOGS] = answers(
        [at(20, b"d\n", fraction=fraction)],
        [*known, *busy[:3]],
        [known[-1], *busy, at(19, b"a clock set back\n"), at(21, b"f\n")],
    )
    got = lines(await read(podman, LogRequest(tail=5)))
    assert [text for _, _, text in got] == [b"a", b"b", b"c", b"begin", b"d", b"d", b"e", b"a clock set back", b"f"]
    asked = [request.partition("?")[2] for request in podman.asked if LOGS in request]
    common = "stdout=true&stderr=true&timestamps=true"
    assert asked == [
        f"{common}&follow=false&tail=1",
        f"{common}&follow=false&tail=5",
        f"{common}&follow=true&tail=all&since={SECONDS + 1 - 1e-6:.9f}",
    ]


async def test_following_a_log_without_a_line_begins_with_its_first(podman: FakePodman) -> None:
    podman.routes[LOGS] = answers([], [at(20, b"first\n")])
    assert [text for _, _, text in lines(await read(podman, LogRequest(tail=5)))] == [b"first"]
    asked = [request for request in podman.asked if LOGS in request]
    assert asked[1].endswith("follow=true&tail=all")


def states(*several: str, driver: str = "journald") -> Route:
    """Answer what an inspection tells, each status once and the last for ever."""
    left = list(several)

    async def write(writer: Writer) -> None:
        status = left.pop(0) if len(left) > 1 else left[0]
        document = {"State": {"Status": status}, "HostConfig": {"LogConfig": {"Type": driver}}}
        await reply(document)(writer)

    return write


def queries(fake: FakePodman) -> list[str]:
    """Return what was asked of the log, beyond what is always asked."""
    asked = [request for request in fake.asked if LOGS in request]
    return [request.removeprefix(f"GET {LOGS}?stdout=true&stderr=true&timestamps=true&") for request in asked]


@pytest.mark.parametrize("fraction", [b"", b".123456789"])
async def test_a_journal_whose_answers_end_early_is_read_on_while_the_container_runs(
    podman: FakePodman, fraction: bytes
) -> None:
    """As Podman 4.3 does: each answer gives what there is, and ends; the last one when the container has stopped."""
    whole = [at(18, b"a\n"), at(19, b"b\n", 2), at(20, b"c\n", fraction=fraction), at(20, b"c\n"), at(20, b"beg")]
    whole += [at(20, b"un\n"), at(20, b"c\n"), at(22, b"d\n", 2), at(23, b"e\n")]
    podman.routes["containers/one/json"] = states("running", "running", "running", "paused", "exited")
    podman.routes[LOGS] = answers(whole[:5], whole[2:5], whole[2:7], whole[2:8], whole[7:])
    got = lines(await read(podman, LogRequest(tail=5), pause_seconds=0.01))
    assert [text for _, _, text in got] == [b"a", b"b", b"c", b"c", b"beg", b"un", b"c", b"d", b"e"]
    since = [f"tail=all&since={SECONDS + later - 1e-6:.9f}" for later in (1, 1, 1, 3)]
    assert queries(podman) == [
        "follow=true&tail=5",
        *(f"follow=true&{query}" for query in since[:3]),
        f"follow=false&{since[3]}",
    ]


async def test_a_line_whose_end_comes_with_the_next_answer_is_one_line(podman: FakePodman) -> None:
    podman.routes["containers/one/json"] = states("running", "exited")
    podman.routes[LOGS] = answers(
        [at(20, b"one "), at(20, b"x\n", 2)], [at(20, b"one "), at(20, b"x\n", 2), at(21, b"two\n")], []
    )
    got = lines(await read(podman, FOLLOWED, pause_seconds=0.01))
    assert [text for _, _, text in got] == [b"x", b"one two"]


async def test_a_journal_from_now_on_is_read_on_from_the_beginning_of_reading(podman: FakePodman) -> None:
    podman.routes["containers/one/json"] = states("running", "exited")
    podman.routes[LOGS] = answers([], [at(20, b"first\n")], [at(20, b"first\n")])
    assert [text for _, _, text in lines(await read(podman, LogRequest(tail=0), pause_seconds=0.01))] == [b"first"]
    first, second, _ = queries(podman)
    assert first == "follow=true&tail=0"
    assert second.startswith("follow=true&tail=all&since=")


async def test_a_log_whose_container_is_removed_ends(podman: FakePodman) -> None:
    podman.routes[LOGS] = answers([at(20, b"last\n")])
    assert [text for _, _, text in lines(await read(podman, FOLLOWED))] == [b"last"]


def held(until: asyncio.Event, first: bytes, then: bytes) -> Route:
    async def write(writer: Writer) -> None:
        writer.write(first)
        await writer.drain()
        await until.wait()
        writer.write(then)
        await writer.drain()

    return write


async def test_following_shows_a_prompt_without_an_end_of_line(podman: FakePodman) -> None:
    more = asyncio.Event()
    podman.routes[LOGS] = held(more, HEAD + chunk(entry(b"login: ")), chunk(entry(b"root\n")) + END)
    got: list[bytes] = []
    async for part in read_log(podman.url, "one", "web", FOLLOWED, quiet_seconds=0.01):
        got += [text for _, _, text in part.lines]
        more.set()
    assert got == [b"login: ", b"root"]


@pytest.mark.parametrize("first", [b"", HEAD])
async def test_a_silent_log_goes_on_while_the_service_lives(podman: FakePodman, first: bytes) -> None:
    more = asyncio.Event()
    podman.routes[LOGS] = held(more, first, (b"" if first else HEAD) + chunk(entry(b"late\n")) + END)
    reading = asyncio.create_task(read(podman, FOLLOWED, doubt_seconds=0.2))
    await podman.until_asked("GET _ping", times=2)
    more.set()
    assert lines(await reading) == [(SECONDS, False, b"late")]


@pytest.mark.parametrize("ping", [hang, raw(b"")])
async def test_a_silent_log_of_a_dead_service_ends_with_its_sentence(podman: FakePodman, ping: Route) -> None:
    podman.routes |= {LOGS: hang, "_ping": ping}
    with pytest.raises((EngineTimeout, EngineLost)):
        await read(podman, FOLLOWED, doubt_seconds=0.2)


async def test_leaving_closes_the_connection(podman: FakePodman) -> None:
    podman.routes[LOGS] = held(asyncio.Event(), HEAD + chunk(entry(b"one\n")), b"")
    reading = read_log(podman.url, "one", "web", FOLLOWED)
    assert (await anext(reading)).lines == ((SECONDS, False, b"one"),)
    (reader,) = podman.readers.values()
    await reading.aclose()  # type: ignore[attr-defined]
    assert await reader.read() == b""
