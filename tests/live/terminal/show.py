"""Runs inside a pane of tmux: writes a file to the terminal as it is, and says when tmux has drawn it.

    python show.py STREAM DONE

A status report that is asked for behind the stream (CSI 5 n) is answered when all before it was read; then DONE is
made.
"""

import os
import signal
import sys
import tty
from pathlib import Path


def main() -> None:
    stream, done = Path(sys.argv[1]), Path(sys.argv[2])
    tty.setraw(0)
    data = stream.read_bytes() + b"\x1b[5n"
    while data:
        data = data[os.write(1, data) :]
    answers = b""
    while b"\x1b[0n" not in answers:
        answers += os.read(0, 4096)
    done.touch()
    signal.pause()


if __name__ == "__main__":
    main()
