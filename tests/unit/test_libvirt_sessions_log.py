"""A guest's log: growing, cut, replaced, not for everyone."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.session import LogChunk, LogRequest
from tui.engines.libvirt.guest_log import log_paths, read_log, time_of
from tui.engines.libvirt.log_lines import MOST_LINE_BYTES, READ_BYTES, GrowingFile
from tui.engines.libvirt.target import Target, parse_uri

STARTED = b"2024-05-01 10:00:00.500+0000: starting up libvirt version: 9.0.0"
QEMU = b"2024-05-01T10:00:01.250000Z qemu-system-x86_64: terminating on signal 15"
AT = 1714557600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "guest.log"


def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Target, Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "libvirt" / "qemu" / "log"
    folder.mkdir(parents=True)
    return parse_uri("qemu:///session"), folder / "guest.log"


async def lines_of(chunks: AsyncIterator[LogChunk]) -> list[bytes]:
    return [line async for chunk in chunks for _, _, line in chunk.lines]


@pytest.mark.parametrize(
    ("line", "when"),
    [
        (STARTED, AT + 0.5),
        (QEMU, AT + 1.25),
        (b"2024-05-01 10:00:00+0000: x", AT),
        (b"2024-99-99 10:00:00.5+0000: x", None),
        (b"LC_ALL=C \\", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_times(line: bytes, when: float | None) -> None:
    assert time_of(line) == when


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, []), (1, [b"c"]), (2, [b"b", b"c"]), (3, [b"a", b"b", b"c"]), (9, [b"a", b"b", b"c"])],
)
@pytest.mark.parametrize("end", [b"\n", b""])
def test_last_lines(path: Path, count: int, expected: list[bytes], end: bytes) -> None:
    path.write_bytes(b"a\nb\nc" + end)
    file = GrowingFile(path)

    file.skip_to_last(count)

    assert file.more() + file.last() == expected
    file.close()


def test_last_lines_of_a_large_file(path: Path) -> None:
    lines = [b"%d" % number + b"x" * (number % 300) for number in range(20_000)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert path.stat().st_size > 3 * READ_BYTES
    for count in (1, 2_000, 7_777, 20_000):
        file = GrowingFile(path)
        file.skip_to_last(count)
        found: list[bytes] = []
        while more := file.more():
            found += more
        file.close()
        assert found == lines[-count:]


def test_a_line_that_never_ends_is_cut(path: Path) -> None:
    path.write_bytes(b"x" * (MOST_LINE_BYTES + READ_BYTES) + b"\n")
    file = GrowingFile(path)

    parts = file.more() + file.more()

    assert len(parts) == 2
    assert b"".join(parts) == b"x" * (MOST_LINE_BYTES + READ_BYTES)
    file.close()


def test_a_file_that_grows_is_cut_and_is_replaced(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"one\ntwo")
    file = GrowingFile(path)
    assert file.more() == [b"one"]
    with path.open("ab") as log:
        log.write(b" and more\nthree")
    assert file.more() == [b"two and more"]

    path.rename(tmp_path / "guest.log.0")
    assert file.more() == []
    with (tmp_path / "guest.log.0").open("ab") as log:
        log.write(b" late\n")
    path.write_bytes(b"four\n")
    assert file.more() == [b"three late"]
    assert file.more() == [b"four"]

    path.write_bytes(b"5\n")
    assert file.more() == [b"5"]
    path.unlink()
    assert file.more() == []
    file.close()


async def test_reading_without_following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, path = session(tmp_path, monkeypatch)
    path.write_bytes(b"old\n" + STARTED + b"\nLC_ALL=C \\\r\n" + QEMU + b"\nhalf \x1b[31m[red] \xff")

    chunks = [chunk async for chunk in read_log(target, "guest", LogRequest(tail=None, follow=False))]
    newer = await lines_of(read_log(target, "guest", LogRequest(since_utc_seconds=AT, follow=False)))
    newest = await lines_of(read_log(target, "guest", LogRequest(since_utc_seconds=AT + 1, follow=False)))

    assert {chunk.source for chunk in chunks} == {"guest"}
    assert [line for chunk in chunks for line in chunk.lines] == [
        (None, False, b"old"),
        (AT + 0.5, False, STARTED),
        (None, False, b"LC_ALL=C \\"),
        (AT + 1.25, False, QEMU),
        (None, False, b"half \x1b[31m[red] \xff"),
    ]
    assert newer == [STARTED, b"LC_ALL=C \\", QEMU, b"half \x1b[31m[red] \xff"]
    assert newest == [QEMU, b"half \x1b[31m[red] \xff"]


async def test_following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, path = session(tmp_path, monkeypatch)
    path.write_bytes(b"one\n")
    reading = read_log(target, "guest", LogRequest(tail=None))
    assert (await anext(reading)).lines == ((None, False, b"one"),)

    waiting = asyncio.ensure_future(anext(reading))
    path.rename(tmp_path / "guest.log.0")
    path.write_bytes(b"two\n")
    async with asyncio.timeout(20):
        assert (await waiting).lines == ((None, False, b"two"),)
    await reading.aclose()  # type: ignore[attr-defined]


async def test_logs_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, path = session(tmp_path, monkeypatch)
    with pytest.raises(NotFound) as absent:
        await anext(read_log(target, "guest", LogRequest()))
    with pytest.raises(ActionRefused) as remote:
        await anext(read_log(parse_uri("qemu+ssh://h/system"), "guest", LogRequest()))
    with pytest.raises(ActionRefused):
        await anext(read_log(target, "../escape", LogRequest()))

    assert str(path) in absent.value.message
    assert "on the other host" in remote.value.message


async def test_a_log_for_root_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, path = session(tmp_path, monkeypatch)
    path.touch(mode=0)
    was = os.geteuid()
    try:
        if was == 0:
            os.seteuid(65534)  # root may read everything, so be nobody for a moment
        with pytest.raises(ActionRefused) as caught:
            await anext(read_log(target, "guest", LogRequest()))
    finally:
        os.seteuid(was)

    assert "root only" in caught.value.message


async def test_a_log_that_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, path = session(tmp_path, monkeypatch)
    path.symlink_to(path)

    with pytest.raises(EngineError) as caught:
        await anext(read_log(target, "guest", LogRequest()))

    assert "cannot be read" in caught.value.message


def test_where_logs_lie(tmp_path: Path) -> None:
    assert list(log_paths(parse_uri("qemu:///system"), "a")) == [Path("/var/log/libvirt/qemu/a.log")]
    assert list(log_paths(parse_uri("lxc:///system"), "a")) == [Path("/var/log/libvirt/lxc/a.log")]
    assert list(log_paths(parse_uri("test:///default"), "a")) == []
    assert list(log_paths(parse_uri("qemu:///system"), "a/b")) == []


def test_a_daemon_in_another_mount_namespace(tmp_path: Path) -> None:
    (tmp_path / "run" / "libvirt").mkdir(parents=True)
    (tmp_path / "run" / "libvirtd.pid").write_text("77\n")
    (tmp_path / "proc" / "77").mkdir(parents=True)
    comm = tmp_path / "proc" / "77" / "comm"
    comm.write_text("libvirtd\n")
    target = parse_uri(f"qemu+unix:///system?socket={tmp_path}/run/libvirt/libvirt-sock")

    own = list(log_paths(target, "a", proc=tmp_path / "proc"))
    comm.write_text("stranger\n")
    shared = list(log_paths(target, "a", proc=tmp_path / "proc"))

    assert own == [tmp_path / "proc/77/root/var/log/libvirt/qemu/a.log", Path("/var/log/libvirt/qemu/a.log")]
    assert shared == [Path("/var/log/libvirt/qemu/a.log")]
