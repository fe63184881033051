"""What was asked of the engines, how it goes, and what failed."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from tui.actions import Action, Scope, Targets, resolve_targets
from tui.domain.host import HostView
from tui.jobs import Job
from tui.present.jobs import job_columns, job_lines
from tui.present.roles import Spans
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from widgets.key_footer import KeyFooter
from widgets.live_table import LiveTable, Row


class JobsScreen(DeckScreen):
    """A table of jobs, and the whole message of the one under the cursor."""

    SCOPES: ClassVar[Collection[Scope]] = (Scope.JOBS, Scope.APP)

    def compose(self) -> ComposeResult:
        """Place the table, the message and the keys."""
        yield self.host_line()
        yield SpanLines((((" Jobs", "accent"),),), id="title")
        table = LiveTable(job_columns(self.deck.jobs.progress), sort_by="time", reverse=True, id="jobs")
        table.ascii_only = self.deck.ascii_only
        yield table
        yield SpanLines(id="job")
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Show the jobs."""
        keys = [(self.deck.label_of("back"), "back"), (self.deck.label_of("kill"), "kill")]
        self.query_one(KeyFooter).set_keys([*keys, *self.deck.footer_keys(self.SCOPES, without=("back",))])
        self._table.focus()
        self.show_jobs()

    @property
    def _table(self) -> LiveTable[Job]:
        return self.query_one("#jobs", LiveTable)

    def show_view(self, view: HostView) -> None:
        """Bring countdowns up to date, which go by the clock of the views."""
        self.show_host(view)
        self.show_jobs()

    def show_said(self) -> None:
        """Show jobs as they are now, of which most tells, and what else was said."""
        self.show_jobs()
        said = self.deck.said
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    def show_jobs(self) -> None:
        """Bring the list up to date."""
        self._table.set_rows([Row(str(job.id), job) for job in self.deck.jobs.jobs])
        self._show_job()

    @on(LiveTable.RowHighlighted)
    def _show_job(self) -> None:
        job = self._job
        progress = self.deck.jobs.progress
        nothing: list[Spans] = [(("nothing was asked for yet", "dim"),)]
        view = self.deck.view
        now = view.taken_utc_seconds if view is not None else 0.0
        lines = job_lines(job, progress(job), self.size.width - 1, now) if job is not None else nothing
        self.query_one("#job", SpanLines).show(lines)

    @property
    def _job(self) -> Job | None:
        row = self._table.cursor_row
        return row.data if row is not None else None

    def targets(self) -> Targets:
        """Return the instance of the job under the cursor."""
        job, view = self._job, self.deck.view
        if job is None or view is None:
            return Targets()
        key = str(job.target)
        return resolve_targets(view, key, (), (key,))

    @property
    def current_key(self) -> str | None:
        """Return the row key of the job's instance."""
        job = self._job
        return str(job.target) if job is not None else None

    def do_kill(self) -> None:
        """Kill what does not obey: the answer to the offer where there is one, else a question."""
        from tui.actions import BY_ID

        job = self._job
        if job is not None and job.offer is not None:
            self.deck.offer_stronger(job)
        else:
            self._ask(BY_ID["kill"])

    def _ask(self, action: Action) -> None:
        from tui.screens.acting import ask_and_submit

        ask_and_submit(self.deck, action, self.targets())

    def do_jobs_cancel(self) -> None:
        """End the operation under the cursor, after asking."""
        job = self._job
        if job is None or not job.can_cancel:
            self.deck.say("This job cannot be cancelled: it is over, or with its engine already.", "warn")
            return
        from widgets.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes and not self.deck.jobs.cancel(job.id):
                self.deck.say(f"{job.name}: it was over before it could be cancelled.", "warn")

        body = "What was copied or made so far is removed again."
        self.app.push_screen(Confirm(f"Cancel {job.word} {job.name}?", body, yes="Cancel it", no="Go on"), answered)

    def do_jobs_clear(self) -> None:
        """Take finished jobs from the list."""
        self.deck.jobs.clear_ended()
        self.show_jobs()

    def do_jobs(self) -> None:
        """Do nothing: it is open."""
