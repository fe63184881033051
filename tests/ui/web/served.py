"""`hostdeck dash --web` as a process of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.ui.pty_process import PROJECT


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    dash: str
    full: str
    complaints: Path

    @property
    def base(self) -> str:
        return self.dash.partition("/?")[0]

    def errors(self) -> str:
        """Return what it wrote to standard error."""
        return self.complaints.read_text()

    @property
    def port(self) -> str:
        return self.base.rpartition(":")[2]


@contextlib.contextmanager
def served(*arguments: str, home: Path, port: int = 0) -> Iterator[Served]:
    """Serve the demo host for the length of a block; port 0 is one that is free."""
    complaints = home / f"errors-{os.urandom(4).hex()}"
    with complaints.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", "dash", "--demo", "--web", "--port", str(port), *arguments],
            cwd=PROJECT,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        dash, full = (process.stdout.readline().split()[1] for _ in range(2))
        yield Served(process, dash, full, complaints)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
