"""Podman's JSON to domain values; pure. `containers/json` of Podman 4 and 5, and what `containers/ID/json` adds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tui.domain.identity import InstanceId
from tui.domain.instance import Address, ContainerFacts, Health, Instance, Kind, Pod, Port, State

Row = Mapping[str, Any]

UNIT_LABEL = "PODMAN_SYSTEMD_UNIT"
LATEST_SECONDS = 1 << 38  # far in the future, and no float overflows
MOST_PORTS = 1024  # of one range; a container may publish all 65,535

_STATES = {
    "configured": State.CREATED,
    "created": State.CREATED,
    "initialized": State.CREATED,
    "running": State.RUNNING,
    "paused": State.PAUSED,
    "stopping": State.STOPPING,
    "stopped": State.STOPPED,
    "exited": State.STOPPED,
    "dead": State.STOPPED,
    "restarting": State.RESTARTING,
    "removing": State.REMOVING,
}
_HEALTH = re.compile(r"\b(unhealthy|healthy|starting)\b")


@dataclass(frozen=True, slots=True)
class Owner:
    """What all instances of one engine share; `local` as in `Instance.local`."""

    host_id: str
    engine_id: str
    user: str
    local: bool = True

    def id(self, local: str) -> InstanceId:
        """Return the identity of a container or pod of this engine."""
        return InstanceId(self.host_id, self.engine_id, local)


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


def instance_of(row: Row, owner: Owner) -> Instance:
    """Turn one entry of `containers/json` into an instance.

    Raises:
        KeyError, TypeError, ValueError: it is no such entry.
    """
    state = _STATES.get(str(row["State"]).lower(), State.UNKNOWN)
    labels = {str(key): str(value) for key, value in (row.get("Labels") or {}).items()}
    facts = _facts(row, state, labels, owner)
    return Instance(
        id=owner.id(str(row["Id"])),
        kind=Kind.CONTAINER,
        name=_name(row),
        state=state,
        reason=reason_of(state, facts.exit_code, oom_killed=False, error=""),
        user=owner.user,
        pid=_pid(row.get("Pid"), owner),
        local=owner.local,
        driver="podman",
        started_unix_seconds=_seconds(row.get("StartedAt")) if state.is_active else None,
        labels=labels,
        container=facts,
    )


def _facts(row: Row, state: State, labels: Mapping[str, str], owner: Owner) -> ContainerFacts:
    # Podman sets the exit code back to 0 at each start
    has_ended = not state.is_active and (bool(row.get("Exited")) or _seconds(row.get("ExitedAt")) is not None)
    unit = labels.get(UNIT_LABEL, "")
    return ContainerFacts(
        image=str(row.get("Image") or row.get("ImageID") or ""),
        command=" ".join(str(word) for word in row.get("Command") or ()),
        pod_id=row.get("Pod") or None,
        ports=tuple(_ports(row.get("Ports") or ())),
        health=_health(str(row.get("Status") or "")) if state.is_active else None,
        restarts=int(row.get("Restarts") or 0),
        exit_code=int(row.get("ExitCode") or 0) if has_ended else None,
        unit=unit,
        unit_is_user=bool(unit) and owner.user not in {"", "root"},
        is_infra=bool(row.get("IsInfra")),
        created_unix_seconds=_seconds(row.get("Created")),
    )


def _name(row: Row) -> str:
    names = row.get("Names") or ()
    return str(names[0]) if names else str(row["Id"])[:12]


def _pid(value: Any, owner: Owner) -> int | None:
    return int(value) if value and owner.local else None


def _health(status: str) -> Health | None:
    """Find the word in `Status`: alone in libpod's list, in brackets where Docker's form is used."""
    found = _HEALTH.search(status.lower())
    return Health(found.group(1)) if found else None


def _ports(rows: Any) -> Iterator[Port]:
    for row in rows:
        first, inside = int(row.get("host_port") or 0), int(row.get("container_port") or 0)
        for offset in range(min(int(row.get("range") or 1), MOST_PORTS)):
            for protocol in str(row.get("protocol") or "tcp").split(","):
                yield Port(str(row.get("host_ip") or ""), first + offset, inside + offset, protocol)


def _seconds(value: Any) -> float | None:
    """Return seconds since 1970 of a Unix time or an RFC 3339 text; Go's zero time, the year 1, is None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value).astimezone(UTC).timestamp()
        except (ValueError, OverflowError):
            return None
    return float(value) if 0 < value < LATEST_SECONDS else None


def reason_of(state: State, exit_code: int | None, *, oom_killed: bool, error: str) -> str:
    """Say why a container does not run, in a few words."""
    if state not in {State.STOPPED, State.CREATED, State.RESTARTING}:
        return ""
    if oom_killed:
        return f"OOM-killed, exit {exit_code}" if exit_code else "OOM-killed"
    if error:
        return error
    return f"exit {exit_code}" if exit_code else ""


def details_of(inspected: Row) -> Details:
    """Take what the list lacks from `containers/ID/json`.

    Raises:
        KeyError, TypeError, ValueError: it is no such document.
    """
    state = inspected["State"]
    word = _STATES.get(str(state["Status"]).lower(), State.UNKNOWN)
    has_ended = not word.is_active and _seconds(state.get("FinishedAt")) is not None
    return Details(
        moment=(_whole(_seconds(state.get("StartedAt"))) if word.is_active else None, word),
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


@dataclass(frozen=True, slots=True)
class PodRow:
    """One entry of `pods/json`, and the systemd unit that manages the pod, empty when none."""

    pod: Pod
    unit: str


def pod_of(row: Row, owner: Owner) -> PodRow:
    """Turn one entry of `pods/json` into a pod.

    Raises:
        KeyError, TypeError: it is no such entry.
    """
    members = tuple(str(owner.id(str(member["Id"]))) for member in row.get("Containers") or ())
    pod = Pod(
        id=owner.id(str(row["Id"])),
        name=str(row["Name"]),
        state=str(row.get("Status") or ""),
        user=owner.user,
        member_ids=members,
    )
    return PodRow(pod, str((row.get("Labels") or {}).get(UNIT_LABEL) or ""))
