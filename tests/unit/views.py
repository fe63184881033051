"""Whole views around a few instances."""

from typing import Any

from tests.unit.build import engine_status, host_usage, seen
from tui.domain.host import HostView, Ledger
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Pod

UTC = 1_750_000_000.0


def view_of(*instances: Instance, **more: Any) -> HostView:
    engines = dict.fromkeys(instance.id.engine for instance in instances)
    fields: dict[str, Any] = {
        "host_id": "host",
        "host_name": "kvm01",
        "taken_utc_seconds": UTC,
        "taken_monotonic_seconds": 1000.0,
        "tick": 1,
        "usage": host_usage(),
        "ledger": Ledger(16, 0.0, 64 << 30, 0, 0, 0, 0),
        "sources": tuple(engine_status(engine) for engine in (engines or ["podman"])),
        "instances": tuple(seen(instance) for instance in instances),
    }
    return HostView(**{**fields, **more})


def pod_of(name: str, *members: Instance, user: str = "root") -> Pod:
    engine = members[0].id.engine
    return Pod(
        InstanceId("host", engine, f"pod-{name}"), name, "Running", user, tuple(member.key for member in members)
    )
