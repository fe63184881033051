"""What a guest finds at its first boot: a NoCloud seed, an ISO 9660 volume with the label "cidata".

Its documents are JSON, which is YAML too: no name, key or hash can break out of its place.
"""

import io
import json
import re
import uuid
from functools import partial

from tui.domain.errors import ActionRefused
from tui.domain.operation.guests import CloudInit
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.passwords import hashed
from tui.engines.libvirt.resources.around import Surroundings

MOST_USER_DATA_BYTES = 1 << 20
_HOSTNAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}$")
_KEY = re.compile(r"(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$")


def hostname_of(cloud_init: CloudInit, guest: str) -> str:
    """Return the name that the guest gives itself."""
    return cloud_init.hostname or guest


def problem(cloud_init: CloudInit, guest: str) -> str:
    """Say why no seed can be made; "" when it can."""
    if not _HOSTNAME.match(hostname_of(cloud_init, guest)):
        return f'"{hostname_of(cloud_init, guest)}" is no host name: letters, digits, "-" and dots between them.'
    if cloud_init.user_data:
        return ""
    if cloud_init.user and not _USER.match(cloud_init.user):
        return f'"{cloud_init.user}" is no user name: small letters, digits, "-" and "_", at most 32.'
    if not cloud_init.ssh_keys and not cloud_init.password:
        return "Nobody could log in: cloud-init needs an SSH key or a password."
    for key in cloud_init.ssh_keys:
        if "PRIVATE KEY" in key:
            return "That is a private key. The guest gets the public one, from the file that ends with .pub."
        if not _KEY.match(key.strip()) or not key.strip().isprintable():
            return f'"{key[:24]}..." is no public SSH key.'
    return ""


async def read_user_data(around: Surroundings, cloud_init: CloudInit) -> bytes:
    """Return a person's own user-data as they are; empty for none.

    Raises:
        ActionRefused: the file cannot be read, or is too large.
    """
    if not cloud_init.user_data:
        return b""
    data = await on_files(around, partial(_read, cloud_init.user_data))
    if len(data) > MOST_USER_DATA_BYTES:
        raise ActionRefused("too large", f"{cloud_init.user_data} is larger than 1 MiB: it can be no user-data.")
    if not data.strip():
        raise ActionRefused("empty", f"{cloud_init.user_data} is empty.")
    return data


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MOST_USER_DATA_BYTES + 1)


async def files_of(around: Surroundings, cloud_init: CloudInit, guest: str) -> dict[str, bytes]:
    """Return the files of a seed by name; the password is in it as a hash only.

    Raises:
        EngineError: the user-data cannot be read, or the password not be hashed.
    """
    host = hostname_of(cloud_init, guest)
    meta = {"instance-id": str(uuid.uuid4()), "local-hostname": host}
    user_data = await read_user_data(around, cloud_init)
    if not user_data:
        secret = await hashed(cloud_init.password) if cloud_init.password else ""
        user_data = user_data_of(cloud_init, host, secret)
    return {"meta-data": _json(meta), "user-data": user_data}


def user_data_of(cloud_init: CloudInit, host: str, password_hash: str) -> bytes:
    """Return a cloud-config: the image's own first user, by another name where one is given.

    That user keeps the shell, the groups and the rights that the image's maker chose.
    """
    told: dict[str, object] = {"hostname": host, "preserve_hostname": False}
    if cloud_init.user:
        told["user"] = cloud_init.user
    if cloud_init.ssh_keys:
        told["ssh_authorized_keys"] = [key.strip() for key in cloud_init.ssh_keys]
    if password_hash:
        told |= {"password": password_hash, "chpasswd": {"expire": False}, "ssh_pwauth": True}
    return b"#cloud-config\n" + _json(told)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def iso(files: dict[str, bytes]) -> bytes:
    """Return an image with these files: Rock Ridge and Joliet keep their names as they are."""
    import pycdlib

    image = pycdlib.PyCdlib()
    image.new(interchange_level=3, vol_ident="cidata", joliet=3, rock_ridge="1.09")
    for number, (name, data) in enumerate(sorted(files.items())):
        image.add_fp(io.BytesIO(data), len(data), f"/FILE{number}.;1", rr_name=name, joliet_path=f"/{name}")
    written = io.BytesIO()
    image.write_fp(written)
    image.close()
    return written.getvalue()
