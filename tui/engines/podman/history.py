"""What Podman's events mean: a line of history, and what has to be looked at again; pure."""

from dataclasses import dataclass
from typing import Any

from tui.domain.event import Event
from tui.domain.instance import Health, Instance
from tui.engines.podman.events import Raw, actor_of, event_seconds
from tui.engines.podman.rows import Owner

# actions that a person wants to read of; the rest is machinery (init, cleanup, mount, exec_died ...)
_WORDS = {
    "create": "created",
    "start": "started",
    "stop": "asked to stop",
    "died": "died",
    "die": "died",
    "kill": "killed",
    "pause": "paused",
    "unpause": "resumed",
    "restart": "restarted",
    "rename": "renamed",
    "remove": "removed",
    "attach": "attached",
    "checkpoint": "checkpointed",
    "restore": "restored",
    "update": "updated",
    "auto-update": "updated",
}
# what changes nothing that the inventory shows; health checks are looked at by themselves
_HARMLESS = frozenset(
    {
        "health_status",
        "exec",
        "exec_died",
        "attach",
        "commit",
        "export",
        "mount",
        "unmount",
        "sync",
        "checkpoint",
        "copy",
    }
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of a container or pod, taken apart.

    Attributes:
        action: Podman's word.
        pod_id: of the container's pod, empty when it tells none.
        exit_code: with "died".
        health: with "health_status"; true from Podman 5 on, what was before this check in Podman 4.
    """

    id: str
    is_pod: bool
    action: str
    name: str
    utc_seconds: float
    pod_id: str = ""
    exit_code: int | None = None
    health: Health | None = None

    @property
    def needs_look(self) -> bool:
        """Tell whether the instance has to be read again at once."""
        return self.action not in _HARMLESS


def heard(raw: Raw) -> Heard | None:
    """Take an event apart; None when it is of nothing that is shown."""
    actor = actor_of(raw)
    kind, action = str(raw.get("Type")), str(raw.get("Action") or raw.get("status") or "")
    local = str(actor.get("ID") or raw.get("id") or "")
    if kind not in {"container", "pod"} or not local or not action:
        return None
    told = actor.get("Attributes")
    attributes: dict[str, Any] = told if isinstance(told, dict) else {}
    return Heard(
        id=local,
        is_pod=kind == "pod",
        action=action.partition(":")[0],
        name=str(attributes.get("name") or local[:12]),
        utc_seconds=event_seconds(raw),
        pod_id=str(attributes.get("podId") or ""),
        exit_code=_exit_code(attributes) if action in {"died", "die"} else None,
        health=_health(raw, attributes),
    )


def _exit_code(attributes: dict[str, Any]) -> int | None:
    text = str(attributes.get("containerExitCode") or attributes.get("exitCode") or "0")
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 12 else None


def _health(raw: Raw, attributes: dict[str, Any]) -> Health | None:
    word = str(raw.get("HealthStatus") or attributes.get("health_status") or "")
    return Health(word) if word in set(Health) else None


def line_of(event: Heard, owner: Owner) -> Event | None:
    """Return the line of history for an event of a container or pod, None for machinery."""
    what = _WORDS.get(event.action)
    if what is None:
        return None
    return Event(event.utc_seconds, owner.engine_id, owner.id(event.id), event.name, what, _detail(event))


def _detail(event: Heard) -> str:
    if event.exit_code is not None:
        return f"exit {event.exit_code}"
    if event.action == "rename":
        return f"now {event.name}"
    return "pod" if event.is_pod else ""


def health_line(instance: Instance, utc_seconds: float) -> Event | None:
    """Return the line for a container whose health has become another, None while it has none."""
    health = instance.container.health if instance.container is not None else None
    if health is None:
        return None
    what = {Health.HEALTHY: "became healthy", Health.UNHEALTHY: "became unhealthy", Health.STARTING: "health starting"}
    return Event(utc_seconds, instance.id.engine, instance.id, instance.name, what[health])


def oom_line(event: Heard, owner: Owner) -> Event:
    """Return the line for a container that the kernel killed for memory; Podman has no event of its own for it."""
    return Event(event.utc_seconds, owner.engine_id, owner.id(event.id), event.name, "OOM-killed", "out of memory")
