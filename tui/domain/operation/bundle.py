"""What hostdeck makes for a person by itself."""

from dataclasses import dataclass
from typing import ClassVar

from tui.domain.identity import InstanceId
from tui.domain.operation.base import Operation

OURSELVES = "hostdeck"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeBundle(Operation):
    """Put all that tells what is wrong on a host into one file; only reads from engines."""

    verb: ClassVar[str] = "bundle"
    title: ClassVar[str] = "make an incident bundle"

    @classmethod
    def of(cls, host_id: str, host_name: str) -> "MakeBundle":
        """Return it for a host."""
        return cls(target=InstanceId(host_id, OURSELVES, "bundle"), label=host_name)
