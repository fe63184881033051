"""Which engines a host gets: what was named, what the environment says, what a login suggests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli import main
from tui.wiring import Wanted, is_installed, libvirt_uris

PROJECT = Path(__file__).parents[2]
BY_ENVIRONMENT = {"LIBVIRT_DEFAULT_URI": "lxc:///system"}


@pytest.mark.parametrize(
    ("wanted", "uid", "uris"),
    [
        (Wanted(environ={}), 0, ["qemu:///system"]),
        (Wanted(environ={}), 1000, ["qemu:///system", "qemu:///session"]),
        (Wanted(environ={"LIBVIRT_DEFAULT_URI": ""}), 0, ["qemu:///system"]),
        (Wanted(environ=BY_ENVIRONMENT), 1000, ["lxc:///system"]),
        (Wanted(connect=["qemu+ssh://kvm02/system"], environ=BY_ENVIRONMENT), 0, ["qemu+ssh://kvm02/system"]),
        (Wanted(connect=["lxc:///", "test:///default", "lxc:///"], environ={}), 0, ["lxc:///", "test:///default"]),
    ],
)
def test_libvirt_uris(wanted: Wanted, uid: int, uris: list[str]) -> None:
    assert libvirt_uris(wanted, uid) == uris


def test_a_program_is_looked_for_on_the_path(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path)}
    assert not is_installed(("no-such-daemon", "hostdeck-tests-daemon"), environ)
    daemon = tmp_path / "hostdeck-tests-daemon"
    daemon.touch(mode=0o755)
    assert is_installed(("no-such-daemon", "hostdeck-tests-daemon"), environ)


@pytest.mark.parametrize("interval", ["0.1", "61", "soon"])
def test_an_interval_that_makes_no_sense_is_refused(interval: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--interval", interval, "snapshot"])
    assert ended.value.code == 2
    assert "seconds" in capsys.readouterr().err


def test_arguments_go_before_the_file_and_the_file_before_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('connect = ["test:///of-the-file"]\npodman = ["unix:///nonexistent/of-the-file.sock"]\n')
    options = ["--interval", "0.5", "--config", str(config), "--connect", "test:///default"]
    done = subprocess.run(
        [sys.executable, "-m", "tui", "snapshot", "--json", *options],
        cwd=PROJECT,
        env={
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "CONTAINER_HOST": "unix:///nonexistent/of-the-environment.sock",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3, done.stderr
    sources = {source["url"]: source["state"] for source in json.loads(done.stdout)["sources"]}
    assert set(sources) == {"test:///default", "unix:///nonexistent/of-the-file.sock"}
    assert sources["test:///default"] == "ready"
