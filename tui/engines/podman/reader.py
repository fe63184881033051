"""Blocking questions about containers and pods; they run on the inventory lane."""

from collections.abc import Iterable
from typing import Any

from tui.domain.errors import EngineError, NotFound
from tui.engines.podman.client import Client
from tui.engines.podman.inventory import Changes
from tui.engines.podman.rows import Row


def read_all(client: Client) -> Changes:
    """List all containers and pods: 0.5 ms of the service's processor time a container.

    Raises:
        EngineError: as `Client.get`.
    """
    rows = _rows(client.get("containers/json", {"all": "true"}).json())
    return Changes(True, rows=rows, pods=read_pods(client))


def read_some(client: Client, known: Iterable[str], new: Iterable[str], *, with_pods: bool) -> Changes:
    """Look again at a few containers: an inspection (1.5 ms) of those that are known, a filtered list of new ones.

    Raises:
        EngineError: as `Client.get`.
    """
    inspected = [(local, _inspect(client, local)) for local in known]
    rows: tuple[Row, ...] = ()
    if wanted := list(new):
        rows = _rows(client.get("containers/json", {"all": "true", "filters": {"id": wanted}}).json())
        inspected += [(local, _inspect(client, local)) for local in wanted]
    return Changes(False, rows, tuple(inspected), read_pods(client) if with_pods else None)


def read_pods(client: Client) -> tuple[Row, ...]:
    """List all pods.

    Raises:
        EngineError: as `Client.get`.
    """
    return _rows(client.get("pods/json").json())


def _inspect(client: Client, local: str) -> Row | None:
    """Return the document of a container, None when it is gone."""
    try:
        value: Any = client.get(f"containers/{local}/json").json()
    except NotFound:
        return None
    return value if isinstance(value, dict) else {}


def _rows(value: Any) -> tuple[Row, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise EngineError("Podman answered nonsense", "A list was asked for, and something else came.")
    return tuple(row for row in value if isinstance(row, dict))


def read_version(client: Client) -> str:
    """Ask for a sign of life, 0.2 ms of the service's processor time, and return its version.

    Raises:
        EngineError: as `Client.get`.
    """
    headers = client.get("_ping").headers
    return headers.get("libpod-api-version") or headers.get("server", "").removeprefix("Libpod/").partition(" ")[0]
