"""Parts about hostdeck and the machine: versions, doctor, preferences, the end of the audit file."""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

from tui import __version__
from tui.bundle.materials import Materials
from tui.config import Config
from tui.domain.plain import Plain, encode, names_of
from tui.domain.secrets import MASK, masked_document
from widgets.escape import escape_controls

AUDIT_LINES = 500
AUDIT_BYTES = 1 << 20
_PACKAGES = ("textual", "rich", "psutil", "libvirt-python", "podman", "pyghostty", "prometheus-client")
_HIDDEN = frozenset({"webhook", "webhook_headers", "command"})  # of [notify]: an address may be a secret by itself


def versions(materials: Materials) -> bytes:
    """Return what runs here."""
    lines = [
        f"hostdeck {__version__}",
        f"Python {platform.python_version()}",
        f"kernel {platform.release()} {platform.machine()}",
        f"system {_system()}",
        "",
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        "",
        *(f"{one.id} {one.state.value} {one.version or '-'} {one.message}" for one in materials.view.sources),
        "",
        f"TERM {os.environ.get('TERM', '-')}, LANG {os.environ.get('LANG', '-')}",
    ]
    return "\n".join(escape_controls(line).rstrip() for line in lines).encode("utf-8") + b"\n"


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "-")
    except OSError:
        return "-"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "-"


def preferences(config: Config) -> bytes:
    """Return the preferences that count as JSON, without what may be a secret."""
    shown: Plain = masked_document({name: encode(getattr(config, name)) for name in names_of(Config)})
    notify = shown.get("notify")
    if isinstance(notify, dict):
        shown["notify"] = {key: MASK if key in _HIDDEN and value else value for key, value in notify.items()}
    return json.dumps(shown, indent=2).encode("ascii") + b"\n"


def audit_tail(path: Path) -> bytes:
    """Return the last lines of the audit file, masked; nothing where there is none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - AUDIT_BYTES))
            lines = file.read(AUDIT_BYTES).split(b"\n")
    except FileNotFoundError:
        return b""
    whole = lines if size <= AUDIT_BYTES else lines[1:]
    return b"".join(map(_audit_line, [line for line in whole if line][-AUDIT_LINES:]))


def _audit_line(line: bytes) -> bytes:
    try:
        return json.dumps(masked_document(json.loads(line))).encode("ascii") + b"\n"
    except ValueError:
        return b'{"damaged": true}\n'
