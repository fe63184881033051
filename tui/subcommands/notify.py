"""`hostdeck notify test`: try every way to tell of problems, without a screen."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config import Config
    from tui.notify.settings import NotifySettings
    from tui.wiring import Wanted

NOTHING = "No webhook and no command is configured: see [notify] in the configuration."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("what", choices=["test"], help="send a test by webhook and command, and tell what came of each")


def run(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:  # noqa: ARG001 - one shape for all
    """Send a test; 0 where every way worked, 1 where one did not, 2 where none is configured."""
    if config.notify is None or not config.notify.tells_others:
        sys.stderr.write(f"hostdeck: {NOTHING}\n")
        return 2
    return asyncio.run(_test(config.notify, config.record.folder if config.record is not None else ""))


async def _test(settings: NotifySettings, folder: str) -> int:
    from tui.notify.notifier import Notifier
    from tui.record.folder import default_folder
    from tui.wiring import host_id

    notifier = Notifier(settings, Path(folder) if folder else default_folder(os.getuid(), os.environ))
    try:
        found = await notifier.test(host_id(), socket.gethostname())
    finally:
        await notifier.close()
    for name, outcome in found:
        sys.stdout.write(f"{name}: {outcome.text}\n")
    return 0 if all(outcome.ok for _, outcome in found) else 1
