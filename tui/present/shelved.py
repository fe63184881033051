"""How old what an engine keeps is, why it is no newer, and what to call the containers nobody named."""

from __future__ import annotations

from tui.domain.host import HostView
from tui.present.figures import age
from tui.sampling.keeps import Shelved

OLD_FROM_SECONDS = 90.0
"""Older than this although nobody said why: the engine is being asked and does not answer."""


def since_when(shelved: Shelved, now_utc_seconds: float) -> str:
    """Return how old what is shown is, where that is worth telling; empty where it is as new as it should be."""
    taken = shelved.stock.taken_utc_seconds
    if not taken:
        return "not known yet" if shelved.problem else ""
    seconds = max(0.0, now_utc_seconds - taken)
    return f"as it was {age(seconds)} ago" if shelved.problem or seconds >= OLD_FROM_SECONDS else ""


def sentences_of(shelved: Shelved) -> str:
    """Return why an engine did not answer, or what of its answer is missing; empty when all is well."""
    return " ".join(sentence for sentence in (shelved.problem, *shelved.stock.problems) if sentence)


def pods_of_infra(view: HostView) -> dict[str, str]:
    """Return what stands for the infra containers, by row key: their pods, which have names that people gave."""
    named = {member: pod.name for pod in view.pods for member in pod.member_ids}
    found = {}
    for item in view.instances:
        container = item.instance.container
        if container is not None and container.is_infra:
            found[item.instance.key] = f"pod {named.get(item.instance.key, item.instance.name)}"
    return found
