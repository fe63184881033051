"""Values for tests, with what a test does not care about filled in."""

from typing import Any

from tui.domain.host import EngineState, EngineStatus, HostUsage, InstanceView
from tui.domain.identity import InstanceId
from tui.domain.instance import ContainerFacts, GuestFacts, Instance, Kind, State
from tui.domain.usage import NO_USAGE, Usage

GIB = 1 << 30


def instance_id(local: str = "1", engine: str = "podman") -> InstanceId:
    return InstanceId("host", engine, local)


def container(name: str = "web", *, state: State = State.RUNNING, engine: str = "podman", **more: Any) -> Instance:
    facts = {key: more.pop(key) for key in list(more) if key in ContainerFacts.__dataclass_fields__}
    return Instance(
        id=instance_id(name, engine),
        kind=Kind.CONTAINER,
        name=name,
        state=state,
        user="root",
        container=ContainerFacts(**{"image": "localhost/bb", **facts}),
        **more,
    )


def guest(name: str = "vm", *, state: State = State.RUNNING, engine: str = "qemu:///system", **more: Any) -> Instance:
    facts = {key: more.pop(key) for key in list(more) if key in GuestFacts.__dataclass_fields__}
    return Instance(
        id=instance_id(name, engine),
        kind=Kind.GUEST,
        name=name,
        state=state,
        guest=GuestFacts(**{"vcpus": 2, "memory_max_bytes": 4 * GIB, **facts}),
        **more,
    )


def seen(instance: Instance, usage: Usage = NO_USAGE) -> InstanceView:
    return InstanceView(instance, usage)


def host_usage(**more: Any) -> HostUsage:
    return HostUsage(**{"cores": 16, "memory_total_bytes": 64 * GIB, "memory_used_bytes": 16 * GIB, **more})


def engine_status(engine: str = "podman", state: EngineState = EngineState.READY, **more: Any) -> EngineStatus:
    return EngineStatus(engine, "podman", f"unix:///run/{engine}", state, **more)
