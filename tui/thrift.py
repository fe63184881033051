"""What a process that runs for weeks beside others does to stay small and quiet."""

import ctypes
import gc

_M_ARENA_MAX = -8  # malloc.h of glibc
_THRESHOLD = 10_000


def begin() -> None:
    """Put off the collection of cycles until `settle`, and let all threads share one heap.

    While classes are made and the first frame is drawn, nearly everything that is allocated stays: going through it
    again and again finds nothing and takes a tenth of the time to the first frame. Each thread of its own heap keeps
    freed memory of its own; under Python's lock two threads hardly ever ask for memory at the same time.
    """
    gc.disable()
    _libc_call("mallopt", _M_ARENA_MAX, 1)


def settle() -> None:
    """Collect once, leave what is there out of all later collections, and give freed memory back.

    What lives now (modules, classes, style sheets) lives to the end. Left in, every full collection goes through it
    for a tenth of a second, while the screen stands still, and touches pages that nothing else needs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_THRESHOLD, 20, 20)
    gc.enable()
    _libc_call("malloc_trim", 0)


def _libc_call(name: str, *numbers: int) -> None:
    """Call what only glibc has; elsewhere memory is managed as that C library sees fit."""
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return
    function(*numbers)
