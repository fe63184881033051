"""What a person looks for: a regular expression that cannot hang the screen."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from widgets.escape import escape_controls
from widgets.log_view.guard import TooSlow, time_limit

MAX_PATTERN_LENGTH = 1000

SHORT_TEXT = 4096
"""Characters of a long line that are looked at when all of it takes too long, and for highlighting."""

_MOST_HITS = 200

_SPECIAL = frozenset(".^$*+?{}[]\\|()")


class PatternError(ValueError):
    """The text is not a regular expression; the message is a sentence for a person."""


@dataclass(frozen=True)
class Pattern:
    """A regular expression; capitals in it make capitals matter.

    Attributes:
        text: As typed.
        regex: The expression.
        literal: The text itself where it is plain ASCII without special signs, None otherwise. Looking for that takes a
            tenth of the time, and finds the same in ASCII.
        folds_case: Whether small and capital letters are alike.
    """

    text: str
    regex: re.Pattern[str]
    literal: str | None
    folds_case: bool

    @classmethod
    def parse(cls, text: str) -> Pattern | None:
        """Return the pattern of a text, None of an empty one; raise `PatternError` with a sentence."""
        if not text:
            return None
        if len(text) > MAX_PATTERN_LENGTH:
            raise PatternError(f"A pattern has at most {MAX_PATTERN_LENGTH} characters.")
        has_capitals = re.sub(r"\\.", "", text).lower() != re.sub(r"\\.", "", text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what future versions will read differently is typed here and now
                regex = re.compile(text, re.NOFLAG if has_capitals else re.IGNORECASE)
        except re.error as error:
            where = f" at character {error.pos + 1}" if error.pos is not None else ""
            raise PatternError(f"Not a regular expression: {escape_controls(error.msg)}{where}.") from error
        except (OverflowError, RecursionError, MemoryError) as error:
            raise PatternError("Not a regular expression that can be used: it is too large.") from error
        literal = text if text.isascii() and not _SPECIAL.intersection(text) else None
        return cls(text, regex, literal, not has_capitals)

    def matches(self, text: str) -> bool:
        """Tell whether a text matches anywhere."""
        if self.literal is not None and text.isascii():
            return self.literal in (text.lower() if self.folds_case else text)
        return self.regex.search(text) is not None

    def hits(self, text: str) -> list[tuple[int, int]]:
        """Return where the beginning of a text matches; empty matches are left out."""
        found: list[tuple[int, int]] = []
        for match in self.regex.finditer(text, 0, SHORT_TEXT):
            if match.end() > match.start():
                found.append(match.span())
            if len(found) >= _MOST_HITS:
                break
        return found


class Highlighter:
    """Finds what to highlight, within a limit of time: after two lines that take too long it finds nothing more.

    Two, because what ran out of time once may have met a collection of garbage.
    """

    _MOST_FAILURES = 2

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._failures = 0

    def __call__(self, text: str) -> list[tuple[int, int]]:
        """Return where a text matches."""
        if self._failures >= self._MOST_FAILURES:
            return []
        try:
            with time_limit():
                return self._pattern.hits(text)
        except TooSlow:
            self._failures += 1
            return []


@dataclass(frozen=True)
class Sieve:
    """Which lines pass a filter.

    Attributes:
        include: Lines must match it; None for all.
        exclude: Lines must not match it; None for none.
    """

    include: Pattern | None = None
    exclude: Pattern | None = None

    def __bool__(self) -> bool:
        return self.include is not None or self.exclude is not None

    def passes(self, text: str) -> bool:
        """Tell whether a line passes."""
        if self.include is not None and not self.include.matches(text):
            return False
        return self.exclude is None or not self.exclude.matches(text)
