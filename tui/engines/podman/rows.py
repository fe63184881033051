"""Podman's JSON to domain values; pure. `containers/json` of Podman 4 and 5."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tui.domain.identity import InstanceId
from tui.domain.instance import ContainerFacts, Health, Instance, Kind, Pod, Port, State

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


def instance_of(row: Row, owner: Owner) -> Instance:
    """Turn one entry of `containers/json` into an instance.

    Raises:
        KeyError, TypeError, ValueError: it is no such entry.
    """
    state = state_of(row["State"])
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
        started_unix_seconds=seconds_of(row.get("StartedAt")) if state.is_active else None,
        labels=labels,
        container=facts,
    )


def state_of(word: Any) -> State:
    """Return the state for Podman's word."""
    return _STATES.get(str(word).lower(), State.UNKNOWN)


def _facts(row: Row, state: State, labels: Mapping[str, str], owner: Owner) -> ContainerFacts:
    # Podman sets the exit code back to 0 at each start
    has_ended = not state.is_active and (bool(row.get("Exited")) or seconds_of(row.get("ExitedAt")) is not None)
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
        created_unix_seconds=seconds_of(row.get("Created")),
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


def seconds_of(value: Any) -> float | None:
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
