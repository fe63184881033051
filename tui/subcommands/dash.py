"""`hostdeck dash`: a dashboard on this terminal, or with `--web` on a page with the whole of hostdeck beside it."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tui.config import Config
from tui.dash.rotation import ALL_PAGES, PageId
from tui.domain.errors import HostdeckError
from tui.lifeline import has_screen
from tui.subcommands.until_told import until_told
from tui.wiring import Wanted, record_opener

ROTATE_SECONDS = 20.0
PORT = 9760
MOST_SESSIONS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `dash`."""
    parser.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="show the embedded demo host instead of this one"
    )
    parser.add_argument(
        "--low-bandwidth", action="store_true", default=argparse.SUPPRESS, help="draw little, for a slow line"
    )
    parser.add_argument("--replay", nargs="?", const="", default=argparse.SUPPRESS, metavar="FILE",
                        help="show what was recorded, going on from --at: a folder or a day's file")  # fmt: skip
    parser.add_argument("--at", default=argparse.SUPPRESS, metavar="TIME", help='"yesterday 03:00", "03:00"')
    parser.add_argument(
        "--rotate",
        type=_seconds,
        default=ROTATE_SECONDS,
        metavar="S",
        help="show each page for S seconds; 0 stays on the first one (default %(default)g)",
    )
    parser.add_argument(
        "--pages",
        type=_pages,
        default=ALL_PAGES,
        metavar="LIST",
        help=f"pages that take turns, separated by commas: {', '.join(ALL_PAGES)} (default: all)",
    )
    web = parser.add_argument_group("in a browser")
    web.add_argument("--web", action="store_true", help="serve the dashboard, and the whole of hostdeck at /full")
    web.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="default %(default)s")
    web.add_argument("--port", type=_port, default=PORT, help="default %(default)s; 0 takes one that is free")
    web.add_argument("--allow-remote", action="store_true", help="listen on an address that others can reach")
    web.add_argument("--allow-changes", action="store_true", help="let the browser do what the terminal could")
    web.add_argument("--token-file", type=Path, metavar="FILE", help="the token, in a file that only you can read")
    web.add_argument("--public-url", default="", metavar="URL", help="where a proxy before it is reached")
    web.add_argument(
        "--sessions",
        type=_count,
        default=MOST_SESSIONS,
        metavar="N",
        help="open at the same time (default %(default)s)",
    )


def run(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    """Show the dashboard until it ends; return the exit status."""
    if arguments.web:
        return _serve(arguments)
    if not has_screen():
        raise HostdeckError("no terminal", "dash needs a terminal; --web shows it in a browser.")
    from tui.dash.on_wall import run_dash

    options = {"pages": arguments.pages, "rotate_seconds": arguments.rotate}
    if arguments.replay is None:
        return run_dash(wanted, config, **options)
    from tui.record.opening import open_replay

    opener = record_opener(wanted, config.record, arguments.replay)
    past = asyncio.run(open_replay(opener, arguments.at or ""))
    past.play(on=True)
    return run_dash(wanted, config, past=past, **options)


def _serve(arguments: argparse.Namespace) -> int:
    try:
        from tui.web import serving
    except ImportError as error:
        raise HostdeckError(
            "--web", f"--web needs textual-serve ({error.name} is missing): pip install 'hostdeck[web]'"
        ) from None
    return asyncio.run(until_told(serving.serve(arguments)))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if value != 0 and not 2 <= value <= 3600:
        raise argparse.ArgumentTypeError("must be between 2 and 3600 seconds, or 0 for no rotation")
    return value


def _pages(text: str) -> tuple[PageId, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = next((name for name in names if name not in ALL_PAGES), None)
    if unknown is not None or not names:
        raise argparse.ArgumentTypeError(f"{unknown or text!r} is none of {', '.join(ALL_PAGES)}")
    return tuple(dict.fromkeys(PageId(name) for name in names))


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("must be between 0 and 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("must be between 1 and 100")
    return int(text)
