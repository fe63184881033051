"""`hostdeck notify test`, from the command line to a program that is told."""

import subprocess
import sys
from pathlib import Path

import pytest


def hostdeck(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments], check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_options_count_before_and_behind_the_command(tmp_path: Path, first: bool) -> None:
    out = tmp_path / "out"
    config = tmp_path / "c.toml"
    config.write_text(
        f'[notify]\ncommand = ["/bin/sh", "-c", "cat > {out}; exit 3"]\n[record]\nfolder = "{tmp_path}"\n'
    )
    option, command = ("--config", str(config)), ("notify", "test")
    done = hostdeck(*option, *command) if first else hostdeck(*command, *option)
    assert (done.returncode, done.stdout) == (1, "command /bin/sh: ended with exit code 3\n")
    assert '"test": true' in out.read_text()


def test_where_nothing_is_configured_that_is_said(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[notify]\nbell = true\n")
    done = hostdeck("--config", str(config), "notify", "test")
    assert (done.returncode, "see [notify]" in done.stderr) == (2, True)
