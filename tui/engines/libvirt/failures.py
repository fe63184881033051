"""libvirt's errors as ours, with what helps.

Numbers are those of virErrorNumber in virterror.h, part of libvirt's stable ABI.
"""

import errno
import getpass
import os
import shutil
from collections.abc import Callable
from typing import Any, TypeVar

from tui.domain.errors import (
    ActionRefused,
    EngineAbsent,
    EngineError,
    EngineLost,
    EngineRefused,
    NotFound,
)
from tui.engines.libvirt.target import Target
from tui.engines.process import has_systemd

T = TypeVar("T")

NO_SUPPORT, INVALID_CONN, OPERATION_FAILED, OPERATION_DENIED, SYSTEM_ERROR, RPC, NO_DOMAIN = 3, 6, 9, 29, 38, 39, 42
AUTH_FAILED, OPERATION_INVALID, OPERATION_TIMEOUT, ARGUMENT_UNSUPPORTED = 45, 55, 68, 74
AUTH_CANCELLED, OPERATION_UNSUPPORTED, AGENT_UNRESPONSIVE, RESOURCE_BUSY, ACCESS_DENIED = 79, 84, 86, 87, 88
AUTH_UNAVAILABLE, NO_SERVER, AGENT_UNSYNCED = 94, 95, 97

UNSUPPORTED = frozenset({NO_SUPPORT, OPERATION_UNSUPPORTED, ARGUMENT_UNSUPPORTED})
_DENIED = frozenset({OPERATION_DENIED, AUTH_FAILED, AUTH_CANCELLED, AUTH_UNAVAILABLE, ACCESS_DENIED})
_NOT_NOW = frozenset({OPERATION_INVALID, RESOURCE_BUSY, *UNSUPPORTED})
_AGENT = frozenset({AGENT_UNRESPONSIVE, AGENT_UNSYNCED})
_NOBODY_LISTENS = frozenset({errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR})
_SUDO = "" if os.geteuid() == 0 else "sudo "
_UNITS = {"qemu": "virtqemud", "lxc": "virtlxcd", "xen": "virtxend"}


def run_guarded(libvirt: Any, function: Callable[[], T]) -> T:
    """Call `function` and raise our errors instead of libvirt's.

    Raised outside of the handler on purpose: a chained libvirtError would carry frames, and with them the last
    reference to a connection, to the event loop's thread, where freeing it could block on a daemon that hangs.

    Raises:
        EngineError: a fitting one.
    """
    try:
        return function()
    except libvirt.libvirtError as error:
        failure = failure_of(error)
    except EngineError as error:
        failure = error.with_traceback(None)
    raise failure


def failure_of(error: Any) -> EngineError:
    """Translate a failed call on an open connection."""
    code, text = error.get_error_code(), sentence(error)
    if code == NO_DOMAIN:
        return NotFound("no such guest", f"The guest is gone: {text}")
    if code in _DENIED:
        return ActionRefused("not permitted", f"libvirt does not permit it: {text}")
    if code in _AGENT:
        return EngineError("no guest agent", f"The guest agent does not answer: {text}")
    if code == OPERATION_TIMEOUT:
        return ActionRefused("libvirt is busy", f"Another operation holds the guest: {text}")
    if code in _NOT_NOW:
        return ActionRefused("not possible", text)
    if code in {RPC, INVALID_CONN, SYSTEM_ERROR} and _is_broken(error):
        return EngineLost("connection lost", f"The connection to libvirt broke: {text}")
    return EngineError("libvirt failed", text)


def _is_broken(error: Any) -> bool:
    broken = {errno.EPIPE, errno.ECONNRESET, errno.ECONNREFUSED, errno.ENOTCONN}
    return error.get_error_code() != SYSTEM_ERROR or error.get_int1() in broken


def sentence(error: Any) -> str:
    """Return libvirt's own text as a sentence."""
    text = str(error.get_error_message() or error).strip()
    return text if text.endswith(".") else f"{text}."


