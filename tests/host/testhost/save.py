"""Boot the new machine, start the workload that standard input holds, and save its state: `save.py FOLDER`."""

import contextlib
import signal
import sys
from pathlib import Path

from tests.host.testhost.machine import Machine

WORKLOAD_SECONDS = 1200.0


def main(folder: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an ended build takes its machine with it
    with contextlib.ExitStack() as stack:
        machine = Machine(Path(folder))
        stack.callback(machine.stop)
        machine.boot()
        output = machine.run(sys.stdin.read(), seconds=WORKLOAD_SECONDS)
        if "WORKLOAD-UP" not in output:
            raise SystemExit(f"the workload ended early:\n{output}")
        machine.save()


if __name__ == "__main__":
    main(sys.argv[1])
