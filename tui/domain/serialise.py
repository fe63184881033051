"""A `HostView` as the public JSON of `hostdeck snapshot --json`, and back.

Shape, schema version 1 (keys are only ever added under the same version):

    schema_version, taken_utc_seconds, taken_monotonic_seconds, tick, is_demo, read_only
    host        id, name, and the figures of `HostUsage`
    ledger      `Ledger`
    sources[]   `EngineStatus`
    pods[]      `Pod`; `id` and `member_ids` are ids of the form HOST/ENGINE/LOCAL
    problems[]  `Problem`
    instances[] id, name, kind, engine, user, state, state_reason, cgroup, cpu{}, memory{}, io{}, network{}, pids{},
                pressure{}, window_seconds, unknown{}, then what the engine says, with guest{} or container{}

A figure that is not known is null, and `unknown` has its dotted path and why; a limit that is null is "unlimited".
"""

from collections.abc import Mapping

from tui.domain.host import HostUsage, HostView, InstanceView
from tui.domain.instance import Instance
from tui.domain.plain import FormatError, Plain, decode, encode, names_of
from tui.domain.usage import NO_USAGE, Usage

SCHEMA_VERSION = 1

FIGURES = (
    "cpu.cores_used",
    "cpu.percent_of_limit",
    "cpu.throttled_percent",
    "memory.working_set_bytes",
    "io.read_bytes_per_second",
    "io.write_bytes_per_second",
    "network.receive_bytes_per_second",
    "network.transmit_bytes_per_second",
    "pids.current",
)
"""Dotted paths that every instance has; one that is null always has its reason."""

_HOST_FIELDS = names_of(HostUsage)
_VIEW_FIELDS = tuple(name for name in names_of(HostView) if name not in {"host_id", "host_name", "usage", "instances"})
_USAGE_FIELDS = ("cgroup", "cpu", "memory", "io", "network", "pids", "pressure", "window_seconds", "unknown")
_FIRST_FIELDS = {"id", "name", "kind", "user", "state", "reason"}
_ENGINE_FIELDS = tuple(name for name in names_of(Instance) if name not in _FIRST_FIELDS)


def to_json(view: HostView) -> dict[str, Plain]:
    """Return the public shape as plain values, ready for `json.dumps(..., allow_nan=False)`."""
    data: dict[str, Plain] = {"schema_version": SCHEMA_VERSION}
    data["host"] = {"id": encode(view.host_id), "name": encode(view.host_name)} | encode(view.usage)
    data |= {name: encode(getattr(view, name)) for name in _VIEW_FIELDS}
    data["instances"] = [_instance_to_json(item) for item in view.instances]
    return data


def from_json(data: Plain) -> HostView:
    """Return the view that `to_json` made `data` from.

    Raises:
        FormatError: another schema version, or a value that does not fit.
    """
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise FormatError("unknown format", f"schema_version is {version!r}, this hostdeck reads {SCHEMA_VERSION}.")
    host, instances = data.get("host"), data.get("instances")
    if not isinstance(host, dict) or not isinstance(instances, list):
        raise FormatError("incomplete", "host or instances is missing.")
    shape = {name: data[name] for name in _VIEW_FIELDS if name in data}
    shape |= {"host_id": host.get("id"), "host_name": host.get("name")}
    shape["usage"] = {name: host[name] for name in _HOST_FIELDS if name in host}
    shape["instances"] = [_instance_from_json(item, place) for place, item in enumerate(instances)]
    return decode(HostView, shape)


def _instance_to_json(item: InstanceView) -> dict[str, Plain]:
    instance, usage = item.instance, item.usage
    data: dict[str, Plain] = {
        "id": encode(instance.id),
        "name": encode(instance.name),
        "kind": instance.kind.value,
        "engine": encode(instance.id.engine),
        "user": encode(instance.user),
        "state": instance.state.value,
        "state_reason": encode(instance.reason),
    }
    data |= {name: encode(getattr(usage, name)) for name in _USAGE_FIELDS}
    data["unknown"] = _reasons(data, instance, usage)
    data |= {name: encode(getattr(instance, name)) for name in _ENGINE_FIELDS}
    return data


def _reasons(data: Mapping[str, Plain], instance: Instance, usage: Usage) -> dict[str, str]:
    """Return why each null figure is null: what the sampler said, else what follows from the state."""
    reasons: dict[str, str] = dict(data["unknown"])
    for path in FIGURES:
        group, _, name = path.partition(".")
        if data[group][name] is None and path not in reasons:
            reasons[path] = _default_reason(path, instance, usage)
    return reasons


def _default_reason(path: str, instance: Instance, usage: Usage) -> str:
    if not instance.state.is_active:
        return "It does not run."
    if usage == NO_USAGE:
        return "It was found a moment ago: nothing is read yet."
    if path == "cpu.throttled_percent" and usage.cpu.cores_used is not None:
        return "It has no processor quota."
    if usage.window_seconds is None and path not in {"memory.working_set_bytes", "pids.current"}:
        return "A rate needs two samples and there is only one."
    return "The kernel gave no figure."


def _instance_from_json(data: Plain, place: int) -> dict[str, Plain]:
    if not isinstance(data, dict):
        raise FormatError("wrong type", f"instances[{place}] is no object.")
    instance = {name: data[name] for name in (*_FIRST_FIELDS, *_ENGINE_FIELDS) if name in data}
    instance["reason"] = data.get("state_reason", "")
    return {"instance": instance, "usage": {name: data[name] for name in _USAGE_FIELDS if name in data}}
