"""A guest's definition in a person's own editor: nothing is changed unseen, and no text that was typed is lost."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.domain.errors import HostdeckError
from tui.jobs import JobState
from tui.screens.guest_screen import ASK_SECONDS, guests_keeper
from tui.screens.handover import run_on_terminal
from tui.screens.operating import agreed, is_refused, preview_of, submit

if TYPE_CHECKING:
    from tui.domain.instance import Instance
    from tui.domain.operation.guests import DefineXml
    from tui.screens.deck import Deck

EDITORS = ("vi", "nano")
TRANSIENT = "{} is transient: it has no definition for a next start that could be edited."
AGAIN, ANEW, DROP, LEAVE = "again", "anew", "drop", "leave"

Run = Callable[["Deck", Sequence[str]], int]
"""Gives a program the terminal and returns its exit code; raises OSError where it cannot be started."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition on its way.

    Attributes:
        path: the file that is edited; nobody else may read it or its folder.
        before: the definition that the text was made from.
    """

    path: Path
    before: str

    def drop(self) -> None:
        """Remove the file and its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def edit(deck: Deck, instance: Instance, run: Run | None = None) -> None:
    """Edit a guest's definition; a text that was not taken before is offered again.

    Args:
        run: gives the terminal to the editor; None for the real thing.
    """
    if is_refused(deck):
        return
    if instance.guest is None:
        deck.say(f"{instance.name} is a container: only guests have a definition to edit.", "warn")
        return
    if not instance.guest.persistent:
        deck.say(TRANSIENT.format(instance.name), "warn")
        return
    deck.run_worker(_Editing(deck, instance, run or _on_terminal).go(), group="editing")


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """Return the argument list of the editor: $VISUAL, else $EDITOR, else one that is installed.

    Raises:
        ValueError: with a sentence.
    """
    for name in ("VISUAL", "EDITOR"):
        if not environment.get(name, "").strip():
            continue
        try:
            return shlex.split(environment[name])
        except ValueError as error:
            raise ValueError(f"The quotes in ${name} do not match: {error}.") from error
    found = next((one for one in EDITORS if shutil.which(one, path=environment.get("PATH"))), None)
    if found is None:
        raise ValueError(f"There is no editor: set $EDITOR, or install {' or '.join(EDITORS)}.")
    return [found]


