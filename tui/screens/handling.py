"""Acknowledge, silence and note problems: what a person does about them besides mending what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.audit import AuditEntry, current_actor
from tui.commands.silences import MORNING_HOUR, SPELLINGS, SilenceError, silence_until
from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.past import Handling
from tui.sampling.handled import LONGEST_NOTE, engine_of, says_nothing, word_of
from tui.screens.operating import Offer, is_refused, show_menu

if TYPE_CHECKING:
    from tui.commands import Command
    from tui.domain.host import HostView, Problem
    from tui.screens.deck import Deck

NOTHING_HERE = "No problem is here: put the cursor on one, or on what has one."
NO_PROBLEMS = "There is no problem."
SPANS = (("1", "15 minutes", "15m"), ("2", "1 hour", "1h"), ("3", "8 hours", "8h"))

Change = Callable[[Handling], Handling]


def problems_here(deck: Deck) -> tuple[Problem, ...]:
    """Return the problem under the cursor, or all of the instance under it."""
    from tui.screens.deck import DeckScreen

    screen, view = deck.screen, deck.view
    if view is None or not isinstance(screen, DeckScreen):
        return ()
    chosen = screen.current_problems
    if chosen is None:
        key = screen.current_key
        return problems_of(view, (key,)) if key else ()
    ids = {problem.id for problem in chosen}
    return tuple(problem for problem in view.problems if problem.id in ids)


def problems_of(view: HostView, keys: Sequence[str]) -> tuple[Problem, ...]:
    """Return all problems of some instances."""
    return tuple(problem for problem in view.problems if problem.subject in keys)


def ask_how(deck: Deck, problems: Sequence[Problem]) -> None:
    """Let the person choose what to do about problems."""
    if not problems:
        _lead_to_problems(deck)
        return
    show_menu(deck, _title(problems), _offers(deck, problems))


def _lead_to_problems(deck: Deck) -> None:
    """Put the cursor on the list of problems where there is one on the screen, else say what leads there."""
    from tui.screens.main import MainScreen

    screen = deck.screen
    if deck.view is None or not deck.view.problems:
        deck.say(NO_PROBLEMS, "warn")
        return
    table = screen.pane.problem_table if isinstance(screen, MainScreen) else None
    if table is None or not table.row_count:
        deck.say(f"No problem is here: {deck.label_of('pane_overview')} leads to the list of problems.", "warn")
    elif table.has_focus:
        deck.say(NOTHING_HERE, "warn")
    else:
        table.focus()
        deck.say(f"Choose a problem, then {deck.label_of('handle')}.")


def _title(problems: Sequence[Problem]) -> str:
    first = problems[0]
    return f"{first.name}: {first.text}" if len(problems) == 1 else f"{first.name}: {len(problems)} problems"


def _offers(deck: Deck, problems: Sequence[Problem]) -> list[Offer]:
    tomorrow = f"silence until tomorrow {MORNING_HOUR:02}:00"
    untouched = not any(problem.is_handled or problem.note for problem in problems)
    return [
        Offer("seen: it steps back in the list, and is told no more", _doing(deck, problems, acknowledged), "a"),
        *(Offer(f"silence for {words}", _silencing(deck, problems, text), key) for key, words, text in SPANS),
        Offer(tomorrow, _silencing(deck, problems, "tomorrow"), "4"),
        Offer("silence for another time ...", lambda: _ask_time(deck, problems), "s"),
        Offer("write a note beside it ...", lambda: _ask_note(deck, problems), "n"),
        Offer("take back what was said", _doing(deck, problems, taken_back), "u",
              "Nobody has said anything about it." if untouched else ""),
    ]  # fmt: skip


def _ask_time(deck: Deck, problems: Sequence[Problem]) -> None:
    from widgets.ask_text import AskText

    def answered(text: str | None) -> None:
        if text:
            silence(deck, problems, text)

    def why_not(text: str) -> str:
        try:
            silence_until(text, _utc(deck))
        except SilenceError as error:
            return error.message
        return ""

    deck.push_screen(AskText("Silence for how long?", SPELLINGS, why_not=why_not), answered)


def _ask_note(deck: Deck, problems: Sequence[Problem]) -> None:
    from widgets.ask_text import AskText

    def answered(text: str | None) -> None:
        if text:
            handle(deck, problems, noted(text))

    deck.push_screen(AskText("What is known about it?", f"{LONGEST_NOTE} characters at most; all viewers of this host "
                             "see it, until the problem is over.", problems[0].note), answered)  # fmt: skip


# What may be said


def acknowledged(handling: Handling) -> Handling:
    """Say that it was seen."""
    return replace(handling, acknowledged=True)


def noted(text: str) -> Change:
    """Write something beside it."""
    return lambda handling: replace(handling, note=text[:LONGEST_NOTE])


def taken_back(handling: Handling) -> Handling:
    """Say nothing any more."""
    return replace(handling, acknowledged=False, silenced_until_utc_seconds=None, note="")


def silence(deck: Deck, problems: Sequence[Problem], text: str) -> None:
    """Keep problems quiet for a time as a person writes it; says what is wrong with it."""
    try:
        until = silence_until(text, _utc(deck))
    except SilenceError as error:
        deck.say(error.message, "warn")
        return
    handle(deck, problems, lambda handling: replace(handling, silenced_until_utc_seconds=until))


def _doing(deck: Deck, problems: Sequence[Problem], change: Change) -> Callable[[], None]:
    return lambda: handle(deck, problems, change)


def _silencing(deck: Deck, problems: Sequence[Problem], text: str) -> Callable[[], None]:
    return lambda: silence(deck, problems, text)


# Doing it


def run_command(deck: Deck, command: Command) -> None:
    """Carry out `:ack`, `:silence` or `:note`, on what it names, else on what is under the cursor."""
    if command.instances is not None and deck.view is not None:
        problems = problems_of(deck.view, [instance.key for instance in command.instances])
    else:
        problems = problems_here(deck)
    if not problems:
        named = " and ".join(instance.name for instance in command.instances or ())
        deck.say(f"{named} has no problem." if named else NOTHING_HERE, "warn")
    elif command.action.id == "silence":
        silence(deck, problems, command.arguments[0])
    elif command.action.id == "note":
        handle(deck, problems, noted(command.arguments[0]))
    else:
        handle(deck, problems, acknowledged)


def handle(deck: Deck, problems: Sequence[Problem], change: Change) -> None:
    """Say something about problems, for all viewers of this host, and say what came of it."""
    if not is_refused(deck):
        deck.run_worker(_handle(deck, problems, change), group="operating")


async def _handle(deck: Deck, problems: Sequence[Problem], change: Change) -> None:
    login, failures = current_actor().login, []
    said: Handling | None = None
    for problem in problems:
        said = change(_as_it_is(problem, login, _utc(deck)))
        entry = _audit_entry(deck, problem, said)
        deck.jobs.audit.intent(entry)
        failure = await deck.source.handle(said)
        deck.jobs.audit.result(entry, Result.FAILED if failure else Result.DONE, failure or said.note)
        if failure:
            failures.append(failure)
    if failures:
        deck.say(failures[0], "crit")
    elif said is not None:
        deck.say(_sentence(problems, said))


def _as_it_is(problem: Problem, login: str, now: float) -> Handling:
    return Handling(
        problem.id,
        login,
        now,
        acknowledged=bool(problem.acknowledged_by),
        silenced_until_utc_seconds=problem.silenced_until_utc_seconds,
        note=problem.note,
    )


def _sentence(problems: Sequence[Problem], said: Handling) -> str:
    what = problems[0].name if len(problems) == 1 else f"{len(problems)} problems of {problems[0].name}"
    if says_nothing(said):
        return f"{what}: taken back."
    until = said.silenced_until_utc_seconds
    if until is not None:
        return f"{what}: silenced until {time.strftime('%a %H:%M', time.localtime(until))}."
    return f"{what}: {'seen' if said.acknowledged else 'noted'}; it ends when the problem is over."


def _audit_entry(deck: Deck, problem: Problem, said: Handling) -> AuditEntry:
    view = deck.view
    instance = next((one.instance for one in view.instances if one.key == problem.subject), None) if view else None
    host = view.host_id if view is not None else ""
    engine = problem.subject if problem.kind == "engine" else engine_of(problem)
    return AuditEntry(
        job=0,
        action=f"problem-{word_of(said).replace(' ', '-')}",
        target=instance.id if instance is not None else InstanceId(host, engine, problem.rule),
        name=problem.name,
        kind=problem.kind,
        owner=instance.user if instance is not None else "",
        host_name=view.host_name if view is not None else "",
    )


def _utc(deck: Deck) -> float:
    """Return the wall clock, of the host that is shown where it has one of its own."""
    return deck.view.taken_utc_seconds if deck.view is not None and deck.view.is_demo else time.time()
