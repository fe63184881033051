"""Instances by what a person calls them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from tui.actions.targets import resolve_targets
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.domain.instance import Instance

SHORTEST_ID = 4


class NotOneInstance(HostdeckError):  # noqa: N818 - named for what is the case
    """Nothing, or more than one, is called so."""


def find_named(name: str, view: HostView) -> tuple[Instance, ...]:
    """Return the instance of a name, or the containers of a pod of that name.

    A name that several have is made plain by what stands before it: `guest/web`, `jan/web`, `podman/web`; the beginning
    of an id (four characters or more) works too, and `pod/web` for a pod.

    Raises:
        NotOneInstance: with a sentence.
    """
    found = _called(name, view)
    if not found and (members := _pod_members(name, view)):
        return members
    found = found or _by_id(name, view)
    if len(found) == 1:
        return (found[0],)
    if found:
        ways = ", ".join(sorted(spellings(found, view)))
        raise NotOneInstance("Not one", f'{len(found)} are called "{name}": say {ways}.')
    close = get_close_matches(name, [entry.instance.name for entry in view.instances], n=1)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    raise NotOneInstance("Not there", f'Nothing is called "{name}".{hint}')


def spellings(instances: Iterable[Instance], view: HostView) -> list[str]:
    """Return for each instance the shortest way to name it alone."""
    counted = Counter(entry.instance.name for entry in view.instances)
    return [item.name if counted[item.name] == 1 else _plain(item, view) for item in instances]


def _plain(instance: Instance, view: HostView) -> str:
    for qualifier in (instance.kind.value, instance.user, instance.id.engine):
        spelling = f"{qualifier}/{instance.name}"
        if qualifier and len(_called(spelling, view)) == 1:
            return spelling
    return instance.id.local[:12] if len(_by_id(instance.id.local[:12], view)) == 1 else instance.id.local


def _called(name: str, view: HostView) -> Sequence[Instance]:
    """Return what a name may mean: the name itself counts before a qualified one."""
    exact = [entry.instance for entry in view.instances if entry.instance.name == name]
    if exact:
        return exact
    qualifier, _, rest = name.rpartition("/")
    return [
        entry.instance
        for entry in view.instances
        if qualifier
        and entry.instance.name == rest
        and qualifier in (entry.instance.kind.value, entry.instance.user, entry.instance.id.engine)
    ]


def _by_id(text: str, view: HostView) -> Sequence[Instance]:
    if len(text) < SHORTEST_ID:
        return []
    return [entry.instance for entry in view.instances if entry.instance.id.local.startswith(text)]


def _pod_members(name: str, view: HostView) -> tuple[Instance, ...]:
    found = [pod for pod in view.pods if name in (pod.name, f"pod/{pod.name}", f"{pod.user}/{pod.name}")]
    if len(found) > 1:
        users = ", ".join(sorted(f"{pod.user}/{pod.name}" for pod in found))
        raise NotOneInstance("Not one", f'{len(found)} pods are called "{name}": say {users}.')
    return resolve_targets(view, found[0].key, (), [found[0].key]).instances if found else ()
