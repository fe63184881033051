"""What a person types to narrow a list: words, `key:value` terms and their inverse."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Fields = Mapping[str, Sequence[str]]

# A term runs to the next blank, but a double quote keeps blanks together up to its partner or the end of the text.
_TERM = re.compile(r'(?:"[^"]*(?:"|$)|[^\s"])+')
_KEY = re.compile(r"([A-Za-z_][\w-]*):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FilterTerm:
    """One condition.

    Attributes:
        text: The whole term without `!` and quotes, in small letters.
        key: The word before the colon, or None for a plain word.
        value: What follows the colon, or the same as `text` for a plain word.
        inverse: Whether a row must not match.
    """

    text: str
    key: str | None
    value: str
    inverse: bool = False

    def matches(self, fields: Fields) -> bool:
        """Tell whether a row with these fields satisfies the term.

        A key that the row does not have makes the term a plain word, so `alpine:3.19` finds an image tag.
        """
        values = fields.get(self.key) if self.key is not None else None
        if values is not None:
            found = any(self.value in value.lower() for value in values)
        else:
            found = any(self.text in value.lower() for group in fields.values() for value in group)
        return found != self.inverse


@dataclass(frozen=True, slots=True)
class FilterQuery:
    """All terms of a filter; a row passes when every term is satisfied."""

    text: str = ""
    terms: tuple[FilterTerm, ...] = ()

    @classmethod
    def parse(cls, text: str) -> FilterQuery:
        """Read a filter as typed; never raises. Half-typed terms (`!`, `state:`) restrict nothing yet."""
        terms = [_parse_term(part) for part in _TERM.findall(text)]
        return cls(text=text, terms=tuple(term for term in terms if term is not None))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the words before colons, as typed."""
        return tuple(term.key for term in self.terms if term.key is not None)

    def matches(self, fields: Fields) -> bool:
        """Tell whether a row with these fields passes; an empty query passes everything."""
        return all(term.matches(fields) for term in self.terms)

    def needles(self, column: str) -> tuple[str, ...]:
        """Return the small-letter texts to highlight in a column: all plain words, and values asked of this key."""
        return tuple([term.value if term.key == column else term.text for term in self.terms if not term.inverse])


def _parse_term(part: str) -> FilterTerm | None:
    inverse = part.startswith("!")
    body = part[1:] if inverse else part
    keyed = _KEY.match(body)
    text = body.replace('"', "").lower()
    if keyed is None:
        return FilterTerm(text, None, text, inverse) if text else None
    value = keyed.group(2).replace('"', "").lower()
    return FilterTerm(text, keyed.group(1).lower(), value, inverse) if value else None
