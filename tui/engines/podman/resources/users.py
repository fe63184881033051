"""Containers as users of images, volumes and networks; from Docker's list, the only one that names the volumes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import EngineError
from tui.domain.instance import Port, State
from tui.domain.network import NetworkMember
from tui.engines.podman.inventory import NONSENSE
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.rows import state_of


@dataclass(frozen=True, slots=True)
class User:
    """One container and what it needs.

    Attributes:
        networks: name to what it is there.
    """

    local: str
    name: str
    state: State
    image_id: str
    volumes: tuple[str, ...]
    networks: Mapping[str, NetworkMember]
    ports: tuple[Port, ...]

    @property
    def runs(self) -> bool:
        """Tell whether its processes exist."""
        return self.state.is_active

    def loses(self, what: str) -> str:
        """Return the line of a preview."""
        return f"container {self.name}, {self.state}: {what}"

    @property
    def said(self) -> str:
        """Return name and state."""
        return f"{self.name} ({self.state})"


async def read_users(desk: Desk) -> tuple[User, ...]:
    """List all containers, running or not.

    Raises:
        EngineError: with its sentence.
    """
    answer = await desk.docker("containers/json", {"all": "true"}, timeout=desk.list_seconds)
    if answer is not None and not isinstance(answer, list):
        raise EngineError("Podman answered nonsense", "A list was asked for, and something else came.")
    return tuple(_users(answer or ()))


def _users(rows: Any) -> Iterator[User]:
    for row in rows:
        try:
            yield user_of(row)
        except NONSENSE:
            continue  # one entry that is none hides no other


def user_of(row: Mapping[str, Any]) -> User:
    """Turn one entry of Docker's list into a user.

    Raises:
        KeyError, TypeError, ValueError: it is no such entry.
    """
    local, names = str(row["Id"]), row.get("Names") or ()
    name = str(names[0]).removeprefix("/") if names else local[:12]
    state = state_of(row.get("State"))
    mounts = row.get("Mounts") or ()
    settings = row.get("NetworkSettings") or {}
    return User(
        local,
        name,
        state,
        str(row.get("ImageID") or "").removeprefix("sha256:"),
        tuple(str(mount["Name"]) for mount in mounts if mount.get("Type") == "volume" and mount.get("Name")),
        {
            str(network): _member(local, name, state, facts or {})
            for network, facts in (settings.get("Networks") or {}).items()
        },
        tuple(_ports(row.get("Ports") or ())),
    )


def _member(local: str, name: str, state: State, facts: Mapping[str, Any]) -> NetworkMember:
    addresses = (facts.get("IPAddress"), facts.get("GlobalIPv6Address"))
    return NetworkMember(
        instance_id=local,
        name=name,
        mac=str(facts.get("MacAddress") or ""),
        addresses=tuple(str(address) for address in addresses if address),
        active=state.is_active,
    )


def _ports(rows: Any) -> Iterator[Port]:
    for row in rows:
        if row.get("PublicPort"):
            yield Port(
                str(row.get("IP") or ""),
                int(row["PublicPort"]),
                int(row.get("PrivatePort") or 0),
                str(row.get("Type") or "tcp"),
            )
