"""What differs between two moments of a thousand things, found without a step of Python for each of them."""

from collections.abc import Sequence
from itertools import compress
from operator import is_not


def changed_places(before: Sequence[object], after: Sequence[object]) -> Sequence[int]:
    """Return where `after` holds another object than `before`; everywhere when they are not equally long."""
    if len(before) != len(after):
        return range(len(after))
    return list(compress(range(len(after)), map(is_not, before, after)))
