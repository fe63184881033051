"""What a process that runs for weeks beside others does to stay small and quiet."""

import ctypes
import gc
from pathlib import Path

_M_ARENA_MAX = -8  # malloc.h of glibc
_MADV_DONTNEED = 4  # asm-generic/mman-common.h
_YOUNG = 10_000
_READ_ONLY = frozenset({"r-xp", "r--p"})
_MAPS = Path("/proc/self/smaps")


def begin() -> None:
    """Put off the collection of cycles until `settle`, and let all threads share one heap.

    While classes are made and the first frame is drawn, nearly everything that is allocated stays: going through all
    of it again and again finds nothing and takes a tenth of the time to the first frame. Each thread of its own heap
    keeps freed memory of its own; under Python's lock two threads hardly ever ask for memory at the same time.
    """
    gc.disable()
    _libc_call("mallopt", _M_ARENA_MAX, 1)


def settle() -> None:
    """Collect once, leave what is there out of all later collections, and give memory back.

    What lives now (modules, classes, style sheets) lives to the end. Left in, every full collection goes through it
    for a tenth of a second, while the screen stands still, and touches pages that nothing else needs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    gc.enable()
    _libc_call("malloc_trim", 0)
    _let_go_of_files()


def _let_go_of_files() -> None:
    """Unmap pages of libraries that only the start needed; what is still needed comes back from the page cache.

    libvirt alone brings some thirty libraries: linking them reads their symbols, and hardly anything in them runs
    again. It is clean page cache, which the kernel could also have taken back by itself: what only this process needs
    (`Private` in smaps) is not less afterwards. Measured
    twelve seconds after the start, over ten containers and two guests: 51.8 MiB resident against 65.9 without this, 44
    of them private in either case.
    Only what nobody can write to and nobody has written to is let go: another private page would be lost.
    """
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    place = rights = path = ""
    for line in lines:
        name, *fields = line.split(maxsplit=5)
        if not name.endswith(":"):  # a mapping; what follows tells about it
            place, rights, path = name, fields[0], fields[4] if len(fields) > 4 else ""
        elif name == "Anonymous:" and fields[0] == "0" and rights in _READ_ONLY and path.startswith("/"):
            start, end = (int(number, 16) for number in place.split("-"))
            _libc_call("madvise", ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)


def _libc_call(name: str, *arguments: object) -> None:
    """Call what only glibc has; elsewhere memory is managed as that C library sees fit."""
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return
    function(*arguments)
