"""A job in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.action import ActionRequest, Verb
from tui.domain.instance import Kind
from tui.jobs.model import Job, JobState

if TYPE_CHECKING:
    from tui.domain.operation import Progress

_DOING = {
    Verb.START: "starting",
    Verb.STOP: "stopping",
    Verb.KILL: "killing",
    Verb.RESTART: "restarting",
    Verb.RESET: "resetting",
    Verb.PAUSE: "pausing",
    Verb.RESUME: "resuming",
    Verb.DELETE: "deleting",
    Verb.AUTOSTART_ON: "switching autostart on",
    Verb.AUTOSTART_OFF: "switching autostart off",
}
_DONE = {
    Verb.START: "started",
    Verb.STOP: "stopped",
    Verb.KILL: "killed",
    Verb.RESTART: "restarted",
    Verb.RESET: "reset",
    Verb.PAUSE: "paused",
    Verb.RESUME: "resumed",
    Verb.DELETE: "deleted",
    Verb.AUTOSTART_ON: "autostart is on",
    Verb.AUTOSTART_OFF: "autostart is off",
}
_ASKED = {Verb.STOP: "asked to shut down", Verb.RESTART: "asked to reboot", Verb.START: "asked to start"}
_COUNTED_DOWN = frozenset({Verb.STOP, Verb.RESTART})
_LONG_SECONDS = 3.0


def progress(job: Job, monotonic: float) -> str:
    """Return how a job goes, for the list of jobs and a row's note; an ended one's message where it has one.

    Args:
        job: the job.
        monotonic: now, by the clock of the job's times.
    """
    if job.cancelling and job.state.is_active:
        return "being cancelled"
    if job.state is JobState.QUEUED:
        return "waits for its turn"
    if job.state is JobState.RUNNING:
        return _running(job, monotonic - (job.started_monotonic_seconds or monotonic))
    if job.state is JobState.WAITING:
        since = job.waiting_since_monotonic_seconds
        words = _ASKED.get(job.verb, "asked") if job.verb else "asked"
        ago = f" {_seconds(monotonic - since)} ago" if since is not None else ""
        return f"{words}{ago}, nothing happened yet" if job.offer else f"{words}{ago}"
    if job.state is JobState.DONE:
        return job.message or (_DONE[job.verb] if job.verb else "done")
    return job.message or str(job.state)


def _running(job: Job, elapsed: float) -> str:
    if not isinstance(job.request, ActionRequest):
        return _how_far(job.progress, elapsed)
    doing = _DOING[job.request.verb]
    if job.kind is Kind.CONTAINER and job.verb in _COUNTED_DOWN:
        if job.unit:
            return f"{doing} through {job.unit}" + _for(elapsed)
        left = job.request.timeout_seconds - elapsed
        return f"{doing}, Podman kills in {_seconds(left)}" if left >= 1 else f"{doing}, Podman kills it now"
    return doing + _for(elapsed)


def _how_far(progress: Progress | None, elapsed: float) -> str:
    """Say what an engine told; the time alone where it tells nothing, for a percentage would be made up."""
    if progress is None:
        return f"working{_for(elapsed)}"
    from humanize import naturalsize

    percent = progress.percent
    words = [f"{percent:3.0f} %"] if percent is not None else []
    if progress.done is not None:
        words.append(naturalsize(progress.done, binary=True))
        if progress.total:
            words[-1] += f" of {naturalsize(progress.total, binary=True)}"
    if progress.text:
        words.append(progress.text)
    return "  ".join(words) or f"working{_for(elapsed)}"


def _for(elapsed: float) -> str:
    """Say for how long, once that is worth saying."""
    return f" for {_seconds(elapsed)}" if elapsed >= _LONG_SECONDS else ""


def _seconds(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 120 else f"{whole // 60} min"
