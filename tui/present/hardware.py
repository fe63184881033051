"""What a guest is built of, as lines: what it has now and what it will have at its next start are told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.present import figures
from tui.present.roles import Span, Spans

LABEL_CELLS = 13
BOOT_WORDS = {"hd": "disk", "cdrom": "CD", "network": "network", "fd": "floppy"}


class Part(StrEnum):
    """What a line stands for."""

    MACHINE = "machine"
    DISK = "disk"
    INTERFACE = "interface"


@dataclass(frozen=True, slots=True)
class HardwareLine:
    """One line of the list.

    Attributes:
        key: unique, and the same when it is listed anew.
        spans: the line.
        disk: what it stands for, None for others; `interface` likewise.
        more: what does not fit into the line.
    """

    key: str
    part: Part
    spans: Spans
    disk: GuestDisk | None = None
    interface: GuestInterface | None = None
    more: str = ""


@dataclass(frozen=True, slots=True)
class HardwareGroup:
    """A heading with its lines."""

    part: Part
    title: str
    lines: tuple[HardwareLine, ...]


def hardware_groups(hardware: GuestHardware) -> tuple[HardwareGroup, ...]:
    """Return the machine, its disks and its interfaces."""
    runs = hardware.vcpus_live is not None
    disks = tuple(_disk(one, runs=runs) for one in hardware.disks)
    interfaces = tuple(_interface(one, runs=runs) for one in hardware.interfaces)
    return (
        HardwareGroup(Part.MACHINE, "Machine", _machine(hardware)),
        HardwareGroup(Part.DISK, "Disks" if disks else "Disks: none", disks),
        HardwareGroup(Part.INTERFACE, "Interfaces" if interfaces else "Interfaces: none", interfaces),
    )


def _machine(hardware: GuestHardware) -> tuple[HardwareLine, ...]:
    live, stored, most = hardware.memory_live_bytes, hardware.memory_bytes, hardware.memory_max_bytes
    rows = (
        ("vCPUs", _two(hardware.vcpus_live, hardware.vcpus, hardware.vcpus_max, str)),
        ("memory", _two(live, stored, most, figures.size)),
        ("boot order", ((boot_words(hardware.boot), "normal"),)),
        ("title", (_text(hardware.title),)),
        ("description", (_text(hardware.description),)),
    )
    return tuple(
        HardwareLine(
            f"machine/{name}", Part.MACHINE, ((name.ljust(LABEL_CELLS), "dim"), *spans),
            more=hardware.description if name == "description" else "",
        )
        for name, spans in rows
    )  # fmt: skip


def _two(live: int | None, stored: int, most: int, text: Callable[[int], str]) -> Spans:
    """Return a value now and at the next start; the second is worth a look where it is another one."""
    limit = ((f", at most {text(most)}", "dim"),) if most > stored else ()
    if live is None:
        return ((text(stored), "normal"), (" at the next start", "dim"), *limit)
    if text(live) == text(stored):
        return ((text(live), "normal"), (" now and at the next start", "dim"), *limit)
    return ((text(live), "normal"), (" now, ", "dim"), (f"{text(stored)} at the next start", "warn"), *limit)


def boot_words(boot: tuple[str, ...]) -> str:
    """Return the order in which devices are tried."""
    return ", then ".join(BOOT_WORDS.get(one, one) for one in boot) or "not told"


def when(*, live: bool, stored: bool, runs: bool) -> Spans:
    """Return when something is there; nothing is said about a device that is simply there."""
    if live and not stored:
        return (("  now only", "warn"),)
    if stored and runs and not live:
        return (("  at the next start only", "warn"),)
    return ()


def _disk(disk: GuestDisk, *, runs: bool) -> HardwareLine:
    words = [disk.bus or "-", disk.format or "-"]
    kind = {"cdrom": "CD", "disk": "disk"}.get(disk.kind, disk.kind)
    name = disk.source.rpartition("/")[2] or disk.source or "empty"
    note = "  read-only" if disk.read_only and disk.kind == "disk" else ""
    spans: Spans = (
        (f"{disk.device:<{LABEL_CELLS}}", "normal"),
        (f"{kind:<7} {words[0]:<7} {words[1]:<6} ", "dim"),
        (name, "normal"),
        (note, "dim"),
        *when(live=disk.live, stored=disk.stored, runs=runs),
    )
    more = disk.source if disk.stored or not disk.live else f"{disk.source}: it is gone at the next start"
    return HardwareLine(f"disk/{disk.device}", Part.DISK, spans, disk=disk, more=more)


def _interface(one: GuestInterface, *, runs: bool) -> HardwareLine:
    network = one.network.removeprefix("bridge:")
    where = f"bridge {network}" if one.network.startswith("bridge:") else network or "no network"
    spans: Spans = (
        (f"{one.mac:<18}", "normal"),
        (f" {one.model or '-':<7} ", "dim"),
        (where, "normal"),
        (f"  {one.tap}" if one.tap else "", "dim"),
        *when(live=one.live, stored=one.stored, runs=runs),
    )
    more = "" if one.stored or not one.live else "it is gone at the next start"
    return HardwareLine(f"interface/{one.mac}", Part.INTERFACE, spans, interface=one, more=more)


def _text(text: str) -> Span:
    return (text, "normal") if text else ("none", "dim")
