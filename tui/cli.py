"""The command line: arguments in, a screen or a printed host out."""

import argparse
import asyncio
import errno
import json
import os
import sys
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui import __version__
from tui.config import Config, Known, load_config
from tui.domain.errors import HostdeckError
from tui.lifeline import has_screen
from tui.wiring import Wanted, make_source, record_opener

EXIT_USAGE = 2
ENGINE_DEADLINE_SECONDS = 15.0
LOW_BANDWIDTH_SECONDS = 5.0

KEYS_HINT = "On the screen: ? shows all keys, q quits."


SUBCOMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "bundle": "put all that tells what is wrong here into one file to send or keep",
        "dash": "a dashboard to be looked at from afar, on a terminal or in a browser; nothing can be changed there",
        "notify": "try every way to tell of problems that is configured",
        "export": "figures for Prometheus, or a table of now or of the record as CSV or JSON lines",
        "record": "write down what happens on this host, so that one can look back; needs no terminal",
    }
)
"""Commands with a module of their own in `tui.subcommands`, and their help; imported only when one is asked for."""

DEMO_TOO = frozenset({None, "dash"})
"""Commands that may show the demo host or a record; None is the screen."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status.

    0: all is well. 1: a crash, or doctor found something missing. 2: wrong arguments or configuration. 3: snapshot, an
    engine that is installed or was named did not answer. 129: the terminal went away. 143: SIGTERM.
    """
    argv = _with_times(sys.argv[1:] if argv is None else argv)
    arguments = _parser(argv).parse_args(argv)
    if wrong := _wrong_together(arguments):
        print(f"hostdeck: {wrong}", file=sys.stderr)
        return EXIT_USAGE
    try:
        config = load_config(arguments.config, known=_known)
    except HostdeckError as error:
        print(error.message, file=sys.stderr)
        return EXIT_USAGE
    if arguments.low_bandwidth:
        config = replace(config, low_bandwidth=True)
    wanted = _wanted(arguments, config)
    try:
        match arguments.command:
            case "snapshot":
                return _run(_snapshot(wanted, as_json=arguments.json))
            case "doctor":
                return _run(_doctor(wanted, as_json=arguments.json))
            case None:
                return _screen(arguments, wanted, config)
            case name:
                return int(_subcommand(name).run(arguments, wanted, config))
    except HostdeckError as error:
        return _refuse(error.message)
    except OSError as error:
        return _not_printed(error)
    except KeyboardInterrupt:
        return 130


def _refuse(sentence: str) -> int:
    """Say why not; what others wrote may be in the sentence."""
    from widgets.escape import escape_controls

    print("hostdeck:", "\n".join(map(escape_controls, sentence.splitlines())), file=sys.stderr)
    return EXIT_USAGE


def _not_printed(error: OSError) -> int:
    """Say that the output did not fit on its disk; any other error is a defect, and raised again."""
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # the reader of our output left; nothing more can be said
        return 0
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in its buffer goes nowhere
    return _refuse(f"What was printed is not whole: {error.strerror}.")


def _with_times(argv: Sequence[str]) -> list[str]:
    """Return the arguments with times like -2h bound to their --at, --from or --to: they look like options."""
    found: list[str] = []
    for word in argv:
        if found and found[-1] in {"--at", "--from", "--to"} and word[:1] == "-" and word[1:].lstrip()[:1].isdigit():
            found[-1] = f"{found[-1]}={word}"
        else:
            found.append(word)
    return found


def _wrong_together(arguments: argparse.Namespace) -> str:
    """Return what does not go together in a command line; empty when all does."""
    if arguments.demo and arguments.command not in DEMO_TOO:
        return f"{arguments.command} tells of this host; the demo host is for the screen only."
    if arguments.at is not None and arguments.replay is None:
        return "--at needs --replay."
    if arguments.replay is not None and arguments.demo:
        return "--replay shows what was recorded, --demo a host that is not there: choose one."
    if arguments.replay is not None and arguments.command not in DEMO_TOO:
        return f"--replay is for the screen; {arguments.command} does not know it."
    return ""


