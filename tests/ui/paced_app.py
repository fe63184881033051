"""An application that tells another process what reached it: `python -m tests.ui.paced_app FIFO`."""

import os
import sys

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from tui.pacing.paced import Paced


class PacedApp(Paced):
    """Draws a screenful that is another one after each key.

    Args:
        told: a descriptor; a line goes there for every key and every paste.
    """

    def __init__(self, told: int) -> None:
        super().__init__()
        self._told = told
        self._keys = 0

    def compose(self) -> ComposeResult:
        """Place the text."""
        yield Static(self._text(), markup=False)

    def _text(self) -> str:
        row = f"count {self._keys} ".ljust(20, "#") * (self.size.width // 20)
        return "\n".join([row] * self.size.height)

    def _tell(self, text: str) -> None:
        os.write(self._told, f"{text}\n".encode())

    def on_ready(self) -> None:
        """Tell that keys are taken from now on."""
        self._tell("ready")

    def on_key(self, event: events.Key) -> None:
        """Draw something else; the same for a 0."""
        if event.key == "q":
            self.exit()
        self._keys += event.key != "0"
        self.query_one(Static).update(self._text())
        self._tell(f"key {event.key}")

    def on_paste(self, event: events.Paste) -> None:
        """Tell it."""
        self._tell(f"paste {event.text!r}")


if __name__ == "__main__":
    PacedApp(os.open(sys.argv[1], os.O_WRONLY)).run()
