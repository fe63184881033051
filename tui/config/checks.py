"""Checks of single values: each returns the value as it is kept, or raises ValueError with the end of a sentence."""

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any

Check = Callable[[Any], Any]


def number(least: float, most: float, *, whole: bool = False) -> Check:
    """Accept a number from `least` to `most`."""

    def check(value: Any) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ValueError(f"must be a {'whole ' if whole else ''}number, is {shown(value)}")  # noqa: TRY004 - one kind of error for all
        if not least <= value <= most:
            raise ValueError(f"must be between {least:g} and {most:g}, is {shown(value)}")
        return int(value) if whole else float(value)

    return check


def boolean(value: Any) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, is {shown(value)}")  # noqa: TRY004 - the same
    return value


def auto_or_boolean(value: Any) -> str | bool:
    """Accept "auto", true or false."""
    if value == "auto":
        return "auto"
    if not isinstance(value, bool):
        raise ValueError(f'must be "auto", true or false, is {shown(value)}')  # noqa: TRY004 - the same
    return value


def word(choices: Collection[str] | None) -> Check:
    """Accept one of many words that are not all worth listing, or any when none are known."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError(f"must be a text, is {shown(value)}")
        if choices is not None and value not in choices:
            raise ValueError(f"{shown(value)} is not known{near(value, choices)}")
        return value

    return check


def texts(value: Any) -> tuple[str, ...]:
    """Accept one text or a list of them, none of them empty."""
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise ValueError(f"must be a text or a list of texts, is {shown(value)}")
    for entry in entries:
        if not entry.strip() or not entry.isprintable():
            raise ValueError(f"{shown(entry)} is not an address")
    return tuple(entries)


def shells(value: Any) -> tuple[str, ...]:
    """Accept one program or a list of them: names, or paths from the root."""
    entries = texts(value)
    for entry in entries:
        if " " in entry or ("/" in entry and not entry.startswith("/")):
            raise ValueError(f"{shown(entry)} is no shell: write a name or a whole path, without arguments")
    return entries


def names(known: Collection[str] | None) -> Check:
    """Accept a list of names without repeats."""

    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(entry, str) for entry in value):
            raise ValueError(f"must be a list of names, is {shown(value)}")
        for entry in value:
            if known is not None and entry not in known:
                raise ValueError(f"there is no {shown(entry)}{near(entry, known)}")
            if value.count(entry) > 1:
                raise ValueError(f"{shown(entry)} stands there twice")
        return tuple(value)

    return check


def near(text: str, known: Collection[str]) -> str:
    """Return "; did you mean ...?" when something known is close, else an empty text."""
    close = get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def shown(value: Any) -> str:
    """Return a value as TOML writes it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = printable(f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= 40 else text[:37] + "..."


def printable(text: str) -> str:
    """Return a text with every character escaped that a terminal might obey."""
    return "".join([letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text])
