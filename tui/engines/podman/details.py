"""What an inspection adds to a listed container, and when another one is worth its cost; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tui.domain.instance import Address, Instance, State
from tui.engines.podman.rows import Owner, Row, instance_of, reason_of, seconds_of, state_of


@dataclass(frozen=True, slots=True)
class Details:
    """What only an inspection tells.

    Attributes:
        moment: when it was true: start time and state; a list row of another moment needs a new inspection.
        error: why the last start failed; empty when it did not.
    """

    moment: tuple[float | None, State]
    restarts: int
    oom_killed: bool
    error: str
    addresses: tuple[Address, ...]
    exit_code: int | None


def details_of(inspected: Row) -> Details:
    """Take what the list lacks from `containers/ID/json`.

    Raises:
        KeyError, TypeError, ValueError: it is no such document.
    """
    state = inspected["State"]
    word = state_of(state["Status"])
    has_ended = not word.is_active and seconds_of(state.get("FinishedAt")) is not None
    return Details(
        moment=(_whole(seconds_of(state.get("StartedAt"))) if word.is_active else None, word),
        restarts=int(inspected.get("RestartCount") or 0),
        oom_killed=bool(state.get("OOMKilled")),
        error=" ".join(str(state.get("Error") or "").split())[:300],
        addresses=tuple(_addresses(inspected.get("NetworkSettings") or {})) if word.is_active else (),
        exit_code=int(state.get("ExitCode") or 0) if has_ended else None,
    )


def _whole(seconds: float | None) -> float | None:
    """Drop the fraction, which the list does not tell."""
    return None if seconds is None else float(int(seconds))


def _addresses(settings: Row) -> Iterator[Address]:
    for network, end in (settings.get("Networks") or {}).items():
        for key in ("IPAddress", "GlobalIPv6Address"):
            if end.get(key):
                yield Address(str(end[key]), "engine", str(network))


def needs_details(instance: Instance, known: Details | None) -> bool:
    """Tell whether an inspection would say something new: once for each start and each end of a container."""
    return known is None or known.moment != (_whole(instance.started_unix_seconds), instance.state)


def refresh_from(instance: Instance, inspected: Row) -> Instance:
    """Bring what may change in a known instance up to date from an inspection, before its details are applied."""
    state = inspected["State"]
    health = (state.get("Health") or state.get("Healthcheck") or {}).get("Status") or ""
    row = {
        "Id": instance.id.local,
        "Names": [str(inspected.get("Name") or instance.name)],
        "State": state["Status"],
        "Status": health,
        "Pid": state.get("Pid"),
        "StartedAt": state.get("StartedAt"),
        "ExitedAt": state.get("FinishedAt"),
        "ExitCode": state.get("ExitCode"),
        "Exited": str(state["Status"]).lower() in {"exited", "stopped"},
    }
    fresh = instance_of(row, Owner(instance.id.host, instance.id.engine, instance.user, instance.local))
    old, new = instance.container, fresh.container
    if old is not None and new is not None:
        new = replace(old, health=new.health, exit_code=new.exit_code)
    return replace(
        instance,
        name=fresh.name,
        state=fresh.state,
        reason=fresh.reason,
        pid=fresh.pid,
        started_unix_seconds=_whole(fresh.started_unix_seconds),
        container=new,
    )


def with_details(instance: Instance, details: Details | None) -> Instance:
    """Add what is known of an instance beyond the list; details of another moment still tell the restarts."""
    facts = instance.container
    if details is None or facts is None:
        return instance
    facts = replace(facts, restarts=max(facts.restarts, details.restarts))
    if needs_details(instance, details):
        return replace(instance, container=facts)
    if facts.exit_code is None:
        facts = replace(facts, exit_code=details.exit_code)
    reason = reason_of(instance.state, facts.exit_code, oom_killed=details.oom_killed, error=details.error)
    return replace(instance, container=facts, addresses=details.addresses, reason=reason)
