"""A new container as Podman's API takes it (SpecGenerator), and as its command line; pure."""

import re
from collections.abc import Sequence
from typing import Any

from tui.domain.instance import Port
from tui.domain.operation.images import Mount, RunContainer
from tui.domain.secrets import looks_secret

PERIOD_USEC = 100_000
HIDDEN = "***"
MODES = frozenset({"none", "host", "bridge", "private", "pasta", "slirp4netns"})
POLICIES = frozenset({"no", "on-failure", "always", "unless-stopped"})
LEAST_MEMORY_BYTES = 6 << 20  # the runtime itself takes as much
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
NAME_RULE = "A name begins with a letter or digit and has letters, digits, dots, dashes and underscores only."
_VARIABLE = re.compile(r"[^=\s\0]+=[^\0]*", re.DOTALL)


def spec_of(operation: RunContainer) -> dict[str, Any]:
    """Return the body of `containers/create`."""
    spec: dict[str, Any] = {
        "image": operation.image,
        "name": operation.name,
        "command": list(operation.command),
        "env": dict(_pair(text) for text in operation.environment),
        "portmappings": [_port(port) for port in operation.ports],
        "volumes": [_volume(mount) for mount in operation.mounts if not _is_folder(mount)],
        "mounts": [_bind(mount) for mount in operation.mounts if _is_folder(mount)],
        "resource_limits": limits(operation.cpus, operation.memory_bytes, operation.pids),
        "restart_policy": operation.restart_policy if operation.restart_policy != "no" else "",
        "user": operation.user,
        "pod": operation.pod,
        "hostname": operation.hostname,
        "terminal": operation.terminal,
        "stdin": operation.terminal,
        "remove": operation.remove_when_ended,
        **_networks(operation.networks),
    }
    return {key: value for key, value in spec.items() if value}


def limits(cpus: float | None, memory_bytes: int | None, pids: int | None) -> dict[str, Any]:
    """Return limits of the OCI runtime's form; what is None is left out, 0 means without a limit.

    Memory with swap is twice the memory, as Podman's command line has it.
    """
    found: dict[str, Any] = {}
    if cpus is not None:
        found["cpu"] = {"period": PERIOD_USEC, "quota": round(cpus * PERIOD_USEC) if cpus else -1}
    if memory_bytes is not None:
        found["memory"] = {"limit": memory_bytes or -1, "swap": 2 * memory_bytes or -1}
    if pids is not None:
        found["pids"] = {"limit": pids or -1}
    return found


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _port(port: Port) -> dict[str, Any]:
    return {
        "host_ip": port.host_ip,
        "host_port": port.host_port,
        "container_port": port.container_port,
        "protocol": port.protocol or "tcp",
    }


def _is_folder(mount: Mount) -> bool:
    return mount.source.startswith("/")


def _options(mount: Mount) -> list[str]:
    return [option for option in mount.options.split(",") if option]


def _volume(mount: Mount) -> dict[str, Any]:
    return {"Name": mount.source, "Dest": mount.destination, "Options": _options(mount)}


def _bind(mount: Mount) -> dict[str, Any]:
    options = ["rbind", *_options(mount)]
    return {"type": "bind", "source": mount.source, "destination": mount.destination, "options": options}


def _networks(names: Sequence[str]) -> dict[str, Any]:
    if not names:
        return {}
    if len(names) == 1 and names[0] in MODES:
        return {"netns": {"nsmode": names[0]}}
    return {"netns": {"nsmode": "bridge"}, "networks": {name: {} for name in names}}


def refusal_of(operation: RunContainer) -> str:
    """Return why no container can be made of this, without asking anybody; empty when it can."""
    if operation.name and NAME.fullmatch(operation.name) is None:
        return NAME_RULE
    for text in operation.environment:
        if _VARIABLE.fullmatch(text) is None:
            return f"The environment has NAME=VALUE; this is none: {masked(text)}"
    for mount in operation.mounts:
        if not mount.destination.startswith("/"):
            return f"Where {mount.source} is mounted inside must start with a slash."
        if not _is_folder(mount) and NAME.fullmatch(mount.source) is None:
            return f"{mount.source or 'It'} is neither a folder (with a slash first) nor a volume. {NAME_RULE}"
    for port in operation.ports:
        if not 0 <= port.host_port <= 65535 or not 1 <= port.container_port <= 65535:
            return "A port is a number from 1 to 65535."
    if operation.restart_policy not in POLICIES:
        return f"The restart policy is one of {', '.join(sorted(POLICIES))}."
    return _pod_refusal(operation) or limits_refusal(operation.cpus, operation.memory_bytes, operation.pids)


def _pod_refusal(operation: RunContainer) -> str:
    if operation.remove_when_ended and operation.restart_policy != "no":
        return "What is removed when it ends cannot be started again: no restart policy then."
    if len(operation.networks) > 1 and not MODES.isdisjoint(operation.networks):
        return "none, host and the like stand alone, not beside networks."
    if operation.pod and operation.ports:
        return "In a pod the ports are the pod's: they are given when the pod is made."
    if operation.pod and operation.networks:
        return "In a pod the networks are the pod's: they are given when the pod is made."
    return ""


def limits_refusal(cpus: float | None, memory_bytes: int | None, pids: int | None) -> str:
    """Return what is wrong with limits; empty when nothing is."""
    if cpus is not None and cpus and not 0.01 <= cpus <= 4096:
        return "The limit of processors is 0.01 or more."
    if memory_bytes is not None and memory_bytes and memory_bytes < LEAST_MEMORY_BYTES:
        return "The memory limit is 6 MiB or more."
    if pids is not None and pids < 0:
        return "The limit of processes is no negative number."
    return ""


def masked(text: str) -> str:
    """Return NAME=VALUE with the value hidden where the name says that it is a secret."""
    name, equals, _ = text.partition("=")
    return f"{name}={HIDDEN}" if equals and looks_secret(name) else text


def words_of(operation: RunContainer) -> list[str]:
    """Return the command line after "podman"."""
    words = ["run", "--detach"]
    for option, value in (
        ("--name", operation.name),
        ("--pod", operation.pod),
        ("--hostname", operation.hostname),
        ("--user", operation.user),
        ("--restart", operation.restart_policy if operation.restart_policy != "no" else ""),
        *(("--network", name) for name in operation.networks),
        *(("--publish", _port_text(port)) for port in operation.ports),
        *(("--volume", _mount_text(mount)) for mount in operation.mounts),
        *(("--env", masked(text)) for text in operation.environment),
        ("--cpus", f"{operation.cpus:g}" if operation.cpus else ""),
        ("--memory", str(operation.memory_bytes or "")),
        ("--pids-limit", str(operation.pids or "")),
    ):
        words += [option, value] if value else []
    words += ["--tty", "--interactive"] if operation.terminal else []
    words += ["--rm"] if operation.remove_when_ended else []
    return [*words, operation.image, *operation.command]


def _port_text(port: Port) -> str:
    address = f"[{port.host_ip}]" if ":" in port.host_ip else port.host_ip
    outside = ":".join(part for part in (address, str(port.host_port) if port.host_port else "") if part)
    protocol = "" if port.protocol in {"", "tcp"} else f"/{port.protocol}"
    inside = f"{port.container_port}{protocol}"
    if address and not port.host_port:
        return f"{address}::{inside}"
    return f"{outside}:{inside}" if outside else inside


def _mount_text(mount: Mount) -> str:
    return ":".join(part for part in (mount.source, mount.destination, mount.options) if part)
