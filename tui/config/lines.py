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

    Lines inside of multi-line strings are passed over. Keys of inline tables are not found: their table is.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in _lines_outside_strings(text):
        if header := _HEADER.match(line):
            table = _split(header.group(1))
            found.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            found.setdefault((*table, *_split(assignment.group(1))), number)
    return found


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
