"""The command line that does the same, as the real engines show it."""

import shlex

from tui.domain.action import ActionRequest, Verb
from tui.domain.instance import Instance, Pod
from tui.engines.virsh_words import VIRSH_WORDS

_PODMAN = {
    Verb.START: "start",
    Verb.STOP: "stop",
    Verb.KILL: "kill",
    Verb.RESTART: "restart",
    Verb.PAUSE: "pause",
    Verb.RESUME: "unpause",
    Verb.DELETE: "rm",
}
_BY_UNIT = {Verb.START, Verb.STOP, Verb.RESTART}


def command_for(request: ActionRequest, target: Instance | Pod | None, engine_id: str, user: str) -> str:
    """Return the command line; what is gone is named by its id."""
    name = target.name if target else request.target.local
    if not engine_id.startswith("podman"):
        return shlex.join(_virsh(request, name, engine_id))
    unit = target.container.unit if isinstance(target, Instance) and target.container else ""
    if unit and request.verb in _BY_UNIT:
        return shlex.join(["systemctl", request.verb.value, "--", unit])
    prefix = () if user in {"", "root"} else ("sudo", "-u", user)
    return shlex.join([*prefix, *_podman(request, name, is_pod=isinstance(target, Pod))])


def _virsh(request: ActionRequest, name: str, uri: str) -> list[str]:
    words = ["virsh", "-c", uri, *VIRSH_WORDS[request.verb], name]
    if request.verb is Verb.DELETE:
        words.append("--nvram" if request.remove_nvram else "--keep-nvram")
    return words


def _podman(request: ActionRequest, name: str, *, is_pod: bool) -> list[str]:
    words = ["podman", *(["pod"] if is_pod else []), _PODMAN.get(request.verb, request.verb.value)]
    if request.verb is Verb.STOP or (request.verb is Verb.RESTART and not is_pod):
        words += ["--time", f"{request.timeout_seconds:g}"]
    return [*words, name]
