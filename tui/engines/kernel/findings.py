"""From the kernel's lines to entries of the timeline; pure."""

from dataclasses import dataclass, replace

from tui.domain.host import HostView, Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.oom import OomKill, OomReader
from tui.engines.kernel.placing import cgroup_words, may_be_instance, place
from tui.engines.kernel.records import KernelRecord
from tui.engines.kernel.trouble import Trouble, trouble_of

KILLED = "killed for memory"


@dataclass(frozen=True, slots=True)
class Finding:
    """An entry, and by what its instance is found.

    Attributes:
        entry: as it stands while no instance is known.
        cgroup: of the process, empty when not told.
    """

    entry: TimelineEntry
    cgroup: str = ""
    pid: int | None = None

    @property
    def may_be_placed(self) -> bool:
        """Tell whether an instance may be found for it."""
        return self.pid is not None or may_be_instance(self.cgroup)

    def placed(self, view: HostView) -> TimelineEntry | None:
        """Return the entry of the instance that it belongs to, None when the view knows none."""
        instance = place(view, self.cgroup, self.pid)
        if instance is None:
            return None
        return replace(
            self.entry,
            subject=instance.key,
            lasting=instance.stable_key.text,
            name=instance.name,
            subject_kind=instance.kind.value,
            engine=instance.id.engine,
        )


class Finder:
    """Reads the lines of one source in their order."""

    def __init__(self) -> None:
        self._oom = OomReader()

    def take(self, record: KernelRecord, utc: float) -> Finding | None:
        """Take the next line, which came at a UTC time; return what it tells, None for nothing."""
        kill = self._oom.take(record.text)
        if kill is not None:
            return _of_kill(kill, utc)
        trouble = trouble_of(record.text)
        return _of_trouble(trouble, utc) if trouble is not None else None


def _of_kill(kill: OomKill, utc: float) -> Finding:
    where = f"the limit of {cgroup_words(kill.limited)} was reached" if kill.limited else "the host ran out of memory"
    if kill.limited and kill.cgroup.startswith(kill.limited):
        where = "it reached its limit"
    held = f", {kill.rss_bytes / (1 << 20):.0f} MiB" if kill.rss_bytes else ""
    entry = TimelineEntry(
        utc_seconds=utc,
        kind=EntryKind.KERNEL,
        what=KILLED,
        name=cgroup_words(kill.cgroup) if kill.cgroup not in {"", "/"} else kill.task,
        detail=f"{kill.task} (process {kill.pid}{held}): {where}",
        severity=Severity.CRITICAL,
    )
    return Finding(entry, kill.cgroup, kill.pid)


def _of_trouble(trouble: Trouble, utc: float) -> Finding:
    entry = TimelineEntry(
        utc_seconds=utc,
        kind=EntryKind.KERNEL,
        what=trouble.what,
        name=trouble.part,
        detail=trouble.detail,
        severity=trouble.severity,
    )
    return Finding(entry, "", trouble.pid)
