"""Which instances an action goes to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tui.actions.model import Action
from tui.actions.possible import possible
from tui.domain.action import Verb
from tui.domain.host import HostView
from tui.domain.instance import Instance, State


@dataclass(frozen=True, slots=True)
class Targets:
    """What an action goes to.

    Attributes:
        instances: in the order of the rows; a pod stands for its containers, without its infra container.
        marked: they were marked; else it is what the cursor stands on.
        hidden: how many marked rows are out of view and left alone.
        note: a sentence when something was left out that a person may expect to be in; may be empty.
    """

    instances: tuple[Instance, ...] = ()
    marked: bool = False
    hidden: int = 0
    note: str = ""


def resolve_targets(
    view: HostView, cursor: str | None, marked: Collection[str], in_view: Sequence[str], *, filtered: bool = False
) -> Targets:
    """Choose the instances of an action: the marked rows that are in view, else the row under the cursor.

    Args:
        view: the moment that the screen shows.
        cursor: row key under the cursor; a pod's key stands for its containers.
        marked: row keys that carry a mark, in view or not.
        in_view: row keys that pass the filter and stand in no folded group, in drawing order.
        filtered: a filter is set; a pod then stands only for its containers in view.
    """
    visible = frozenset(in_view)
    chosen = [key for key in in_view if key in marked]
    hidden = len(frozenset(marked) - visible)
    keys = chosen or [key for key in (cursor,) if key in visible]
    expanded, empty_pods = _expand_pods(view, keys, visible if filtered else None)
    instances = {entry.key: entry.instance for entry in view.instances}
    found = tuple(instances[key] for key in expanded if key in instances)
    return Targets(found, bool(chosen), hidden, _note(hidden, empty_pods))


def _expand_pods(view: HostView, keys: Sequence[str], only: Collection[str] | None) -> tuple[list[str], list[str]]:
    """Return instance keys without repeats, and the names of pods that no container in view stands for."""
    pods = {pod.key: pod for pod in view.pods}
    infra = {entry.key for entry in view.instances if entry.instance.container and entry.instance.container.is_infra}
    expanded: dict[str, None] = {}
    empty = []
    for key in keys:
        pod = pods.get(key)
        if pod is None:
            expanded[key] = None
            continue
        members = [member for member in pod.member_ids if member not in infra]
        visible = [member for member in members if only is None or member in only]
        expanded.update(dict.fromkeys(visible))
        if members and not visible:
            empty.append(pod.name)
    return list(expanded), empty


def _note(hidden: int, empty_pods: Sequence[str]) -> str:
    sentences = []
    if hidden:
        rows = "1 marked row is" if hidden == 1 else f"{hidden} marked rows are"
        sentences.append(f"{rows} out of view and left alone.")
    if empty_pods:
        sentences.append(f"Open pod {', '.join(empty_pods)} first: a filter is set and its containers are folded away.")
    return " ".join(sentences)


def verb_for(action: Action, instances: Sequence[Instance]) -> Verb | None:
    """Return the verb of an action for these instances: a toggle turns back only when all of them are turned.

    None for an action of the screen.
    """
    if action.verb_back is None or not instances:
        return action.verb
    if action.verb is Verb.PAUSE:
        turned = all(instance.state is State.PAUSED for instance in instances)
    else:
        turned = all(instance.guest is not None and instance.guest.autostart for instance in instances)
    return action.verb_back if turned else action.verb


@dataclass(frozen=True, slots=True)
class Plan:
    """A verb sorted into what can be done and what cannot.

    Attributes:
        refused: each with the sentence why not.
    """

    verb: Verb
    instances: tuple[Instance, ...]
    refused: tuple[tuple[Instance, str], ...] = ()


def plan(verb: Verb, instances: Sequence[Instance], *, read_only: bool = False) -> Plan:
    """Sort instances by whether the verb is possible now."""
    able = []
    refused = []
    for instance in instances:
        why_not = possible(verb, instance, read_only=read_only)
        if why_not is None:
            able.append(instance)
        else:
            refused.append((instance, why_not))
    return Plan(verb, tuple(able), tuple(refused))
