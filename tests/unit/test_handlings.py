"""The file of what persons said about problems: two writers, damage, no room, no permission."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tui.domain.past import Handling
from tui.record.handlings import LOOK_SECONDS, HandlingsFile, folder_of_viewers

NOW = 1_760_000_000.0
ACK = Handling("guest|h e - web|memory", "ada", NOW, acknowledged=True)
DEADLINE_SECONDS = 10.0

WRITER = """
import asyncio, sys
from pathlib import Path
from tui.domain.past import Handling
from tui.record.handlings import HandlingsFile

async def main():
    handlings = HandlingsFile(Path(sys.argv[1]))
    print("ready", flush=True)
    for number in range(int(sys.argv[3])):
        said = await handlings.put(Handling(f"guest|{sys.argv[2]}|{number}", sys.argv[2], 1.76e9, acknowledged=True))
        assert not said, said

asyncio.run(main())
"""


class Clock:
    def __init__(self) -> None:
        self.monotonic = 100.0
        self.utc = NOW


def file_in(folder: Path, clock: Clock | None = None) -> HandlingsFile:
    clock = clock or Clock()
    return HandlingsFile(folder, utc=lambda: clock.utc, monotonic=lambda: clock.monotonic, lock_seconds=0.1)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.01)


async def test_what_one_viewer_says_another_sees_without_asking_on_every_tick(tmp_path: Path) -> None:
    clock = Clock()
    here, there = file_in(tmp_path / "record"), file_in(tmp_path / "record", clock)
    before = there.current()
    assert await here.put(ACK) == ""
    assert here.current() == {ACK.problem_id: ACK}
    assert there.current() is before
    clock.monotonic += LOOK_SECONDS
    there.current()
    await until(lambda: there.current() == {ACK.problem_id: ACK})
    same = there.current()
    clock.monotonic += LOOK_SECONDS
    there.current()
    await asyncio.sleep(0)
    assert there.current() is same
    assert stat.S_IMODE((tmp_path / "record").stat().st_mode) == 0o700
    assert stat.S_IMODE(here.path.stat().st_mode) == 0o600


async def test_silences_end_by_their_time_and_what_is_taken_back_is_remembered_for_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    handlings = file_in(tmp_path, clock)
    quiet = Handling("a", "ada", NOW, silenced_until_utc_seconds=NOW + 60)
    await handlings.put(quiet)
    await handlings.put(ACK)
    await handlings.put(replace(ACK, acknowledged=False))
    assert handlings.current() == {"a": quiet, ACK.problem_id: replace(ACK, acknowledged=False)}
    clock.utc += 3601
    await handlings.put(Handling("b", "bob", clock.utc, note="x " * 600))
    assert list(handlings.current()) == ["b"]
    assert len(handlings.current()["b"].note) <= 500


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    count = 25
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name, str(count)], stdout=subprocess.PIPE)
        for name in ("ada", "bob")
    ]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert len(file_in(tmp_path).current()) == 2 * count


def test_a_writer_that_is_killed_leaves_a_whole_file_and_no_lock(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "ada", "100000"], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    path = tmp_path / "handlings" / "handlings.json"

    async def killed_amid() -> None:
        await until(path.exists)
        seen = len(file_in(tmp_path).current())
        await until(lambda: len(file_in(tmp_path).current()) > seen)
        writer.send_signal(signal.SIGKILL)
        await asyncio.to_thread(writer.communicate)
        found = json.loads(path.read_text())
        assert len(found["handlings"]) > seen
        assert await file_in(tmp_path).put(ACK) == ""

    asyncio.run(killed_amid())


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"handlings": [{"by": 3}, null, 7]}', b"\xff" * 1000])
async def test_a_damaged_file_is_no_error_and_the_next_word_replaces_it(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "handlings"
    folder.mkdir()
    (folder / "handlings.json").write_bytes(content)
    handlings = file_in(tmp_path)
    assert handlings.current() == {}
    assert await handlings.put(ACK) == ""
    assert file_in(tmp_path).current() == {ACK.problem_id: ACK}


async def test_a_link_or_a_pipe_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "handlings"
    folder.mkdir()
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"handlings": [{"problem_id": "x", "by": "eve", "at_utc_seconds": 1, "note": "n"}]}))
    (folder / "handlings.json").symlink_to(secret)
    assert file_in(tmp_path).current() == {}
    (folder / "handlings.json").unlink()
    os.mkfifo(folder / "handlings.json")
    handlings = file_in(tmp_path)
    assert handlings.current() == {}
    assert await handlings.put(ACK) == ""
    assert "eve" in secret.read_text()


async def test_a_lock_that_is_never_given_back_is_said(tmp_path: Path) -> None:
    handlings = file_in(tmp_path)
    assert handlings.prepare() == ""
    with (tmp_path / "handlings" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is locked by another hostdeck" in await handlings.put(ACK)
    assert await handlings.put(ACK) == ""


AS_A_USER = """
import asyncio, os, sys
from pathlib import Path
from tui.domain.past import Handling
from tui.record.handlings import HandlingsFile

os.setgroups([int(sys.argv[2])])
os.setgid(65534)
os.setuid(65534)
print(asyncio.run(HandlingsFile(Path(sys.argv[1])).put(Handling("p", "x", 1.0, acknowledged=True))))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_who_may_not_write_is_told_which_folder_and_which_group(open_folder: Path) -> None:
    """Members of the record's group may say something, others may not."""
    record = open_folder / "record"
    record.mkdir()
    os.chown(record, 0, 4)
    record.chmod(0o755)
    assert file_in(record).prepare() == ""
    assert stat.S_IMODE((record / "handlings").stat().st_mode) == 0o2770
    said = [
        subprocess.run(
            [sys.executable, "-c", AS_A_USER, str(record), group],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.strip()
        for group in ("65534", "4")
    ]
    assert said[0].startswith(f"You may not write {record}/handlings: only root and members of the group adm may.")
    assert not said[1]
    assert list(file_in(record).current()) == ["p"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system with room for little."""
    as_root("mount", "-t", "tmpfs", "-o", "size=64k", "none", str(tmp_path))
    try:
        yield tmp_path
    finally:
        as_root("umount", str(tmp_path))


def as_root(*argv: str) -> None:
    subprocess.run(argv, check=True, timeout=30)


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def make_read_only(folder: Path) -> None:
    as_root("mount", "-o", "remount,ro", str(folder))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize("words", ["mounted read-only", "no room left"])
async def test_a_folder_that_takes_nothing_is_said(small_disk: Path, words: str) -> None:
    handlings = file_in(small_disk)
    assert await handlings.put(ACK) == ""
    if words == "no room left":
        fill(small_disk / "filler")
    else:
        make_read_only(small_disk)
    assert words in await handlings.put(replace(ACK, note="more"))
    assert file_in(small_disk).current() == {ACK.problem_id: ACK}
    assert not list((small_disk / "handlings").glob(".handlings-*"))


def test_viewers_share_the_folder_of_the_host_where_there_is_one(tmp_path: Path) -> None:
    assert folder_of_viewers(0, {}) == Path("/var/lib/hostdeck")
    assert folder_of_viewers(1000, {}, str(tmp_path)) == tmp_path
