"""A guest's keyboard and screen. Everything here blocks; QEMU itself answers, so it may block for long."""

from typing import Any

from tui.domain.errors import ActionRefused, EngineError
from tui.engines.libvirt.console_stream import free_stream
from tui.engines.libvirt.failures import OPERATION_FAILED, OPERATION_INVALID, UNSUPPORTED, sentence

LINUX_CODES = 0  # VIR_KEYCODE_SET_LINUX
HOLD_MILLISECONDS = 50
MOST_PICTURE_BYTES = 64 * 1024**2  # a PPM of 5120x2880 has 42 MiB


def press(_libvirt: Any, connection: Any, *, uuid: str, presses: tuple[tuple[int, ...], ...]) -> None:
    """Press keys, one combination after the other."""
    domain = connection.lookupByUUIDString(uuid)
    for codes in presses:
        domain.sendKey(LINUX_CODES, HOLD_MILLISECONDS, list(codes), len(codes), 0)


def picture(libvirt: Any, connection: Any, *, uuid: str) -> bytes:
    """Return the first screen as the hypervisor draws it: PPM of QEMU, PNG of a newer one.

    Raises:
        ActionRefused: the guest has no screen, or does not run.
    """
    domain = connection.lookupByUUIDString(uuid)
    stream = connection.newStream(0)
    try:
        failure = _start(libvirt, domain, stream)
        if failure is not None:
            raise failure
        return _receive(stream)
    finally:
        free_stream(stream)  # an error travels with this frame in it


def _receive(stream: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data := stream.recv(256 * 1024):
        parts.append(data)
        size += len(data)
        if size > MOST_PICTURE_BYTES:
            stream.abort()
            raise EngineError("picture too large", f"The screen's picture is larger than {MOST_PICTURE_BYTES} bytes.")
    stream.finish()
    return b"".join(parts)


def _start(libvirt: Any, domain: Any, stream: Any) -> EngineError | None:
    try:
        domain.screenshot(stream, 0, 0)
    except libvirt.libvirtError as error:
        code, text = error.get_error_code(), sentence(error)
    else:
        return None
    if code in UNSUPPORTED or code == libvirt.VIR_ERR_INVALID_ARG or (code == OPERATION_INVALID and domain.isActive()):
        return ActionRefused("no screen", f"{domain.name()} has no screen ({text})")
    if code == OPERATION_INVALID:
        return ActionRefused("not running", f"{domain.name()} does not run, so its screen is dark.")
    if code == OPERATION_FAILED:
        return ActionRefused("no picture", f"The screen of {domain.name()} cannot be taken: {text}")
    return EngineError("no picture", text)
