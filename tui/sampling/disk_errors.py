"""Errors of disks, arrays and filesystems that the kernel counts in /sys."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tui.domain.host import DiskErrors


def read_disk_errors(sys: str = "/sys") -> tuple[DiskErrors, ...]:
    """Read all counters there are; blocks no longer than /sys does."""
    root = Path(sys)
    return (*_of_disks(root), *_of_arrays(root), *_of_ext4(root), *_of_btrfs(root))


def _of_disks(root: Path) -> Iterator[DiskErrors]:
    """Yield what a SCSI, SATA or USB disk answered with an error, harmless answers among them."""
    for path in sorted(root.glob("block/*/device/ioerr_cnt")):
        count = _number(path, lambda text: int(text, 16))
        if count is not None:
            yield DiskErrors(path.parent.parent.name, "I/O errors", count)


def _of_arrays(root: Path) -> Iterator[DiskErrors]:
    for path in sorted(root.glob("block/md*/md/degraded")):
        if count := _number(path):
            yield DiskErrors(path.parent.parent.name, "disks of the array missing", count, persist=True)


def _of_ext4(root: Path) -> Iterator[DiskErrors]:
    """Yield what ext4 wrote down in its superblock; e2fsck sets it back."""
    for path in sorted(root.glob("fs/ext4/*/errors_count")):
        if count := _number(path):
            yield DiskErrors(f"ext4 on {path.parent.name}", "errors since its last check", count, persist=True)


def _of_btrfs(root: Path) -> Iterator[DiskErrors]:
    """Yield what `btrfs device stats` shows; its option -z sets it back."""
    for volume in sorted(root.glob("fs/btrfs/*-*")):
        count = sum(_number(path, _sum) or 0 for path in volume.glob("devinfo/*/error_stats"))
        if count:
            name = _text(volume / "label") or volume.name[:8]
            yield DiskErrors(f"btrfs {name}", "device errors", count, persist=True)


def _sum(text: str) -> int:
    """Add up the second words of lines like "write_errs 0"."""
    return sum(int(line.split()[1]) for line in text.splitlines() if len(line.split()) == 2)


def _number(path: Path, parse: Callable[[str], int] = int) -> int | None:
    try:
        return max(0, parse(_text(path)))
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
