"""Webhook and command, against a real server and real programs that misbehave."""

import asyncio
import contextlib
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from tui.notify.program import Program
from tui.notify.settings import NotifySettings
from tui.notify.webhook import Webhook

DEADLINE_SECONDS = 10.0
BODY = b'{"version": 1}'

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach the server of the test itself, whatever proxy this machine has."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def server(answer: Answer, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve on loopback; gives the address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            await answer(head + await reader.readexactly(length), writer)
        writer.close()

    serving = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = serving.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{port}/s3cret"
    finally:
        serving.close()


def answering(text: str, seen: list[bytes] | None = None) -> Answer:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        if seen is not None:
            seen.append(request)
        writer.write(text.encode())
        await writer.drain()

    return answer


def status(code: int, more: str = "") -> str:
    return f"HTTP/1.1 {code} Words\r\nContent-Length: 0\r\n{more}\r\n"


async def posted(url: str, *, deadline: float = DEADLINE_SECONDS, context: ssl.SSLContext | None = None) -> tuple[
    bool, str, bool
]:  # fmt: skip
    headers = MappingProxyType({"Authorization": "Bearer s3cret"})
    webhook = Webhook(NotifySettings(webhook=url, webhook_headers=headers), deadline_seconds=deadline, context=context)
    outcome = await webhook.send(BODY, {})
    webhook.close()
    assert "s3cret" not in outcome.text + webhook.shown
    return outcome.ok, outcome.text, outcome.again


async def test_json_arrives_with_its_headers() -> None:
    seen: list[bytes] = []
    async with server(answering(status(204), seen)) as url:
        assert await posted(url) == (True, "answered 204", False)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /s3cret HTTP/1.1")
    assert b"Authorization: Bearer s3cret" in head
    assert b"Content-Type: application/json" in head.replace(b"Content-type", b"Content-Type")
    assert body == BODY


@pytest.mark.parametrize(
    ("answer", "text", "again"),
    [
        (status(500), "answered 500 Internal Server Error", True),
        (status(404), "answered 404 Not Found", False),
        (status(429), "answered 429 Too Many Requests", True),
        ("rubbish\r\n\r\n", "what it answered is not HTTP", True),
        ("", "", True),
    ],
)
async def test_what_is_no_yes_is_said(answer: str, text: str, again: bool) -> None:
    async with server(answering(answer)) as url:
        ok, said, tried_again = await posted(url)
    assert (ok, tried_again) == (False, again)
    assert text in said


async def test_a_redirect_is_not_followed() -> None:
    elsewhere: list[bytes] = []
    async with server(answering(status(200), elsewhere)) as other:
        location = f"Location: {other}\r\n"
        for code in (301, 302, 307, 308):
            async with server(answering(status(code, location))) as url:
                ok, said, again = await posted(url)
            assert (ok, again) == (False, False)
            assert said == f"answered {code}, a redirect to 127.0.0.1, which is not followed: write the right address"
    assert elsewhere == []


async def test_a_server_that_hangs_or_drips_is_given_up_in_time() -> None:
    held = asyncio.Event()

    async def hang(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await held.wait()

    async def drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not held.is_set():
            writer.write(b"x")
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await held.wait()

    for answer in (hang, drip):
        held.clear()
        async with server(answer) as url:
            ok, said, again = await posted(url, deadline=0.3)
            held.set()
        assert (ok, again) == (False, True)
        assert "no answer" in said


async def test_nobody_listens() -> None:
    async with server(answering("")) as url:
        pass
    assert await posted(url) == (False, "Connection refused", True)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for 127.0.0.1 that nobody trusts."""
    path = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path, "-out", tmp_path / "cert.pem",
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
    return path


async def test_certificates_are_checked(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with server(answering(status(200)), context) as url:
        ok, said, again = await posted(url)
        assert (ok, again) == (False, False)
        assert said.startswith("its certificate is not trusted: self")
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert await posted(url, context=trusting) == (True, "answered 200", False)


# Commands


async def ran(*command: str, deadline: float = DEADLINE_SECONDS, **environment: str) -> tuple[bool, str, bool]:
    outcome = await Program(NotifySettings(command=command), deadline_seconds=deadline).send(BODY, environment)
    return outcome.ok, outcome.text, outcome.again


async def test_a_program_gets_json_and_environment_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = (
        "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + os.environ['HOSTDECK_TITLE'] + sys.argv[2])"
    )
    done = await ran(sys.executable, "-c", script, str(out), "$(id); *", HOSTDECK_TITLE="t")
    assert done == (True, "ended with exit code 0", False)
    assert out.read_text() == BODY.decode() + "t$(id); *"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("/bin/sh", "-c", "echo one; echo 'no \x1b[2Jroute' >&2; exit 7"), "ended with exit code 7: no \\x1b[2Jroute"),
        (("/bin/sh", "-c", "kill -TERM $$"), "was ended by signal 15"),
        (("/nowhere/to/be/found",), "could not be started: No such file or directory"),
        (("/etc/passwd",), "could not be started: Permission denied"),
        (("/bin/sh", "-c", "head -c 3000000 /dev/zero; exit 1"), "ended with exit code 1"),
    ],
)
async def test_a_program_that_fails_says_why(command: tuple[str, ...], text: str) -> None:
    ok, said, again = await ran(*command)
    assert (ok, again) == (False, False)
    assert said.startswith(text)
    assert len(said) < 300


async def test_a_program_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    ok, said, _ = await ran("/bin/sh", "-c", f"sleep 600 & echo $! > {child}; wait", deadline=1.0)
    assert (ok, said) == (False, "killed after 1 s: it did not end")
    await gone(int(child.read_text()))


async def test_a_child_that_holds_the_pipe_open_keeps_nobody(tmp_path: Path) -> None:
    child = tmp_path / "child"
    assert (await ran("/bin/sh", "-c", f"sleep 600 & echo $! > {child}"))[0]
    await gone(int(child.read_text()))


async def gone(pid: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while is_alive(pid):  # noqa: ASYNC110 - the kernel makes it true
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


async def test_a_program_that_reads_nothing_is_no_failure() -> None:
    outcome = await Program(NotifySettings(command=("/bin/true",))).send(b"x" * 1_000_000, {})
    assert outcome.ok


async def test_a_cancelled_program_is_ended(tmp_path: Path) -> None:
    child = tmp_path / "child"
    task = asyncio.ensure_future(ran("/bin/sh", "-c", f"echo $$ > {child}; exec sleep 600"))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not child.exists() or not child.read_text().strip():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await gone(int(child.read_text()))
