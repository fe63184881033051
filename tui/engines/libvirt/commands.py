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
    safe = name and name.isprintable() and not _MISTAKABLE.match(name)
    words = ["virsh", "-c", uri, *VIRSH_WORDS[request.verb], name if safe else request.target.local]
    if request.verb is Verb.DELETE and driver == "qemu":  # the other drivers refuse flags about firmware
        words.append("--nvram" if request.remove_nvram else "--keep-nvram")
    return shlex.join(words)
