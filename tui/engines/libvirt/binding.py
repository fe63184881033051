"""The `libvirt` module, imported late, and the one thread that drives its events.

libvirt's own event loop in a thread of its own is what works beside threads that make calls; its asyncio binding is not
safe there.
"""

import importlib
import threading
from typing import Any

from tui.domain.errors import EngineAbsent

_INSTALL = (
    "Install it with `apt install libvirt0` or `dnf install libvirt-libs`, and the Python package `libvirt-python` "
    "beside hostdeck."
)
_PAUSE_AFTER_FAILURE_SECONDS = 0.5

_lock = threading.Lock()
_started: list[threading.Thread] = []


def load() -> Any:
    """Return the `libvirt` module, ready for events; may block for its import, so call it on a lane.

    Raises:
        EngineAbsent: this host lacks the C library or the Python package.
    """
    try:
        libvirt = importlib.import_module("libvirt")
    except ImportError as error:  # the package is missing, or its C library is
        raise EngineAbsent(
            "libvirt is not installed", f"libvirt's client library cannot be loaded ({error}). {_INSTALL}"
        ) from error
    with _lock:
        if not _started:
            _started.append(_start_events(libvirt))
    return libvirt


def _start_events(libvirt: Any) -> threading.Thread:
    """Set up what has to be there before the first connection is opened."""
    libvirt.registerErrorHandler(_say_nothing, None)  # else libvirt writes to stderr, over the screen
    libvirt.virEventRegisterDefaultImpl()
    thread = threading.Thread(target=_drive, args=(libvirt,), name="libvirt events", daemon=True)
    thread.start()
    return thread


def _say_nothing(_context: object, _error: object) -> None:
    """Take libvirt's error report; the same error is raised by the call."""


def _drive(libvirt: Any) -> None:
    """Deliver events for as long as the process lives."""
    never = threading.Event()
    while True:
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError:  # poll failed: try again, but do not spin
            never.wait(_PAUSE_AFTER_FAILURE_SECONDS)
