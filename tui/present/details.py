"""All that is known about one line of a table, as label and text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from time import localtime, strftime
from typing import NamedTuple

from tui.domain.host import HostView
from tui.domain.instance import Address, ContainerFacts, GuestFacts, Instance
from tui.domain.usage import Usage
from tui.present import figures
from tui.present.cells import memory_limit, port_text
from tui.present.entry import Entry
from tui.present.roles import Spans
from tui.present.state import pod_word, state_cell
from tui.present.words import ago, span, wrapped
from tui.sessions.reaching import ssh_line, ssh_login
from widgets.live_table.model import Role

LABEL_CELLS = 11
UNKNOWN_CELLS = 32


class Fact(NamedTuple):
    """One line: what it is about, and what is known; `long` facts are of interest on the whole screen only."""

    label: str
    text: str
    role: Role = "normal"
    long: bool = False


def fact_lines(facts: Sequence[Fact], width: int) -> list[Spans]:
    """Return facts as lines, the labels dim and of one width; nothing is cut."""
    return [line for fact in facts for line in wrapped(fact.label.ljust(LABEL_CELLS), fact.text, width, fact.role)]


def short_fact_lines(facts: Sequence[Fact]) -> list[Spans]:
    """Return one line for each fact that is of interest beside the table."""
    return [((fact.label.ljust(LABEL_CELLS), "dim"), (fact.text, fact.role)) for fact in facts if not fact.long]


def identity(entry: Entry, view: HostView) -> list[Fact]:
    """Return what it is: its state, where it runs, what it is made of."""
    instance = entry.instance
    if instance is None:
        return list(_pod(entry))
    return [fact for fact in _instance(entry, instance, view) if fact.text]


def _pod(entry: Entry) -> Iterator[Fact]:
    yield Fact("state", pod_word(entry), state_cell(entry).role)
    yield Fact("kind", "pod")
    if entry.problem is not None:
        yield Fact("problem", entry.problem.text, state_cell(entry).role)
    if entry.user:
        yield Fact("user", entry.user)
    yield Fact("engine", entry.engine, long=True)
    for member in entry.members:
        yield Fact("container", f"{member.instance.name} ({member.instance.state.value})")


def _instance(entry: Entry, instance: Instance, view: HostView) -> Iterator[Fact]:
    cell = state_cell(entry)
    yield Fact("state", cell.text, cell.role)
    if entry.problem is not None:
        yield Fact("problem", entry.problem.text, cell.role)
    if instance.started_unix_seconds is not None:
        up = span(view.taken_utc_seconds - instance.started_unix_seconds)
        yield Fact("up", up)
        yield Fact("since", moment(instance.started_unix_seconds), long=True)
    yield Fact("title", instance.title)
    if instance.guest is not None:
        uri = next((one.url for one in view.sources if one.id == instance.id.engine), "")
        yield from _guest(instance.guest, uri)
    if instance.container is not None:
        yield from _container(entry, instance.container, view.taken_utc_seconds)
    yield from addresses(instance.addresses)
    yield Fact("user", instance.user)
    yield Fact("engine", instance.id.engine)
    yield Fact("about", instance.description, long=True)
    yield Fact("id", instance.id.local, long=True)
    yield Fact("driver", instance.driver, long=True)
    yield Fact("pid", str(instance.pid) if instance.pid else "", long=True)
    yield Fact("cgroup", entry.usage.cgroup or "", long=True)
    for key, value in sorted(instance.labels.items()):
        yield Fact("label", f"{key}={value}", "dim", long=True)


def _guest(guest: GuestFacts, uri: str) -> Iterator[Fact]:
    yield Fact("system", guest.os)
    yield Fact("size", f"{guest.vcpus} vCPU, {figures.size(guest.memory_max_bytes)} memory")
    yield Fact("autostart", "with the host" if guest.autostart else "no")
    if not guest.persistent:
        yield Fact("lasting", "no: it vanishes when it stops", "warn")
    if guest.has_managed_save:
        yield Fact("saved", "its memory is on disk; the next start resumes it")
    if guest.has_nvram:
        yield Fact("firmware", "keeps its variables in a file (NVRAM)", long=True)
    for display in guest.displays:
        yield Fact("screen", display.words)
        yield Fact("by ssh", ssh_line(display, ssh_login(uri, os.environ)), long=True)
    yield Fact("taps", " ".join(guest.taps), long=True)


def _container(entry: Entry, facts: ContainerFacts, now: float) -> Iterator[Fact]:
    yield Fact("image", facts.image)
    yield Fact("pod", entry.pod_name)
    yield Fact("health", facts.health.value if facts.health is not None else "")
    if facts.restarts:
        yield Fact("restarts", str(facts.restarts), "warn")
    if facts.exit_code is not None and not entry.is_active:
        yield Fact("exit code", str(facts.exit_code), "warn" if facts.exit_code else "normal")
    yield Fact("ports", " ".join([port_text(port) for port in facts.ports]))
    yield Fact("unit", facts.unit + (" (user)" if facts.unit and facts.unit_is_user else ""))
    yield Fact("command", facts.command, long=True)
    if facts.created_unix_seconds is not None:
        age = ago(now - facts.created_unix_seconds)
        yield Fact("created", f"{age}, {moment(facts.created_unix_seconds)}", long=True)


def addresses(found: Sequence[Address]) -> Iterator[Fact]:
    """Return each address with where it was learnt."""
    for address in found:
        network = f" on {address.network}" if address.network else ""
        yield Fact("address", f"{address.ip}{network} ({address.source})")


def usage_facts(entry: Entry) -> list[Fact]:
    """Return every figure with its unit and its limit; what is not known is a dash. A pod's are sums over it."""
    usage = entry.usage
    is_guest, is_pod = entry.kind == "guest", entry.kind == "pod"
    cpu, memory, io, network = usage.cpu, usage.memory, usage.io, usage.network
    limit = f"of {figures.cores(cpu.limit_cores)}" if cpu.limit_cores is not None else _no_limit(is_pod)
    share = f", {figures.percent(cpu.percent_of_limit)} %" if cpu.percent_of_limit is not None else ""
    if share and cpu.limit_cores is None:
        share += " of all cores"
    high = f", throttled from {figures.size(memory.high_bytes)}" if memory.high_bytes else ""
    inside = f"{figures.size(memory.guest_used_bytes):>6}  of {figures.size(memory.guest_available_bytes)}"
    return [
        Fact("cores", f"{figures.cores(cpu.cores_used):>6}  {limit}{share}"),
        *([] if is_pod else [Fact("throttled", f"{figures.percent(cpu.throttled_percent):>6}  % of periods")]),
        Fact("memory", f"{figures.size(memory.working_set_bytes):>6}  {_memory_limit(entry)}{high}"),
        *([Fact("inside", inside)] if is_guest else []),
        Fact("swap", f"{figures.size(memory.swap_bytes):>6}"),
        Fact("tasks", f"{figures.count(usage.pids.current):>6}{_of(usage.pids.limit)}"),
        Fact("disk", _two(io.read_bytes_per_second, io.write_bytes_per_second, "read", "written")),
        Fact(
            "network",
            _two(network.receive_bytes_per_second, network.transmit_bytes_per_second, "received", "sent"),
        ),
        Fact("pressure", _pressure(usage)),
        Fact("OOM kills", f"{figures.count(memory.oom_kills):>6}", "crit" if memory.oom_kills else "normal"),
    ]


