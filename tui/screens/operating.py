"""From a wish to a job: what an operation would touch is asked first, shown, and done when the person says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.operation import Operation, Preview
from tui.present.operations import question_of, question_title, sentence_of

if TYPE_CHECKING:
    from tui.jobs import Job
    from tui.screens.deck import Deck
    from widgets.confirm import Confirm
    from widgets.form import Field, Values

PREVIEW_SECONDS = 20.0
NOT_DONE = "Nothing was done."
READ_ONLY = "hostdeck runs with --read-only: nothing is changed."


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could be done with what is under the cursor.

    Attributes:
        text: what it does, in a few words.
        start: begins it: asks, opens a form or a screen.
        key: a letter that chooses it at once; empty for none.
        why_not: why it is not possible now; empty when it is.
        changes: it changes something, so it is refused with --read-only.
    """

    text: str
    start: Callable[[], Awaitable[None] | None]
    key: str = ""
    why_not: str = ""
    changes: bool = True


def show_menu(deck: Deck, title: str, offers: Sequence[Offer]) -> None:
    """Let the person choose one of several things; what is not possible stays listed and says why when chosen."""
    from widgets.choose import Choice, Choose

    if not offers:
        deck.say("There is nothing that could be done with this line.", "warn")
        return
    read_only = deck.view is not None and deck.view.read_only

    def why_not(offer: Offer) -> str:
        return READ_ONLY if read_only and offer.changes else offer.why_not

    choices = [
        Choice(str(at), f"{offer.text}{'  (not now)' if why_not(offer) else ''}", offer.key)
        for at, offer in enumerate(offers)
    ]

    def chosen(at: str | None) -> None:
        if at is None:
            return
        offer = offers[int(at)]
        if reason := why_not(offer):
            deck.say(reason, "warn")
            return
        begun = offer.start()
        if begun is not None:
            deck.run_worker(_awaited(begun), group="operating")

    deck.push_screen(Choose(title, choices), chosen)


async def _awaited(begun: Awaitable[None]) -> None:
    await begun


def propose(
    deck: Deck, operations: Sequence[Operation], *, asks: bool = True, then: Callable[[], None] | None = None
) -> None:
    """Ask the engines what operations would touch, ask the person, and submit them as jobs.

    Args:
        operations: those that belong together; what is refused is said, the others go on.
        asks: False for what starts something and can be undone; then only a refusal is said.
        then: called once they were submitted.
    """
    if deck.view is not None and deck.view.read_only:
        deck.say(READ_ONLY, "warn")
        return
    if operations:
        deck.run_worker(_propose(deck, operations, asks=asks, then=then), group="operating")


async def preview_of(deck: Deck, operation: Operation) -> Preview:
    """Ask what an operation would touch; a failure or silence of the engine is a refusal with its sentence."""
    try:
        async with asyncio.timeout(PREVIEW_SECONDS):
            return await deck.source.keeper(operation.target.engine).preview(operation)
    except TimeoutError:
        return Preview(refusal=f"{operation.target.engine} did not answer within {PREVIEW_SECONDS:g} s.")
    except EngineError as error:
        return Preview(refusal=error.message)


async def _propose(deck: Deck, operations: Sequence[Operation], *, asks: bool, then: Callable[[], None] | None) -> None:
    previews = await asyncio.gather(*(preview_of(deck, operation) for operation in operations))
    allowed = [(one, preview) for one, preview in zip(operations, previews, strict=True) if not preview.refusal]
    refused = [(one, preview) for one, preview in zip(operations, previews, strict=True) if preview.refusal]
    if not allowed:
        deck.say(sentence_of(refused), "warn")
        return
    if not asks:
        _submit(deck, [operation for operation, _ in allowed], then)
        if refused:
            deck.say(sentence_of(refused), "warn")
        return
    _ask(deck, allowed, refused, then)


def _ask(
    deck: Deck,
    allowed: Sequence[tuple[Operation, Preview]],
    refused: Sequence[tuple[Operation, Preview]],
    then: Callable[[], None] | None,
) -> None:
    operations = [operation for operation, _ in allowed]

    def answered(yes: bool | None) -> None:
        if yes:
            _submit(deck, operations, then)

    deck.push_screen(_question(deck, allowed, refused), answered)


def _question(
    deck: Deck, allowed: Sequence[tuple[Operation, Preview]], refused: Sequence[tuple[Operation, Preview]]
) -> Confirm:
    from widgets.confirm import Confirm

    host = deck.view.host_name if deck.view is not None else ""
    operations = [operation for operation, _ in allowed]
    many = any(operation.destroys for operation in operations) and len(operations) > deck.confirm_delete_count
    return Confirm(
        question_title(operations, host),
        question_of(allowed, refused, deck.source.operation_command),
        yes=operations[0].title.split()[0].capitalize(),
        no="Cancel",
        must_type=str(len(operations)) if many else None,
    )


def _is_worth_asking(operation: Operation, preview: Preview) -> bool:
    """Tell whether a form is not the whole question: there is something to read first, or something is lost."""
    return operation.destroys or bool(preview.document or preview.diff or preview.warnings or preview.users)


def _submit(deck: Deck, operations: Sequence[Operation], then: Callable[[], None] | None) -> tuple[Job, ...]:
    jobs = deck.jobs.submit_operations(operations)
    active = [job for job in jobs if job.state.is_active]
    if len(active) == 1:
        command = f"  ({active[0].command})" if active[0].command else ""
        deck.say(f"{operations[0].title}: {active[0].name} was asked for.{command}")
    elif active:
        deck.say(f"{operations[0].title}: {len(active)} asked for.")
    if then is not None:
        then()
    return jobs


def fill_form(
    deck: Deck,
    name: str,
    title: str,
    fields: Sequence[Field],
    make: Callable[[Values], Operation],
    *,
    verb: str = "Create",
    check: Callable[[Values], str] | None = None,
    forget: Sequence[str] = (),
    first: Values | None = None,
) -> None:
    """Ask for what an operation needs, show its command while typing, and submit it as a job.

    What was typed stays when the engine refuses, and is there again when the form is opened the next time.

    Args:
        name: of the form, for remembering what was typed.
        make: makes the operation; raises ValueError with a sentence where the values do not fit together.
        forget: keys of fields that are not remembered: secrets, and names that are used once.
        first: values that count more than those remembered.
    """
    from widgets.form import Form

    def preview(values: Values) -> str:
        try:
            return deck.source.operation_command(make(values))
        except ValueError:
            return ""

    async def submit(values: dict[str, str]) -> str:
        try:
            operation = make(values)
        except ValueError as error:
            return str(error)
        found = await preview_of(deck, operation)
        if found.refusal:
            return found.refusal
        deck.typed_forms[name] = {key: value for key, value in values.items() if key not in forget}
        question = _question(deck, [(operation, found)], []) if _is_worth_asking(operation, found) else None
        if question is not None and not await deck.push_screen_wait(question):
            return NOT_DONE
        _submit(deck, [operation], None)
        return ""

    values = {**deck.typed_forms.get(name, {}), **(first or {})}
    deck.push_screen(Form(title, fields, submit, verb=verb, preview=preview, check=check, values=values))
