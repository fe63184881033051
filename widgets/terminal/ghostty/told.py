"""What a program tells its terminal: replies it asks for, bell, title, clipboard. Kept until asked for, and bounded."""

from __future__ import annotations

from typing import Any

from widgets.terminal.core import Told
from widgets.terminal.ghostty.library import Library, check
from widgets.terminal.signs import safe_label

TITLE_CHARACTERS = 256
CLIPBOARD_BYTES = 100_000
REPLY_BYTES = 65_536
"""A program that asks without reading the answers gets no more than these at once."""


class Listener:
    """Takes the library's callbacks; they run inside `feed`, on its thread."""

    def __init__(self, library: Library, terminal: Any) -> None:
        self._library = library
        self._terminal = terminal
        self._replies = bytearray()
        self._bells = 0
        self._retitled = False
        self._clipboard: str | None = None
        self._callbacks: list[Any] = []  # cffi frees a callback that nobody holds
        lib = library.lib
        self._listen(lib.GHOSTTY_TERMINAL_OPT_WRITE_PTY, "GhosttyTerminalWritePtyFn", self._replied)
        self._listen(lib.GHOSTTY_TERMINAL_OPT_BELL, "GhosttyTerminalBellFn", self._rang)
        self._listen(lib.GHOSTTY_TERMINAL_OPT_TITLE_CHANGED, "GhosttyTerminalTitleChangedFn", self._titled)
        self._listen(lib.GHOSTTY_TERMINAL_OPT_CLIPBOARD_WRITE, "GhosttyTerminalClipboardWriteFn", self._copied)
        self._listen(lib.GHOSTTY_TERMINAL_OPT_SIZE, "GhosttyTerminalSizeFn", self._measured)
        self.size = (80, 24)
        self.cell_pixels = (8, 16)

    def take(self) -> Told:
        """Return what was told since the last call."""
        if not (self._replies or self._bells or self._retitled or self._clipboard is not None):
            return _NOTHING
        title = self._title() if self._retitled else None
        told = Told(bytes(self._replies), self._bells, title, self._clipboard)
        self._replies.clear()
        self._bells, self._retitled, self._clipboard = 0, False, None
        return told

    def _listen(self, option: int, signature: str, function: Any) -> None:
        callback = self._library.ffi.callback(signature, function, onerror=lambda *_: None)
        self._callbacks.append(callback)
        check(self._library.lib.ghostty_terminal_set(self._terminal, option, callback), f"listening ({signature})")

    def _replied(self, _terminal: Any, _user: Any, data: Any, length: int) -> None:
        if len(self._replies) + length <= REPLY_BYTES:
            self._replies += self._library.ffi.buffer(data, length)

    def _rang(self, _terminal: Any, _user: Any) -> None:
        self._bells += 1

    def _titled(self, _terminal: Any, _user: Any) -> None:
        self._retitled = True

    def _title(self) -> str:
        library = self._library
        text = library.ffi.new("GhosttyString *")
        library.lib.ghostty_terminal_get(self._terminal, library.lib.GHOSTTY_TERMINAL_DATA_TITLE, text)
        length = min(text.len, TITLE_CHARACTERS * 4)
        title = bytes(library.ffi.buffer(text.ptr, length)) if length else b""
        return safe_label(title.decode(errors="replace"), TITLE_CHARACTERS)

    def _copied(self, _terminal: Any, _user: Any, write: Any) -> None:
        """Keep what a program wants in the clipboard; the person may be asked. The program is told no."""
        ffi, lib = self._library.ffi, self._library.lib
        if write.contents_len:
            data = write.contents[0].data
            length = min(data.len, CLIPBOARD_BYTES)
            self._clipboard = bytes(ffi.buffer(data.ptr, length)).decode(errors="replace") if length else ""
        if write.reply != ffi.NULL:
            reply = ffi.new("GhosttyClipboardWriteReply *")
            reply.size = ffi.sizeof("GhosttyClipboardWriteReply")
            reply.result = lib.GHOSTTY_CLIPBOARD_WRITE_RESULT_DENIED
            write.reply(write, reply)

    def _measured(self, _terminal: Any, _user: Any, out: Any) -> bool:
        """Answer questions for the size (CSI 14, 16 and 18 t)."""
        out.columns, out.rows = self.size
        out.cell_width, out.cell_height = self.cell_pixels
        return True


_NOTHING = Told()
