"""What is said about sessions, for persons and on the terminal between two lives of one."""

from tui.domain.session import SessionEnd, SessionKind

CLEAN = b"\x1b7\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[!p\x1b[?25h\x1b[0m"
"""Takes back what a program that is gone switched on: alternate screen, mouse, pasting, keypad, styles.

The place is kept first: leaving an alternate screen goes to the place kept last, also where none was open, and that is
the top of the screen where nothing was kept; the text there would be written over.
"""


def end_sentence(end: SessionEnd, kind: SessionKind) -> str:
    """Return how a session ended, in a sentence."""
    parts = []
    if end.exit_code is not None:
        what = "The container ended" if kind is SessionKind.ATTACH else "The process ended"
        parts.append(f"{what} with exit code {end.exit_code}.")
    if end.message:
        parts.append(end.message)
    if not parts:
        parts.append("It goes on at the other end." if end.goes_on else "It ended.")
    return " ".join(parts)


def again_sentence(kind: SessionKind, before: SessionEnd | None) -> str:
    """Return what opening again means: a lost shell may go on in its container, and what follows is another one."""
    if kind is SessionKind.SHELL and before is not None and before.may_reopen and before.exit_code is None:
        return "opened again: a new shell; the one before may go on in the container"
    return "opened again"


def again_line(sentence: str) -> bytes:
    """Return bytes that tell of a new beginning, for the terminal itself."""
    plain = "".join(sign if sign.isprintable() else " " for sign in sentence)
    return CLEAN + f"\r\n\x1b[7m {plain} \x1b[0m\r\n".encode()
