"""Recorders as processes of their own: killed, refused, without room, without permission, and read meanwhile."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from math import isnan
from pathlib import Path

import pytest

from tests.live.harness.podman import SPIN, PodmanHost
from tests.live.harness.waiting import wait_until
from tests.views import usage_of, watching
from tui.domain.timeline import EntryKind
from tui.record.folder import Keeping, day_files
from tui.record.reader import FileReader
from tui.record.reading import RecordError, RecordReader, open_record
from tui.sampling.history import Metric
from tui.wiring import Wanted, make_source

PROJECT = Path(__file__).parents[2]
NOBODY = 65534
NOBODY_GROUP = "nogroup"
IS_ROOT = os.geteuid() == 0


class Recording:
    """A recorder of libvirt's test driver: one guest, no daemon."""

    def __init__(self, folder: Path, *options: str, podman: str = "unix:///nonexistent/podman.sock") -> None:
        self.folder = folder
        self.said = ""
        argv = [sys.executable, "-m", "tui", "record", "--folder", str(folder), "--interval", "0.5", *options]
        argv += ["--connect", "test:///default", "--podman", podman]
        environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        self.process = subprocess.Popen(argv, cwd=PROJECT, env=environ, stderr=subprocess.PIPE, text=True)

    def until_recorded(self, count: int, reader: RecordReader | None = None) -> RecordReader:
        """Wait until the record has so many samples."""
        wait_until(lambda: self.process.poll() is not None or self.has_file(), "a file of the record", seconds=30)
        assert self.process.poll() is None, self.end()
        found = reader or open_record(self.folder)
        wait_until(lambda: len(found.moments(0, 1e11)) >= count, f"{count} samples", seconds=30)
        return found

    def has_file(self) -> bool:
        with contextlib.suppress(OSError, sqlite3.Error):
            for path in day_files(self.folder):
                if path.stat().st_size or Path(f"{path}-wal").stat().st_size:
                    return True
        return False

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End it; return its exit status and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, text = self.process.communicate(timeout=30)
        self.said += text
        return self.process.returncode, self.said

    def line(self) -> str:
        """Return the next line it says."""
        assert self.process.stderr is not None
        text = self.process.stderr.readline()
        self.said += text
        return text


@contextlib.contextmanager
def recording(folder: Path, *options: str, **more: str) -> Iterator[Recording]:
    recorder = Recording(folder, *options, **more)
    try:
        yield recorder
    finally:
        recorder.end(signal.SIGKILL)


def happened(reader: RecordReader) -> list[str]:
    return [entry.what for entry in reader.entries(0, 1e11) if entry.kind is EntryKind.RECORDER]


