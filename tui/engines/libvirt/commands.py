"""The virsh command lines that do the same, for the screen and the audit."""

import re
import shlex

from tui.domain.action import ActionRequest, Verb
from tui.engines.virsh_words import VIRSH_WORDS

_MISTAKABLE = re.compile(r"-|\d+$|[0-9a-fA-F]{8}-")  # an option, a domain id, a UUID of another guest


def virsh(uri: str, driver: str, request: ActionRequest, name: str) -> str:
    """Return the command line, quoted for a shell.

    Args:
        name: of the guest, "" when not known. Names that virsh would take for something else give way to the UUID.
    """
    words = ["virsh", "-c", uri, *VIRSH_WORDS[request.verb], guest_word(name, request.target.local)]
    if request.verb is Verb.DELETE and driver == "qemu":  # the other drivers refuse flags about firmware
        words.append("--nvram" if request.remove_nvram else "--keep-nvram")
    return shlex.join(words)


def guest_word(name: str, uuid: str) -> str:
    """Return the word by which virsh finds a guest, as `virsh` says."""
    return name if name and name.isprintable() and not _MISTAKABLE.match(name) else uuid
