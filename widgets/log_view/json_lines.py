"""A line of JSON folded open into one row for each value."""

from __future__ import annotations

import json
from typing import NamedTuple

_MAX_DEPTH = 8
"""Deeper values are shown as JSON on one row."""


class JsonRow(NamedTuple):
    """One row of an object.

    Attributes:
        depth: How deep its key stands.
        key: The key; "" for the further lines of a text of several lines.
        value: The value as text, "" for an object whose keys follow.
    """

    depth: int
    key: str
    value: str


class _Object(list[tuple[str, object]]):
    """Keys and values in their order; a key that stands there twice is shown twice."""


class _Literal(str):
    """A number as it was written: 1.10 is not 1.1, and no digit is lost."""

    __slots__ = ()


def unfold(text: str) -> list[JsonRow] | None:
    """Return the rows of a line that is one JSON object; None for every other line, malformed ones included."""
    stripped = text.strip()
    if not (stripped.startswith("{") and stripped.endswith("}")):
        return None
    try:
        value = json.loads(
            stripped, object_pairs_hook=_Object, parse_float=_Literal, parse_int=_Literal, parse_constant=_Literal
        )
        rows: list[JsonRow] = []
        _add_object(rows, value, 0)
    except (ValueError, RecursionError):
        return None
    return rows or None


def _add_object(rows: list[JsonRow], value: _Object, depth: int) -> None:
    for key, one in value:
        if isinstance(one, _Object) and one and depth < _MAX_DEPTH:
            rows.append(JsonRow(depth, key, ""))
            _add_object(rows, one, depth + 1)
        else:
            _add_value(rows, key, one, depth)


def _add_value(rows: list[JsonRow], key: str, value: object, depth: int) -> None:
    first, *others = (value if isinstance(value, str) else _compact(value)).split("\n")
    rows.append(JsonRow(depth, key, first))
    rows += [JsonRow(depth + 1, "", other) for other in others]


def _compact(value: object) -> str:
    """Return a value as JSON; unlike `json.dumps` this keeps keys that stand there twice, and numbers as written."""
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, _Object):
        return "{" + ", ".join([f"{_compact(key)}: {_compact(one)}" for key, one in value]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join([_compact(one) for one in value]) + "]"
    return json.dumps(value, ensure_ascii=False)
