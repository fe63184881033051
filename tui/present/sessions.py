"""Sessions as lines: a title, a row of the list."""

from __future__ import annotations

from collections.abc import Callable
from time import localtime, strftime

from tui.present.roles import Span, Spans
from tui.sessions import Session, SessionState
from widgets.live_table.model import Cell, Column, Role

_ROLES: dict[SessionState, Role] = {
    SessionState.OPEN: "ok",
    SessionState.OPENING: "dim",
    SessionState.WAITING: "warn",
    SessionState.BUSY: "warn",
    SessionState.ENDED: "dim",
}


def session_title(session: Session, program: str, said: Span | None) -> Spans:
    """Return whose inside it is, what the program calls itself, and why it is not open; else what was said last."""
    subject = session.subject
    name = f"{subject.owner}/{subject.name}" if subject.owner not in ("", "root") else subject.name
    head: Spans = ((f" {name}", "accent"), (f"  {what_it_is(session)}", "dim"))
    if session.message:
        role: Role = "warn" if session.state.is_live or session.state is SessionState.BUSY else "normal"
        return (*head, (f"  {session.message}", role))
    if said is not None:
        return (*head, ("  ", "normal"), said)
    if session.state is SessionState.OPENING:
        return (*head, ("  is being opened", "dim"))
    return (*head, (f"  {program}", "dim"))


def what_it_is(session: Session) -> str:
    """Return the kind of a session with what was chosen for it."""
    request = session.request
    parts = [request.kind.value, request.device]
    parts += [f"as {request.user}"] if request.user else []
    parts += [f"in {request.folder}"] if request.folder else []
    return " ".join(part for part in parts if part)


def session_columns(title_of: Callable[[Session], str]) -> tuple[Column[Session], ...]:
    """Return the columns of the list of sessions; an asterisk stands where something new was said."""
    return (
        Column(key="new", title=" ", cell=_new, width=1, sort_key=lambda session: session.unread, descending=True),
        Column(key="number", title="NO", cell=_number, width=3, sort_key=lambda session: session.number),
        Column(key="name", title="NAME", cell=_name, width=14, flexible=True, max_width=30),
        Column(key="kind", title="KIND", cell=lambda session: Cell(what_it_is(session)), width=14, flexible=True),
        Column(key="state", title="STATE", cell=_state, width=8),
        Column(key="since", title="OPENED", cell=_since, width=8, priority=1),
        Column(key="title", title="SAYS", cell=lambda session: _says(session, title_of), width=18, flexible=True),
    )


def _new(session: Session) -> Cell:
    return Cell("*" if session.unread else " ", "accent")


def _number(session: Session) -> Cell:
    return Cell(str(session.number), "dim")


def _name(session: Session) -> Cell:
    return Cell(session.subject.name)


def _state(session: Session) -> Cell:
    return Cell(session.state.value, _ROLES[session.state])


def _since(session: Session) -> Cell:
    return Cell(strftime("%H:%M:%S", localtime(session.opened_utc_seconds)), "dim")


def _says(session: Session, title_of: Callable[[Session], str]) -> Cell:
    return Cell(session.message or title_of(session), "dim")
