"""Who else feels it when something happens to an instance."""

from collections.abc import Collection

from tui.actions.words import listed
from tui.domain.host import HostView
from tui.domain.instance import Instance

_PROJECT = ("com.docker.compose.project", "io.podman.compose.project")
_SERVICE = ("com.docker.compose.service", "io.podman.compose.service")
_NEEDS = "com.docker.compose.depends_on"


def dependants(instance: Instance, view: HostView, together: Collection[str] = ()) -> tuple[str, ...]:
    """Return sentences about the containers that share its pod or are declared to depend on it.

    Args:
        instance: what something is about to happen to.
        view: the moment that the screen shows.
        together: row keys that the same action goes to; they are no news.
    """
    if instance.container is None:
        return ()
    sentences = []
    siblings = _siblings(instance, view, together)
    if siblings:
        pod = _pod_name(instance, view)
        sentences.append(f"In pod {pod} with {listed(siblings)}, which go on.")
    needing = _needing(instance, view, together)
    if needing:
        sentences.append(f"Declared to need it, by compose: {listed(needing)}.")
    return tuple(sentences)


def _others(instance: Instance, view: HostView, together: Collection[str]) -> list[Instance]:
    """Return the active containers of the same engine that the action does not go to."""
    return [
        entry.instance
        for entry in view.instances
        if entry.instance.container is not None
        and entry.instance.id.engine == instance.id.engine
        and entry.key != instance.key
        and entry.key not in together
        and entry.instance.state.is_active
    ]


def _siblings(instance: Instance, view: HostView, together: Collection[str]) -> list[str]:
    pod_id = instance.container.pod_id if instance.container else None
    if pod_id is None:
        return []
    return [
        other.name
        for other in _others(instance, view, together)
        if other.container and other.container.pod_id == pod_id and not other.container.is_infra
    ]


def _pod_name(instance: Instance, view: HostView) -> str:
    pod_id = instance.container.pod_id if instance.container else None
    for pod in view.pods:
        if pod.id.engine == instance.id.engine and pod.id.local == pod_id:
            return pod.name
    return (pod_id or "")[:12]


def _needing(instance: Instance, view: HostView, together: Collection[str]) -> list[str]:
    """Return the containers of the same compose project whose `depends_on` label names this one's service."""
    project, service = _label(instance, _PROJECT), _label(instance, _SERVICE)
    if not project or not service:
        return []
    return [
        other.name
        for other in _others(instance, view, together)
        if _label(other, _PROJECT) == project and service in _needed_services(other)
    ]


def _needed_services(instance: Instance) -> set[str]:
    """Return the services of a label like `db:service_started:false,cache:service_healthy:true`."""
    return {entry.split(":", 1)[0].strip() for entry in instance.labels.get(_NEEDS, "").split(",") if entry.strip()}


def _label(instance: Instance, keys: Collection[str]) -> str:
    for key in keys:
        if instance.labels.get(key):
            return instance.labels[key]
    return ""
