"""What a recorder was told before is not written down a second time."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.record_views import KEPT, NOON, STEP
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.watch import SLEPT
from tui.record.again import EVENT_SECONDS, KERNEL_SECONDS, ToldAgain
from tui.record.folder import Keeping
from tui.record.store import Store

BEGAN = NOON + 100.0
KILL = TimelineEntry(
    utc_seconds=NOON,
    kind=EntryKind.KERNEL,
    what="killed for memory",
    subject="host/podman/1",
    lasting="podman/web",
    name="web",
    subject_kind="container",
    engine="podman",
    detail="sh (process 4711, 63 MiB): it reached its limit",
)
DIED = TimelineEntry(
    utc_seconds=NOON + 50.0,
    kind=EntryKind.EVENT,
    what="died",
    subject="host/podman/1",
    lasting="podman/web",
    name="web",
    engine="podman",
    detail="exit status 1",
)
FAILED = TimelineEntry(utc_seconds=NOON, kind=EntryKind.DAEMON, what="failed", name="podman.service")
STOP = TimelineEntry(utc_seconds=NOON, kind=EntryKind.ACTION, what="stop", subject="host/podman/1", who="ann")
MORE = replace(DIED, detail="312 more like this within 10 s")


def recorded(folder: Path, entries: Sequence[TimelineEntry]) -> ToldAgain:
    store = Store(Keeping(folder), STEP, KEPT)
    store.write(None, entries, NOON)
    store.close(NOON)
    return ToldAgain(folder, BEGAN)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (KILL, KILL),
        (KILL, replace(KILL, utc_seconds=NOON + 20.0)),
        (KILL, replace(KILL, subject="", lasting="", name="libpod-1", subject_kind="host", engine="")),
        (KILL, replace(KILL, utc_seconds=NOON + 7200.0, detail=f"{KILL.detail}{SLEPT}120 min too late")),
        (DIED, DIED),
        (DIED, replace(DIED, lasting="")),
        (FAILED, replace(FAILED, subject="podman", lasting="podman", engine="podman")),
        (STOP, replace(STOP, lasting="podman/web")),
        (MORE, replace(MORE, utc_seconds=DIED.utc_seconds + 3.0, detail="290 more like this within 10 s")),
    ],
)
def test_the_same_thing_told_again_is_known(tmp_path: Path, before: TimelineEntry, now: TimelineEntry) -> None:
    assert list(recorded(tmp_path, [before]).new([now])) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (KILL, replace(KILL, detail="sh (process 4712, 63 MiB): it reached its limit")),
        (KILL, replace(KILL, utc_seconds=NOON + KERNEL_SECONDS + 1.0)),
        (DIED, replace(DIED, utc_seconds=DIED.utc_seconds + 5.0)),
        (DIED, replace(DIED, subject="host/podman/2")),
        (DIED, replace(DIED, detail="exit status 2")),
        (replace(DIED, utc_seconds=BEGAN - 0.1), replace(DIED, utc_seconds=BEGAN + 0.1)),
        (STOP, replace(STOP, who="ben")),
    ],
)
def test_another_thing_is_new(tmp_path: Path, before: TimelineEntry, now: TimelineEntry) -> None:
    assert list(recorded(tmp_path, [before]).new([now])) == [now]


def test_what_no_source_tells_again_is_always_new(tmp_path: Path) -> None:
    raised = replace(KILL, kind=EntryKind.RAISED)
    assert list(recorded(tmp_path, [raised]).new([raised])) == [raised]


def test_each_recorded_one_stands_for_one(tmp_path: Path) -> None:
    again = recorded(tmp_path, [DIED, replace(DIED, utc_seconds=DIED.utc_seconds + 1.0)])
    told = [replace(DIED, utc_seconds=DIED.utc_seconds + step) for step in (0.0, 1.0, 1.2)]
    assert list(again.new(told)) == told[2:]
    assert list(again.new(told[:1])) == told[:1]


def test_events_of_long_ago_are_not_looked_up(tmp_path: Path) -> None:
    old = replace(DIED, utc_seconds=BEGAN - EVENT_SECONDS - 1.0)
    assert list(recorded(tmp_path, [old]).new([old])) == [old]


def test_without_a_record_all_is_new(tmp_path: Path) -> None:
    assert list(ToldAgain(tmp_path / "none", BEGAN).new([KILL, DIED])) == [KILL, DIED]


def test_a_file_that_is_no_record_is_left_out(tmp_path: Path) -> None:
    again = recorded(tmp_path, [KILL])
    (tmp_path / "2025-06-15.sqlite").write_bytes(b"not a database" * 100)
    assert list(again.new([KILL, DIED])) == [DIED]
