"""The host and its engine connections as lines: figures, how the connections go, and what helps."""

from __future__ import annotations

from tui.domain.host import EngineState, EngineStatus, HostUsage, HostView
from tui.present import figures
from tui.present.roles import Spans
from tui.present.words import span, wrapped
from widgets.live_table.model import Role

_ROLES: dict[EngineState, Role] = {EngineState.READY: "ok", EngineState.CONNECTING: "accent"}


def engine_lines(view: HostView, width: int) -> list[Spans]:
    """Return all about every engine, those that do not answer first; nothing of a reason is cut."""
    lines: list[Spans] = []
    for status in sorted(view.sources, key=lambda status: (status.state is EngineState.READY, status.id)):
        lines += [((status.id, "accent"), (f"  {status.kind}", "dim")), *_about(status, view, width), ()]
    return lines


def host_lines(view: HostView, width: int, every_seconds: float) -> list[Spans]:
    """Return every figure of the host with its unit; a narrow screen has no room for most of them in its bar.

    Args:
        view: the moment.
        width: cells.
        every_seconds: the time between two samples.
    """
    usage = view.usage
    load = "  ".join(_two_places(value) for value in (usage.load_1, usage.load_5, usage.load_15))
    pressure = usage.pressure
    facts = (
        ("cpu", f"{figures.percent(usage.cpu_percent)} % of {usage.cores} cores, {_steal(usage)}"),
        ("memory", f"{figures.size(usage.memory_used_bytes)} of {figures.size(usage.memory_total_bytes)}"),
        ("swap", f"{figures.size(usage.swap_used_bytes)} of {figures.size(usage.swap_total_bytes)}"),
        ("load", f"{load}  over 1, 5 and 15 minutes"),
        ("pressure", f"{figures.percent(pressure.cpu_some)} % for cpu, {figures.percent(pressure.memory_some)} % for "
                    f"memory, {figures.percent(pressure.io_some)} % for io"),
        ("disk", f"{figures.size(usage.disk_read_bytes_per_second)} read/s, "
                 f"{figures.size(usage.disk_write_bytes_per_second)} written/s"),
        ("network", f"{figures.size(usage.network_receive_bytes_per_second)} received/s, "
                    f"{figures.size(usage.network_transmit_bytes_per_second)} sent/s"),
        ("up", span(usage.uptime_seconds) if usage.uptime_seconds is not None else figures.UNKNOWN),
        ("sampled", f"every {every_seconds:g} s"),
    )  # fmt: skip
    return [line for word, text in facts for line in wrapped(_label(word), text, width)]


def _two_places(value: float | None) -> str:
    return figures.UNKNOWN if value is None else f"{value:.2f}"


def _steal(usage: HostUsage) -> str:
    return f"{figures.percent(usage.steal_percent)} % stolen by the host below"


def _about(status: EngineStatus, view: HostView, width: int) -> list[Spans]:
    now = view.taken_monotonic_seconds
    lines = wrapped(_label("state"), status.state.value, width, _ROLES.get(status.state, "crit"))
    if status.message:
        lines += wrapped(_label("reason"), status.message, width)
    if status.state is not EngineState.READY:
        answered = status.answered_monotonic_seconds
        age = "it never answered" if answered is None else f"its values are {figures.age(now - answered)} old"
        lines += wrapped(_label("age"), age, width)
    if status.retry_at_monotonic_seconds is not None:
        left = status.retry_at_monotonic_seconds - now
        lines += wrapped(_label("next try"), f"in {round(left)} s" if left >= 1 else "now", width)
    if status.url != status.id:
        lines += wrapped(_label("address"), status.url, width)
    facts = (("user", status.user), ("version", status.version))
    for word, text in facts:
        lines += wrapped(_label(word), text, width) if text else []
    count = sum(item.instance.id.engine == status.id for item in view.instances)
    return lines + wrapped(_label("lists"), f"{count} {'instance' if count == 1 else 'instances'}", width)


def _label(word: str) -> str:
    return f"{word:<10} "
