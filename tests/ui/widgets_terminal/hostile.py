"""An app whose terminal shows a hostile stream, for a process on a terminal of its own: python -m ... STREAM."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.ui.widgets_terminal.harness import TerminalApp


class HostileApp(TerminalApp):
    """Shows a file and ends."""

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self.show_and_end(Path(sys.argv[1]).read_bytes()))

    async def show_and_end(self, stream: bytes) -> None:
        await self.show(stream)
        await self.show(b"\x1b\\\x1b[2J\x1b[HTHE END")
        self.call_after_refresh(self.exit)


if __name__ == "__main__":
    HostileApp().run()
