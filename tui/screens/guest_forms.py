"""What is asked for a snapshot, a clone, and for other hardware of a guest."""

from __future__ import annotations

from time import localtime, strftime
from typing import TYPE_CHECKING

from tui.domain.errors import HostdeckError
from tui.domain.network import InterfaceKind
from tui.domain.operation.guests import (
    AttachDisk,
    AttachInterface,
    ChangeHardware,
    CloneGuest,
    CreateSnapshot,
)
from tui.domain.resource import ResourceKind
from tui.screens.operating import fill_form
from tui.screens.restocking import restocked
from tui.screens.stock_forms import SIZE_HINT, disk_name_problem, name_problem, problem_of, read_count, read_size
from widgets.form import YES, Field, FieldKind, Values

if TYPE_CHECKING:
    from tui.domain.hardware import GuestHardware
    from tui.domain.instance import Instance
    from tui.domain.operation import Operation
    from tui.domain.storage import Disk
    from tui.screens.deck import Deck

BOOT_DEVICES = ("hd", "cdrom", "network", "fd")
DISK_FORMATS = (("", "find it out"), ("qcow2", "qcow2"), ("raw", "raw"))
BUSES = (("virtio", "virtio"), ("sata", "SATA"), ("scsi", "SCSI"), ("usb", "USB"), ("ide", "IDE"))
CD_BUSES = tuple(bus for bus in BUSES if bus[0] != "virtio")
MODELS = (("virtio", "virtio"), ("e1000e", "e1000e: for guests without virtio"), ("rtl8139", "rtl8139: very old ones"))
BOTH, LIVE, STORED = "both", "live", "stored"
PLACES = (
    ("internal", "internal: inside the disks' files (qcow2)"),
    ("external", "external: new files from now on"),
)


def take_snapshot(deck: Deck, *instances: Instance) -> None:
    """Ask for a snapshot of one guest, or of several at once."""
    runs = any(one.state.is_active for one in instances)
    whose = instances[0].name if len(instances) == 1 else f"{len(instances)} guests"

    def external(values: Values) -> bool:
        return values["place"] == "external"

    def disks_only(values: Values) -> bool:
        return runs and external(values) and values["memory"] != YES

    def make(values: Values) -> list[Operation]:
        return [
            CreateSnapshot(
                target=one.id,
                name=values["name"],
                description=values["description"],
                external=external(values),
                memory=one.state.is_active and (values["memory"] == YES or not external(values)),
                quiesce=one.state.is_active and disks_only(values) and values["quiesce"] == YES,
            )
            for one in instances
        ]

    fields = (
        Field("name", "Name", required=True, check=disk_name_problem, hint="unique for the guest",
              value=strftime("%Y-%m-%d-%H%M", localtime(_now(deck)))),
        Field("description", "Description", hint="what a person reads when it is looked for"),
        Field("place", "Where", FieldKind.CHOICE, options=PLACES,
              hint="external ones cannot be gone back to by every version of libvirt"),
        Field("memory", "With memory", FieldKind.TICK, value=YES, applies=lambda values: runs and external(values),
              hint="going back then continues where the guest was; else it is as after a power cut"),
        Field("quiesce", "Quiesce", FieldKind.TICK, applies=disks_only,
              hint="the guest's agent flushes and freezes its file systems meanwhile"),
    )  # fmt: skip
    fill_form(deck, "snapshot", f"Take a snapshot of {whose}", fields, make, verb="Take",
              forget=("name", "description"))  # fmt: skip


def clone(deck: Deck, instance: Instance) -> None:
    """Ask for a guest like another one."""
    fields = (
        Field("name", "Name", required=True, check=name_problem, value=f"{instance.name}-clone"),
        Field("overlay", "Overlay", FieldKind.TICK,
              hint="disks that stand on those of the other guest, which must not change any more; else copies"),
        Field("start", "Start now", FieldKind.TICK),
    )  # fmt: skip

    def make(values: Values) -> Operation:
        return CloneGuest(
            target=instance.id,
            name=values["name"],
            overlay=values["overlay"] == YES,
            start=values["start"] == YES,
        )

    fill_form(deck, "clone-guest", f"Clone {instance.name}", fields, make, verb="Clone", forget=("name",))