def _shared() -> argparse.ArgumentParser:
    """Return what stands before or behind a command; made anew each time, for defaults are kept with the arguments."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--connect", action="append", metavar="URI", help="libvirt to connect to; may be repeated")
    shared.add_argument("--podman", action="append", metavar="URL", help="Podman socket; may be repeated")
    shared.add_argument("--config", type=Path, metavar="FILE", help="read preferences from FILE")
    shared.add_argument("--interval", type=_interval, metavar="S", help="seconds between two samples (0.5 to 60)")
    return shared


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hostdeck",
        description="Guests and containers of this host on one screen, with live figures.",
        epilog=KEYS_HINT,
        parents=[_shared()],
    )
    parser.add_argument("--replay", nargs="?", const="", metavar="FILE",
                        help="show what was recorded: a folder or a day's file, without FILE this host's")  # fmt: skip
    parser.add_argument("--at", metavar="TIME", help='with --replay: begin there: "yesterday 03:00", "03:00", "-2h"')
    parser.set_defaults(connect=[], podman=[], config=None, interval=None, json=False)
    parser.add_argument("--version", action="version", version=f"hostdeck {__version__}")
    parser.add_argument("--demo", action="store_true", help="show the embedded demo host instead of this one")
    parser.add_argument(
        "--low-bandwidth", action="store_true", help="draw little, for a slow line: no small charts, a sample every 5 s"
    )
    parser.add_argument("--read-only", action="store_true", help="refuse every action; libvirt is opened read-only")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    two_samples = "print this host once: two samples, --interval apart; exit 3 when an engine does not answer"
    takes_time = "Rules that take time are judged only where a recorder runs: two samples cannot tell."
    for name, text, more in (
        ("snapshot", two_samples, takes_time),
        ("doctor", "look for what is missing and say the command that mends it", None),
    ):
        command = commands.add_parser(name, parents=[_shared()], help=text, description=text, epilog=more)
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    for name, text in SUBCOMMANDS.items():
        command = commands.add_parser(name, parents=[_shared()], help=text, description=text)
        if name in argv:
            _subcommand(name).add_arguments(command)
    return parser


def _subcommand(name: str) -> Any:
    """Return the module: `add_arguments(parser)` and `run(arguments, wanted, config) -> exit status`."""
    return import_module(f"tui.subcommands.{name}")


def _known(keys: Collection[str]) -> Known:
    from tui.screens.known import known  # what a configuration names is rarely more than two addresses

    return known(keys)


def _interval(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0.5 <= value <= 60:
        raise argparse.ArgumentTypeError("must be between 0.5 and 60 seconds")
    return value


def _interval_seconds(arguments: argparse.Namespace, config: Config) -> float:
    """Return the time between two samples: as it was said, else as it is usual; more on a screen that draws little."""
    usual = config.interval_seconds == Config().interval_seconds
    if config.low_bandwidth and usual and arguments.command in DEMO_TOO:
        return float(arguments.interval or LOW_BANDWIDTH_SECONDS)
    return float(arguments.interval or config.interval_seconds)


def _wanted(arguments: argparse.Namespace, config: Config) -> Wanted:
    return Wanted(
        connect=arguments.connect or config.connect,
        podman=arguments.podman or config.podman,
        demo=arguments.demo,
        read_only=arguments.read_only or config.read_only or arguments.command is not None,
        interval_seconds=_interval_seconds(arguments, config),
        shells=config.shells,
        record_folder=config.record.folder if config.record is not None else "",
        rules=config.rules.scopes if config.rules is not None else (),
    )


def _run(work: Coroutine[None, None, int]) -> int:
    from tui.subcommands.until_told import until_told

    return asyncio.run(until_told(work))


async def _snapshot(wanted: Wanted, *, as_json: bool) -> int:
    from tui import snapshot

    source = make_source(wanted)
    try:
        view = await snapshot.take(source, wanted.interval_seconds, ENGINE_DEADLINE_SECONDS)
    finally:
        await source.close()
    sys.stdout.write(snapshot.to_json_text(view) if as_json else snapshot.to_text(view))
    sys.stdout.flush()
    return snapshot.exit_code(view)


async def _doctor(wanted: Wanted, *, as_json: bool) -> int:
    from tui.doctor import examine

    report = await examine(connect=wanted.connect, podman=wanted.podman)
    sys.stdout.write(json.dumps(report.to_json(), indent=2) + "\n" if as_json else report.to_text())
    sys.stdout.flush()
    return report.exit_code


def _screen(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    if arguments.replay is not None:
        return _replay(wanted, config, arguments.replay, arguments.at or "")
    if not has_screen():
        print("hostdeck needs a terminal. `hostdeck snapshot` prints the host without one.", file=sys.stderr)
        return EXIT_USAGE
    from tui import thrift

    thrift.begin()
    from tui.sampling.deferred import DeferredSource
    from tui.terminal import run_screen

    source = DeferredSource(lambda: make_source(wanted), wanted.interval_seconds)
    open_record = None if wanted.demo else record_opener(wanted, config.record)
    return run_screen(source, config, read_only=wanted.read_only, is_demo=wanted.demo, open_record=open_record)


def _replay(wanted: Wanted, config: Config, file: str, when: str) -> int:
    """Show the past; what cannot be read is said before the screen comes."""
    if not has_screen():
        print("hostdeck --replay needs a terminal.", file=sys.stderr)
        return EXIT_USAGE
    from tui.record.opening import open_replay
    from tui.terminal import run_screen

    source = asyncio.run(open_replay(record_opener(wanted, config.record, file), when))
    return run_screen(source, config, read_only=wanted.read_only, replay=source)
