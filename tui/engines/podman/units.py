"""systemd units that manage containers: who manages one is the one to stop it, else it comes back."""

import os
from dataclasses import dataclass
from pathlib import Path

from tui.domain.action import Verb
from tui.domain.errors import EngineAbsent, EngineError, EngineTimeout
from tui.engines.process import run_program

# sd_booted(3): systemd is the init of this host
BOOTED = Path("/run/systemd/system")
# a unit may take its own TimeoutStopSec, 90 s by default, beyond what the container was given
UNIT_PATIENCE_SECONDS = 90.0

VERBS = {Verb.START: "start", Verb.STOP: "stop", Verb.RESTART: "restart"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; `user` is the login whose own manager runs it, empty for the system's."""

    name: str
    user: str = ""


def systemd_runs() -> bool:
    """Tell whether systemd is this host's init."""
    return BOOTED.is_dir()


def systemctl(unit: Unit, verb: Verb, *, login: str) -> list[str]:
    """Return the command line that does START, STOP or RESTART to a unit.

    Args:
        login: who runs it; another user's manager is reached through its machine.
    """
    scope: list[str] = []
    if unit.user:
        scope = ["--user"] if unit.user == login else ["--user", f"--machine={unit.user}@.host"]
    # "--" keeps a unit name, which is a label that anybody may have set, from being an option
    return ["systemctl", *scope, VERBS[verb], "--", unit.name]


async def act(unit: Unit, verb: Verb, *, login: str, timeout_seconds: float) -> None:
    """Let systemd start, stop or restart a unit and wait for its job.

    Raises:
        EngineAbsent: no systemctl.
        EngineTimeout: the job goes on; its outcome is unknown.
        EngineError: systemd said no, in its words.
    """
    program, *rest = systemctl(unit, verb, login=login)
    deadline = timeout_seconds + UNIT_PATIENCE_SECONDS
    try:
        # no password prompt of polkit may appear over the screen
        finished = await run_program(program, "--no-ask-password", *rest, deadline=deadline)
    except FileNotFoundError as error:
        raise EngineAbsent("no systemctl", "systemctl is not installed.") from error
    except TimeoutError as error:
        raise EngineTimeout("systemd does not finish", f"{unit.name}: no answer in {deadline:g} s.") from error
    if finished.exit_code != 0:
        said = finished.error.strip() or f"exit {finished.exit_code}"
        raise EngineError("systemd failed", f"{unit.name}: {said}")


def login_name() -> str:
    """Return who hostdeck runs as, the number where it has no name."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def user_number(login: str) -> str:
    """Return the number of a login, the login itself where it is not known or is a number already."""
    import pwd

    try:
        return str(pwd.getpwnam(login).pw_uid)
    except KeyError:
        return login
