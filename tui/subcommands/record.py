"""`hostdeck record`: the same sampler without a screen."""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from tui.config import Config
from tui.config.record import RecordSettings
from tui.domain.host import HostView
from tui.record.folder import Keeping, default_folder
from tui.record.handlings import HandlingsFile
from tui.record.lock import RecorderLock
from tui.record.recorder import Recorder
from tui.record.retention import Limits
from tui.record.store import Store
from tui.record.unit import unit_text
from tui.wiring import Wanted, make_source
from widgets.escape import escape_controls


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `record`."""
    parser.add_argument("--folder", metavar="DIR", help="where to write (root: /var/lib/hostdeck)")
    parser.add_argument("--days", type=_whole(1, 3650), metavar="N", help="days with a record that are kept (7)")
    parser.add_argument(
        "--max-mib", type=_whole(16, 1 << 20), metavar="N", help="size of all files together; the oldest go (1024)"
    )
    parser.add_argument("--group", metavar="NAME", help="whose members may read it; nobody else may")
    parser.add_argument("--print-unit", action="store_true", help="print a systemd unit for this program, and end")


def run(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    """Record until a signal ends it; 0 then."""
    if arguments.print_unit:
        sys.stdout.write(unit_text(options=_options(arguments)))
        sys.stdout.flush()
        return 0
    settings = _settings(arguments, config.record or RecordSettings())
    folder = folder_of(settings, wanted)
    wanted = replace(wanted, interval_seconds=settings.interval_seconds, record_folder=str(folder), is_recorder=True)
    return asyncio.run(_record(settings, folder, wanted, config))


def folder_of(settings: RecordSettings, wanted: Wanted) -> Path:
    """Return the folder that was asked for, else the usual one."""
    if settings.folder:
        return Path(settings.folder).expanduser().absolute()
    return default_folder(os.getuid(), wanted.environ)


async def _record(settings: RecordSettings, folder: Path, wanted: Wanted, config: Config) -> int:
    keeping = Keeping(folder, settings.group)
    lock = RecorderLock(keeping, time.time())
    try:
        if problem := HandlingsFile(folder).prepare():  # members of the group find it, and may say something
            _say(problem)
        source = make_source(wanted)
        store = Store(keeping, settings.interval_seconds, Limits(settings.days, settings.max_mib))
        watchers, close_watchers = _watchers(folder, config)
        recorder = Recorder(source, store, lock, say=_say, watchers=watchers)
        _say(
            f"recording to {folder} every {settings.interval_seconds:g} s; {settings.days} days or "
            f"{settings.max_mib} MiB are kept."
        )
        try:
            await _until_told(recorder)
        finally:
            await close_watchers()
            await source.close()
    finally:
        lock.close()
    return 0


async def _until_told(recorder: Recorder) -> None:
    """Record until a signal to end comes, which is how a recorder ends well."""
    task = asyncio.ensure_future(recorder.run())
    told = asyncio.Event()

    def end() -> None:
        told.set()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not told.is_set():
            raise


def _watchers(folder: Path, config: Config) -> tuple[list[Callable[[HostView], None]], Callable[[], Awaitable[None]]]:
    """Return who takes the views besides the record: who tells of problems."""
    if config.notify is None:
        return [], _nothing
    from tui.notify.notifier import Notifier

    notifier = Notifier(config.notify, folder, is_recorder=True, on_problem=_say)
    return [notifier.take], notifier.close


async def _nothing() -> None:
    """Close what is not there."""


def _settings(arguments: argparse.Namespace, settings: RecordSettings) -> RecordSettings:
    """Return the settings with what the command line says instead."""
    given = {
        "folder": arguments.folder,
        "days": arguments.days,
        "max_mib": arguments.max_mib,
        "group": arguments.group,
        "interval_seconds": arguments.interval,
    }
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _options(arguments: argparse.Namespace) -> list[str]:
    """Return the options that were given, for a unit: paths whole, for systemd starts it in /."""
    paths = (("--folder", arguments.folder), ("--config", arguments.config))
    values = [(name, str(Path(path).expanduser().absolute())) for name, path in paths if path]
    numbers = (("--days", arguments.days), ("--max-mib", arguments.max_mib), ("--interval", arguments.interval))
    values += [(name, str(value)) for name, value in numbers if value is not None]
    values += [("--group", arguments.group)] if arguments.group is not None else []
    values += [("--connect", uri) for uri in arguments.connect] + [("--podman", url) for url in arguments.podman]
    return [f"{name}={value}" for name, value in values]


def _say(sentence: str) -> None:
    sys.stderr.write(f"hostdeck record: {escape_controls(sentence)}\n")
    sys.stderr.flush()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def check(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be between {least} and {most}")
        return value

    return check
