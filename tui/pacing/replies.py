"""What a terminal answers, taken out of what a person types before anything else sees it."""

from __future__ import annotations

import re

QUESTION = "\x1b[5n"
"""Device status (DSR 5). Every terminal and tmux answer `ESC [ 0 n`: four bytes each way, and no key sends that, while
a cursor position (DSR 6) may be Shift+F3."""
PROBE = "\x1b[c"
"""Device attributes (DA 1), answered by another sequence: it tells whether the answer to a question got lost."""

_KNOWN = re.compile(r"\x1b\[(?:(?P<status>[03]n)|(?P<attributes>\?[\d;]*c)|(?P<paste>200~))")
_BEGUN = re.compile(r"\x1b(?:\[(?:[03]|2|20|200|\?[\d;]{0,40})?)?\Z")
_PASTE_END = "\x1b[201~"
_PASTE_END_BEGUN = re.compile(r"\x1b(?:\[(?:2|20|201)?)?\Z")


class Replies:
    """Filters the input of a terminal; a reply may come in pieces, and one within a paste is text.

    Attributes:
        statuses: answers to `QUESTION` so far.
        attributes: answers to `PROBE` so far.
        held: what may be the beginning of a reply; it is given out with what follows, or by `release`.
    """

    def __init__(self) -> None:
        self.statuses = 0
        self.attributes = 0
        self.held = ""
        self._is_paste = False

    def feed(self, text: str, *, expected: bool) -> str:
        """Return the text without replies.

        Args:
            text: what came.
            expected: a reply is on its way: an Escape at the end may be its first byte, and is held.
        """
        text, self.held = self.held + text, ""
        passed: list[str] = []
        while text:
            text = self._take_paste(text, passed) if self._is_paste else self._take(text, passed, expected)
        return "".join(passed)

    def release(self) -> str:
        """Return what was held: nothing followed in time, so it is a key."""
        if self._is_paste:
            return ""  # its end may have come in pieces; there is no hurry before it
        held, self.held = self.held, ""
        return held

    def _take(self, text: str, passed: list[str], expected: bool) -> str:
        """Pass on what stands before the next reply or paste; return what is left."""
        found = _KNOWN.search(text)
        if found is None:
            begun = _BEGUN.search(text)
            if begun is not None and (expected or begun.group() != "\x1b"):
                text, self.held = text[: begun.start()], begun.group()
            passed.append(text)
            return ""
        passed.append(text[: found.start()])
        match found.lastgroup:
            case "status":
                self.statuses += 1
            case "attributes":
                self.attributes += 1
            case _:
                self._is_paste = True
                passed.append(found.group())
        return text[found.end() :]

    def _take_paste(self, text: str, passed: list[str]) -> str:
        before, end, after = text.partition(_PASTE_END)
        if end:
            self._is_paste = False
            passed += (_without_escapes(before), end)
            return after
        begun = _PASTE_END_BEGUN.search(text)
        if begun is not None:
            text, self.held = text[: begun.start()], begun.group()
        passed.append(_without_escapes(text))
        return ""


def _without_escapes(text: str) -> str:
    """Return pasted text as text: Textual would give out as keys what stands behind an escape within a paste."""
    return text.replace("\x1b", "")
