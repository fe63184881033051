"""What a thousand instances cost beside fifty: the whole application, fed from many cgroups.

The instances are listed by an engine of this file, their figures are read from real cgroups where the machine lets
them be made (else from literal files), a tenth of them is at work, and the screen is a pseudo-terminal of 200x50. The
program that measures keeps the instances at work, so that this is no part of the application's figure.

    python -m benchmarks.many [--seconds 20] [--json FILE]
"""

import argparse
import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.cgroup_farm import Farm, farm_instance
from benchmarks.terminal_program import cpu_over, resident_mb, running
from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.event import Document
from tui.domain.host import EngineState, EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Address
from tui.engines.base import EngineSink

COUNTS = (50, 1000)
LIMIT = 4.0
NAME = b"CORES"
STEP_SECONDS = 1.0


class FarmEngine:
    """Lists the instances of a farm, once."""

    id = "podman"

    def __init__(self, count: int) -> None:
        self._instances = tuple(farm_instance(number) for number in range(count))

    async def run(self, sink: EngineSink) -> None:
        """List them."""
        sink.put_status(EngineStatus(self.id, "podman", "", EngineState.READY))
        sink.put_inventory(self.id, self._instances)
        await asyncio.Event().wait()

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Refuse: nothing here can be changed."""
        return ActionOutcome(request, Result.REFUSED, "a benchmark")

    def command(self, _request: ActionRequest) -> str:
        """Return nothing."""
        return ""

    async def document(self, target: InstanceId) -> Document:
        """Return its id."""
        return Document(target.local, "json")

    async def ask_agent(self, _target: InstanceId) -> tuple[Address, ...]:
        """Return nothing."""
        return ()

    async def close(self) -> None:
        """Do nothing."""


def child(count: int, proc: str) -> None:
    """Run the application on this terminal over `count` instances until it is ended."""
    from tui import thrift

    thrift.begin()
    from tui.config import Config
    from tui.sampling.host import HostSampler
    from tui.sampling.host_name import HostName
    from tui.sampling.instances import CgroupSampler
    from tui.sampling.live import LiveSource
    from tui.terminal import run_screen

    source = LiveSource(HostName("bench", "bench"), [FarmEngine(count)], CgroupSampler(proc=proc), HostSampler())
    run_screen(source, Config(), read_only=True)


@contextlib.contextmanager
def working(count: int) -> Iterator[Farm]:
    """Keep `count` instances, a tenth of them at work once a second."""
    farm = Farm(count)
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(STEP_SECONDS):
            farm.step(10)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield farm
    finally:
        ended.set()
        worker.join(5)
        farm.close()


def measure(count: int, seconds: float) -> dict[str, Any]:
    """Return what `count` instances cost."""
    env = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with working(count) as farm:
        argv = [sys.executable, "-m", "benchmarks.many", "--child", str(count), "--proc", str(farm.proc)]
        with running(argv, watch=NAME, env=env) as program:
            program.seconds_until(NAME)
            cpu_over({}, 5)
            drawn = program.drawn
            cpu = cpu_over({"hostdeck": program.process.pid}, seconds)["hostdeck"]
            return {
                "instances": count,
                "cpu_percent": cpu,
                "bytes_per_second": (program.drawn - drawn) / seconds,
                "resident_mb": resident_mb(program.process.pid)[0],
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--proc", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child, arguments.proc)
        return
    rows = [measure(count, arguments.seconds) for count in COUNTS]
    ratio = rows[1]["cpu_percent"] / rows[0]["cpu_percent"]
    for row in rows:
        print(
            f"{row['instances']:>6} instances  {row['cpu_percent']:6.2f} % of a core"
            f"  {row['bytes_per_second']:6.0f} B/s  {row['resident_mb']:5.0f} MB"
        )
    print(f"ratio {ratio:.2f}, at most {LIMIT:g}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "ratio": ratio}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
