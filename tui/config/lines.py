"""Where in a TOML text a key stands; the parser of the standard library does not tell."""

import re
from collections.abc import Iterator

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
_PIECE = re.compile(_PART)
_ERROR_LINE = re.compile(r"\(at line (\d+), column \d+\)")

Path = tuple[str, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Return the line number of every key and table by its full path; the first line is 1.

    The tables of an array are also found by their number, which counts from 1 and follows the name.
    Lines inside of multi-line strings are passed over. Keys of inline tables are not found: their table is.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in _lines_outside_strings(text):
        if header := _HEADER.match(line):
            table = _split(header.group(1))
            found.setdefault(table, number)
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, 0) + 1
            found.setdefault(_numbered(table, counts), number)
        elif assignment := _ASSIGNMENT.match(line):
            path = _split(assignment.group(1))
            for length in range(1, len(path) + 1):  # a dotted key makes the tables before its last part
                found.setdefault((*table, *path[:length]), number)
                found.setdefault((*_numbered(table, counts), *path[:length]), number)
    return found


def _numbered(table: Path, counts: dict[Path, int]) -> Path:
    """Put the number of the newest table after the name of an array: ("a", "b") is ("a", "2", "b")."""
    for length in range(len(table), 0, -1):
        if count := counts.get(table[:length]):
            return (*table[:length], str(count), *table[length:])
    return table


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of a key, or of what it stands in; 1 when nothing of it is found."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def error_line(message: str, text: str) -> int:
    """Return the line that a message of tomllib names; it says "at end of document" for the last one."""
    named = _ERROR_LINE.search(message)
    return int(named.group(1)) if named else max(1, len(text.splitlines()))


def _split(dotted: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PIECE.findall(dotted))


def _lines_outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines that begin outside of a multi-line string."""
    quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not quote:
            yield number, line
        quote = _open_quote(line, quote)


def _open_quote(line: str, quote: str) -> str:
    """Return the triple quote that is open at the end of a line, empty when none is."""
    for mark in re.findall(r"\"\"\"|'''", line):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote
