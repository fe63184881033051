"""A guest's definition in a real editor on a real terminal."""

import stat
import sys
from pathlib import Path

from tests.ui.pty_process import PtyProcess

EDITOR = """#!{python}
import os, sys
path = sys.argv[-1]
assert os.isatty(0) and os.isatty(1)
print("the editor has the terminal", sys.argv[1:-1], flush=True)
answer = input("text? ")
text = open(path).read()
open(path, "w").write(text.replace("</vcpu>", answer + "</vcpu>", 1))
"""


def an_editor(folder: Path) -> Path:
    program = folder / "my editor"
    program.write_text(EDITOR.format(python=sys.executable))
    program.chmod(0o700)
    return program


def test_the_editor_has_the_terminal_and_the_difference_is_shown_and_applied(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tui", "--demo"]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {"EDITOR": f"'{an_editor(tmp_path)}' --wait", "TMPDIR": str(temporary)}
    hostdeck = PtyProcess(argv, home=tmp_path, env=environment)
    try:
        hostdeck.read_until(b"build-7")
        hostdeck.type(b"2/gitlab\r")
        hostdeck.read_until(b"1 of ")
        hostdeck.type(b"E")
        hostdeck.read_until(b"the editor has the terminal ['--wait']")
        hostdeck.read_until(b"text? ")
        (file,) = temporary.rglob("*.xml")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        hostdeck.type(b"7\n")
        hostdeck.read_until(b"Change the definition: gitlab")
        hostdeck.type(b"y")
        hostdeck.read_until(b"at the next start")
        hostdeck.type(b"q")
        assert hostdeck.drain() == 0
        assert list(temporary.rglob("*.xml")) == []
    finally:
        hostdeck.close()
