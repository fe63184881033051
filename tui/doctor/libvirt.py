"""Whether guests can be seen: binding, daemon, sockets, permission, and an answer."""

from collections.abc import Sequence
from pathlib import Path

from tui.doctor.machine import Machine, last_line
from tui.doctor.report import Check, Condition
from tui.engines.libvirt.target import Target, parse_uri

AREA = "libvirt"
SYSTEM_URI, SESSION_URI = "qemu:///system", "qemu:///session"
_DAEMONS = ("virtqemud", "libvirtd")
_SOCKETS = (
    "/run/libvirt/virtqemud-sock",
    "/run/libvirt/libvirt-sock",
    "/run/libvirt/virtqemud-sock-ro",
    "/run/libvirt/libvirt-sock-ro",
)
# In a process of their own: the library has no deadline for open(), and loading it here would cost memory for nothing.
_VERSION = "import libvirt; print(libvirt.getVersion())"
_OPEN = (
    "import sys, libvirt; libvirt.registerErrorHandler(lambda *_: None, None); c = libvirt.open(sys.argv[1]); "
    "print(c.getLibVersion(), len(c.listAllDomains()))"
)


async def examine_libvirt(machine: Machine, uris: Sequence[str]) -> list[Check]:
    """Return the checks of libvirt.

    Args:
        uris: connections to try; empty means what hostdeck itself would open, where a daemon is installed.
    """
    daemon = machine.which(*_DAEMONS)
    binding = await _binding(machine, Condition.MISSING if daemon or uris else Condition.WARN)
    if daemon is None and not uris:
        note = "no libvirtd or virtqemud; hostdeck shows containers alone"
        mend = machine.install("libvirt-daemon-system qemu-system-x86", "libvirt-daemon-kvm")
        return [binding, Check(AREA, "daemon", note, Condition.WARN, mend)]
    checks = [binding]
    if daemon is not None:
        checks += [Check(AREA, "daemon", f"{daemon} is installed"), *_sockets(machine, daemon, needed=not uris)]
    if binding.state is Condition.OK:
        checks += [await _answer(machine, uri, daemon or "libvirtd") for uri in uris or _usual(machine)]
    return checks


def _usual(machine: Machine) -> Sequence[str]:
    if default := machine.environ.get("LIBVIRT_DEFAULT_URI"):
        return (default,)
    return (SYSTEM_URI,) if machine.uid == 0 else (SYSTEM_URI, SESSION_URI)


async def _binding(machine: Machine, without: Condition) -> Check:
    ended = await machine.run_python(_VERSION)
    if isinstance(ended, str):
        return Check(AREA, "python binding", ended, Condition.MISSING)
    if ended.exit_code == 0:
        return Check(AREA, "python binding", f"libvirt-python with C library {version_text(ended.output)}")
    error = last_line(ended.error)
    pip = f"{machine.python} -m pip install libvirt-python"
    library = machine.install("libvirt0", "libvirt-libs")
    if "libvirt.so" in error:
        return Check(AREA, "python binding", f"the C library is missing: {error}", without, library)
    headers = machine.install("libvirt-dev pkg-config gcc python3-dev", "libvirt-devel pkgconf gcc python3-devel")
    return Check(AREA, "python binding", f"libvirt-python is missing: {error}", without, f"{headers} && {pip}")


def _sockets(machine: Machine, daemon: str, *, needed: bool) -> list[Check]:
    present = [name for name in _SOCKETS if machine.is_socket(machine.path(name))]
    if not present:
        state = Condition.MISSING if needed else Condition.WARN
        return [
            Check(AREA, "socket", "no socket in /run/libvirt: the daemon does not run", state, _start(machine, daemon))
        ]
    found = Check(AREA, "socket", ", ".join(present))
    writable = [machine.path(name) for name in present if not name.endswith("-ro")]
    if not writable:
        return [
            found,
            Check(AREA, "permission", "only the read-only socket listens", Condition.WARN, _start(machine, daemon)),
        ]
    return [found, _permission(machine, writable[0])]


def _permission(machine: Machine, socket: Path) -> Check:
    group = machine.group_of(socket)
    if machine.may_use(socket):
        return Check(AREA, "permission", f"{machine.login} may use {socket.name}")
    text = f"{machine.login} may not use {socket.name}, which belongs to the group {group}"
    return Check(AREA, "permission", text, Condition.MISSING, _join_group(machine, group))


def _join_group(machine: Machine, group: str) -> str:
    return machine.as_root(f"usermod -aG {group or 'libvirt'} {machine.login}") + ", then log in again"


def _start(machine: Machine, daemon: str) -> str:
    if machine.has_systemd:
        return machine.as_root(f"systemctl enable --now {daemon}.socket")
    return f"{machine.as_root('virtlogd -d')} && {machine.as_root(daemon)} -d"


async def _answer(machine: Machine, uri: str, daemon: str) -> Check:
    name, target = f"answer of {uri}", parse_uri(uri)
    ended = await machine.run_python(_OPEN, uri)
    if isinstance(ended, str):
        return Check(AREA, name, ended, Condition.MISSING, _restart(machine, target, daemon))
    if ended.exit_code == 0:
        number, _, guests = ended.output.strip().partition(" ")
        return Check(AREA, name, f"libvirt {version_text(number)}, {guests} guests")
    error = last_line(ended.error)
    refused = any(word in error.lower() for word in ("permission denied", "authentication", "polkit", "access denied"))
    if refused and _is_service(target):
        return Check(AREA, name, error, Condition.MISSING, _join_group(machine, "libvirt"))
    mend = _start(machine, daemon) if _is_service(target) else _look_closer(uri)
    return Check(AREA, name, error, Condition.MISSING, mend)


def _is_service(target: Target) -> bool:
    """Tell whether a daemon of this whole host answers: a session's is started by its first use."""
    return target.has_processes and not target.session


def _look_closer(uri: str) -> str:
    return f"virsh -c '{uri}' uri shows the same without hostdeck"


def _restart(machine: Machine, target: Target, daemon: str) -> str:
    """Say what helps when it accepts and keeps silent; guests outlive a killed daemon."""
    if not _is_service(target):
        return _look_closer(target.uri)
    if machine.has_systemd:
        return machine.as_root(f"systemctl restart {daemon}")
    return f"{machine.as_root(f'pkill -KILL -x {daemon}')} && {_start(machine, daemon)}"


def version_text(number: str) -> str:
    """Return libvirt's version number (major * 1,000,000 + minor * 1,000 + release) as people write it."""
    try:
        value = int(number)
    except ValueError:
        return number.strip()
    return f"{value // 1_000_000}.{value // 1000 % 1000}.{value % 1000}"
