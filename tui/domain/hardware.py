"""What a guest is built of, now and at its next start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuestDisk:
    """One disk of a guest.

    Attributes:
        device: as the guest sees it: "vda".
        source: path or URI; empty for an empty drive.
        kind: "disk", "cdrom" or "floppy".
        live: it is there now; `stored`: it will be at the next start.
    """

    device: str
    source: str = ""
    format: str = ""
    bus: str = ""
    kind: str = "disk"
    read_only: bool = False
    live: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class GuestInterface:
    """One network interface of a guest; `network` as in `CreateGuest`, `tap` its interface on the host now."""

    mac: str
    network: str = ""
    model: str = ""
    tap: str = ""
    live: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class GuestHardware:
    """All that can be changed; of the stored definition unless it says otherwise.

    Attributes:
        vcpus_live: None when the guest does not run; likewise memory_live_bytes.
        boot: "hd", "cdrom", "network" in order.
        stored_xml: the definition for the next start, with its secrets (a password of its screen), so that nothing is
            lost when it is edited; empty for a transient guest.
    """

    vcpus: int
    vcpus_max: int
    memory_bytes: int
    memory_max_bytes: int
    vcpus_live: int | None = None
    memory_live_bytes: int | None = None
    boot: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    disks: tuple[GuestDisk, ...] = ()
    interfaces: tuple[GuestInterface, ...] = ()
    stored_xml: str = ""
