"""`hostdeck export`: the figures for Prometheus, or a table as CSV or JSON lines."""

import argparse
import asyncio
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config import Config
from tui.domain.errors import HostdeckError
from tui.export.tables import TABLES
from tui.sampling.live import LiveSource
from tui.sampling.source import HostSource
from tui.subcommands.until_told import until_told
from tui.wiring import Wanted, make_source
from widgets.escape import escape_controls

if TYPE_CHECKING:
    from tui.export.prometheus.page import Press
    from tui.export.prometheus.textfile import Textfile

TAKES_TIME = (
    "A table of now, and --once, are of two samples: rules that take time are judged there only where a recorder runs."
)
LISTEN = "127.0.0.1:9750"
SAMPLE_SECONDS = 5.0  # a scraper comes every 15 s or less often
ENGINE_DEADLINE_SECONDS = 15.0
FORMATS = ("prometheus", "csv", "jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `export`."""
    parser.epilog = TAKES_TIME
    parser.add_argument("format", choices=FORMATS, help="what to write")
    parser.add_argument(
        "table",
        nargs="?",
        choices=tuple(TABLES),
        metavar="TABLE",
        help=f"csv and jsonl: {', '.join(TABLES)} (instances where nothing is said)",
    )
    metrics = parser.add_argument_group("prometheus")
    metrics.add_argument(
        "--listen", metavar="ADDRESS:PORT", help=f"serve /metrics here ({LISTEN} where nothing is said)"
    )
    metrics.add_argument("--allow-remote", action="store_true", help="let it be an address that others reach")
    metrics.add_argument("--textfile", type=Path, metavar="FILE", help="renew this .prom file for node_exporter")
    metrics.add_argument("--once", action="store_true", help="write one page (to --textfile, else here) and end")
    metrics.add_argument("--print-rules", action="store_true", help="print alerting rules as an example, and end")
    metrics.add_argument("--print-dashboard", action="store_true", help="print a Grafana dashboard, and end")
    tables = parser.add_argument_group("csv and jsonl")
    tables.add_argument("--from", dest="begin", metavar="TIME", help='from the record: "yesterday 03:00", "-2h"')
    tables.add_argument("--to", dest="end", metavar="TIME", help="up to this time (now where nothing is said)")
    tables.add_argument("--record", metavar="PLACE", help="another record: a folder, or a day's file of one")
    tables.add_argument("-o", "--output", metavar="FILE", default="-", help="a new file; - is standard output")


def run(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    """Export; 0, or 3 when an engine that is installed or was named did not answer."""
    _check(arguments)
    if arguments.format != "prometheus":
        from tui.subcommands import export_table

        return asyncio.run(until_told(export_table.export(arguments, wanted, config)))
    for is_wanted, name in ((arguments.print_rules, "rules.yml"), (arguments.print_dashboard, "dashboard.json")):
        if is_wanted:
            example = resources.files("tui.export.prometheus") / "examples" / name
            sys.stdout.write(example.read_text(encoding="utf-8"))
            sys.stdout.flush()
            return 0
    return asyncio.run(until_told(_prometheus(arguments, wanted)))


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what goes together with another format only; what is ignored would mislead."""
    is_metrics = arguments.format == "prometheus"
    of_metrics = ("listen", "allow_remote", "textfile", "once", "print_rules", "print_dashboard")
    of_tables = ("table", "begin", "end", "record")
    for name in of_tables if is_metrics else of_metrics:
        if getattr(arguments, name):
            option = {"begin": "--from", "end": "--to", "table": "a table"}.get(name, f"--{name.replace('_', '-')}")
            raise HostdeckError("wrong arguments", f"{option} does not go with `export {arguments.format}`.")
    if is_metrics and arguments.output != "-":
        raise HostdeckError("wrong arguments", "--output does not go with `export prometheus`: use --textfile.")
    if arguments.once and arguments.listen:
        raise HostdeckError("wrong arguments", "--once serves nothing: leave --listen out.")
    if arguments.allow_remote and not arguments.listen:
        raise HostdeckError("wrong arguments", "--allow-remote needs --listen ADDRESS:PORT.")


async def _prometheus(arguments: argparse.Namespace, wanted: Wanted) -> int:
    from tui.export.prometheus.page import Press
    from tui.export.prometheus.textfile import Textfile
    from tui.sampling.totals import Tally

    textfile = Textfile(arguments.textfile) if arguments.textfile is not None else None
    interval = arguments.interval or (wanted.interval_seconds if arguments.once else SAMPLE_SECONDS)
    tally = Tally()
    source = make_source(replace(wanted, tally=tally, interval_seconds=interval))
    try:
        if arguments.once:
            return await _once(source, Press(tally), textfile, interval)
        return await _on_and_on(arguments, source, Press(tally), textfile)
    finally:
        await source.close()


async def _once(source: LiveSource, press: "Press", textfile: "Textfile | None", interval: float) -> int:
    from tui import snapshot
    from tui.export.prometheus.sheet import PLAIN

    view = await snapshot.take(source, interval, ENGINE_DEADLINE_SECONDS)
    record = await source.past.look() if source.past is not None else None
    page = press.page(view, record, PLAIN).body
    if textfile is not None:
        textfile.write(page)
    else:
        sys.stdout.buffer.write(page)
        sys.stdout.flush()
    return snapshot.exit_code(view)


async def _on_and_on(
    arguments: argparse.Namespace, source: HostSource, press: "Press", textfile: "Textfile | None"
) -> int:
    """Serve, or keep the file up to date, or both; until a signal comes."""
    from tui.export.prometheus import run
    from tui.export.prometheus.server import Server, own_names, parse_address

    desk = run.Desk(source, press)
    server = Server(desk.page, own_names())
    if arguments.listen or textfile is None:
        address = await server.start(parse_address(arguments.listen or LISTEN, allow_remote=arguments.allow_remote))
        _say(f"The metrics are at http://{address.text}/metrics until this ends.")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(run.serve(source, desk))
            if textfile is not None:
                group.create_task(run.keep_writing(desk, textfile, SAMPLE_SECONDS, _say))
    finally:
        await server.close()
    return 0


def _say(sentence: str) -> None:
    sys.stderr.write(f"hostdeck: {escape_controls(sentence)}\n")
    sys.stderr.flush()
