"""What real programs write to a terminal, recorded.

A recording may end anywhere, since both terminals are fed the same: each scene waits only for what shows that it came
far enough.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.ui.pty_process import PtyProcess

Size = tuple[int, int]
TEXT = "".join(
    f"{number:04d} the quick brown fox {'jumps ' * (number % 23)}\u00fcber den \u6f22\u5b57 needle{number}\n"
    for number in range(300)
)
COLOURED = "".join(
    f"\x1b[3{number % 8};1mline\x1b[0m \x1b[48;5;{number % 256}m{number:5d}\x1b[0m and more\n" for number in range(200)
)


class Scene:
    """A program on a terminal, and all that it wrote so far."""

    def __init__(self, program: PtyProcess) -> None:
        self._program = program
        self.written = b""

    def see(self, text: bytes) -> None:
        """Wait until something is drawn that was not drawn before the last key."""
        self._program.read_until(text)

    def press(self, keys: bytes, then: bytes) -> None:
        """Press keys, and wait for what is drawn then."""
        self.written += self._program.screen
        self._program.screen = b""
        self._program.type(keys)
        self.see(then)

    def end(self) -> bytes:
        """Return all that was written."""
        return self.written + self._program.screen


def record(argv: Sequence[str], size: Size, home: Path, play: Callable[[Scene], None]) -> bytes:
    """Run a program on a terminal of this size, and return what it wrote while a scene was played."""
    program = PtyProcess(argv, home=home, size=size, env={"COLORTERM": "truecolor"})
    try:
        scene = Scene(program)
        play(scene)
        return scene.end()
    finally:
        program.close()


def vim(size: Size, home: Path) -> bytes:
    """Syntax colours, a search, windows, inserted and deleted text."""
    text = home / "text.py"
    text.write_text('"""A module."""\n\n\ndef needle(a: int) -> str:\n    return f"{a}" * 3  # note\n' * 20)

    def play(scene: Scene) -> None:
        scene.see(b"module")
        scene.press(b":set number hlsearch cursorline list\r/needle\r", b"/needle")
        scene.press(b":vsplit\r:split\r", b"text.py")
        scene.press(b"Goadded text\x1b:set ruler\r", b"added")
        scene.press(b"ggVjjd:echo 'the end'\r", b"the end")

    argv = ["vim", "-u", "NONE", "-N", "-n", "-i", "NONE", "--cmd", "syntax on", str(text)]
    return record(argv, size, home, play)


def less(size: Size, home: Path) -> bytes:
    """Pages, a search, scrolling back, colours of the file's own."""
    (home / "text").write_text(TEXT)
    (home / "coloured").write_text(COLOURED)

    def play(scene: Scene) -> None:
        scene.see(b"0010")
        scene.press(b"  /needle9\r", b"needle9\x1b[27m")
        scene.press(b"bkkk", b"00")
        scene.press(b":n", b"coloured")
        scene.press(b" jjj", b"and more")
        scene.press(b"G", b"199")

    return record(["less", "-R", "-N", "-M", str(home / "text"), str(home / "coloured")], size, home, play)


def htop(size: Size, home: Path) -> bytes:
    """Meters, the tree, a tagged row, a prompt."""

    def play(scene: Scene) -> None:
        scene.see(b"Quit")
        scene.press(b"t\x1b[B\x1b[B\x1b[B ", b"PID")
        scene.press(b"\x1bOR", b"Search")  # F3

    return record(["htop", "-d", "2"], size, home, play)


def top(size: Size, home: Path) -> bytes:
    """Colours, a bold column, command lines cut at the edge."""

    def play(scene: Scene) -> None:
        scene.see(b"PID")
        for key in (b"z", b"x", b"c", b"1"):
            scene.press(key, b"PID")

    return record(["top", "-d", "1"], size, home, play)


def tmux(size: Size, home: Path) -> bytes:
    """Panes beside each other with their borders, and the tree of windows over them."""
    socket = str(home / "inner")
    (home / "coloured").write_text(COLOURED)
    (home / "inner.conf").write_text("set -g remain-on-exit on\nset -g default-terminal tmux-256color\n")

    def call(*arguments: str, check: bool = True) -> None:
        command = ["tmux", "-S", socket, *arguments]
        subprocess.run(command, check=check, capture_output=True, timeout=20, env=_env(home))

    def play(scene: Scene) -> None:
        scene.see(b"[0]")
        call("split-window", "-h", "cat", str(home / "coloured"))
        scene.see(b"and more")
        call("split-window", "cat")
        scene.press(b"typed into the pane\r", b"typed into the pane")
        call("choose-tree", "-w")  # with previews of the windows
        scene.see(b"1 windows")

    try:
        return record(["tmux", "-S", socket, "-f", str(home / "inner.conf"), "new-session", "cat"], size, home, play)
    finally:
        call("kill-server", check=False)


