"""Why a figure is None: the sentences, and the shared mappings that `Usage.unknown` is.

A part's reasons are a tuple of (dotted path, sentence). They are remembered by what they depend on, so that a thousand
instances with the same gaps share one mapping and a tick that changes no gap makes none.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from tui.domain.usage import Usage

Reasons = tuple[tuple[str, str], ...]

ELSEWHERE = "it runs on another host"
NOT_RUNNING = "it is not running"
NO_PROCESS = "its engine tells no process of it"
VANISHED = "its cgroup has vanished"
FIRST_SAMPLE = "a rate needs two samples"
STARTED_ANEW = "its counters started anew"
UNREADABLE = "the kernel's file could not be read"
NO_QUOTA = "no processor quota is set"
NO_CPU_LIMIT = "no processor limit is set"
NO_PERIODS = "the cpu controller counts no periods for this cgroup"
NO_MEMORY_LIMIT = "no memory limit is set"
NO_MEMORY_HIGH = "memory.high is not set"
NO_TASK_LIMIT = "no limit of tasks is set"
NOT_COUNTED = "the kernel does not count kills here"
HUGE_PAGES = "its memory is on huge pages, which the kernel does not count to its cgroup"
UNCOUNTED_DISK = "the kernel does not count to its cgroup what it reads and writes on {}"
NO_BALLOON = "a container has no balloon"
SILENT_BALLOON = "the guest's balloon does not tell"

_PATHS = (
    "cpu.cores_used",
    "cpu.limit_cores",
    "cpu.percent_of_limit",
    "cpu.throttled_percent",
    "memory.working_set_bytes",
    "memory.limit_bytes",
    "memory.high_bytes",
    "memory.percent_of_limit",
    "memory.swap_bytes",
    "memory.oom_kills",
    "memory.guest_used_bytes",
    "memory.guest_available_bytes",
    "io.read_bytes_per_second",
    "io.write_bytes_per_second",
    "network.receive_bytes_per_second",
    "network.transmit_bytes_per_second",
    "pids.current",
    "pids.limit",
    "pressure.cpu_some",
    "pressure.memory_some",
    "pressure.io_some",
    "cgroup",
    "window_seconds",
)


_MEMORY_PATHS = (
    "memory.working_set_bytes",
    "memory.limit_bytes",
    "memory.high_bytes",
    "memory.swap_bytes",
    "memory.oom_kills",
    "memory.guest_used_bytes",
    "memory.guest_available_bytes",
    "memory.percent_of_limit",
)


@lru_cache(maxsize=256)
def nothing_known(reason: str) -> Usage:
    """Return the one Usage of all instances of which nothing can be known for the same reason."""
    return Usage(unknown=MappingProxyType(dict.fromkeys(_PATHS, reason)))


def _given(*pairs: tuple[str, str | None]) -> Reasons:
    return tuple((path, reason) for path, reason in pairs if reason is not None)


def gap(before: object, now: object, why: str | None) -> str:
    """Return why there is no rate between two samples."""
    if now is None:
        return why or UNREADABLE
    return FIRST_SAMPLE if before is None else STARTED_ANEW


@lru_cache(maxsize=1024)
def of_cpu(rate: str | None, unlimited: bool, throttled: str | None) -> Reasons:
    """Return the gaps of the processor figures; None for what is known, here and below."""
    return _given(
        ("cpu.cores_used", rate),
        ("cpu.limit_cores", NO_CPU_LIMIT if unlimited else None),
        ("cpu.percent_of_limit", rate),
        ("cpu.throttled_percent", throttled),
    )


@lru_cache(maxsize=1024)
def of_memory(gaps: tuple[str | None, ...]) -> Reasons:
    """Return the gaps of the memory figures: working set, limit, high, swap, kills, guest's used and available."""
    current, limit, *_ = gaps
    return _given(*zip(_MEMORY_PATHS, (*gaps, current or limit), strict=True))


def of_huge_pages() -> Reasons:
    """Return the gaps of memory that the cgroup does not count."""
    return (("memory.working_set_bytes", HUGE_PAGES), ("memory.percent_of_limit", HUGE_PAGES))


@lru_cache(maxsize=1024)
def of_io(reason: str | None) -> Reasons:
    """Return the gaps of block traffic."""
    return _given(("io.read_bytes_per_second", reason), ("io.write_bytes_per_second", reason))


@lru_cache(maxsize=1024)
def of_network(reason: str | None) -> Reasons:
    """Return the gaps of network traffic."""
    return _given(("network.receive_bytes_per_second", reason), ("network.transmit_bytes_per_second", reason))


@lru_cache(maxsize=1024)
def of_pids(current: str | None, limit: str | None) -> Reasons:
    """Return the gaps of the tasks."""
    return _given(("pids.current", current), ("pids.limit", limit))


@lru_cache(maxsize=1024)
def of_pressure(cpu: str | None, memory: str | None, io: str | None) -> Reasons:
    """Return the gaps of pressure."""
    return _given(("pressure.cpu_some", cpu), ("pressure.memory_some", memory), ("pressure.io_some", io))


@lru_cache(maxsize=1024)
def of_whole(cgroup: str | None, window: str | None) -> Reasons:
    """Return the gaps of what stands beside the parts."""
    return _given(("cgroup", cgroup), ("window_seconds", window))


@lru_cache(maxsize=2048)
def merged(*parts: Reasons) -> Mapping[str, str]:
    """Return one mapping of all parts' gaps."""
    return MappingProxyType({path: reason for part in parts for path, reason in part})
