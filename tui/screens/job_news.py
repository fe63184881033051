"""What is said about jobs, and the question whether to do something stronger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import BY_VERB
from tui.jobs import BatchSummary, Job
from tui.screens.deck import DeckScreen

if TYPE_CHECKING:
    from tui.screens.deck import Deck


class JobNews:
    """Tells the person how jobs end.

    Args:
        deck: the application; the callbacks of its jobs are taken.
    """

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._offered: set[int] = set()
        deck.jobs.on_change = self._changed
        deck.jobs.on_batch = self._batch_ended

    def _changed(self, job: Job) -> None:
        deck = self._deck
        if job.state.is_error:
            deck.say(f"{job.word} {job.name}: {job.message}  ({deck.label_of('jobs')} jobs)", "crit")
        elif not job.state.is_active:
            deck.say(f"{job.name}: {deck.jobs.progress(job)}.", "ok")

    def _batch_ended(self, summary: BatchSummary) -> None:
        if summary.total > 1:
            bad = summary.failed or summary.refused or summary.unknown
            where = f"  ({self._deck.label_of('jobs')} jobs)" if bad else ""
            self._deck.say(f"{summary.text}{where}", "crit" if bad else "ok")

    def offer_what_is_due(self) -> None:
        """Ask whether to kill what did not obey, once for each job, never over another question."""
        deck = self._deck
        offers = [job for job in deck.jobs.offers if job.id not in self._offered]
        if not offers or not isinstance(deck.screen, DeckScreen) or deck.screen.is_typing:
            return
        self.offer(offers[0], unasked=True)

    def offer(self, job: Job, *, unasked: bool = False) -> None:
        """Ask whether to do what a job offers; unasked: the question comes by itself."""
        from tui.screens.acting import offer_text
        from widgets.confirm import Confirm

        deck = self._deck
        self._offered.add(job.id)
        host_name = deck.view.host_name if deck.view is not None else ""
        title, body, word = offer_text(job, deck.jobs.progress(job), host_name)

        def answered(yes: bool | None) -> None:
            deck.jobs.answer(job.id, accept=bool(yes))
            if not yes and job.offer is not None:
                stronger = BY_VERB[job.offer]
                key, word = deck.label_of(stronger.id), stronger.name.lower()
                deck.say(f"{job.name} gets more time; {key} with the cursor on it can still {word} it.", "warn")

        deck.push_screen(Confirm(title, body, yes=word, no="Wait", unasked=unasked), answered)
