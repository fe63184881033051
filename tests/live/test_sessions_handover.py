"""Without a terminal core, virsh and podman get the whole terminal, and hostdeck takes it back."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, PodmanHost
from tests.ui.pty_process import PtyProcess

NOTHING = "unix:///nonexistent/podman.sock"


@contextmanager
def hostdeck(arguments: Sequence[str], folder: Path, env: dict[str, str]) -> Iterator[PtyProcess]:
    """Run hostdeck where pyghostty cannot be imported."""
    package = folder / "without" / "pyghostty"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('not for this machine')\n")
    env = {**env, "PYTHONPATH": os.pathsep.join([str(package.parent), *sys.path[1:2]])}
    program = PtyProcess([sys.executable, "-m", "tui", *arguments], home=folder, env=env)
    try:
        yield program
    finally:
        program.close()


def test_podman_gets_the_terminal_and_hostdeck_takes_it_back(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("handed", *IDLE, options=["--network", "none"])
    arguments = ["--podman", clean_podman.url, "--connect", "test:///default"]
    with hostdeck(arguments, tmp_path, clean_podman.env) as program:
        program.read_until(b"handed", seconds=60)
        program.type(b"3s")
        program.read_until(b"hostdeck stands aside: pyghostty is not installed", seconds=60)
        program.read_until(b"/ # ", seconds=60)
        program.screen = b""
        program.type(b"echo in''side; exit 3\n")
        program.read_until(b"\r\ninside", seconds=60)
        program.read_until(b"podman ended with exit code 3", seconds=60)
        program.type(b"q")
        assert program.drain() == 0


def test_virsh_gets_the_terminal_and_hostdeck_takes_it_back(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("handed")
    clean_libvirt.start_guest("handed")
    with hostdeck(["--podman", NOTHING, "--connect", clean_libvirt.uri], tmp_path, {}) as program:
        program.read_until(b"handed", seconds=60)
        program.type(b"2c")
        program.read_until(b"hostdeck stands aside: pyghostty is not installed", seconds=60)
        program.read_until(b"Escape character is", seconds=60)
        program.press_until(b"\n", b"/ # ")
        program.screen = b""
        program.type(b"echo in''side\n")
        program.read_until(b"\r\ninside", seconds=60)
        program.type(b"\x1d")
        program.read_until(b"virsh ended with exit code 0", seconds=60)
        program.type(b"q")
        assert program.drain() == 0
