"""What a bundle is made from, and what is noted on the way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui.config import Config
from tui.domain.host import HostView, InstanceView, Severity
from tui.domain.instance import Instance, State
from tui.rules.looks import STOPPED_EXITS
from tui.sampling.past import Past
from tui.sampling.source import HostSource

MOST_INSTANCES = 40
"""Instances with problems whose logs and documents are taken; the worst first, the rest is named in errors.txt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """Where the parts come from.

    Attributes:
        view: the moment that the bundle is of.
        past: a record; None where there is none.
        config: the preferences that count.
        picture: draws the screen as SVG; None where there is no screen.
        connect: libvirt URIs that were named, for the doctor.
        podman: Podman URLs that were named.
        audit: the audit file.
        is_glance: nobody looked on before the view, neither a screen nor a recorder.
    """

    source: HostSource
    view: HostView
    past: Past | None = None
    config: Config | None = None
    picture: Callable[[], Awaitable[str]] | None = None
    connect: Sequence[str] = ()
    podman: Sequence[str] = ()
    audit: Path | None = None
    is_glance: bool = False


@dataclass(slots=True)
class Notes:
    """What could not be had, a sentence each; and which engines did not answer in time."""

    sentences: list[str] = field(default_factory=list)
    hung: set[str] = field(default_factory=set)

    def add(self, part: str, why: str) -> None:
        """Note that a part is missing or not whole."""
        self.sentences.append(f"{part}: {why}")


def troubled(view: HostView) -> list[InstanceView]:
    """Return the instances that have a problem, those with a critical one first, then those that ended by an error.

    The latter are no problem for who did not see it happen, and yet may be what somebody looks for.
    """
    worst: dict[str, bool] = {}
    for problem in view.problems:
        worst[problem.subject] = worst.get(problem.subject, False) or problem.severity is Severity.CRITICAL
    found = [item for item in view.instances if item.key in worst]
    found.sort(key=lambda item: (not worst[item.key], item.instance.name))
    ended = [item for item in view.instances if item.key not in worst and _ended_badly(item.instance)]
    return [*found, *sorted(ended, key=lambda item: item.instance.name)]


def _ended_badly(instance: Instance) -> bool:
    container = instance.container
    if container is None:
        return False
    if instance.state is State.CREATED:
        return bool(instance.reason)  # it did not start
    code = container.exit_code
    failed = code is not None and code not in STOPPED_EXITS
    return instance.state is State.STOPPED and (failed or "OOM" in instance.reason)
