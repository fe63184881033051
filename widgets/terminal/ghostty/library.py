"""The C library, loaded when it is first needed: cffi parses its 3,500 lines of declarations for 0.3 s."""

from __future__ import annotations

import functools
import platform
import threading
from typing import Any, NamedTuple

_TWINS = """
typedef struct { GhosttyTerminalScrollViewportTag tag; uint64_t value[2]; } HostdeckScrollViewport;
typedef struct { GhosttyPointTag tag; uint64_t value[2]; } HostdeckPoint;
"""
"""cffi cannot pass unions by value. Composites over 16 bytes go through memory on x86_64 and aarch64, whatever their
fields are, so a struct of the same size and alignment without a union serves in their place."""

_TYPES = (
    "GhosttyClipboardWriteReply *",
    "GhosttyColorRgb *",
    "GhosttyMousePosition *",
    "GhosttyPointCoordinate *",
    "GhosttySelection *",
    "GhosttySelection[]",
    "GhosttySelectionBuffer *",
    "GhosttyString *",
    "GhosttyTerminalScreen *",
    "GhosttyTerminalSelectionFormatOptions *",
    "GhosttyTerminalSelectLineOptions *",
    "GhosttyTerminalSelectWordOptions *",
    "GhosttyTrackedGridRef *",
    "HostdeckPoint *",
    "HostdeckScrollViewport *",
    "bool *",
    "char[]",
    "uint8_t[]",
    "uint32_t[]",
)
"""Types of short-lived values: cffi parses each name for 10 ms when it is first used, which no key should wait for."""

POINT_FUNCTION = "GhosttyResult(*)(GhosttyTerminal, HostdeckPoint, %s)"


class Library(NamedTuple):
    """cffi's two halves, and the functions that take unions by value."""

    ffi: Any
    lib: Any
    scroll_viewport: Any
    grid_ref: Any
    grid_ref_track: Any


class CoreError(RuntimeError):
    """The library refused something that it must not refuse."""


def available() -> str | None:
    """Return why there is no terminal core here, None when there is one. Loads it: 0.3 s the first time, any thread."""
    try:
        load()
    except ImportError:
        return (
            f"pyghostty is not installed; it exists for glibc on x86_64 and aarch64, this is "
            f"{platform.libc_ver()[0] or 'another libc'} on {platform.machine()}"
        )
    except (OSError, AttributeError, CoreError) as error:
        return f"pyghostty does not load here: {error}"
    return None


_loading = threading.Lock()


@functools.cache
def load() -> Library:
    """Return the library; two threads that ask at once both get the one that is loaded first.

    Raises:
        ImportError: pyghostty is not installed.
        OSError: its library does not load, for instance on musl.
        CoreError: it is another version than the one this was written for.
    """
    with _loading:
        return _load()


@functools.cache
def _load() -> Library:
    from pyghostty._ffi import ffi, lib

    ffi.cdef(_TWINS)
    for twin, real in (
        ("HostdeckScrollViewport", "GhosttyTerminalScrollViewport"),
        ("HostdeckPoint", "GhosttyPoint"),
    ):
        if (ffi.sizeof(twin), ffi.alignof(twin)) != (ffi.sizeof(real), ffi.alignof(real)):
            raise CoreError(f"{real} is not laid out as expected")

    for name in _TYPES:
        ffi.typeof(name)

    def cast(signature: str, name: str) -> Any:
        return ffi.cast(signature, ffi.addressof(lib, name))

    return Library(
        ffi,
        lib,
        cast("void(*)(GhosttyTerminal, HostdeckScrollViewport)", "ghostty_terminal_scroll_viewport"),
        cast(POINT_FUNCTION % "GhosttyGridRef *", "ghostty_terminal_grid_ref"),
        cast(POINT_FUNCTION % "GhosttyTrackedGridRef *", "ghostty_terminal_grid_ref_track"),
    )


def check(result: int, what: str) -> None:
    """Raise unless a call succeeded (GHOSTTY_SUCCESS is 0)."""
    if result:
        raise CoreError(f"{what} failed: {result}")


def sized(ctype: str) -> Any:
    """Return a new struct whose fields named `size`, at every depth, hold its size as the library wants it."""
    ffi = load().ffi
    struct = ffi.new(f"{ctype} *")
    _set_sizes(ffi, struct)
    return struct


def _set_sizes(ffi: Any, struct: Any) -> None:
    kind = ffi.typeof(struct).item
    for name, field in kind.fields:
        if name == "size":
            struct.size = ffi.sizeof(kind)
        elif field.type.kind == "struct":
            _set_sizes(ffi, ffi.addressof(struct[0], name))
