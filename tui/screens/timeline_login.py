"""The moment of a person's last login, and what to say about it."""

from __future__ import annotations

from time import localtime, strftime
from typing import TYPE_CHECKING

from tui.audit import current_actor
from tui.sampling.logins import last_login

if TYPE_CHECKING:
    from tui.domain.host import HostView

DEMO_SECONDS = 9 * 3600.0


async def find_login(view: HostView | None) -> tuple[float | None, str]:
    """Return when this person logged in the time before this one, None when nothing tells, and a sentence."""
    if view is not None and view.is_demo:
        moment: float | None = view.taken_utc_seconds - DEMO_SECONDS
        login = "demo"
    else:
        login = current_actor().login
        moment = await last_login(login)
    if moment is None:
        return None, f"It is not known when {login} logged in before: neither wtmp nor the journal tells of it."
    return moment, f"Since the login of {login} at {strftime('%Y-%m-%d %H:%M', localtime(moment))}."
