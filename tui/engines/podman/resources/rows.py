"""Podman's lists of images, volumes and networks to domain values; pure, and tolerant of fields that are not there."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tui.domain.image import ContainerImage
from tui.domain.network import Network, Subnet
from tui.domain.storage import ContainerVolume
from tui.engines.podman.inventory import NONSENSE
from tui.engines.podman.resources.users import User
from tui.engines.podman.resources.weights import Weights
from tui.engines.podman.rows import Row, seconds_of

T = TypeVar("T")

BUILTIN = "podman"  # what Podman calls its default network unless a containers.conf names another
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


def parsed(parse: Callable[[Row], T], rows: Iterable[Row]) -> tuple[T, ...]:
    """Turn each row into a value; one that is none hides no other."""
    return tuple(_parsed(parse, rows))


def _parsed(parse: Callable[[Row], T], rows: Iterable[Row]) -> Iterator[T]:
    for row in rows:
        try:
            yield parse(row)
        except NONSENSE:
            continue


def image_of(row: Row, users: Sequence[User], weights: Weights | None) -> ContainerImage:
    """Turn one entry of `images/json` into an image.

    Raises:
        KeyError, TypeError, ValueError: it is no such entry.
    """
    local = str(row["Id"]).removeprefix("sha256:")
    names = tuple(str(name) for name in row.get("Names") or row.get("RepoTags") or () if "<none>" not in str(name))
    return ContainerImage(
        id=local,
        names=names,
        size_bytes=int(row.get("Size") or 0),
        shared_bytes=None if weights is None else weights.shared.get(local),
        created_unix_seconds=seconds_of(row.get("Created")),
        arch=str(row.get("Arch") or ""),
        container_ids=tuple(user.local for user in users if user.image_id == local),
        dangling=bool(row.get("Dangling")) and not names,
        read_only=bool(row.get("ReadOnly")),
        labels=labels_of(row),
    )


def volume_of(row: Row, users: Sequence[User], weights: Weights | None) -> ContainerVolume:
    """Turn one entry of `volumes/json` into a volume.

    Raises:
        KeyError, TypeError: it is no such entry.
    """
    name, driver = str(row["Name"]), str(row.get("Driver") or "local")
    return ContainerVolume(
        name=name,
        driver=driver,
        mountpoint=str(row.get("Mountpoint") or ""),
        size_bytes=weights.volumes.get(name) if weights is not None and driver == "local" else None,
        created_unix_seconds=seconds_of(row.get("CreatedAt")),
        container_ids=tuple(user.local for user in users if name in user.volumes),
        anonymous=bool(row.get("Anonymous")) or _ANONYMOUS.fullmatch(name) is not None,
        labels=labels_of(row),
    )


def network_of(row: Row, users: Sequence[User]) -> Network:
    """Turn one entry of `networks/json` into a network.

    Raises:
        KeyError, TypeError: it is no such entry.
    """
    name, driver = str(row["name"]), str(row.get("driver") or "bridge")
    options = row.get("options") or {}
    return Network(
        name=name,
        id=str(row.get("id") or ""),
        mode=driver,
        bridge=str(row.get("network_interface") or "") if driver == "bridge" else "",
        subnets=tuple(_subnet(subnet) for subnet in row.get("subnets") or ()),
        dns=bool(row.get("dns_enabled")),
        isolated=bool(row.get("internal")) or str(options.get("isolate") or "false") not in {"false", "0"},
        ipv6=bool(row.get("ipv6_enabled")),
        autostart=True,
        members=tuple(user.networks[name] for user in users if name in user.networks),
        created_unix_seconds=seconds_of(row.get("created")),
        builtin=name == BUILTIN,
        labels=labels_of(row, "labels"),
    )


def _subnet(row: Mapping[str, Any]) -> Subnet:
    leases = row.get("lease_range") or {}
    return Subnet(
        cidr=str(row["subnet"]),
        gateway=str(row.get("gateway") or ""),
        dhcp_first=str(leases.get("start_ip") or ""),
        dhcp_last=str(leases.get("end_ip") or ""),
    )


def labels_of(row: Row, key: str = "Labels") -> dict[str, str]:
    """Return an object's labels."""
    return {str(name): str(value) for name, value in (row.get(key) or {}).items()}
