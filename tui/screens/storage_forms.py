"""What is asked for work on pools and disks, and for a new guest made from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from humanize import naturalsize

from tui.domain.operation.guests import CloudInit, CreateGuest
from tui.domain.operation.storage import (
    CloneDisk,
    CreateDisk,
    CreatePool,
    DownloadDisk,
    ResizeDisk,
    UploadDisk,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.screens.image_forms import place
from tui.screens.operating import fill_form
from tui.screens.restocking import restocked
from tui.screens.stock_forms import (
    SIZE_HINT,
    disk_name_problem,
    file_problem,
    name_problem,
    new_file_problem,
    problem_of,
    read_count,
    read_path,
    read_size,
)
from widgets.form import YES, Field, FieldKind, Values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.operation import Operation
    from tui.domain.storage import Disk, StoragePool
    from tui.present.images.line import StockLine
    from tui.screens.deck import Deck

FORMATS = (("qcow2", "qcow2: grows as it is filled"), ("raw", "raw"))
KEY_CHARACTERS = 1 << 16


def create_pool(deck: Deck, engine: str) -> None:
    """Ask for a new pool."""
    target = place(deck, engine, ResourceKind.POOL)
    fields = (
        Field("name", "Name", required=True, check=name_problem),
        Field("path", "Folder", required=True, check=_folder_problem, hint="on the host of the guests; made if needed"),
        Field("autostart", "Autostart", FieldKind.TICK, value=YES),
    )

    def make(values: Values) -> Operation:
        return CreatePool(target=target, name=values["name"], path=values["path"], autostart=values["autostart"] == YES)

    fill_form(deck, "pool", f"New pool of {engine}", fields, make, forget=("name", "path"))


def create_disk(deck: Deck, engine: str, pool: str) -> None:
    """Ask for a new disk of a pool."""
    target = place(deck, engine, ResourceKind.POOL, pool)
    fields = (
        Field("name", "Name", required=True, check=disk_name_problem, hint="data.qcow2"),
        Field("size", "Size", required=True, value="20G", check=problem_of(read_size), hint=SIZE_HINT),
        Field("format", "Format", FieldKind.CHOICE, options=FORMATS),
        Field("preallocate", "Take all space now", FieldKind.TICK),
    )

    def make(values: Values) -> Operation:
        return CreateDisk(
            target=target,
            name=values["name"],
            capacity_bytes=read_size(values["size"]),
            format=values["format"],
            preallocate=values["preallocate"] == YES,
        )

    fill_form(deck, "disk", f"New disk in pool {pool}", fields, make, forget=("name",))


def upload_disk(deck: Deck, engine: str, pool: str) -> None:
    """Ask which file becomes a disk of a pool."""
    target = place(deck, engine, ResourceKind.POOL, pool)
    formats = (("", "find it out"), ("qcow2", "qcow2"), ("raw", "raw"), ("iso", "iso"))
    fields = (
        Field("path", "File", required=True, check=file_problem, hint="on the machine hostdeck runs on"),
        Field("name", "Name", check=disk_name_problem, hint="empty: the file's own"),
        Field("format", "Format", FieldKind.CHOICE, options=formats),
    )

    def make(values: Values) -> Operation:
        path = read_path(values["path"])
        return UploadDisk(target=target, path=path, name=values["name"] or Path(path).name, format=values["format"])

    fill_form(deck, "upload", f"Upload into pool {pool}", fields, make, verb="Upload", forget=("name",))


def download_disk(deck: Deck, line: StockLine) -> None:
    """Ask where a disk is written to."""
    target, disk = _disk_of(line)
    fields = (Field("path", "File", required=True, check=new_file_problem, hint="a new file on this machine"),)
    fill_form(deck, "download", f"Download {disk.name}", fields,
              lambda values: DownloadDisk(target=target, path=read_path(values["path"])), verb="Download",
              forget=("path",))  # fmt: skip


def clone_disk(deck: Deck, line: StockLine) -> None:
    """Ask for a disk made from another one."""
    target, disk = _disk_of(line)
    pools = _pools(deck, line.engine)
    fields = (
        Field("name", "Name", required=True, check=disk_name_problem, value=_other_name(disk.name)),
        Field("pool", "Pool", FieldKind.CHOICE, options=[(name, name) for name in pools], value=disk.pool),
        Field("overlay", "Overlay", FieldKind.TICK,
              hint="needs hardly any space, and this disk for ever: it must not be changed any more"),
        Field("size", "Size", check=problem_of(read_size), hint=f"{SIZE_HINT}; empty: as large as {disk.name}"),
    )  # fmt: skip

    def make(values: Values) -> Operation:
        size = read_size(values["size"]) if values["size"] else None
        if size is not None and size < disk.capacity_bytes:
            raise ValueError(f"{disk.name} has {_size(disk.capacity_bytes)}: a clone cannot be smaller.")
        return CloneDisk(
            target=target,
            name=values["name"],
            pool=values["pool"],
            overlay=values["overlay"] == YES,
            capacity_bytes=size,
        )

    fill_form(deck, "clone-disk", f"Clone {disk.name}", fields, make, verb="Clone",
              forget=("name", "pool", "size"))  # fmt: skip


def resize_disk(deck: Deck, line: StockLine) -> None:
    """Ask for another size of a disk."""
    target, disk = _disk_of(line)
    fields = (
        Field("size", "Size", required=True, check=problem_of(read_size), hint=f"now {_size(disk.capacity_bytes)}"),
        Field("shrink", "Shrink", FieldKind.TICK, hint="make it smaller: what is at its end is lost"),
    )

    def make(values: Values) -> Operation:
        size, shrink = read_size(values["size"]), values["shrink"] == YES
        if size < disk.capacity_bytes and not shrink:
            raise ValueError(f"It has {_size(disk.capacity_bytes)}: tick Shrink to lose what is at its end.")
        return ResizeDisk(target=target, capacity_bytes=size, shrink=shrink)

    fill_form(deck, "resize", f"Resize {disk.name}", fields, make, verb="Resize", forget=("size", "shrink"))


def create_guest(deck: Deck, engine: str, base: Disk | None = None) -> None:
    """Ask for a new guest, from a base disk where one is given, with the networks there are now."""
    deck.run_worker(_create_guest(deck, engine, base), group="operating")


async def _create_guest(deck: Deck, engine: str, base: Disk | None) -> None:
    stock = await restocked(deck, engine, ResourceKind.NETWORK)
    pools = stock.pools if stock is not None else ()
    names = [pool.name for pool in pools if pool.is_active]
    if not names:
        deck.say(f"{engine} has no active pool to make a disk in.", "warn")
        return
    networks = [network.name for network in stock.networks] if stock is not None else []
    bases = [("", "an empty disk"), *((disk.path, f"{disk.name}  {disk.format}") for disk in _bases(pools, iso=False))]
    isos = [("", "none"), *((disk.path, disk.name) for disk in _bases(pools, iso=True))]

    def with_base(values: Values) -> bool:
        return bool(values["base"])

    def with_seed(values: Values) -> bool:
        return values["seed"] == YES

    def own_user(values: Values) -> bool:
        return with_seed(values) and not values["user_data"]

    def make(values: Values) -> Operation:
        return CreateGuest(
            target=place(deck, engine, ResourceKind.POOL, values["pool"]),
            name=values["name"],
            base=values["base"],
            overlay=values["overlay"] == YES,
            disk_bytes=read_size(values["size"]) if values["size"] else None,
            vcpus=read_count(values["vcpus"]),
            memory_bytes=read_size(values["memory"]),
            network=values["network"],
            iso=values["iso"],
            cloud_init=_cloud_init(values) if with_seed(values) else None,
            firmware=values["firmware"],
            graphical=values["graphical"] == YES,
            emulated=values["emulated"] == YES,
            autostart=values["autostart"] == YES,
            start=values["start"] == YES,
        )

    fields = (
        Field("name", "Name", required=True, check=name_problem),
        Field("base", "Disk made from", FieldKind.CHOICE, options=bases, value=base.path if base is not None else ""),
        Field("overlay", "Overlay", FieldKind.TICK, value=YES, applies=with_base,
              hint="stands on the base, which must not change any more; else a copy"),
        Field("size", "Disk size", check=problem_of(read_size), hint=f"{SIZE_HINT}; empty: that of the base"),
        Field("pool", "Pool", FieldKind.CHOICE, options=[(name, name) for name in names]),
        Field("iso", "CD to boot from", FieldKind.CHOICE, options=isos),
        Field("vcpus", "vCPUs", required=True, value="2", check=problem_of(read_count)),
        Field("memory", "Memory", required=True, value="2G", check=problem_of(read_size), hint=SIZE_HINT),
        Field("network", "Network", FieldKind.CHOICE, options=[*((name, name) for name in networks), ("", "none")],
              value=next(iter(networks), "")),
        Field("firmware", "Firmware", FieldKind.CHOICE, options=(("bios", "BIOS"), ("uefi", "UEFI"))),
        Field("graphical", "Screen", FieldKind.TICK, hint="a VNC screen on loopback beside the serial console"),
        Field("emulated", "Emulated", FieldKind.TICK, hint="without KVM: slow, and runs also where KVM does not work"),
        Field("seed", "cloud-init", FieldKind.TICK, applies=with_base, hint="the base is a cloud image"),
        Field("hostname", "Host name", applies=with_seed, check=name_problem, hint="empty: the guest's name"),
        Field("user", "User", applies=own_user, check=name_problem, hint="made at the first boot, may use sudo"),
        Field("key", "SSH key", applies=own_user, hint="ssh-ed25519 AAAA..., or the path of a .pub file"),
        Field("password", "Password", FieldKind.SECRET, applies=own_user, hint="stored as a hash only; empty: none"),
        Field("user_data", "user-data file", applies=with_seed, check=file_problem,
              hint="a file of your own, in place of user, key and password"),
        Field("autostart", "Autostart", FieldKind.TICK),
        Field("start", "Start now", FieldKind.TICK, value=YES),
    )  # fmt: skip
    fill_form(
        deck, "guest", f"New guest of {engine}", fields, make, check=guest_problem, forget=("name", "password", "base"),
        first={"base": base.path} if base is not None else None,
    )  # fmt: skip


def guest_problem(values: Values) -> str:
    """Return why the values of a new guest do not fit together."""
    if not values["base"] and not values["size"]:
        return "An empty disk needs a size."
    if (
        values["seed"] == YES
        and not values["user_data"]
        and not (values["user"] and (values["key"] or values["password"]))
    ):
        return "cloud-init needs a user with an SSH key or a password, or a user-data file; else nobody can log in."
    return ""


def _cloud_init(values: Values) -> CloudInit:
    own_file = bool(values["user_data"])
    return CloudInit(
        hostname=values["hostname"] or values["name"],
        user="" if own_file else values["user"],
        ssh_keys=() if own_file or not values["key"] else (read_key(values["key"]),),
        password="" if own_file else values["password"],
        user_data=read_path(values["user_data"]) if own_file else "",
    )


def read_key(text: str) -> str:
    """Return a public key, read from its file where a path was typed.

    Raises:
        ValueError: with a sentence.
    """
    if text.startswith(("ssh-", "ecdsa-", "sk-")):
        return text
    path = Path(read_path(text))
    if problem := file_problem(text):  # a pipe or a device would never come to its end
        raise ValueError(f"The key {path}: {problem}")
    try:
        with path.open(encoding="utf-8") as file:
            found = file.read(KEY_CHARACTERS).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The key {path} cannot be read: {error}") from error
    if "PRIVATE KEY" in found:
        raise ValueError(f"{path} is a private key: the one that ends in .pub goes into the guest.")
    return found


def _bases(pools: Sequence[StoragePool], *, iso: bool) -> list[Disk]:
    disks = [disk for pool in pools for disk in pool.disks or ()]
    is_iso = [disk.format == "iso" or disk.name.endswith(".iso") for disk in disks]
    return [disk for disk, is_one in zip(disks, is_iso, strict=True) if is_one is iso]


def _pools(deck: Deck, engine: str) -> list[str]:
    shelved = deck.source.shelf.get(engine)
    return [pool.name for pool in (shelved.stock.pools if shelved is not None else ()) if pool.is_active]


def _disk_of(line: StockLine) -> tuple[ResourceId, Disk]:
    assert line.target is not None  # noqa: S101 - offered for disks
    assert line.disk is not None  # noqa: S101 - the same
    return line.target, line.disk


def _other_name(name: str) -> str:
    path = Path(name)
    return f"{path.stem}-clone{path.suffix}"


def _folder_problem(text: str) -> str:
    return "" if text.startswith("/") else "write the whole path, from / on"


def _size(value: int) -> str:
    return str(naturalsize(value, binary=True))
