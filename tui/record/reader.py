"""Reads the files of a record."""

from pathlib import Path

from tui.record.reading import RecordError


class FileReader:
    """A record in files; see `RecordReader`."""

    def __init__(self, place: Path) -> None:
        raise RecordError("no record", f"{place} cannot be read yet.")
