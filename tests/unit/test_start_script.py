"""What `make run` starts: this host, or the demo where there is nothing to show."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

# The script asks `command -v`; a function of that name answers for the machine it would like to be on.
NO_ENGINE = 'case "$2" in podman|libvirtd|virtqemud|virtlxcd) return 1;; esac; builtin command "$@"'
PODMAN_ONLY = 'case "$2" in libvirtd|virtqemud|virtlxcd) return 1;; podman) return 0;; esac; builtin command "$@"'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the script and, in the place of Python, what tells how it was called."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci/start.sh", tmp_path / ".ci")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "called: $*"\n')
    python.chmod(0o755)
    return tmp_path


def start(project: Path, *arguments: str, machine: str, **environ: str) -> str:
    done = subprocess.run(
        [project / ".ci/start.sh", *arguments],
        env={"PATH": "/usr/bin:/bin", "BASH_FUNC_command%%": f"() {{ {machine}\n}}", **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout


def test_without_an_engine_the_demo_starts_and_tells_what_to_install(project: Path) -> None:
    said = start(project, machine=NO_ENGINE)
    assert said.startswith("No engine is installed here")
    assert "install podman" in said
    assert said.endswith("called: -m tui --demo\n")


@pytest.mark.parametrize(
    "arguments",
    [["--connect", "qemu+ssh://kvm02/system"], ["--podman=unix:///x"], ["snapshot"], ["doctor"], ["--help"]],
)
def test_what_was_asked_for_by_name_is_no_demo(project: Path, arguments: list[str]) -> None:
    assert start(project, *arguments, machine=NO_ENGINE) == f"called: -m tui {' '.join(arguments)}\n"


@pytest.mark.parametrize("name", ["CONTAINER_HOST", "LIBVIRT_DEFAULT_URI"])
def test_what_the_environment_names_is_no_demo(project: Path, name: str) -> None:
    assert start(project, machine=NO_ENGINE, **{name: "x"}) == "called: -m tui\n"


def test_with_an_engine_this_host_is_shown(project: Path) -> None:
    assert start(project, "--read-only", machine=PODMAN_ONLY) == "called: -m tui --read-only\n"


def test_the_demo_that_was_asked_for_is_asked_for_once(project: Path) -> None:
    assert start(project, "--demo", machine=NO_ENGINE) == "called: -m tui --demo\n"
