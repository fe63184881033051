"""Damage costs what is damaged: everything else is read as it was, and a sentence tells."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.record_views import NOON, WEB, record, store_of, working, write
from tui.record.reader import FileReader
from tui.record.reading import RecordError, open_record
from tui.record.runs import RUN_SAMPLES
from tui.sampling.history import Metric

VIEWS = working(RUN_SAMPLES * 4 + 10)
BY_TIME = {view.taken_utc_seconds: view for view in VIEWS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    record(folder, VIEWS)
    return folder / "2025-06-16.sqlite"


def read_all(path: Path) -> tuple[int, tuple[str, ...]]:
    """Return how many samples were read, all of them right, and what was told."""
    reader = FileReader(path)
    right = 0
    for utc, view in BY_TIME.items():
        found = reader.view_at(utc)
        if found is not None and found.taken_utc_seconds == utc:
            assert found == view
            right += 1
    reader.buckets(WEB.stable_key, Metric.CPU_CORES, NOON, NOON + 4000, 10)
    reader.recent(NOON, NOON + 4000)
    reader.entries(NOON, NOON + 4000)
    reader.stretches(NOON, NOON + 4000)
    damage = tuple(reader.damage)
    reader.close()
    return right, damage


def test_a_whole_file_is_read_whole(whole: Path) -> None:
    assert read_all(whole) == (len(VIEWS), ())


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_flipped_bytes_cost_what_they_hit(whole: Path, data: st.DataObject) -> None:
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = whole.with_name("flipped.sqlite")
    path.write_bytes(content)
    right, damage = read_all(path)
    assert right == len(VIEWS) or damage


def test_a_damaged_block_is_a_gap_and_its_neighbours_are_not(whole: Path) -> None:
    path = whole.with_name("block.sqlite")
    shutil.copyfile(whole, path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE blocks SET structure = CAST(x'00' || substr(structure, 2) AS BLOB) WHERE id = 2")
    connection.close()
    right, damage = read_all(path)
    assert right == len(VIEWS) - RUN_SAMPLES
    assert damage == ("block.sqlite: block 2 is damaged and left out: its checksum is another.",)
    reader = FileReader(path)
    assert reader.view_at(NOON + RUN_SAMPLES * 5 + 50) is None
    assert len(reader.stretches(0, 1e10)) == 2
    reader.close()


@pytest.mark.parametrize(("part", "least"), [(0.3, 0), (0.6, 1), (0.9, RUN_SAMPLES)])
def test_of_a_file_that_was_cut_off_is_read_what_is_left(whole: Path, part: float, least: int) -> None:
    content = whole.read_bytes()
    path = whole.with_name("cut.sqlite")
    path.write_bytes(content[: int(len(content) * part)])
    right, damage = read_all(path)
    assert damage
    assert least <= right < len(VIEWS)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 5000])
def test_what_is_no_record_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "2025-06-16.sqlite"
    path.write_bytes(content)
    right, damage = read_all(path)
    assert right == 0
    assert len(damage) == 1


def test_a_pipe_is_no_record_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecordError, match="it is no file"):
        open_record(tmp_path / "pipe").first()


def test_a_later_version_is_told(tmp_path: Path) -> None:
    record(tmp_path, VIEWS[:3])
    path = tmp_path / "2025-06-16.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    right, damage = read_all(path)
    assert right == 0
    assert "version 9, this hostdeck reads 1" in damage[0]


def test_damage_in_the_journal_costs_what_follows_in_its_run(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    write(store, VIEWS[:30])
    with sqlite3.connect(tmp_path / "2025-06-16.sqlite") as connection:
        connection.execute("UPDATE journal SET delta = replace(delta, '\"t\"', '\"T\"') WHERE id = 20")
    connection.close()
    reader = FileReader(tmp_path)
    assert len(reader.moments(0, 1e10)) == 19
    assert reader.damage == ("2025-06-16.sqlite: a sample of block 1 is damaged, and what follows it is left out.",)
    reader.close()
    store.close(NOON)
    later = FileReader(tmp_path)
    assert [later.view_at(view.taken_utc_seconds) for view in VIEWS[:19]] == list(VIEWS[:19])
    later.close()


def test_a_copy_that_lacks_a_file_is_told_and_makes_none(tmp_path: Path) -> None:
    store = store_of(tmp_path / "record")
    write(store, VIEWS[: RUN_SAMPLES + 5])
    copy = tmp_path / "copy"
    copy.mkdir()
    for side in ("", "-wal"):
        shutil.copyfile(tmp_path / "record" / f"2025-06-16.sqlite{side}", copy / f"2025-06-16.sqlite{side}")
    right, damage = read_all(copy / "2025-06-16.sqlite")
    assert right < RUN_SAMPLES + 5
    assert damage[-1].endswith("copy all three.")
    assert len(list(copy.iterdir())) == 2
    shutil.copyfile(tmp_path / "record" / "2025-06-16.sqlite-shm", copy / "2025-06-16.sqlite-shm")
    assert read_all(copy / "2025-06-16.sqlite") == (RUN_SAMPLES + 5, ())
    store.close(NOON)
