"""Who an instance is: once for its counters, once for everything that outlives them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class InstanceId:
    """Name one instance as its engine does.

    Counters belong to this identity: a container that is made anew under the same name has another one.

    Attributes:
        host: machine-id of the host that runs the engine's instances, or the host name where there is none.
        engine: `EngineStatus.id` of the engine that listed it.
        local: the engine's own id: a domain's UUID, a container's or pod's full id.
    """

    host: str
    engine: str
    local: str
    text: str = field(init=False, repr=False, compare=False)  # kept: it is asked for many times a tick

    def __post_init__(self) -> None:
        """Make the text form."""
        object.__setattr__(self, "text", f"{self.host}/{self.engine}/{self.local}")

    def __str__(self) -> str:
        """Return the one text form, used as row key and in JSON."""
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class StableKey:
    """Name what a person means by "the same instance" after it was made anew.

    History, marks and rules belong to this identity.

    Attributes:
        host: as in `InstanceId`.
        engine: as in `InstanceId`.
        user: login name that owns it; empty for guests of the system.
        name: systemd unit where one manages the instance, else its name.
    """

    host: str
    engine: str
    user: str
    name: str

    @property
    def text(self) -> str:
        """Return the one text form, used as `Problem.lasting`."""
        return " ".join((self.host, self.engine, self.user or "-", self.name))
