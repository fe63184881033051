"""One member of the demo host: what its engine says of it, what it uses, and its quirks."""

import hashlib
import uuid
from dataclasses import dataclass
from enum import Flag, auto

from tui.domain.identity import InstanceId
from tui.domain.instance import Instance
from tui.engines.demo.load import Load

HOUR = 3600.0
DAY = 24 * HOUR


class Quirk(Flag):
    """What makes an instance interesting to an administrator."""

    NONE = 0
    IGNORES_SHUTDOWN = auto()  # a guest without ACPI, a container that ignores SIGTERM
    DISK_FULL = auto()  # pauses again soon after it was resumed
    FLAPS = auto()  # dies with exit 137 and is restarted, for ever
    TELLS_MEMORY = auto()  # a guest whose balloon reports


@dataclass(frozen=True, slots=True)
class Member:
    """An instance at the start of the demo and how it behaves."""

    instance: Instance
    load: Load
    quirks: Quirk = Quirk.NONE


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and when the demo plays.

    Attributes:
        seed: another one gives other ids and other curves, the same members.
        host_id: machine-id of the demo host.
        begin: UTC seconds at which the demo began; ages count from here.
    """

    seed: int
    host_id: str
    begin: float

    def digest(self, name: str) -> str:
        """Return 64 hexadecimal digits, as a container's id has."""
        return hashlib.sha256(f"{self.seed}/{name}".encode()).hexdigest()

    def guest_id(self, engine: str, name: str) -> InstanceId:
        """Return the identity of a guest: a UUID."""
        return InstanceId(self.host_id, engine, str(uuid.UUID(hex=self.digest(f"{engine}/{name}")[:32], version=4)))

    def container_id(self, engine: str, name: str) -> InstanceId:
        """Return the identity of a container or pod: a full Podman id."""
        return InstanceId(self.host_id, engine, self.digest(f"{engine}/{name}"))
