"""Verbs as Podman's API and command line say them; pure."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.action import ActionRequest, Verb
from tui.domain.errors import ActionRefused
from tui.domain.instance import Instance, Pod

# beyond the time that an instance was given: mounts, networks and conmon take their own
PATIENCE_SECONDS = 15.0

_API = {
    Verb.START: "start",
    Verb.STOP: "stop",
    Verb.KILL: "kill",
    Verb.RESTART: "restart",
    Verb.PAUSE: "pause",
    Verb.RESUME: "unpause",
}
_DONE_ALREADY = {
    Verb.START: "It was running already.",
    Verb.STOP: "It was stopped already.",
    Verb.RESTART: "",
}
_REFUSALS = {
    Verb.RESET: "A container has no reset button: restart it instead.",
    Verb.AUTOSTART_ON: "Podman starts no container at boot by itself: make a systemd unit or a Quadlet for it.",
    Verb.AUTOSTART_OFF: "Podman starts no container at boot by itself: disable its systemd unit instead.",
}

_DELETABLE = frozenset({"created", "configured", "initialized", "exited", "stopped", "dead"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the API.

    Attributes:
        timeout_seconds: how long its answer may take.
        already: what a 304 means, in a sentence.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    timeout_seconds: float = PATIENCE_SECONDS
    already: str = ""


def call_for(request: ActionRequest, target: Instance | Pod) -> Call:
    """Return the request that carries out an action.

    Raises:
        ActionRefused: there is no such thing in Podman, or not in this state.
    """
    if request.verb in _REFUSALS:
        raise ActionRefused("not possible with containers", _REFUSALS[request.verb])
    place = f"{'pods' if isinstance(target, Pod) else 'containers'}/{target.id.local}"
    if request.verb is Verb.DELETE:
        return Call("DELETE", place, {"force": "false", "v": "false"}, timeout_seconds=60.0)
    params: dict[str, Any] = {}
    timeout = PATIENCE_SECONDS
    if request.verb in {Verb.STOP, Verb.RESTART}:
        seconds = str(max(0, round(request.timeout_seconds)))
        params = {"timeout": seconds, "t": seconds}  # containers and pods, stop and restart, name it differently
        timeout += request.timeout_seconds * _turns(target)
    return Call("POST", f"{place}/{_API[request.verb]}", params, timeout, _DONE_ALREADY.get(request.verb, ""))


def _turns(target: Instance | Pod) -> int:
    """Return how many stops one request may wait for: Podman stops the members of a pod one after the other."""
    return max(1, len(target.member_ids)) if isinstance(target, Pod) else 1


def refuse_delete(state: str) -> None:
    """Refuse what Podman would delete only by force, or, for a pod, half delete before it says so.

    Args:
        state: in Podman's word, asked for just now.

    Raises:
        ActionRefused: it runs.
    """
    if state.lower() not in _DELETABLE:
        raise ActionRefused("it runs", f"It is {state.lower()}: stop it first.")


def podman_command(request: ActionRequest, target: Instance | Pod, *, url: str | None) -> str:
    """Return the podman command line, quoted for a shell.

    Args:
        url: the service to name; None where plain `podman` means the same containers.
    """
    words = ["podman", *(["--url", url] if url else [])]
    if isinstance(target, Pod):
        words.append("pod")
    words.append("rm" if request.verb is Verb.DELETE else _API.get(request.verb, request.verb.value))
    if request.verb in {Verb.STOP, Verb.RESTART} and not (isinstance(target, Pod) and request.verb is Verb.RESTART):
        words += ["--time", str(max(0, round(request.timeout_seconds)))]
    return shlex.join([*words, target.name])
