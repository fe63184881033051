"""The key that makes an incident bundle: a job with progress, and the path said at its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui import audit
from tui.bundle.collect import default_name, make_bundle
from tui.bundle.materials import Materials
from tui.domain.action import Result
from tui.domain.operation import OperationOutcome, ProgressSink
from tui.domain.operation.bundle import MakeBundle
from tui.export.newfile import CannotWrite
from tui.present import figures
from tui.screens.session_menu import exports_folder
from tui.screens.table_export import tilde

if TYPE_CHECKING:
    from tui.domain.host import HostView
    from tui.screens.deck import Deck


def start_bundle(deck: Deck) -> None:
    """Begin to collect; the picture is that of the screen as it is now."""
    view = deck.view
    if view is None:
        deck.say("Nothing is known yet: wait for the first sample.", "warn")
        return
    picture = deck.export_screenshot(title=f"hostdeck {view.host_name}")
    operation = MakeBundle.of(view.host_id, view.host_name)

    async def work(told: ProgressSink) -> OperationOutcome:
        try:
            message = await _collect(deck, view, picture, told)
        except CannotWrite as error:
            return OperationOutcome(operation, Result.FAILED, error.message)
        except OSError as error:
            return OperationOutcome(operation, Result.FAILED, f"No bundle: {error.strerror or error}.")
        return OperationOutcome(operation, Result.DONE, message)

    deck.jobs.submit_work(operation, work, "hostdeck bundle")
    deck.say(f"The bundle is being made; {deck.label_of('jobs')} shows how far it is.")


async def _collect(deck: Deck, view: HostView, picture: str, told: ProgressSink) -> str:
    """Make the bundle and return what to say about it."""

    async def drawn() -> str:
        return picture

    folder: Path = await asyncio.to_thread(exports_folder)
    materials = Materials(
        source=deck.source,
        view=view,
        past=deck.source.past,
        config=deck.config,
        picture=drawn,
        connect=deck.config.connect,
        podman=deck.config.podman,
        audit=None if view.is_demo else audit.default_path(),
    )
    made = await make_bundle(folder / default_name(view), materials, told)
    missing = f"; not whole: {len(made.missing)} things are missing, errors.txt in it says why" if made.missing else ""
    return f"{tilde(made.path)} ({figures.size(made.size_bytes).strip()}){missing}"