def _memory_limit(entry: Entry) -> str:
    """Return the limit that the bar of the table is drawn against: of a guest without one its maximum memory."""
    limit, used = memory_limit(entry), entry.usage.memory.working_set_bytes
    if not limit:
        return _no_limit(entry.kind == "pod")
    whose = " it may have" if entry.usage.memory.limit_bytes is None else ""
    share = f", {figures.percent(100 * used / limit)} %" if used is not None else ""
    return f"of {figures.size(limit)}{whose}{share}"


def _no_limit(is_pod: bool) -> str:
    return "in all its containers" if is_pod else "no limit"


def _of(limit: int | None) -> str:
    return f"  of {limit}" if limit is not None else ""


def _two(first: float | None, second: float | None, first_word: str, second_word: str) -> str:
    return f"{figures.size(first):>6}  {first_word}/s  {figures.size(second):>4}  {second_word}/s"


def _pressure(usage: Usage) -> str:
    pressure = usage.pressure
    return (
        f"{figures.percent(pressure.cpu_some):>6}  % cpu  {figures.percent(pressure.memory_some)} % memory  "
        f"{figures.percent(pressure.io_some)} % io"
    )


def unknown_lines(usage: Usage, width: int) -> list[Spans]:
    """Return each figure that cannot be known with its reason; those of one reason stand together."""
    by_reason: dict[str, list[str]] = {}
    for path, reason in usage.unknown.items():
        by_reason.setdefault(reason, []).append(path)
    lines: list[Spans] = []
    for reason, paths in sorted(by_reason.items()):
        for path in paths:
            lines += wrapped(f"{path} ".ljust(UNKNOWN_CELLS), reason, width, "dim", label="normal")
    return lines


def moment(unix_seconds: float | None) -> str:
    """Return a local date and time; empty when it is not known."""
    return strftime("%Y-%m-%d %H:%M:%S", localtime(unix_seconds)) if unix_seconds is not None else ""
