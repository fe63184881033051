"""libvirt's errors about pools, disks and networks as ours.

Numbers are those of virErrorNumber in virterror.h, part of libvirt's stable ABI.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from tui.domain.errors import ActionRefused, EngineError, EngineTimeout, NotFound
from tui.engines.libvirt.failures import sentence

T = TypeVar("T")

DOMAIN_EXISTS, NETWORK_EXISTS, NO_NETWORK, NO_POOL, NO_VOLUME, NO_SNAPSHOT, VOLUME_EXISTS = 28, 37, 43, 49, 50, 72, 90
_GONE = {NO_NETWORK: "network", NO_POOL: "pool", NO_VOLUME: "disk", NO_SNAPSHOT: "snapshot"}
_TAKEN = frozenset({DOMAIN_EXISTS, NETWORK_EXISTS, VOLUME_EXISTS})
GONE, GONE_WORDS = "gone", "A file or folder is gone: "
_TEXTS = (  # libvirt has one number for most failures; its text alone tells them apart, and it is not translated here
    ("already exists", "name taken", "{}"),
    ("dnsmasq", "no dnsmasq", "The network needs dnsmasq (package dnsmasq-base): {}"),
    ("No space left on device", "no space", "There is no space left for it: {}"),
    ("Permission denied", "not permitted", "The daemon may not do that: {}"),
    ("Operation not permitted", "not permitted", "The daemon may not do that: {}"),
    ("No such file or directory", GONE, GONE_WORDS + "{}"),
    ("Read-only file system", "read-only", "It is on a file system that is read-only: {}"),
)


class OutcomeUnknown(EngineTimeout):
    """A call that changes something had begun, and its answer never came."""


def understood(function: Callable[[Any, Any], T]) -> Callable[[Any, Any], T]:
    """Wrap a `function(libvirt, connection)` so that it raises our errors where libvirt's say what is the matter.

    Other errors of libvirt pass as they are, for `Link.run` to translate.
    """

    def call(libvirt: Any, connection: Any) -> T:
        try:
            return function(libvirt, connection)
        except libvirt.libvirtError as error:
            failure = failure_of(error)
            if failure is None:
                raise
        raise failure  # outside of the handler: a chained error would carry libvirt objects to another thread

    return call


def failure_of(error: Any) -> EngineError | None:
    """Translate an error; None for one that is not about what libvirt keeps."""
    code, text = error.get_error_code(), sentence(error)
    if code in _GONE:
        return NotFound(f"no such {_GONE[code]}", f"The {_GONE[code]} is gone: {text}")
    if code in _TAKEN:
        return ActionRefused("name taken", text)
    for part, title, words in _TEXTS:
        if part in text:
            return ActionRefused(title, words.format(text))
    return None
