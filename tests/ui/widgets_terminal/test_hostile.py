"""Nothing that runs inside writes to the person's terminal."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.ui.pty_process import PtyProcess

HOSTILE = [
    b"\x1b]0;EVIL\x07",
    b"\x1b]52;c;RVZJTA==\x07",
    b"\x1b]8;;http://EVIL/\x07link\x1b]8;;\x07",
    b"\x1bPtmux;\x1b\x1b]52;c;RVZJTA==\x07\x1b\\",
    b"\x1bP+q45564949\x1b\\\x1bPq#0;2;0;0;0EVIL\x1b\\",
    b"\x1b_Ga=T,f=24,s=1,v=1;RVZJ\x1b\\",
    b"\x1b]1337;File=:RVZJTA==\x07\x1b]777;notify;EVIL;EVIL\x07\x1b]9;EVIL\x07",
    b"\x1b[8;10;10t\x1b[2t\x1b[21t\x1b[5i\x1bc\x1b[!p",
    b"\x1b^EVIL\x1b\\\x1bXEVIL\x1b\\\x9d0;EVIL\x9c\x90EVIL\x9c",
]
APP_ITSELF = re.compile(
    rb"\x1b\[[0-9;:?<>=]*[A-Za-z]"  # positions, styles, modes
    rb"|\x1b\[\?[0-9]+\$p"
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
)


@pytest.mark.parametrize("stream", [b"".join(HOSTILE), HOSTILE[-1]], ids=["all", "8 bit controls"])
def test_sequences_end_in_the_widget(stream: bytes, tmp_path: Path) -> None:
    file = tmp_path / "stream"
    file.write_bytes(stream)
    argv = [sys.executable, "-m", "tests.ui.widgets_terminal.hostile", str(file)]
    program = PtyProcess(argv, home=tmp_path, size=(60, 10))
    try:
        assert program.drain(seconds=60) == 0
        drawn = program.screen
    finally:
        program.close()
    assert b"THE END" in drawn
    for sign in (b"\x1b[8;10;10t", b"\x1b[5i", b"\x1b[2t", b"\x1b[21t", b"\x1b[!p", b"RVZJ", b"\x9d", b"\x90"):
        assert sign not in drawn
    assert b"\x1b" not in APP_ITSELF.sub(b"", drawn)
