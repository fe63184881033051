"""Tables as CSV and JSON lines: what the cells say, of now and of a time range."""

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest

from tests.unit.build import container, engine_status, guest, host_usage, seen
from tests.unit.views import UTC, pod_of, view_of
from tui.domain.errors import HostdeckError
from tui.domain.host import Filesystem, HostView, Problem, Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.domain.usage import CpuUsage, Usage
from tui.export.newfile import CannotWrite, NewFile
from tui.export.tables import TABLES, entry_row, time_text
from tui.export.writers import WRITERS, Cell, Row
from tui.subcommands.record_range import CHUNK_SECONDS, Range

HOSTILE = "=cmd|' /C calc'!A0\n\x1b[31m"
TIME = "2025-06-15T15:06:40.000Z"


def _written(form: str, columns: Sequence[str], rows: Sequence[Row]) -> str:
    file = io.BytesIO()
    writer = WRITERS[form](file, columns)
    for row in rows:
        writer.write(row)
    writer.flush()
    return file.getvalue().decode("utf-8")


def _view() -> HostView:
    web = container("web", command=HOSTILE, exit_code=137)
    problem = Problem(Severity.WARNING, web.key, "web", "container", HOSTILE, value=94.5, victims=("a", "b"))
    view = view_of(
        web, guest("vm"), problems=(problem,), pods=(pod_of("p", web),), sources=(engine_status(message=HOSTILE),),
        usage=host_usage(filesystems=(Filesystem("/srv", used_percent=50.0),)),
    )  # fmt: skip
    return replace(view, instances=(seen(web, Usage(CpuUsage(cores_used=-0.5))), *view.instances[1:]))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("table", [name for name in TABLES if name != "timeline"])
def test_each_table_has_a_cell_for_each_column(table: str, form: str) -> None:
    columns, rows = TABLES[table].columns, list(TABLES[table].rows(_view()))
    assert columns[0] == "time"
    assert len(set(columns)) == len(columns)
    assert rows
    text = _written(form, columns, rows)
    if form == "csv":
        found = list(csv.reader(io.StringIO(text)))
        assert found[0] == list(columns)
        assert {len(row) for row in found} == {len(columns)}
    else:
        found_lines = [json.loads(line) for line in text.splitlines()]
        assert all(tuple(line) == tuple(columns) for line in found_lines)
        assert found_lines[0]["time"] == TIME
    assert "\x1b" not in text


def test_figures_are_numbers_and_unknown_ones_are_empty() -> None:
    text = _written("csv", TABLES["instances"].columns, list(TABLES["instances"].rows(_view())))
    web, vm = csv.DictReader(io.StringIO(text))
    assert (web["cpu_cores_used"], web["exit_code"], web["memory_working_set_bytes"]) == ("-0.5", "137", "")
    assert (vm["vcpus"], vm["exit_code"], vm["autostart"]) == ("2", "", "false")


@pytest.mark.parametrize(
    ("value", "csv_cell", "plain"),
    [
        ("=1+1", "'=1+1", "=1+1"),
        ("+1", "'+1", "+1"),
        ("-1", "'-1", "-1"),
        ("@SUM(A1)", "'@SUM(A1)", "@SUM(A1)"),
        ("\t=1", "\\t=1", "\t=1"),
        ("a\nb\x1b", "a\\nb\\x1b", "a\nb\x1b"),
        ('a,"b"', 'a,"b"', 'a,"b"'),
        ("\ud800", "\\ud800", "?"),
        (-1.5, "-1.5", -1.5),
        (True, "true", True),
        (None, "", None),
        (nan, "", None),
        (inf, "", None),
    ],
)
def test_cells(value: Cell, csv_cell: str, plain: object) -> None:
    found = list(csv.reader(io.StringIO(_written("csv", ["x"], [[value]]))))[1]
    assert found == [csv_cell] if csv_cell else found in ([""], [])
    told = json.loads(_written("jsonl", ["x"], [[value]]))["x"]
    assert told == plain or (value == "\ud800" and "\ud800" not in told)


def test_entries_of_the_timeline_are_rows() -> None:
    entry = TimelineEntry(utc_seconds=UTC, kind=EntryKind.ACTION, what="stop", who="ann", severity=Severity.CRITICAL)
    row = dict(zip(TABLES["timeline"].columns, entry_row(entry), strict=True))
    assert (row["time"], row["kind"], row["severity"], row["who"]) == (TIME, "action", "critical", "ann")


def test_time_is_utc_to_the_millisecond() -> None:
    assert time_text(UTC + 0.25) == "2025-06-15T15:06:40.250Z"


class Recorded:
    """A record with a moment each ten minutes."""

    damage: Sequence[str] = ()

    def __init__(self, count: int) -> None:
        self.times = [UTC + 600 * number for number in range(count)]
        self.held = 0

    def first(self) -> float | None:
        return self.times[0] if self.times else None

    def last(self) -> float | None:
        return self.times[-1] if self.times else None

    def moments(self, begin: float, end: float) -> Sequence[float]:
        found = [utc for utc in self.times if begin <= utc <= end]
        self.held = max(self.held, len(found))
        return found

    def view_at(self, utc: float) -> HostView | None:
        return replace(view_of(container("web")), taken_utc_seconds=utc) if utc != UTC + 1200 else None

    def entries(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        found = [utc for utc in self.times if begin <= utc <= end]
        return [TimelineEntry(utc_seconds=utc, kind=EntryKind.EVENT, what="seen") for utc in found]


def _range(record: Recorded, begin: str = "", end: str = "") -> Range:
    return Range(record, begin, end, UTC + 100_000)  # type: ignore[arg-type]


def test_range_of_a_record_is_read_in_pieces_and_each_moment_once() -> None:
    record = Recorded(40)
    rows = list(_range(record).rows("instances"))
    assert [row[0] for row in rows] == [time_text(utc) for utc in record.times if utc != UTC + 1200]
    assert record.held <= CHUNK_SECONDS / 600 + 1
    entries = list(_range(record).rows("timeline"))
    assert [row[0] for row in entries] == [time_text(utc) for utc in record.times]


def test_range_is_what_was_asked_for() -> None:
    rows = list(_range(Recorded(40), "2025-06-15T16:00:00Z", "2025-06-15T16:30:00Z").rows("host"))
    assert [row[0] for row in rows] == [f"2025-06-15T16:{minute}:40.000Z" for minute in ("06", "16", "26")]


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        ("nonsense", "", "is not a time"),
        ("2025-06-15T17:00:00Z", "2025-06-15T16:00:00Z", "later than"),
        ("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "the record goes from"),
        ("2025-06-16T18:00:00Z", "", "the record goes from"),
    ],
)
def test_ranges_that_make_no_sense(begin: str, end: str, says: str) -> None:
    with pytest.raises(HostdeckError, match=says):
        _range(Recorded(40), begin, end)


def test_empty_record_is_a_sentence() -> None:
    with pytest.raises(HostdeckError, match="nothing was recorded"):
        _range(Recorded(0))


def test_new_file_is_for_its_owner_alone_and_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with NewFile(path) as file:
        file.write(b"x")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"x", 0o600)
    with pytest.raises(CannotWrite, match="nothing is overwritten"), NewFile(path):
        pass
    assert path.read_bytes() == b"x"


def test_new_file_goes_with_what_went_wrong(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), NewFile(tmp_path / "a") as file:
        file.write(bytes([1 // 0]))
    with pytest.raises(CannotWrite, match="no space left"), NewFile(tmp_path / "b"):
        raise OSError(28, os.strerror(28))
    assert list(tmp_path.iterdir()) == []
