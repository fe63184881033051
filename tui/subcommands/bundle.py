"""`hostdeck bundle`: all that tells what is wrong here, in one file."""

import argparse
import sys
from asyncio import run as run_loop
from pathlib import Path

from tui import audit, snapshot
from tui.bundle.collect import default_name, make_bundle
from tui.bundle.materials import Materials
from tui.config import Config
from tui.domain.operation import Progress
from tui.subcommands.picture import draw
from tui.subcommands.until_told import until_told
from tui.wiring import Wanted, make_source
from widgets.escape import escape_controls

ENGINE_DEADLINE_SECONDS = 15.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `bundle`."""
    parser.epilog = snapshot.TAKES_TIME
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", default=Path(),
        help="a new file, or a folder for it (the present folder where nothing is said)",
    )  # fmt: skip


def run(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    """Make a bundle and print where it is; 0 also when parts of it could not be had: they are named in it."""
    return run_loop(until_told(_bundle(arguments.output, wanted, config)))


async def _bundle(output: Path, wanted: Wanted, config: Config) -> int:
    source = make_source(wanted)
    teller = _Teller(sys.stderr.isatty())
    try:
        teller.tell("two samples of this host")
        view = await snapshot.take(source, wanted.interval_seconds, ENGINE_DEADLINE_SECONDS)
        path = output / default_name(view) if output.is_dir() else output  # noqa: ASYNC240 - once, before the work
        materials = Materials(
            source=source,
            view=view,
            past=source.past,
            config=config,
            picture=lambda: draw(source, view, config),
            connect=wanted.connect,
            podman=wanted.podman,
            audit=audit.default_path(),
            is_glance=snapshot.is_glance(source, view),
        )
        made = await make_bundle(path, materials, teller.progress)
    finally:
        teller.wipe()
        await source.close()
    for sentence in made.missing:
        sys.stderr.write(f"hostdeck: not in it: {escape_controls(sentence)}\n")
    sys.stdout.write(f"{made.path}\n")
    sys.stdout.flush()
    return 0


class _Teller:
    """Says on one line of a terminal what is being done; elsewhere nothing."""

    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal

    def tell(self, text: str) -> None:
        """Say it in the place of what was said before."""
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[Khostdeck: {escape_controls(text)[:70]}")
            sys.stderr.flush()

    def progress(self, progress: Progress) -> None:
        """Say how far it is."""
        self.tell(progress.text)

    def wipe(self) -> None:
        """Take the line away."""
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
