"""What is printed to a full disk is a sentence, not a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.record_views import NOON, STEP, record, working


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_does_not_fit_is_told(tmp_path: Path) -> None:
    record(tmp_path, working(5, begin=NOON, step=STEP))
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "export", "csv", "host", "--record", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "hostdeck: What was printed is not whole: No space left on device.\n"
