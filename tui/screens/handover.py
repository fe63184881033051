"""The terminal emulator of a session; where there is none for a platform, the whole terminal is handed over."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.audit import AuditEntry
from tui.domain.action import Result
from tui.sessions.byhand import argument_list
from tui.sessions.model import AUDIT_WORDS
from widgets.escape import escape_controls

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.instance import Instance
    from tui.domain.session import SessionRequest
    from tui.screens.deck import Deck
    from tui.sessions import Terminal


class TerminalCore:
    """Knows whether there is a terminal core for this platform; it is looked for once, when first needed."""

    def __init__(self) -> None:
        self._checked = False
        self._missing: str | None = None

    async def missing(self) -> str | None:
        """Return why there is none; None when there is one."""
        if not self._checked:
            from widgets.terminal import available

            self._missing = await asyncio.to_thread(available)
            self._checked = True
        return self._missing


def make_terminal(sink: Callable[[bytes], None], columns: int, rows: int) -> Terminal:
    """Make what shows a session."""
    from widgets.terminal import Emulator, GhosttyCore

    return Emulator(GhosttyCore(columns, rows), sink=sink)


def hand_over(deck: Deck, instance: Instance, request: SessionRequest, why: str) -> None:
    """Stand aside while virsh or podman has the terminal; the host is not drawn meanwhile, and that is said."""
    if deck.view is not None and deck.view.is_demo:
        deck.say(f"The demo host has no program to hand the terminal to: {why}.", "warn")
        return
    sources = deck.view.sources if deck.view is not None else ()
    status = next((one for one in sources if one.id == instance.id.engine), None)
    command = argument_list(instance, request, status)
    entry = AuditEntry(
        job=0, action=AUDIT_WORDS[request.kind], target=instance.id, name=instance.name, kind=instance.kind,
        owner=instance.user, host_name=deck.view.host_name if deck.view is not None else "",
        command=shlex.join(command),
    )  # fmt: skip
    deck.jobs.audit.intent(entry)
    try:
        with deck.suspend():
            os.write(1, f"hostdeck stands aside: {why}.\r\n$ {escape_controls(shlex.join(command))}\r\n".encode())
            code = run_on_terminal(command)
    except SuspendNotSupported:
        text, result = f"This terminal cannot be handed over, and {why}.", Result.FAILED
    except OSError as error:
        text, result = f"{command[0]} could not be started: {error.strerror}", Result.FAILED
    else:
        text, result = f"{instance.name}: {command[0]} ended with exit code {code}.", Result.DONE
    deck.jobs.audit.result(entry, result, text)
    deck.say(text, "normal" if result is Result.DONE else "crit")


def run_on_terminal(command: list[str]) -> int:
    """Wait for a program that has the terminal; the keys that interrupt it are not meant for hostdeck."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen(command, preexec_fn=_default_interrupt) as process:  # noqa: PLW1509 - no threads touch it
            return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
