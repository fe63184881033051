"""What happened on the demo host in the hours before: for its timeline."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tui.domain.host import HostView, Problem, Severity
from tui.domain.instance import Instance
from tui.domain.timeline import EntryKind, TimelineEntry

_HOUR, _MINUTE = 3600.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """One entry; `ago` in seconds before the demo began, `name` of an instance, an engine's id, or what it is about."""

    ago: float
    kind: EntryKind
    name: str
    what: str
    detail: str = ""
    severity: Severity | None = None
    rule: str = ""
    who: str = ""
    command: str = ""


_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
_LIBVIRT = "qemu:///system"
_THROTTLED = "throttled in 31 % of periods"
_SCENES = (
    _Scene(ago=26 * _HOUR, kind=EntryKind.RECORDER, name="recorder", what="began"),
    _Scene(ago=20 * _HOUR, kind=EntryKind.ACTION, name="build-6", what="stop", detail="asked for", who="anna",
           command="virsh -c qemu:///system shutdown build-6"),
    _Scene(ago=20 * _HOUR - 14, kind=EntryKind.EVENT, name="build-6", what="stopped", detail="saved"),
    _Scene(ago=11.2 * _HOUR, kind=EntryKind.KERNEL, name="search", what="killed for memory",
           detail="java (process 28114, 1980 MiB): it reached its limit", severity=_CRITICAL),
    _Scene(ago=11.2 * _HOUR - 1, kind=EntryKind.EVENT, name="search", what="died", detail="exit 137"),
    _Scene(ago=11.2 * _HOUR - 2, kind=EntryKind.RAISED, name="search", what="raised", severity=_CRITICAL,
           rule="oom", detail="the kernel killed a process of it for memory"),
    _Scene(ago=11.2 * _HOUR - 4, kind=EntryKind.EVENT, name="search", what="started"),
    _Scene(ago=10.9 * _HOUR, kind=EntryKind.CLEARED, name="search", what="cleared", severity=_CRITICAL, rule="oom",
           detail="after 18 min: the kernel killed a process of it for memory"),
    _Scene(ago=9.6 * _HOUR, kind=EntryKind.DAEMON, name=_LIBVIRT, what="lost",
           detail="The daemon ended the connection."),
    _Scene(ago=9.6 * _HOUR - 3, kind=EntryKind.DAEMON, name=_LIBVIRT, what="answers again", detail="after 3 s"),
    _Scene(ago=7.5 * _HOUR, kind=EntryKind.KERNEL, name="sdb", what="disk error", severity=_CRITICAL,
           detail="I/O error, dev sdb, sector 1953514584 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2"),
    _Scene(ago=3 * _HOUR + 40, kind=EntryKind.ACTION, name="transcoder", what="restart", detail="done", who="root",
           command="podman restart transcoder"),
    _Scene(ago=3 * _HOUR, kind=EntryKind.RAISED, name="transcoder", what="raised", severity=_WARNING,
           rule="throttled", detail=_THROTTLED),
    _Scene(ago=2.2 * _HOUR, kind=EntryKind.HANDLED, name="transcoder", what="acknowledged", severity=_WARNING,
           rule="throttled", detail=f"{_THROTTLED}, note: wanted until the batch is done", who="anna"),
    _Scene(ago=95 * _MINUTE, kind=EntryKind.STATE, name="staging", what="crashed", detail="was running"),
    _Scene(ago=95 * _MINUTE - 2, kind=EntryKind.RAISED, name="staging", what="raised", severity=_CRITICAL,
           rule="crashed", detail="crashed"),
    _Scene(ago=40 * _MINUTE - 1, kind=EntryKind.RAISED, name="mail01", what="raised", severity=_CRITICAL,
           rule="io-error", detail="paused: I/O error (no space)"),
    _Scene(ago=30 * _MINUTE - 1, kind=EntryKind.RAISED, name="search", what="raised", severity=_CRITICAL,
           rule="unhealthy", detail="its health check fails"),
    _Scene(ago=22 * _MINUTE, kind=EntryKind.ACTION, name="mail01", what="resume", who="root",
           detail="failed: the guest paused again at once", command="virsh -c qemu:///system resume mail01"),
    _Scene(ago=17 * _MINUTE, kind=EntryKind.RAISED, name="db", what="raised", severity=_WARNING,
           rule="memory", detail="memory 91 % of its limit"),
    _Scene(ago=9 * _MINUTE, kind=EntryKind.RAISED, name="api-3", what="raised", severity=_CRITICAL,
           rule="restarting", detail="restarted 3 times in 10 min, exit 137"),
    _Scene(ago=6 * _MINUTE, kind=EntryKind.ACTION, name="runner-3", what="start", who="builder",
           detail="failed: exit 1", command="podman start runner-3"),
)  # fmt: skip


def story(instances: Iterable[Instance], begin: float) -> Iterator[TimelineEntry]:
    """Return what happened before the demo began, oldest first.

    Args:
        begin: UTC seconds at which it began.
    """
    by_name = {instance.name: instance for instance in instances}
    for scene in _SCENES:
        yield _entry(scene, by_name.get(scene.name), begin)


def standing(entries: Iterable[TimelineEntry]) -> Iterator[Problem]:
    """Return what was raised and not cleared, as somebody knows it who looked on."""
    raised: dict[tuple[str, str], TimelineEntry] = {}
    for entry in entries:
        if entry.kind is EntryKind.RAISED:
            raised.setdefault((entry.lasting, entry.rule), entry)
        elif entry.kind is EntryKind.CLEARED:
            raised.pop((entry.lasting, entry.rule), None)
    for entry in raised.values():
        yield Problem(
            entry.severity or Severity.WARNING,
            entry.subject,
            entry.name,
            entry.subject_kind,
            entry.detail,
            since_utc_seconds=entry.utc_seconds,
            rule=entry.rule,
            lasting=entry.lasting,
        )


def _entry(scene: _Scene, instance: Instance | None, begin: float) -> TimelineEntry:
    is_engine = scene.name == _LIBVIRT
    return TimelineEntry(
        utc_seconds=begin - scene.ago,
        kind=scene.kind,
        what=scene.what,
        subject=instance.key if instance is not None else scene.name if is_engine else "",
        lasting=instance.stable_key.text if instance is not None else scene.name if is_engine else "",
        name=scene.name,
        subject_kind=instance.kind.value if instance is not None else "engine" if is_engine else "host",
        engine=instance.id.engine if instance is not None else scene.name if is_engine else "",
        detail=scene.detail,
        severity=scene.severity,
        rule=scene.rule,
        who=scene.who,
        command=scene.command,
    )


class StoryWatch:
    """A `Watch` that tells the story once."""

    gap = ""

    def __init__(self, entries: Iterable[TimelineEntry]) -> None:
        self.entries = tuple(entries)

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:  # noqa: ARG002 - nothing is placed here
        """Tell it."""
        for entry in self.entries:
            put(entry)
