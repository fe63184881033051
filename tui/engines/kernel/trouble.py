"""Lines of the kernel that an administrator has to know of: disks, filesystems, what hangs, hardware; pure."""

import re
from dataclasses import dataclass

from tui.domain.host import Severity

_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a line tells.

    Attributes:
        what: a few words; with `part` the same for all lines of one trouble.
        part: the disk, filesystem or task; may be empty.
        detail: the line as the kernel wrote it.
        pid: of the process that it is about, None when it is about none.
    """

    what: str
    part: str
    detail: str
    severity: Severity
    pid: int | None = None


_DEVICE = r"(?P<part>[\w!.:+-]+)"
_PATTERNS: tuple[tuple[re.Pattern[str], str, Severity], ...] = tuple(
    (re.compile(pattern), what, severity)
    for pattern, what, severity in (
        (rf"(?:^|: )I/O error, dev {_DEVICE}, sector", "disk error", _CRITICAL),
        (rf"^(?:blk_update_request: )?critical (?:medium|target|space allocation|nexus) error, dev {_DEVICE},",
         "disk error", _CRITICAL),
        (rf"^Buffer I/O error on dev(?:ice)? {_DEVICE},", "disk error", _CRITICAL),
        (rf"^(?:EXT[234]|XFS|BTRFS|F2FS)-fs \({_DEVICE}\): .*[Rr]emounting filesystem read-only",
         "filesystem became read-only", _CRITICAL),
        (rf"^EXT[234]-fs error \(device {_DEVICE}\)", "filesystem error", _CRITICAL),
        (rf"^XFS \({_DEVICE}\): .*(?:[Cc]orruption|I/O error|[Ss]hutting down|[Ss]hut down)",
         "filesystem error", _CRITICAL),
        (rf"^BTRFS(?::)? (?:error|critical) \(device {_DEVICE}", "filesystem error", _CRITICAL),
        (rf"^md/\w+:{_DEVICE}: Disk failure", "disk failed in an array", _CRITICAL),
        (rf"^device-mapper: thin: {_DEVICE}: .*(?:out-of-data-space|out of data space|read-only)",
         "thin pool is full", _CRITICAL),
        (rf"^nvme {_DEVICE}: (?:I/O .* timeout|controller is down|Device not ready)",
         "disk does not answer", _CRITICAL),
        (rf"^{_DEVICE}: exception Emask", "disk link error", _WARNING),
        (r"^INFO: task (?P<part>.{1,40}):(?P<pid>\d+) blocked for more than \d+ seconds", "task hangs", _WARNING),
        (r"^watchdog: BUG: soft lockup - CPU#(?P<part>\d+) stuck", "processor is stuck", _CRITICAL),
        (r"^(?:watchdog: )?Watchdog detected hard LOCKUP on cpu (?P<part>\d+)", "processor is stuck", _CRITICAL),
        (r"^mce: \[Hardware Error\]: (?P<part>)", "hardware error", _CRITICAL),
        (r"^EDAC (?P<part>MC\d+): \d+ UE", "memory error, not corrected", _CRITICAL),
        (r"^EDAC (?P<part>MC\d+): \d+ CE", "memory error, corrected", _WARNING),
        (r"^(?P<part>qemu[\w-]*)\[(?P<pid>\d+)\]: segfault", "guest's process crashed", _CRITICAL),
    )
)  # fmt: skip
# every line that a pattern may match has one of these; most lines have none and cost one scan each
_HINT = re.compile(
    r"error|read-only|failure|[Cc]orruption|[Ss]hut|space|timeout|is down|not ready|Emask|blocked for|ockup|LOCKUP|EDAC"
    r"|segfault|Hardware Error"
)


def trouble_of(text: str) -> Trouble | None:
    """Return what a line tells, None when it is none of an administrator's business."""
    if _HINT.search(text) is None:
        return None
    for pattern, what, severity in _PATTERNS:
        found = pattern.search(text)
        if found is not None:
            pid = found.groupdict().get("pid")
            return Trouble(what, found["part"], text, severity, int(pid) if pid else None)
    return None