def open_failure(target: Target, error: Any) -> EngineError:
    """Translate a failed virConnectOpen: who may help is different from a failed call."""
    code, system = error.get_error_code(), error.get_int1()
    if target.ssh_to and code == SYSTEM_ERROR:
        return ssh_failure(target, sentence(error))
    if code in _DENIED or (code == SYSTEM_ERROR and system in {errno.EACCES, errno.EPERM}):
        return EngineRefused("no permission", f"{_who_may(target)} ({sentence(error)})")
    if target.local and code == SYSTEM_ERROR and system in _NOBODY_LISTENS:
        return EngineAbsent("nothing listens", f"No libvirt daemon listens for {target.uri}. {start_hint(target)}")
    if target.local and code == NO_SERVER:
        return EngineAbsent("not installed", f"{sentence(error)} {start_hint(target)}")
    return EngineLost("cannot connect", f"Cannot connect to {target.uri}: {sentence(error)}")


def ssh_failure(target: Target, text: str) -> EngineError:
    """Translate what ssh said, which libvirt hands on with all its lines.

    Nothing is asked on the terminal that shows the screen: what a person has to answer is answered to ssh itself, once.
    """
    there, said = f"`{target.ssh_to}`", _last_words(text)
    if "IDENTIFICATION HAS CHANGED" in text:
        why = f"The host key is not the one that is known here. Find out why before you connect; {there} tells more."
        return EngineRefused("host key changed", why)
    if "Host key verification failed" in text:
        return EngineRefused("host key unknown", f"The host key is not known here: run {there} once and compare it.")
    if "Permission denied" in said:
        why = f"ssh has no key that is let in ({said}). Try {there}: it must not ask for a password."
        return EngineRefused("ssh refused", why)
    return EngineLost("cannot connect", f"Cannot connect to {target.uri}: {said}.")


def _last_words(text: str) -> str:
    """Return the last line that says something, without what libvirt puts around it."""
    lines = [line.strip() for line in text.removeprefix("Cannot recv data: ").splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    return last.rstrip(".").removesuffix(": Connection reset by peer").rstrip(".")


def _who_may(target: Target) -> str:
    if not target.local:
        return f"The other host does not let you use {target.uri}: check the user and its keys or certificates."
    return (
        f"You may not use {target.uri}. Join the group with `sudo usermod -aG libvirt {_user()}` and log in again, "
        "or run hostdeck as root."
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in the password file
        return "USER"


def start_hint(target: Target, *, systemd: bool | None = None) -> str:
    """Say which command starts the daemon of this host, or installs it."""
    if target.driver == "test":
        return ""
    for daemon in (_UNITS.get(target.driver, "virtqemud"), "libvirtd"):
        if not _installed(daemon):
            continue
        if target.session:
            return f"Its first use starts it: try `virsh -c {target.uri} uri`."
        return f"Start it with {_start(daemon, systemd=has_systemd() if systemd is None else systemd)}."
    extra = {"lxc": "libvirt-daemon-driver-lxc"}.get(target.driver, "qemu-system")
    return f"Install it with `{_SUDO}apt install libvirt-daemon-system {extra}` or `{_SUDO}dnf install libvirt`."


def _installed(program: str) -> bool:
    return shutil.which(program) is not None or shutil.which(program, path="/usr/sbin:/usr/local/sbin") is not None


def hung_message(target: Target, *, systemd: bool | None = None) -> str:
    """Say what a daemon that accepts but does not answer may need."""
    if not target.local:
        return f"{target.uri} does not answer."
    daemon = next(
        (name for name in (_UNITS.get(target.driver, "virtqemud"), "libvirtd") if _installed(name)), "libvirtd"
    )
    if has_systemd() if systemd is None else systemd:
        restart = f"`{_SUDO}systemctl restart {daemon}`"
    else:
        restart = f"end its process and start it with {_start(daemon, systemd=False)}"
    return f"The daemon for {target.uri} does not answer; if it stays so: {restart}."


def _start(daemon: str, *, systemd: bool) -> str:
    if systemd:
        return f"`{_SUDO}systemctl start {daemon}.socket`"
    return f"`{_SUDO}virtlogd -d; {_SUDO}{daemon} -d`"
