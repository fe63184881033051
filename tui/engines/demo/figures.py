"""Figures of the demo's instances, made where the live host reads cgroups."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from tui.domain.instance import Instance, Kind, State
from tui.domain.serialise import FIGURES
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage
from tui.engines.base import GuestMemory
from tui.engines.demo.cast import Member, Quirk
from tui.engines.demo.load import Load, activity, identity, wander
from tui.engines.demo.yard import USERS

CORES = 16
WINDOW_SECONDS = 1.0
_SETTLE_SECONDS = 25.0

_INACTIVE = Usage(unknown=MappingProxyType(dict.fromkeys(FIGURES, "It does not run.")))
_NO_IO = "The io controller is not delegated to this user's manager (user@.service has no Delegate=io)."
_NO_QUOTA = "It has no processor quota."


class Clockwork:
    """Turns the monotonic time of a tick into the UTC time the curves are made of.

    Args:
        begin: UTC seconds that belong to the first tick ever asked for.
    """

    def __init__(self, begin: float) -> None:
        self._begin = begin
        self._first: float | None = None

    def utc(self, monotonic: float) -> float:
        """Return the UTC time of a tick; the first call ties the two clocks together."""
        if self._first is None:
            self._first = monotonic
        return self._begin + monotonic - self._first


class DemoSampler:
    """The demo's `InstanceSampler`: pure functions of seed, instance and time.

    Args:
        find: gives the member of a row key, None for one that the demo does not know.
    """

    def __init__(self, seed: int, clockwork: Clockwork, find: Callable[[str], Member | None]) -> None:
        self._seed = seed
        self._clockwork = clockwork
        self._find = find

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:  # noqa: ARG002 - all figures cost the same here
        """Return a usage for every target."""
        now = self._clockwork.utc(monotonic)
        return {target.key: self.usage(target, now) for target in targets}

    def usage(self, target: Instance, now: float) -> Usage:
        """Return what `target` uses at the UTC time `now`."""
        member = self._find(target.key)
        if member is None or not target.state.is_active:
            return _INACTIVE
        level = 0.0
        if target.state is not State.PAUSED:
            level = activity(self._seed, target.name, member.load, now)
        age = max(0.0, now - (target.started_unix_seconds or 0.0))
        return _usage(target, member, level, age)

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Take what guests tell; the demo knows it anyway."""

    def close(self) -> None:
        """Nothing is held."""


def _usage(target: Instance, member: Member, level: float, age: float) -> Usage:
    load = member.load
    (read, write), (received, transmitted) = load.disk, load.network
    paused = target.state is State.PAUSED
    rootless = target.kind is Kind.CONTAINER and target.user != "root"
    quota = load.cpu_limit if target.kind is Kind.CONTAINER else None
    unknown = {}
    if quota is None:
        unknown["cpu.throttled_percent"] = _NO_QUOTA
    if rootless:
        unknown |= dict.fromkeys(("io.read_bytes_per_second", "io.write_bytes_per_second", "pressure.io_some"), _NO_IO)
    return Usage(
        cpu=_cpu(load, target, level, paused=paused),
        memory=_memory(target, member, level, age),
        io=IoUsage() if rootless else IoUsage(read * level**2, write * level),
        network=NetworkUsage(received * level, transmitted * level),
        pids=PidsUsage(load.pids + int(level * load.pids * 0.2), load.pids_limit),
        pressure=_pressure(load, level, io=not rootless),
        cgroup=cgroup_of(target),
        window_seconds=WINDOW_SECONDS,
        unknown=unknown,
    )


def _cpu(load: Load, target: Instance, level: float, *, paused: bool) -> CpuUsage:
    limit = float(target.guest.vcpus) if target.guest else load.cpu_limit
    idle, busy = load.cores
    used = 0.0 if paused else idle + (busy - idle) * level
    throttled = load.throttled * level if target.guest is None and load.cpu_limit is not None else None
    return CpuUsage(used, limit, 100 * used / (limit or CORES), throttled)


def _memory(target: Instance, member: Member, level: float, age: float) -> MemoryUsage:
    load = member.load
    settled = 1 - 0.9 * math.exp(-age / _SETTLE_SECONDS)
    held = int(load.memory_bytes * settled * (1 + load.memory_swing * (level - 0.5)))
    guest_used = guest_available = None
    if target.guest and Quirk.TELLS_MEMORY in member.quirks:
        guest_available = int(target.guest.memory_max_bytes * 0.97)
        guest_used = min(guest_available, int(held * 0.8))
    limit = load.memory_limit
    return MemoryUsage(
        working_set_bytes=held,
        limit_bytes=limit,
        percent_of_limit=100 * held / limit if limit else None,
        swap_bytes=load.swap_bytes,
        oom_kills=0,
        guest_used_bytes=guest_used,
        guest_available_bytes=guest_available,
    )


def _pressure(load: Load, level: float, *, io: bool) -> Pressure:
    waits = load.wait * level
    return Pressure(round(waits, 2), round(waits * 0.05, 2), round(waits * 0.6, 2) if io else None)


def cgroup_of(target: Instance) -> str:
    """Return the path a real instance of this kind has under systemd."""
    if target.guest:
        mangled = target.name.replace("-", r"\x2d")
        return rf"/machine.slice/machine-qemu\x2d{target.guest.domain_id}\x2d{mangled}.scope"
    assert target.container is not None  # noqa: S101 - an instance is a guest or a container
    scope = f"libpod-{target.id.local}.scope/container"
    if target.container.unit:
        return f"/system.slice/{target.container.unit}/libpod-payload-{target.id.local}"
    pod = target.container.pod_id
    if target.user == "root":
        return f"/machine.slice/machine-libpod_pod_{pod}.slice/{scope}" if pod else f"/machine.slice/{scope}"
    uid = USERS[target.user]
    return f"/user.slice/user-{uid}.slice/user@{uid}.service/user.slice/{scope}"


def ripple(seed: int, what: str, now: float, period: float = 8.0) -> float:
    """Return a small host-wide curve in [0, 1)."""
    return wander(identity(f"{seed}/host/{what}"), now, period)