class _Editing:
    """One walk from the definition to a job, and back to the editor as often as a person wants."""

    def __init__(self, deck: Deck, instance: Instance, run: Run) -> None:
        self._deck = deck
        self._instance = instance
        self._run = run

    async def go(self) -> None:
        """Get a text to edit, edit it, and have it taken."""
        kept = self._deck.kept_edits.get(self._instance.key)
        choice: str | None = ANEW
        if kept is not None and kept.path.exists():
            choice = await self._choose("an earlier text was not taken; it is kept", kept)
            kept = self._deck.kept_edits.get(self._instance.key)
        if choice not in {AGAIN, ANEW}:
            return
        draft = await self._begin() if kept is None or choice == ANEW else await self._renewed(kept)
        while draft is not None:
            draft = await self._once(draft)

    async def _begin(self) -> Draft | None:
        """Write the definition to a file that nobody else may read."""
        stored = await self._stored()
        if stored is None:
            return None
        try:
            return await asyncio.to_thread(_write, self._instance.name, stored)
        except OSError as error:
            self._deck.say(f"The definition cannot be written to a file: {error.strerror}.", "crit")
            return None

    async def _stored(self) -> str | None:
        """Return the definition for the next start; None where there is none, and that is said."""
        deck, instance = self._deck, self._instance
        try:
            async with asyncio.timeout(ASK_SECONDS):
                hardware = await guests_keeper(deck, instance.id.engine).hardware(instance.id)
        except TimeoutError:
            deck.say(f"{instance.id.engine} did not answer within {ASK_SECONDS:g} s.", "warn")
            return None
        except HostdeckError as error:
            deck.say(error.message, "crit")
            return None
        if not hardware.stored_xml:
            deck.say(TRANSIENT.format(instance.name), "warn")
        return hardware.stored_xml or None

    async def _renewed(self, draft: Draft) -> Draft:
        """Compare with the definition as it is now: what somebody else changed meanwhile shows in the difference."""
        stored = await self._stored()
        return replace(draft, before=stored) if stored is not None else draft

    async def _once(self, draft: Draft) -> Draft | None:
        """Let the person edit once; returns what to edit again, None when it is over."""
        deck = self._deck
        problem = self._open(draft)
        screen = deck.screen
        try:
            text = await asyncio.to_thread(draft.path.read_text, encoding="utf-8")
        except OSError as error:
            deck.say(f"{draft.path} cannot be read: {error.strerror}. Nothing is changed.", "crit")
            return None
        except UnicodeDecodeError:
            text, problem = "", problem or "The text is not UTF-8."
        if text.strip() == draft.before.strip():
            self._forget(draft)
            deck.say(problem or "Nothing was changed.", "warn" if problem else "normal")
            return None
        deck.kept_edits[self._instance.key] = draft
        problem = problem or await self._hand_over(draft, text)
        if not problem:
            self._forget(draft)
            return None
        if deck.screen is screen:
            return await self._after(problem, draft)
        deck.say(f"{problem} The text is kept in {draft.path}: {deck.label_of('edit')} goes on with it.", "crit")
        return None

    def _open(self, draft: Draft) -> str:
        """Give the terminal to the editor; returns what went wrong, or an empty text."""
        try:
            command = [*editor_command(os.environ), str(draft.path)]
        except ValueError as error:
            return str(error)
        try:
            code = self._run(self._deck, command)
        except SuspendNotSupported:
            return "This terminal cannot be handed over to an editor."
        except OSError as error:
            return f"{command[0]} could not be started: {error.strerror}."
        return f"{command[0]} ended with exit code {code}: its text is not used." if code else ""

    async def _hand_over(self, draft: Draft, text: str) -> str:
        """Show the difference and have the text taken; returns why it was not, or an empty text."""
        from tui.domain.operation.guests import DefineXml

        deck = self._deck
        operation: DefineXml = DefineXml(target=self._instance.id, xml=text, before=draft.before)
        found = await preview_of(deck, operation)
        if found.refusal:
            return found.refusal
        if not found.diff:
            found = replace(found, diff=difference(draft.before, text))
        if not await agreed(deck, operation, found):
            return "It was not applied."
        (job,) = submit(deck, [operation])
        ended = await deck.jobs.over(job.id)
        if ended is not None and ended.state is JobState.DONE:
            return ""
        return (ended.message if ended is not None else "") or "It was not applied."

    async def _after(self, problem: str, draft: Draft) -> Draft | None:
        """Ask what is to become of a text that was not taken."""
        choice = await self._choose(problem, draft)
        if choice == AGAIN:
            return await self._renewed(draft)
        return await self._begin() if choice == ANEW else None

    async def _choose(self, problem: str, draft: Draft) -> str | None:
        from widgets.choose import Choice, Choose

        choices = [
            Choice(AGAIN, "edit this text again", "e"),
            Choice(ANEW, "throw it away, and begin with the definition as it is now", "n"),
            Choice(DROP, "throw it away", "x"),
            Choice(LEAVE, f"leave it in {draft.path}"),
        ]
        choice: str | None = await self._deck.push_screen_wait(Choose(f"{self._instance.name}: {problem}", choices))
        if choice in {ANEW, DROP}:
            self._forget(draft)
            if choice == DROP:
                self._deck.say("The text was thrown away; nothing is changed.")
        elif choice != AGAIN:
            key = self._deck.label_of("edit")
            self._deck.say(f"Nothing is changed. The text is kept in {draft.path}: {key} goes on with it.", "warn")
        return choice

    def _forget(self, draft: Draft) -> None:
        self._deck.kept_edits.pop(self._instance.key, None)
        draft.drop()


def difference(before: str, after: str) -> str:
    """Return a unified diff."""
    from difflib import unified_diff

    return "\n".join(unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm=""))


def _on_terminal(deck: Deck, command: Sequence[str]) -> int:
    with deck.suspend():
        return run_on_terminal(list(command))


def _write(name: str, text: str) -> Draft:
    safe = "".join([letter if letter.isalnum() or letter in "._-" else "_" for letter in name])[:80]
    folder = Path(tempfile.mkdtemp(prefix="hostdeck-"))  # 0700
    path = folder / f"{safe.lstrip('.-') or 'guest'}.xml"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return Draft(path, text)
