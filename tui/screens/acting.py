"""From a capital letter to a job: what it goes to, what to ask, what to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import VERB_WORD, Action, Plan, Targets, confirmation, plan, requests_for, verb_for
from tui.domain.action import Verb

if TYPE_CHECKING:
    from tui.actions import Confirmation
    from tui.jobs import Job
    from tui.screens.deck import Deck

MOST_COMMANDS_SHOWN = 3
NVRAM_TOO = "remove the firmware's variables (NVRAM) too"


def ask_and_submit(deck: Deck, action: Action, targets: Targets, verb: Verb | None = None) -> None:
    """Ask where it must be asked, then hand a job for each instance to the engines; say why where nothing is done.

    Args:
        verb: what to do; None lets the action and its targets decide.
    """
    view = deck.view
    verb = verb or verb_for(action, targets.instances)
    if view is None or verb is None:
        return
    if not targets.instances:
        deck.say(targets.note or "Nothing is under the cursor that this could be done to.", "warn")
        return
    planned = plan(verb, targets.instances, read_only=view.read_only)
    if not planned.instances:
        deck.say(_refusal(planned), "warn")
        return
    question = confirmation(
        verb,
        planned.instances,
        view,
        command=deck.source.command,
        confirm_delete_count=deck.confirm_delete_count,
        stop_timeout_seconds=deck.stop_timeout_seconds,
    )
    if question is None:
        submit(deck, planned, targets)
        return
    from widgets.confirm import Confirm

    asked = Confirm(
        question.title,
        body_of(question, planned, targets),
        yes=question.confirm_label,
        no="Cancel",
        must_type=question.type_to_confirm,
        option=NVRAM_TOO if question.offers_nvram else None,
    )

    def answered(yes: bool | None) -> None:
        if yes:
            submit(deck, planned, targets, remove_nvram=asked.option_chosen)

    deck.push_screen(asked, answered)


def submit(deck: Deck, planned: Plan, targets: Targets, *, remove_nvram: bool = False) -> None:
    """Hand the jobs over and say what was asked for."""
    jobs = deck.jobs.submit(
        requests_for(
            planned.verb,
            planned.instances,
            stop_timeout_seconds=deck.stop_timeout_seconds,
            remove_nvram=remove_nvram,
        )
    )
    if len(jobs) == 1 and jobs[0].state.is_active:
        command = f"  ({jobs[0].command})" if jobs[0].command else ""
        deck.say(f"{planned.verb}: {jobs[0].name} was asked for.{command}")
    elif jobs and any(job.state.is_active for job in jobs):
        deck.say(f"{planned.verb}: {len(jobs)} asked for. {targets.note}".strip())


def body_of(question: Confirmation, planned: Plan, targets: Targets) -> str:
    """Return the text of a question: objects, what is left out, what depends on it, the equivalent command."""
    lines = [*question.objects]
    lines += [f"not: {sentence}" for _, sentence in planned.refused]
    lines += ["", *question.notes] if question.notes or targets.note else []
    lines += [targets.note] if targets.note else []
    if question.commands:
        more = len(question.commands) - MOST_COMMANDS_SHOWN
        lines += ["", *question.commands[:MOST_COMMANDS_SHOWN], *([f"and {more} more like it"] if more > 0 else [])]
    return "\n".join(lines)


def offer_text(job: Job, progress: str, host_name: str) -> tuple[str, str, str]:
    """Return title, body and word of agreement of the question whether to do what a job offers, to kill or reset."""
    word = VERB_WORD[job.offer or Verb.KILL]
    return (
        f"{word} {job.kind} {job.name} on {host_name}?",
        f"{job.name}: {progress}.\nWhat it has not written is lost then.",
        word,
    )


def _refusal(planned: Plan) -> str:
    sentences = list(dict.fromkeys(sentence for _, sentence in planned.refused))
    if len(sentences) <= 1:
        return sentences[0] if sentences else "Not possible."
    return f"{sentences[0]} And {len(sentences) - 1} more."