def _env(home: Path) -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}


def dialog(size: Size, home: Path) -> bytes:
    """A box with a shadow, line drawing and colours in its text."""

    def play(scene: Scene) -> None:
        scene.see(b"three")
        scene.press(b"\x1bOB", b"two")

    entries = ["1", "one", "2", "two", "3", "three \u6f22\u5b57"]
    text = "\\ZbChoose\\Zn \\Zuone\\ZU of them"
    argv = ["dialog", "--colors", "--title", "\\Z1A title", "--menu", text, "14", "50", "5", *entries]
    return record(argv, size, home, play)


def colours(size: Size, home: Path) -> bytes:
    """All 256 colours, both ways, true colours, and every attribute."""
    parts = ["\x1b[H\x1b[2J"]
    parts += [f"\x1b[38;5;{number}mX\x1b[48;5;{number}m \x1b[0m" for number in range(256)]
    parts += [f"\x1b[48;2;{red};{255 - red};128m\x1b[38:2::{red}:0:{255 - red}mt" for red in range(0, 256, 5)]
    parts.append("\x1b[0m\n")
    for code in ("1", "2", "3", "4", "4:2", "4:3", "4:4", "4:5", "5", "7", "8", "9", "53", "1;4;7;31;42", "97;100"):
        parts.append(f"\x1b[{code}mattribute\x1b[0m ")
    parts.append("\n\x1b[41mred to the end\x1b[K\n\x1b[44m\x1b[2Pblue\x1b[0m \x1b[7m\x1b[3Xinverse\x1b[0m\n")
    parts.append("\x1b[45m\x1b[5@x\x1b[0m|")
    return _through_cat("".join(parts), size, home)


def unicode(size: Size, home: Path) -> bytes:
    """Wide, combining and drawing signs, at line ends and written over.

    Left out: erasing one half of a wide sign (CSI X). The widget erases both, as xterm does; tmux 3.3 keeps the other
    half and then shows two signs in the same cell.
    """
    wide = "\u6f22\u5b57"
    lines = [
        "Latin \u00e9\u00fc\u00df e\u0301u\u0308 n\u0303 stacked a\u0301\u0323\u0304",
        f"CJK {wide}\u304b\u306a \ud55c\uad6d\uc5b4 fullwidth \uff21\uff22",
        "Cyrillic \u041f\u0440\u0438\u0432\u0435\u0442 Greek \u03b1\u03b2\u03b3",
        "Hebrew \u05e9\u05dc\u05d5\u05dd Arabic \u0633\u0644\u0627\u0645",
        "Box \u250c\u2500\u252c\u2500\u2510\u2502\u2514\u2534\u2518\u2588\u2593\u2592\u2591 \u2581\u2583\u2585\u2587",
        "braille \u28ff\u2801 math \u2211\u222b\u221e\u2260",
        "DEC \x1b(0lqqwqqk x\x1b(B end \x0eqqq\x0f",
        "Emoji \U0001f600\U0001f680 \u231a",
        "Thai \u0e01\u0e33 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 Devanagari \u0928\u092e",
        f"over {wide}\x1b[4D.\x1b[2C",
        f"half {wide}\x1b[3D\x1b[1mx\x1b[0m",
        f"deleted {wide}\x1b[4D\x1b[P|",
        "tabs\ta\tb\x1b[3g\tc",
    ]
    wrapped = "\u6f22" * (size[0] // 2 - 1) + "x" + "\u5b57" * 3
    return _through_cat("\n".join([*lines, wrapped, "a" * (size[0] - 1) + "\u6f22 wide at the end"]) + "\n", size, home)


def _through_cat(text: str, size: Size, home: Path) -> bytes:
    file = home / "stream"
    file.write_text(text + "\x1b[0mTHE END")
    return record(["cat", str(file)], size, home, lambda scene: scene.see(b"THE END"))


SCENES: dict[str, Callable[[Size, Path], bytes]] = {
    "vim": vim,
    "less": less,
    "htop": htop,
    "top": top,
    "tmux": tmux,
    "dialog": dialog,
    "colours": colours,
    "unicode": unicode,
}
PROGRAMS = {"colours": "cat", "unicode": "cat"}
"""What a scene needs where it is not named after it."""
