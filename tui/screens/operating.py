"""From a wish to a job: what an operation would touch is asked first, shown, and done when the person says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.operation import Operation, Preview
from tui.present.operations import commands_of, question_of, question_title, sentence_of

if TYPE_CHECKING:
    from tui.jobs import Job
    from tui.screens.deck import Deck
    from widgets.confirm import Confirm
    from widgets.form import Field, Values

PREVIEW_SECONDS = 20.0
Previewed = tuple[Operation, Preview]

NOT_DONE = "Nothing was done."
DRAFT_KEPT = "Nothing was done. The form opens with what was typed the next time."
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
    if operations and not is_refused(deck):
        deck.run_worker(_propose(deck, operations, asks=asks, then=then), group="operating")


def is_refused(deck: Deck) -> bool:
    """Tell whether nothing may be changed; then it is said."""
    if deck.view is None or not deck.view.read_only:
        return False
    deck.say(READ_ONLY, "warn")
    return True


async def preview_of(deck: Deck, operation: Operation) -> Preview:
    """Ask what an operation would touch; a failure or silence of the engine is a refusal with its sentence."""
    try:
        async with asyncio.timeout(PREVIEW_SECONDS):
            return await deck.source.keeper(operation.target.engine).preview(operation)
    except TimeoutError:
        return Preview(refusal=f"{operation.target.engine} did not answer within {PREVIEW_SECONDS:g} s.")
    except EngineError as error:
        return Preview(refusal=error.message)


async def _sorted_out(deck: Deck, operations: Sequence[Operation]) -> tuple[list[Previewed], list[Previewed]]:
    """Ask what operations would touch; return those that are possible and those that are not."""
    previews = await asyncio.gather(*(preview_of(deck, operation) for operation in operations))
    found = list(zip(operations, previews, strict=True))
    return [one for one in found if not one[1].refusal], [one for one in found if one[1].refusal]


async def agreed(deck: Deck, operation: Operation, found: Preview) -> bool:
    """Ask the person whether an operation shall be done; to be awaited in a worker."""
    yes: bool | None = await deck.push_screen_wait(_question(deck, [(operation, found)], []))
    return yes is True


async def _propose(deck: Deck, operations: Sequence[Operation], *, asks: bool, then: Callable[[], None] | None) -> None:
    allowed, refused = await _sorted_out(deck, operations)
    if not allowed:
        deck.say(sentence_of(refused), "warn")
        return
    if not asks:
        submit(deck, [operation for operation, _ in allowed], then)
        if refused:
            deck.say(sentence_of(refused), "warn")
        return
    _ask(deck, allowed, refused, then)


def _ask(
    deck: Deck,
    allowed: Sequence[Previewed],
    refused: Sequence[Previewed],
    then: Callable[[], None] | None,
) -> None:
    operations = [operation for operation, _ in allowed]

    def answered(yes: bool | None) -> None:
        if yes:
            submit(deck, operations, then)

    deck.push_screen(_question(deck, allowed, refused), answered)


def _question(deck: Deck, allowed: Sequence[Previewed], refused: Sequence[Previewed]) -> Confirm:
    from widgets.confirm import Confirm

    host = deck.view.host_name if deck.view is not None else ""
    operations = [operation for operation, _ in allowed]
    many = any(operation.destroys for operation in operations) and len(operations) > deck.confirm_delete_count
    return Confirm(
        question_title(operations, host, deck.view),
        question_of(allowed, refused, deck.source.operation_command, deck.view),
        yes=operations[0].title.split()[0].capitalize(),
        no="Cancel",
        must_type=str(len(operations)) if many else None,
    )


def _is_worth_asking(operation: Operation, preview: Preview) -> bool:
    """Tell whether a form is not the whole question: there is something to read first, or something is lost."""
    return operation.destroys or bool(preview.document or preview.diff or preview.warnings or preview.users)


def submit(deck: Deck, operations: Sequence[Operation], then: Callable[[], None] | None = None) -> tuple[Job, ...]:
    """Hand operations over as jobs, and say so."""
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
    make: Callable[[Values], Operation | Sequence[Operation]],
    *,
    verb: str = "Create",
    check: Callable[[Values], str] | None = None,
    forget: Sequence[str] = (),
    first: Values | None = None,
    lasting: Sequence[str] = (),
) -> None:
    """Ask for what an operation needs, show its command while typing, and submit it as a job.

    What was typed stays when the engine refuses, and is there again when the form is opened the next time, also when it
    was left without being submitted.

    Args:
        name: of the form, for remembering what was typed.
        make: makes the operation, or one for each of several things; raises ValueError with a sentence where the values
            do not fit together.
        forget: keys of fields that are not remembered: secrets, and names that are used once.
        first: values that count more than those remembered.
        lasting: keys of fields that are remembered over the end of hostdeck; never what may be a secret.
    """
    from widgets.form import Form

    if is_refused(deck):
        return

    def preview(values: Values) -> str:
        try:
            return commands_of(_several(make(values)), deck.source.operation_command)
        except ValueError:
            return ""

    async def hand_over(values: dict[str, str]) -> str:
        try:
            operations = _several(make(values))
        except ValueError as error:
            return str(error)
        kept = {key: value for key, value in values.items() if key not in forget}
        return await _ask_in_form(deck, operations, lambda: _remember(deck, name, fields, kept, lasting))

    def ended(done: bool | None) -> None:
        if done:
            deck.form_drafts.pop(title, None)
        elif form.left_with:
            deck.form_drafts[title] = form.left_with
            deck.say(DRAFT_KEPT)

    values = {**deck.typed_forms.get(name, {}), **deck.form_drafts.get(title, {}), **(first or {})}
    form = Form(title, fields, hand_over, verb=verb, preview=preview, check=check, values=values)
    deck.push_screen(form, ended)


async def _ask_in_form(deck: Deck, operations: Sequence[Operation], remember: Callable[[], None]) -> str:
    """Submit what a form made, after a question where the form is not the whole of it; returns why not, or nothing."""
    allowed, refused = await _sorted_out(deck, operations)
    if not allowed:
        return sentence_of(refused)
    remember()
    asks = refused or any(_is_worth_asking(one, found) for one, found in allowed)
    if asks and not await deck.push_screen_wait(_question(deck, allowed, refused)):
        return NOT_DONE
    submit(deck, [operation for operation, _ in allowed])
    return ""


def _remember(deck: Deck, name: str, fields: Sequence[Field], values: dict[str, str], lasting: Sequence[str]) -> None:
    from widgets.form import FieldKind

    secret = {field.key for field in fields if field.kind is FieldKind.SECRET}
    deck.typed_forms[name] = {key: value for key, value in values.items() if key not in secret}
    if lasting:
        deck.lasting_forms.pop(name, None)  # the newest stands last
        deck.lasting_forms[name] = {key: value for key, value in values.items() if key in lasting and key not in secret}


def _several(made: Operation | Sequence[Operation]) -> Sequence[Operation]:
    return [made] if isinstance(made, Operation) else made
