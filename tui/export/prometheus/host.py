"""What is exported of the host, its engines, its problems and hostdeck itself."""

from collections import Counter
from collections.abc import Mapping

from tui import __version__
from tui.domain.host import EngineState, EngineStatus, HostView
from tui.domain.past import RecordStatus
from tui.export.prometheus.instances import pressure_shares
from tui.export.prometheus.sheet import Family, label, label_text, with_label
from tui.sampling.totals import HostTotals

MOST_DEVICES = 200  # disks and interfaces, each
_ENGINE_STATES = tuple(state.value for state in EngineState)


def _gauge(name: str, text: str, value: float | None, unit: str = "") -> Family:
    family = Family("gauge", f"hostdeck_{name}", text, unit)
    family.put(value)
    return family


def host_families(view: HostView, totals: HostTotals) -> list[Family]:
    """Return the figures of the host."""
    usage = view.usage
    boot = round(view.taken_utc_seconds - usage.uptime_seconds) if usage.uptime_seconds is not None else None
    info = Family("info", "hostdeck_host", "Who the host is.")
    info.put(1, label_text({"name": label(view.host_name), "machine_id": label(view.host_id)}))
    return [
        info,
        _gauge("host_boot_time_seconds", "When the host was started, in seconds since 1970.", boot, "seconds"),
        _gauge("host_cpu_cores", "Processors of the host.", usage.cores, "cores"),
        *_host_counters(totals),
        _gauge("host_memory_bytes", "RAM of the host.", usage.memory_total_bytes or None, "bytes"),
        _gauge("host_memory_used_bytes", "RAM less what is available.", usage.memory_used_bytes, "bytes"),
        _gauge("host_swap_bytes", "Swap of the host.", usage.swap_total_bytes, "bytes"),
        _gauge("host_swap_used_bytes", "Swap in use.", usage.swap_used_bytes, "bytes"),
        _gauge("host_load1", "Load average over 1 minute.", usage.load_1),
        _gauge("host_load5", "Load average over 5 minutes.", usage.load_5),
        _gauge("host_load15", "Load average over 15 minutes.", usage.load_15),
        _pressure(view),
    ]


def _host_counters(totals: HostTotals) -> list[Family]:
    busy = Family("counter", "hostdeck_host_cpu_busy_seconds", "Processor time used, of all processors.", "seconds")
    busy.put(totals.cpu_busy_seconds)
    text = "Processor time that the host below this one took away, of all processors."
    steal = Family("counter", "hostdeck_host_cpu_steal_seconds", text, "seconds")
    steal.put(totals.cpu_steal_seconds)
    disk, network = "hostdeck_host_disk", "hostdeck_host_network"
    return [
        busy,
        steal,
        *_pair(totals.disks, (f"{disk}_read_bytes", "Read from a whole disk."), (f"{disk}_written_bytes", "Written.")),
        *_pair(
            totals.interfaces,
            (f"{network}_receive_bytes", "Received by an interface of the host."),
            (f"{network}_transmit_bytes", "Sent."),
        ),
    ]


def _pair(counters: Mapping[str, tuple[int, int]], *named: tuple[str, str]) -> list[Family]:
    """Return two counters of each device: one series a device, for a sum falls when one is taken away."""
    families = [Family("counter", name, text, "bytes") for name, text in named]
    for device in sorted(counters)[:MOST_DEVICES]:
        labels = label_text({"device": label(device)})
        for family, value in zip(families, counters[device], strict=True):
            family.put(value, labels)
    return families


def _pressure(view: HostView) -> Family:
    text = "Share of the last 10 s in which a task of the host waited for a resource (PSI some avg10)."
    family = Family("gauge", "hostdeck_host_pressure_ratio", text, "ratio")
    for resource, share in pressure_shares(view.usage.pressure):
        family.put(share, label_text({"resource": resource}))
    return family


