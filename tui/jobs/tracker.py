"""What a job waits to see in later views."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain.action import Verb
from tui.domain.event import Event
from tui.domain.host import HostView
from tui.domain.instance import Instance, Kind
from tui.jobs.effects import effect_seen, reboot_seen
from tui.jobs.model import Job, JobState

LOOK_UP_SECONDS = 600.0
"""For so long a missing answer is looked up; a later change may be somebody else's doing."""

_OFFERS = {(Verb.STOP, Kind.GUEST): Verb.KILL, (Verb.STOP, Kind.CONTAINER): Verb.KILL,
           (Verb.RESTART, Kind.GUEST): Verb.RESET, (Verb.RESTART, Kind.CONTAINER): Verb.KILL}  # fmt: skip


@dataclass(slots=True)
class Tracker:
    """What is remembered beside a job while its effect is awaited.

    Attributes:
        before: how the instance was when it was asked for.
        since: monotonic time from which patience counts.
        offered: something else was offered already; once is enough.
        helped: that was accepted, so the effect is not the instance's own doing.
    """

    before: Instance | None
    since: float
    offered: bool = False
    helped: bool = False

    def seen(self, job: Job, view: HostView, events: Sequence[Event]) -> bool:
        """Tell whether a view, or an event since the job was submitted, shows the effect."""
        if job.verb is None:
            return False
        if effect_seen(job.verb, job.target, self.before, view):
            return True
        return job.verb is Verb.RESTART and reboot_seen(events, job.submitted_utc_seconds)

    def offer(self, job: Job, patience: float, monotonic: float) -> Verb | None:
        """Return what to offer now, once, after `patience` seconds without effect; None when nothing is due."""
        if self.offered or job.state is not JobState.WAITING or monotonic - self.since < patience:
            return None
        offer = next((what for of, what in _OFFERS.items() if of == (job.verb, job.kind)), None)
        self.offered = offer is not None
        return offer

    def is_over(self, job: Job, monotonic: float) -> bool:
        """Tell whether looking up a missing answer has gone on long enough; a waiting job waits for ever."""
        return job.state is JobState.UNKNOWN and monotonic - self.since > LOOK_UP_SECONDS