def test_it_says_one_line_records_and_ends_well(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    with recording(folder) as recorder:
        assert "recording to" in recorder.line()
        reader = recorder.until_recorded(4)
        view = reader.view_at(reader.last() or 0)
        reader.close()
        assert view is not None
        assert [item.instance.name for item in view.instances] == ["test"]
        assert recorder.end() == (0, recorder.said)
        assert recorder.said.count("\n") == 1
    with reading(folder) as after:
        assert happened(after) == ["began", "ended"]
    assert [path.suffix for path in sorted(folder.iterdir()) if path.is_file()] == [".sqlite", ".lock"]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_other_signals_end_it_as_well(tmp_path: Path, number: int) -> None:
    with recording(tmp_path) as recorder:
        recorder.until_recorded(1).close()
        assert recorder.end(number)[0] == 0
    with reading(tmp_path) as reader:
        assert happened(reader) == ["began", "ended"]


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[FileReader]:
    reader = FileReader(folder)
    yield reader
    reader.close()


def test_killed_it_loses_no_sample_that_was_seen_and_the_next_one_tells(tmp_path: Path) -> None:
    with recording(tmp_path) as first:
        reader = first.until_recorded(5)
        first.end(signal.SIGKILL)
    moments = list(reader.moments(0, 1e11))
    views = [reader.view_at(utc) for utc in moments]
    with recording(tmp_path) as second:
        second.until_recorded(len(moments) + 2, reader)
        assert second.end()[0] == 0
    assert reader.moments(0, 1e11)[: len(moments)] == moments
    assert [reader.view_at(utc) for utc in moments] == views
    assert reader.damage == ()
    entries = [entry for entry in reader.entries(0, 1e11) if entry.what == "began"]
    assert f"the recorder before it (pid {first.process.pid}, user " in entries[1].detail
    reader.close()


def test_a_second_one_is_refused_by_name(tmp_path: Path) -> None:
    with recording(tmp_path) as first:
        first.until_recorded(1).close()
        with recording(tmp_path) as second:
            status, said = wait_for(second)
        assert status == 2
        assert f"already (pid {first.process.pid}, user " in said
        assert first.process.poll() is None


def wait_for(recorder: Recording) -> tuple[int, str]:
    _, text = recorder.process.communicate(timeout=30)
    return recorder.process.returncode, text


def as_nobody(work: Callable[[], object]) -> str:
    """Return what comes of work in a process of another user: its text, or the sentence of its error."""
    here, there = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            try:
                text = str(work())
            except RecordError as error:
                text = error.message
            os.write(there, text.encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


@pytest.fixture
def open_path(tmp_path: Path) -> Path:
    """Return a folder that everybody may pass through."""
    for place in [tmp_path, *list(tmp_path.parents)[:2]]:
        place.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(not IS_ROOT, reason="only root may act as somebody else")
def test_a_folder_that_may_not_be_written_is_a_sentence(open_path: Path) -> None:
    said = as_nobody(lambda: Keeping(open_path / "record"))
    assert said == f"The folder {open_path}/record cannot be used: Permission denied."


@pytest.mark.skipif(not IS_ROOT, reason="only root may look as somebody else")
def test_others_look_back_by_a_group_or_are_told_why_not(open_path: Path) -> None:
    folder = open_path / "record"

    def look() -> str:
        reader = open_record(folder)
        return f"{len(reader.moments(0, 1e11))} {reader.damage}"

    with recording(folder, "--group", NOBODY_GROUP) as recorder:
        recorder.until_recorded(2).close()
        assert int(as_nobody(look).partition(" ()")[0]) >= 2
        recorder.end(signal.SIGKILL)
    assert int(as_nobody(look).partition(" ()")[0]) >= 2
    with recording(folder) as recorder:
        recorder.line()
    said = as_nobody(look)
    assert f"The record in {folder} belongs to root and is closed to others" in said
    assert "--group GROUP" in said


@contextlib.contextmanager
def small_disk(kib: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hostdeck-test-disk-") as name:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", name], check=False)
        if mounted.returncode:
            pytest.skip("no file system may be mounted here")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


@pytest.mark.skipif(not IS_ROOT, reason="only root may mount a small disk")
def test_a_full_disk_is_said_once_and_recording_goes_on_when_there_is_room() -> None:
    with small_disk(1024) as disk, recording(disk / "record") as recorder:
        recorder.line()
        reader = recorder.until_recorded(3)
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        full = recorder.line()
        assert "cannot be written" in full
        assert "full" in full
        seen = len(reader.moments(0, 1e11))
        assert recorder.process.poll() is None
        ballast.unlink()
        assert "Recording goes on" in recorder.line()
        recorder.until_recorded(seen + 3, reader)
        assert recorder.end()[0] == 0
        assert happened(reader) == ["began", "stopped", "went on", "ended"]
        assert reader.damage == ()
        reader.close()


def test_a_locked_file_is_said_once_and_nothing_is_lost(tmp_path: Path) -> None:
    with recording(tmp_path) as recorder:
        recorder.line()
        reader = recorder.until_recorded(2)
        other = sqlite3.connect(day_files(tmp_path)[0], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in recorder.line()
        other.execute("ROLLBACK")
        other.close()
        assert "nothing was lost" in recorder.line()
        reader.close()


async def test_a_screen_that_starts_later_shows_what_was_recorded(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("spin", *SPIN, options=["--cpus", "0.2", "--network", "none"])
    with recording(tmp_path, podman=clean_podman.url) as recorder:
        recorder.until_recorded(12).close()
        with reading(tmp_path) as reader:
            view = reader.view_at(reader.last() or 0)
        assert view is not None
        (key,) = [item.instance.stable_key for item in view.instances if item.instance.name == "spin"]
        source = make_source(
            Wanted(
                connect=["test:///default"],
                podman=[clean_podman.url],
                interval_seconds=0.5,
                record_folder=str(tmp_path),
            )
        )
        async with watching(source) as views:
            begun = (await views.until(lambda view: usage_of(view, "spin") is not None)).tick
            await views.until(lambda view: len(source.series(key, Metric.CPU_CORES, 100)) > view.tick - begun + 8)
            earlier = list(source.series(key, Metric.CPU_CORES, 100))
    known = [value for value in earlier if not isnan(value)]
    assert len(known) >= 8
    assert max(known) < 0.5