def ledger_families(view: HostView) -> list[Family]:
    """Return what is promised to active instances."""
    ledger = view.ledger
    unlimited = Family("gauge", "hostdeck_ledger_unlimited", "Active containers without a limit of a resource.")
    unlimited.put(ledger.unlimited_cpu, label_text({"resource": "cpu"}))
    unlimited.put(ledger.unlimited_memory, label_text({"resource": "memory"}))
    return [
        _gauge(
            "ledger_promised_cpu_cores", "vCPUs of active guests and quotas of active containers.",
            ledger.vcpus_promised, "cores",
        ),
        _gauge(
            "ledger_promised_memory_bytes", "Maximum memory of active guests and limits of active containers.",
            ledger.memory_promised_bytes, "bytes",
        ),
        unlimited,
    ]  # fmt: skip


def engine_families(view: HostView) -> list[Family]:
    """Return how the engines are; one that is not installed and that nobody named has no series."""
    up = Family("gauge", "hostdeck_engine_up", "1 while an engine answers, else 0.")
    states = Family("stateset", "hostdeck_engine_state", "State of an engine's connection: 1 for the one it is in.")
    info = Family("info", "hostdeck_engine", "Version of an engine's daemon; empty before it answered.")
    answered = Family(
        "gauge", "hostdeck_engine_last_answer_timestamp_seconds", "When an engine last answered.", "seconds"
    )
    for status in view.sources:
        if status.state is EngineState.ABSENT and not status.required:
            continue
        labels = label_text({"engine": label(status.id), "kind": label(status.kind), "user": label(status.user)})
        up.put(status.state is EngineState.READY, labels)
        states.state(status.state.value, _ENGINE_STATES, labels)
        info.put(1, with_label(labels, "version", label(status.version)))
        answered.put(_answered(view, status), labels)
    return [up, states, info, answered]


def _answered(view: HostView, status: EngineStatus) -> float | None:
    if status.answered_monotonic_seconds is None:
        return None
    return round(view.taken_utc_seconds - (view.taken_monotonic_seconds - status.answered_monotonic_seconds), 1)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def count_families(view: HostView, left_out: int) -> list[Family]:
    """Return how many instances and problems there are; all are counted, those left out too."""
    instances = Family("gauge", "hostdeck_instances", "Instances by kind and state.")
    counts = Counter((one.instance.kind.value, one.instance.state.value) for one in view.instances)
    for (kind, state), count in sorted(counts.items()):
        instances.put(count, label_text({"kind": kind, "state": state}))
    problems = Family("gauge", "hostdeck_problems", "What needs a person, by rule.")
    found = Counter(
        (one.rule, one.severity.value, one.kind, bool(one.acknowledged_by), one.is_silenced) for one in view.problems
    )
    for (rule, severity, kind, seen, silenced), count in sorted(found.items()):
        labels = {"rule": label(rule), "severity": severity, "kind": label(kind)}
        labels |= {"acknowledged": _truth(seen), "silenced": _truth(silenced)}
        problems.put(count, label_text(labels))
    text = "Instances without series of their own because there are too many, or two of one name."
    return [instances, _gauge("instances_left_out", text, left_out), problems]


def own_families(view: HostView, record: RecordStatus | None, render_seconds: float | None) -> list[Family]:
    """Return what hostdeck tells of itself.

    Args:
        render_seconds: how long the page before this one took to make; None for the first.
    """
    build = Family("info", "hostdeck_build", "Version of hostdeck.")
    build.put(1, label_text({"version": __version__}))
    families = [
        build,
        _gauge(
            "sample_timestamp_seconds", "When the figures of this page were read.",
            round(view.taken_utc_seconds, 3), "seconds",
        ),
        _gauge(
            "export_render_duration_seconds", "Time it took to make the page before this one.",
            render_seconds, "seconds",
        ),
    ]  # fmt: skip
    if record is None or not record.folder:
        return families
    newest = _gauge(
        "record_newest_timestamp_seconds", "Last sample in the record.", record.newest_utc_seconds, "seconds"
    )
    writer = _gauge("record_writer_up", "1 while a recorder writes the record.", record.writer_pid is not None)
    return [*families, newest, writer]