def change_hardware(deck: Deck, instance: Instance, hardware: GuestHardware) -> None:
    """Ask for other vCPUs, memory, boot order and texts; what stays as it is, is not touched."""
    runs = hardware.vcpus_live is not None
    memory = _size_text(hardware.memory_bytes)
    before = {
        "vcpus": str(hardware.vcpus), "memory": memory, "boot": " ".join(hardware.boot),
        "title": hardware.title, "description": hardware.description.replace("\n", " "),
    }  # fmt: skip

    def make(values: Values) -> Operation:
        changed = {key for key, value in before.items() if values[key] != value.strip()}
        live = runs and values["live"] == YES
        if live:  # what it runs with is to become what it will have at its next start
            changed |= {"vcpus"} if hardware.vcpus_live != hardware.vcpus else set()
            changed |= {"memory"} if hardware.memory_live_bytes != hardware.memory_bytes else set()
        if not changed:
            raise ValueError("Nothing is changed yet.")
        return ChangeHardware(
            target=instance.id,
            vcpus=read_count(values["vcpus"]) if "vcpus" in changed else None,
            memory_bytes=read_size(values["memory"]) if "memory" in changed else None,
            boot=read_boot(values["boot"]) if "boot" in changed else None,
            title_text=values["title"] if "title" in changed else None,
            description=values["description"] if "description" in changed else None,
            live=live,
        )

    fields = (
        Field("vcpus", "vCPUs", value=before["vcpus"], required=True, check=problem_of(read_count),
              hint=_vcpus_hint(hardware)),
        Field("memory", "Memory", value=before["memory"], required=True, check=problem_of(read_size),
              hint=_memory_hint(hardware)),
        Field("boot", "Boot order", value=before["boot"], check=problem_of(read_boot),
              hint="hd, cdrom, network: as they are tried"),
        Field("title", "Title", value=before["title"]),
        Field("description", "Description", value=before["description"]),
        Field("live", "Now too", FieldKind.TICK, applies=lambda _values: runs,
              hint="change what it runs with now, where that is possible; else at its next start only"),
    )  # fmt: skip
    fill_form(deck, "hardware", f"Hardware of {instance.name}", fields, make, verb="Change", forget=tuple(before))


async def attach_disk(deck: Deck, instance: Instance, hardware: GuestHardware) -> None:
    """Ask which disk to attach: one of the pools, or a file by its path."""
    engine = instance.id.engine
    stock = await restocked(deck, engine, ResourceKind.POOL, ResourceKind.DISK)
    mine = {disk.source for disk in hardware.disks}
    disks = [disk for pool in (stock.pools if stock is not None else ()) for disk in pool.disks or ()]
    disks.sort(key=lambda disk: (bool(disk.users), disk.pool, disk.name))
    known = {disk.path: disk for disk in disks if disk.path not in mine}
    options = [("", "a file by its path"), *((path, _disk_words(disk)) for path, disk in known.items())]

    def by_path(values: Values) -> bool:
        return not values["disk"]

    def as_cd(values: Values) -> bool:
        return values["cdrom"] == YES

    def make(values: Values) -> Operation:
        if by_path(values) and not values["path"]:
            raise ValueError("Which file? Choose a disk, or type the path of one.")
        chosen = known.get(values["disk"])
        live, stored = _when(values, instance)
        return AttachDisk(
            target=instance.id,
            path=values["disk"] or values["path"],
            format=values["format"] if chosen is None else "raw" if chosen.format == "iso" else chosen.format,
            bus=values["cd_bus"] if as_cd(values) else values["bus"],
            device=values["device"],
            read_only=values["read_only"] == YES,
            cdrom=as_cd(values),
            live=live,
            stored=stored,
        )

    fields = (
        Field("disk", "Disk", FieldKind.CHOICE, options=options),
        Field("path", "Path", applies=by_path, hint="on the host of the guests: /srv/iso/rescue.iso"),
        Field("format", "Format", FieldKind.CHOICE, options=DISK_FORMATS, applies=by_path),
        Field("cdrom", "As a CD", FieldKind.TICK),
        Field("read_only", "Read-only", FieldKind.TICK, applies=lambda values: not as_cd(values)),
        Field("bus", "Bus", FieldKind.CHOICE, options=BUSES, applies=lambda values: not as_cd(values)),
        Field("cd_bus", "Bus", FieldKind.CHOICE, options=CD_BUSES, applies=as_cd),
        Field("device", "Device", hint="as the guest sees it, vdb; empty: the next free one"),
        _when_field(instance, hardware),
    )
    fill_form(deck, "attach-disk", f"Attach a disk to {instance.name}", fields, make, verb="Attach",
              forget=("disk", "path", "device", "cdrom", "read_only"))  # fmt: skip


