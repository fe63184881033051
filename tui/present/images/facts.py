"""All about one image, volume, pool or disk, as lines of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import localtime, strftime

from tui.domain.image import ImageDetails, ImageLayer
from tui.domain.secrets import masked_assignment, masked_text
from tui.domain.storage import Disk, DiskUser, StoragePool
from tui.present import figures
from tui.present.images.line import ALMOST_FULL_PERCENT, StockLine
from tui.present.roles import Spans
from tui.present.words import wrapped
from widgets.escape import escape_controls
from widgets.live_table.model import Role
from widgets.meter import meter

LABEL_CELLS = 14
BAR_CELLS = 20


class _Veil:
    """Hides what looks secret until a person asks, and counts it."""

    def __init__(self, *, lifted: bool) -> None:
        self._lifted = lifted
        self.hidden = 0

    def over(self, text: str, mask: Callable[[str], str]) -> str:
        shown = text if self._lifted else mask(text)
        self.hidden += shown != text
        return shown


def image_facts(line: StockLine, details: ImageDetails, width: int, *, shows_secrets: bool) -> list[Spans]:
    """Return names, configuration and layers of an image."""
    image = details.image
    found = _fact("names", ", ".join(image.names) or "none", width)
    found += _fact("id", image.id, width)
    found += _fact("digest", details.digest, width) if details.digest else []
    own = image.size_bytes - image.shared_bytes if image.shared_bytes is not None else None
    found += _fact("size", f"{figures.size(image.size_bytes)}, {figures.size(own)} of it its own", width)
    found += _fact("made", _when(image.created_unix_seconds), width)
    found += _fact("platform", f"{details.os} {image.arch}".strip(), width)
    found += _users(line, width)
    found += _heading("Configuration")
    found += _fact("entrypoint", " ".join(details.entrypoint) or "none", width)
    found += _fact("command", " ".join(details.command) or "none", width)
    found += _fact("user", details.user or "root", width)
    found += _fact("directory", details.working_directory or "/", width)
    found += _fact("ports", ", ".join(details.exposed_ports) or "none", width)
    found += _fact("volumes", ", ".join(details.volumes) or "none", width)
    found += _fact("stop signal", details.stop_signal, width) if details.stop_signal else []
    found += _fact("health check", details.healthcheck, width) if details.healthcheck else []
    veil = _Veil(lifted=shows_secrets)
    for entry in details.environment:
        found += _fact("environment", veil.over(entry, masked_assignment), width)
    for key, value in image.labels.items():
        found += _fact("label", veil.over(f"{key}={value}", masked_assignment), width)
    layers = _layers(details.layers, veil)
    if veil.hidden:
        found += _fact("", f"{veil.hidden} values that look secret are hidden: press the key of the actions", width)
    found += _heading(f"Layers and history ({len(details.layers)}), the oldest first")
    return [*found, *layers]


def volume_facts(line: StockLine, width: int) -> list[Spans]:
    """Return everything about a volume of containers."""
    volume = line.volume
    if volume is None:
        return []
    found = _fact("name", volume.name, width)
    found += _fact("driver", volume.driver, width)
    found += _fact("folder", volume.mountpoint or "not told", width)
    found += _fact("size", figures.size(volume.size_bytes), width)
    found += _fact("made", _when(volume.created_unix_seconds), width)
    for key, value in volume.labels.items():
        found += _fact("label", f"{key}={value}", width)
    found += _fact("note", line.problem, width, "warn") if line.problem else []
    return [*found, *_users(line, width)]


def pool_facts(line: StockLine, pool: StoragePool, width: int, *, ascii_only: bool = False) -> list[Spans]:
    """Return everything about a pool, and its disks."""
    found = _fact("type", pool.type, width)
    found += _fact("state", pool.state, width, "normal" if pool.is_active else "warn")
    found += _fact("folder", pool.path or "none", width)
    if pool.capacity_bytes:
        share = (pool.capacity_bytes - pool.available_bytes) / pool.capacity_bytes
        bar = meter(share, BAR_CELLS, ascii_only=ascii_only)
        free = f"{figures.size(pool.available_bytes)} free of {figures.size(pool.capacity_bytes)}"
        role: Role = "warn" if 100 * share >= ALMOST_FULL_PERCENT else "normal"
        found.append(((f"{'space':<{LABEL_CELLS}}", "dim"), (f"{bar} ", role), (free, "normal")))
    found += _fact("autostart", "yes" if pool.autostart else "no", width)
    found += _fact("UUID", pool.uuid, width)
    found += _fact("note", line.problem, width, "warn") if line.problem else []
    if pool.disks is None:
        return [*found, *_heading("Disks"), (("could not be read in time", "warn"),)]
    return [*found, *_heading(f"Disks ({len(pool.disks)}), each under what it stands on"), *_disk_tree(pool.disks)]


def _disk_tree(disks: Sequence[Disk]) -> list[Spans]:
    """Return disks as a tree: overlays below their base."""
    by_path = {disk.path: disk for disk in disks}
    above: dict[str, list[Disk]] = {}
    for disk in sorted(disks, key=lambda one: one.name):
        base = disk.backing[0] if disk.backing and disk.backing[0] in by_path else ""
        above.setdefault(base, []).append(disk)
    found: list[Spans] = []
    waiting = [(disk, 0) for disk in reversed(above.get("", ()))]
    seen: set[str] = set()
    while waiting:
        disk, depth = waiting.pop()
        if disk.path in seen:  # a chain that bites its own tail
            continue
        seen.add(disk.path)
        users = ", ".join(dict.fromkeys(user.name for user in disk.users if not user.through))
        outside = f"  stands on {disk.backing[0]}" if disk.backing and not depth else ""
        branch = f"{'   ' * (depth - 1)}`- " if depth else ""
        found.append(
            ((f"{figures.size(disk.capacity_bytes):>5}  {branch}", "dim"), (escape_controls(disk.name), "normal"),
             (f"  {escape_controls(users)}", "dim"), (escape_controls(outside), "dim"))
        )  # fmt: skip
        waiting += [(one, depth + 1) for one in reversed(above.get(disk.path, ()))]
    lost = [disk for disk in disks if disk.path not in seen]  # stands on itself: reached from no base
    found += [
        ((f"{figures.size(disk.capacity_bytes):>5}  ", "dim"), (escape_controls(disk.name), "warn")) for disk in lost
    ]
    return found or [(("none", "dim"),)]


def disk_facts(disk: Disk, width: int) -> list[Spans]:
    """Return everything about a disk: who needs it, what it stands on, the snapshots inside."""
    found = _fact("path", disk.path, width)
    found += _fact("pool", disk.pool, width)
    found += _fact("format", disk.format or "not told", width)
    found += _fact("capacity", figures.size(disk.capacity_bytes), width)
    found += _fact("takes", figures.size(disk.allocation_bytes), width)
    found += _heading("Stands on")
    if not disk.backing:
        found.append((("nothing: it is whole by itself", "dim"),))
    for depth, path in enumerate(disk.backing):
        kind = f"  {disk.backing_format}" if depth == 0 and disk.backing_format else ""
        found.append(((f"{'   ' * depth}`- ", "dim"), (escape_controls(path), "normal"), (kind, "dim")))
    found += _fact("note", disk.backing_problem, width, "warn") if disk.backing_problem else []
    found += _heading(f"Needed by ({len(disk.users)})")
    found += [_disk_user(user) for user in disk.users] or [(("no guest", "dim"),)]
    found += _heading("Snapshots inside")
    if disk.snapshots is None:
        found.append((("not known", "dim"),))
    else:
        found += [((escape_controls(name), "normal"),) for name in disk.snapshots] or [(("none", "dim"),)]
    return found


def _layers(layers: Sequence[ImageLayer], veil: _Veil) -> list[Spans]:
    found: list[Spans] = []
    depth = 0
    for layer in layers:
        role: Role = "dim" if layer.is_empty else "normal"
        size = "" if layer.is_empty else figures.size(layer.size_bytes)
        branch = "   " * min(depth, 8) + ("   " if layer.is_empty else "`- ")
        found.append(
            ((f"{size:>5} ", "normal"), (branch, "dim"),
             (escape_controls(veil.over(" ".join(layer.command.split()), masked_text)), role))
        )  # fmt: skip
        depth += not layer.is_empty
    return found or [(("not told", "dim"),)]


def _users(line: StockLine, width: int) -> list[Spans]:
    if not line.users:
        return _fact("used by", "nothing", width)
    return _fact("used by", ", ".join(line.users), width)


def _disk_user(user: DiskUser) -> Spans:
    how = "stands on it through its own disk" if user.through else f"as {user.target}" if user.target else ""
    state = "running" if user.active else "off"
    return ((f"{user.name:<24}", "normal"), (f"  {state}  {how}", "dim"))


def _heading(text: str) -> list[Spans]:
    return [(), ((text, "accent"),)]


def _when(unix_seconds: float | None) -> str:
    return strftime("%Y-%m-%d %H:%M", localtime(unix_seconds)) if unix_seconds is not None else "not told"


def _fact(label: str, text: str, width: int, role: Role = "normal") -> list[Spans]:
    return wrapped(f"{label:<{LABEL_CELLS}}", text, width, role)
