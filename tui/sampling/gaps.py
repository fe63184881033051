"""Sources that know what they do not see."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class KnowsGaps(Protocol):
    """A `HostSource` whose timeline may lack something that a person should know of."""

    @property
    def timeline_gaps(self) -> Sequence[str]:
        """Return what is lacking and why, a sentence each."""