async def attach_interface(deck: Deck, instance: Instance, hardware: GuestHardware) -> None:
    """Ask for one more interface: on a network, or on a bridge of the host."""
    options = await _networks(deck, instance.id.engine)
    if not options:
        deck.say(f"{instance.id.engine} has no network, and this host no bridge: make one first.", "warn")
        return

    def make(values: Values) -> Operation:
        live, stored = _when(values, instance)
        return AttachInterface(
            target=instance.id,
            network=values["network"],
            model=values["model"],
            mac=values["mac"].lower(),
            live=live,
            stored=stored,
        )

    fields = (
        Field("network", "Network", FieldKind.CHOICE, options=options),
        Field("model", "Model", FieldKind.CHOICE, options=MODELS),
        Field("mac", "MAC", check=mac_problem, hint="52:54:00:12:34:56; empty: a new one"),
        _when_field(instance, hardware),
    )
    fill_form(deck, "attach-interface", f"Attach an interface to {instance.name}", fields, make, verb="Attach",
              forget=("network", "mac"))  # fmt: skip


async def _networks(deck: Deck, engine: str) -> list[tuple[str, str]]:
    """Return the networks of an engine, then the bridges of the host that no network of its own stands on."""
    stock = await restocked(deck, engine, ResourceKind.NETWORK)
    networks = stock.networks if stock is not None else ()
    found = [(one.name, f"{one.name}  {one.mode}{'' if one.active else ', not active'}") for one in networks]
    try:
        interfaces = await deck.source.interfaces() if stock is None or stock.local else ()
    except HostdeckError:
        return found  # the networks alone are enough to go on
    taken = {one.bridge for one in networks}
    bridges = [one.name for one in interfaces if one.kind is InterfaceKind.BRIDGE and one.name not in taken]
    return [*found, *((f"bridge:{name}", f"{name}  bridge of this host") for name in bridges)]


def _when_field(instance: Instance, hardware: GuestHardware) -> Field:
    """Return the question from when on something is there; only what is possible for the guest as it is now."""
    options = [(STORED, "at the next start")] if hardware.stored_xml or not instance.state.is_active else []
    if instance.state.is_active:
        both = [(BOTH, "now and at every start"), (LIVE, "now only, until it stops")]
        options = [*both, *options] if options else both[1:]
    return Field("when", "From when on", FieldKind.CHOICE, options=options, value=options[0][0])


def _when(values: Values, instance: Instance) -> tuple[bool, bool]:
    live = values["when"] in {BOTH, LIVE} and instance.state.is_active
    return live, values["when"] in {BOTH, STORED} or not live


def read_boot(text: str) -> tuple[str, ...]:
    """Return device kinds in order.

    Raises:
        ValueError: with a sentence.
    """
    found = tuple(text.replace(",", " ").split())
    for one in found:
        if one not in BOOT_DEVICES:
            raise ValueError(f"{one} is none of {', '.join(BOOT_DEVICES)}")
    if len(set(found)) != len(found):
        raise ValueError("each of them once")
    return found


def mac_problem(text: str) -> str:
    """Return why a text is no MAC address of one interface."""
    parts = text.split(":")
    if len(parts) != 6 or any(len(part) != 2 or set(part.lower()) - set("0123456789abcdef") for part in parts):
        return "is no MAC address such as 52:54:00:12:34:56"
    return "is an address of groups: the first pair must be even" if int(parts[0], 16) % 2 else ""


def _vcpus_hint(hardware: GuestHardware) -> str:
    now = f"now {hardware.vcpus_live}; " if hardware.vcpus_live is not None else ""
    return f"{now}it can be given up to {hardware.vcpus_max} while it runs"


def _memory_hint(hardware: GuestHardware) -> str:
    live = hardware.memory_live_bytes
    now = f"now {_size_text(live)}; " if live is not None else ""
    return f"{now}{SIZE_HINT}; up to {_size_text(hardware.memory_max_bytes)} while it runs"


def _size_text(value: int) -> str:
    """Return bytes as a person would type them, exactly."""
    for unit, letter in ((1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")):
        if value and value % unit == 0:
            return f"{value // unit}{letter}"
    return str(value)


def _disk_words(disk: Disk) -> str:
    users = ", ".join(user.name for user in disk.users[:2])
    return f"{disk.pool}/{disk.name}  {disk.format}{f', used by {users}' if users else ''}"


def _now(deck: Deck) -> float:
    return deck.view.taken_utc_seconds if deck.view is not None else 0.0
