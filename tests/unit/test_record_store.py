"""A record over days, clocks that are set, full folders and files that somebody takes away."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.unit.record_views import KEPT, NOON, STEP, record, store_of, working, write
from tui.domain.past import Stretch
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.record.folder import Keeping, day_files, default_folder
from tui.record.lock import RecorderLock, writer_of
from tui.record.reader import FileReader
from tui.record.reading import RecordError, open_record
from tui.record.retention import MIB, Limits, superfluous
from tui.record.runs import RUN_SAMPLES
from tui.record.store import Store

DAY = 86_400.0
MIDNIGHT = NOON + DAY / 2


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def trouble_of(store: Store) -> str:
    return store.trouble.text if store.trouble is not None else ""


def told(store_entries: FileReader) -> list[tuple[str, str]]:
    return [(entry.what, entry.detail) for entry in store_entries.entries(0, 1e10)]


def test_each_day_has_its_file_and_time_goes_on_over_midnight(tmp_path: Path) -> None:
    views = working(40, begin=MIDNIGHT - 100)
    record(tmp_path, views)
    assert names(tmp_path) == ["2025-06-16.sqlite", "2025-06-17.sqlite"]
    reader = open_record(tmp_path)
    assert list(reader.stretches(0, 1e10)) == [Stretch(views[0].taken_utc_seconds, views[-1].taken_utc_seconds)]
    assert [reader.view_at(view.taken_utc_seconds) for view in views] == list(views)
    reader.close()


def test_one_days_file_is_a_record_of_its_own_wherever_it_was_copied(tmp_path: Path) -> None:
    views = working(40, begin=MIDNIGHT - 100)
    record(tmp_path / "record", views)
    copy = tmp_path / "from mail.sqlite"
    copy.write_bytes((tmp_path / "record" / "2025-06-17.sqlite").read_bytes())
    copy.chmod(0o400)
    reader = open_record(copy)
    assert reader.first() == MIDNIGHT
    assert reader.view_at(1e10) is None
    assert reader.view_at(views[-1].taken_utc_seconds) == views[-1]
    assert names(tmp_path) == ["from mail.sqlite", "record"]
    reader.close()


def test_time_without_a_record_is_a_gap(tmp_path: Path) -> None:
    views = [*working(10), *working(10, begin=NOON + 3600)]
    record(tmp_path, views)
    reader = open_record(tmp_path)
    assert list(reader.stretches(0, 1e10)) == [Stretch(NOON, NOON + 45), Stretch(NOON + 3600, NOON + 3645)]
    assert list(reader.stretches(NOON + 20, NOON + 3600)) == [
        Stretch(NOON + 20, NOON + 45),
        Stretch(NOON + 3600, NOON + 3600),
    ]
    assert reader.view_at(NOON + 50) == views[9]
    assert reader.view_at(NOON + 100) is None
    assert reader.view_at(NOON - 1) is None
    assert reader.next_moment(NOON + 45) == NOON + 3600
    assert reader.previous_moment(NOON + 3600) == NOON + 45
    assert reader.next_moment(NOON + 3645) is None
    assert reader.previous_moment(NOON) is None
    reader.close()


def test_a_clock_set_back_leaves_what_was_recorded_later(tmp_path: Path) -> None:
    first, second = working(200), working(20, begin=NOON + 300.5)
    store = store_of(tmp_path)
    write(store, first)
    write(store, second)
    reader = open_record(tmp_path)
    assert reader.view_at(NOON + 302) == second[0]
    assert reader.view_at(NOON + 297) == first[59]
    assert reader.view_at(NOON + 402) == first[80]
    moments = list(reader.moments(0, 1e10))
    assert moments == sorted(moments)
    assert len(moments) == 200 - 19 + 20
    walked = [reader.first()]
    while walked[-1] is not None:
        walked.append(reader.next_moment(walked[-1]))
    assert walked[:-1] == moments
    reader.close()
    store.close(NOON)


def test_a_clock_set_back_over_midnight_goes_on_in_the_day_it_says(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    write(store, working(5, begin=MIDNIGHT + 1000))
    write(store, working(5, begin=MIDNIGHT - 1000))
    assert not trouble_of(store)
    reader = open_record(tmp_path)
    assert [one.begin_utc_seconds for one in reader.stretches(0, 1e10)] == [MIDNIGHT - 1000, MIDNIGHT + 1000]
    reader.close()
    store.close(NOON)


def test_what_is_written_is_seen_while_the_recorder_goes_on(tmp_path: Path) -> None:
    views = working(RUN_SAMPLES + 10)
    store = store_of(tmp_path)
    write(store, views[:1])
    reader = open_record(tmp_path)
    for view in views[1:]:
        write(store, [view])
        assert reader.last() == view.taken_utc_seconds
        assert reader.view_at(view.taken_utc_seconds) == view
    store.close(NOON)
    assert [reader.view_at(view.taken_utc_seconds) for view in views] == list(views)
    assert reader.damage == ()
    reader.close()


def test_a_recorder_that_was_killed_lost_nothing_and_the_next_one_folds_it(tmp_path: Path) -> None:
    views = working(RUN_SAMPLES + 30)
    store = store_of(tmp_path)
    write(store, views[:-10])
    later = store_of(tmp_path)  # the first one is never closed
    write(later, views[-10:])
    reader = open_record(tmp_path)
    assert [reader.view_at(view.taken_utc_seconds) for view in views] == list(views)
    reader.close()
    later.close(NOON)
    with sqlite3.connect(tmp_path / "2025-06-16.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM blocks").fetchone() == (3,)
    connection.close()
    store.close(NOON)


def test_a_day_that_was_left_open_is_put_away_later(tmp_path: Path) -> None:
    yesterday = tmp_path / "2025-06-16.sqlite"
    killed = store_of(tmp_path)
    write(killed, working(3))
    reader = open_record(tmp_path)
    killed.close(NOON)
    assert yesterday.with_name(f"{yesterday.name}-wal").exists()
    reader.close()
    store = store_of(tmp_path)
    write(store, working(3, begin=NOON + DAY))
    assert names(tmp_path)[:2] == [yesterday.name, "2025-06-17.sqlite"]
    store.close(NOON)


def test_entries_are_written_once_and_told_in_the_order_of_time(tmp_path: Path) -> None:
    entries = [
        TimelineEntry(utc_seconds=NOON + place, kind=EntryKind.EVENT, what="started", name="\x1b[1mweb", detail="[b]")
        for place in (3, 1, 2)
    ]
    store = store_of(tmp_path)
    store.write(None, entries, NOON)
    store.write(None, entries[:1], NOON)
    store.write(None, entries[:1], NOON + DAY)
    reader = open_record(tmp_path)
    assert list(reader.entries(NOON + 1, NOON + 3)) == sorted(entries, key=lambda entry: entry.utc_seconds)
    assert list(reader.entries(NOON + 2.5, NOON + 2.6)) == []
    reader.close()
    store.close(NOON)


def test_a_deleted_file_is_begun_anew(tmp_path: Path) -> None:
    views = working(20)
    store = store_of(tmp_path)
    write(store, views[:10])
    (tmp_path / "2025-06-16.sqlite").unlink()
    write(store, views[10:])
    assert not trouble_of(store)
    assert any("was deleted or replaced" in sentence for sentence in store.news)
    store.close(NOON)
    reader = open_record(tmp_path)
    assert list(reader.moments(0, 1e10)) == [view.taken_utc_seconds for view in views[10:]]
    reader.close()


def test_a_file_that_is_no_record_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "2025-06-16.sqlite").write_bytes(b"this is no database, and was never one" * 100)
    store = store_of(tmp_path)
    write(store, working(3))
    assert names(tmp_path)[:2] == ["2025-06-16.damaged-1.sqlite", "2025-06-16.sqlite"]
    assert any("2025-06-16.damaged-1.sqlite" in sentence for sentence in store.news)
    store.close(NOON)
    reader = open_record(tmp_path)
    assert list(reader.moments(0, 1e10)) == [NOON, NOON + 5, NOON + 10]
    assert any("2025-06-16.damaged-1.sqlite" in sentence for sentence in reader.damage)
    reader.close()


def test_a_locked_file_costs_nothing_and_is_said_once(tmp_path: Path) -> None:
    views = working(12)
    store = store_of(tmp_path)
    write(store, views[:2])
    other = sqlite3.connect(tmp_path / "2025-06-16.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write(store, views[2:4])
    assert "locked" in trouble_of(store)
    assert len(store.news) == 1
    other.execute("ROLLBACK")
    other.close()
    write(store, views[4:])
    assert not trouble_of(store)
    assert "nothing was lost" in store.news[1]
    reader = FileReader(tmp_path)
    assert [reader.view_at(view.taken_utc_seconds) for view in views] == list(views)
    assert [what for what, _ in told(reader)] == ["stopped", "went on"]
    reader.close()
    store.close(NOON)


def test_what_does_not_fit_the_memory_is_told_as_a_gap(tmp_path: Path) -> None:
    views = working(RUN_SAMPLES * 3)
    store = store_of(tmp_path)
    write(store, views[:1])
    hidden = tmp_path.with_name("hidden")
    tmp_path.rename(hidden)
    tmp_path.write_text("in the way")
    write(store, views[1:-1])
    assert trouble_of(store)
    tmp_path.unlink()
    hidden.rename(tmp_path)
    write(store, views[-1:])
    assert not trouble_of(store)
    reader = FileReader(tmp_path)
    (gap,) = [detail for what, detail in told(reader) if what == "went on"]
    assert gap.startswith("nothing was recorded from 2025-06-16 12:00:05 UTC to ")
    moments = reader.moments(0, 1e10)
    assert moments[0] == NOON
    assert moments[-1] == views[-1].taken_utc_seconds
    assert RUN_SAMPLES / 2 <= len(moments) <= RUN_SAMPLES + 2
    reader.close()
    store.close(NOON)


def filled(folder: Path, day: str, mib: int) -> None:
    for side in ("", "-wal"):
        (folder / f"2025-06-{day}.sqlite{side}").write_bytes(b"x" * (mib * MIB // 2))


def test_the_oldest_days_go_first_and_whole(tmp_path: Path) -> None:
    for day in ("10", "11", "12", "13"):
        filled(tmp_path, day, 2)
    open_day = tmp_path / "2025-06-13.sqlite"

    def left(limits: Limits) -> list[str]:
        gone = set(superfluous(tmp_path, limits, open_day))
        return [path.name[8:10] for path in day_files(tmp_path) if path not in gone]

    assert left(Limits(4, 1000)) == ["10", "11", "12", "13"]
    assert left(Limits(2, 1000)) == ["12", "13"]
    assert left(Limits(1, 1000)) == ["13"]
    assert left(Limits(9, 5)) == ["12", "13"]
    assert left(Limits(9, 2)) == ["13"]
    assert left(Limits(9, 1)) == []


def test_a_day_too_much_is_deleted_with_what_is_beside_it(tmp_path: Path) -> None:
    for day in ("10", "11"):
        filled(tmp_path, day, 1)
    store = store_of(tmp_path, limits=Limits(2, 1000))
    write(store, working(1))
    store.close(NOON)
    assert names(tmp_path) == ["2025-06-11.sqlite", "2025-06-16.sqlite"]


def test_a_clock_in_another_year_costs_one_day_at_most(tmp_path: Path) -> None:
    store = store_of(tmp_path, limits=Limits(3, 1000))
    for begin in (NOON, NOON + DAY, NOON + 4000 * DAY, NOON + 2 * DAY):
        write(store, working(2, begin=begin))
    store.close(NOON)
    assert len(names(tmp_path)) == 3
    assert {"2025-06-17.sqlite", "2025-06-18.sqlite"} <= set(names(tmp_path))


def test_a_second_recorder_is_refused_by_name(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    assert writer_of(tmp_path) is None
    lock = RecorderLock(keeping, NOON)
    with pytest.raises(RecordError) as refused:
        RecorderLock(keeping, NOON + 9)
    assert f"pid {os.getpid()}, user " in refused.value.message
    assert "since 2025-06-16 12:00:00 UTC" in refused.value.message
    writer = writer_of(tmp_path)
    assert writer is not None
    assert writer.pid == os.getpid()
    lock.tell("the disk is full", NOON)
    assert (told_now := writer_of(tmp_path)) is not None
    assert told_now.trouble == "the disk is full"
    lock.close()
    assert writer_of(tmp_path) is None
    RecorderLock(keeping, NOON).close()


def test_a_lock_that_was_deleted_is_taken_again(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    lock = RecorderLock(keeping, NOON)
    os.unlink(tmp_path / "recorder.lock")
    lock.hold()
    assert writer_of(tmp_path) is not None
    with pytest.raises(RecordError, match="already"):
        RecorderLock(keeping, NOON)
    lock.close()


def test_a_recorder_ends_once_another_one_has_its_folder(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    lock = RecorderLock(keeping, NOON)
    os.unlink(tmp_path / "recorder.lock")
    other = RecorderLock(keeping, NOON)
    with pytest.raises(RecordError, match=f"already \\(pid {os.getpid()}"):
        lock.hold()
    other.close()
    lock.close()


def test_a_run_whose_begin_somebody_took_away_costs_only_itself(tmp_path: Path) -> None:
    views = working(30)
    store = store_of(tmp_path)
    write(store, views[:10])
    with sqlite3.connect(next(tmp_path.glob("*.sqlite"))) as other:
        other.execute("DELETE FROM journal")
    other.close()
    write(store, views[10:])
    store.close(NOON)
    record(tmp_path, working(3, begin=NOON + 1000))
    reader = open_record(tmp_path)
    assert reader.view_at(NOON + 1000) is not None
    assert reader.first() == NOON + 1000
    reader.close()


def test_nobody_else_may_look_without_a_group(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    record(folder, working(2))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file to any group")
def test_a_group_may_read_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    store = store_of(folder)
    store = type(store)(Keeping(folder, "adm"), STEP, KEPT)
    write(store, working(2))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o640}
    assert len({path.stat().st_gid for path in [folder, *folder.iterdir()]}) == 1
    store.close(NOON)


def test_a_group_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match='no group "hostdeck-nobody"'):
        Keeping(tmp_path, "hostdeck-nobody")


def test_a_link_in_the_folder_is_neither_written_nor_read(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite"
    elsewhere.write_bytes(b"")
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "2025-06-16.sqlite").symlink_to(elsewhere)
    store = store_of(folder)
    write(store, working(1))
    assert trouble_of(store)
    assert elsewhere.read_bytes() == b""
    with pytest.raises(RecordError, match="There is no record"):
        open_record(folder)
    store.close(NOON)


def test_where_the_record_of_a_user_is() -> None:
    assert default_folder(0, {}) == Path("/var/lib/hostdeck")
    assert default_folder(1000, {"HOME": "/home/anna"}) == Path("/home/anna/.local/state/hostdeck/record")
    assert default_folder(1000, {"XDG_STATE_HOME": "/x", "HOME": "/y"}) == Path("/x/hostdeck/record")


def test_where_there_is_no_record_a_sentence_says_so(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(RecordError, match="There is no record"):
            open_record(place)
    assert names(tmp_path) == []
