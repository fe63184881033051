"""Chunks and frames in whatever pieces they arrive, and what becomes of a broken exchange."""

import asyncio
import random

import pytest

from tests.unit.podman_fake import hang, raw, reply, serving
from tui.domain.errors import EngineAbsent, EngineError, EngineLost, EngineTimeout, NotFound
from tui.engines.podman.frames import Frames
from tui.engines.podman.wire import Chunks, Wire, ask, exists, parse_head, upgrade


def pieces(data: bytes, seed: int) -> list[bytes]:
    chance = random.Random(seed)  # noqa: S311 - where the network cuts
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(min(20, len(data))))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def frame(kind: int, text: bytes) -> bytes:
    return bytes([kind, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


@pytest.mark.parametrize("seed", range(30))
def test_chunks_are_taken_off_wherever_they_are_cut(seed: int) -> None:
    chunks = Chunks()
    wire = b"5\r\nhello\r\n1;ext=1\r\n \r\nA\r\nworld\r\n\r\nx\r\n0\r\n\r\n"
    assert b"".join(chunks.feed(piece) for piece in pieces(wire, seed)) == b"hello world\r\n\r\nx"
    assert chunks.done


@pytest.mark.parametrize("nonsense", [b"zz\r\n", b"7" * 5000])
def test_what_is_not_chunked_is_said(nonsense: bytes) -> None:
    with pytest.raises(ValueError, match=r"chunk|invalid literal"):
        Chunks().feed(nonsense)


@pytest.mark.parametrize("seed", range(30))
def test_frames_come_apart_wherever_they_are_cut(seed: int) -> None:
    frames = Frames()
    wire = frame(1, b"out one") + frame(2, b"error") + frame(1, b"") + frame(1, "half ä".encode())
    parts = [part for piece in pieces(wire, seed) for part in frames.feed(piece)]
    assert b"".join(part.data for part in parts if not part.is_error) == "out onehalf ä".encode()
    assert b"".join(part.data for part in parts if part.is_error) == b"error"
    assert [part.first for part in parts].count(True) == [part.last for part in parts].count(True) == 4


@pytest.mark.parametrize("nonsense", [b"Error: no\n", frame(9, b"x"), b"\x01\0\0\0\xff\xff\xff\xff"])
def test_what_are_no_frames_is_said(nonsense: bytes) -> None:
    with pytest.raises(ValueError, match="out of step"):
        Frames().feed(nonsense)


def test_a_head_is_read_or_refused() -> None:
    assert parse_head(b"HTTP/1.1 200 OK\r\nA-B:  c \r\n\r\n") == (200, {"a-b": "c"})
    for bad in (b"SSH-2.0\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"):
        with pytest.raises(ValueError, match=r"no HTTP|invalid literal"):
            parse_head(bad)


async def test_one_question_and_its_failures() -> None:
    async with serving() as fake:
        fake.routes |= {
            "fine": reply({"a": 1}),
            "chunked": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            "broken": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"),
            "cut": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab"),
            "dead": raw(b""),
            "noise": raw(b"220 mail ready\r\n\r\n"),
            "endless": raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 60_000),
            "hung": hang,
        }
        assert (await ask(fake.url, "GET", "fine")).json() == {"a": 1}
        assert (await ask(fake.url, "GET", "chunked")).json() == {}
        for path in ("broken", "cut", "dead", "noise", "endless"):
            with pytest.raises(EngineLost):
                await ask(fake.url, "GET", path)
        with pytest.raises(NotFound):
            await ask(fake.url, "GET", "nothing")
        with pytest.raises(EngineTimeout):
            await ask(fake.url, "GET", "hung", timeout=0.05)
        url = fake.url
    with pytest.raises(EngineAbsent):
        await ask(url, "GET", "fine")


async def test_head_requests_and_refused_upgrades() -> None:
    async with serving() as fake:
        fake.routes |= {
            "there": raw(b"HTTP/1.1 200 OK\r\nX-Fact: 1\r\n\r\n"),
            "gone": raw(b"HTTP/1.1 404 No\r\nContent-Length: 91\r\n\r\n"),
            "bad": raw(b"HTTP/1.1 500 No\r\n\r\n"),
            "no-stream": reply({}),
        }
        assert (await exists(fake.url, "there") or {})["x-fact"] == "1"
        assert await exists(fake.url, "gone") is None
        with pytest.raises(EngineError, match="500"):
            await exists(fake.url, "bad")
        with pytest.raises(EngineError, match="200"):
            await upgrade(fake.url, "no-stream")


async def test_a_wire_over_tcp() -> None:
    served = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reply({"over": "tcp"})(writer)
        writer.close()
        served.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert (await ask(f"tcp://127.0.0.1:{port}", "GET", "x")).json() == {"over": "tcp"}
        await served.wait()


async def test_closing_frees_whoever_reads() -> None:
    async with serving() as fake:
        wire = await Wire.connect(fake.url)
        reading = asyncio.create_task(wire.read())
        await asyncio.sleep(0)
        wire.close()
        assert await reading == b""
