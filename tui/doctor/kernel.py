"""Whether kills for memory, disk errors and restarts of daemons can be told."""

import os

from tui.doctor.machine import Machine
from tui.doctor.report import Check, Condition
from tui.engines.kernel.journal import journal_state
from tui.engines.kernel.kmsg import open_kmsg

AREA = "kernel"
_JOURNAL = {
    "readable": "the journal can be read",
    "refused": "the journal cannot be read",
    "absent": "no journal is kept here",
}


def examine_kernel(machine: Machine) -> list[Check]:
    """Return the checks of the kernel's messages and the journal."""
    journal = journal_state(machine.root)
    return [_messages(machine, journal), _daemons(journal)]


def _messages(machine: Machine, journal: str) -> Check:
    try:
        os.close(open_kmsg(str(machine.path("/dev/kmsg"))))
    except OSError:
        pass
    else:
        return Check(AREA, "messages", "/dev/kmsg can be read")
    if journal == "readable":
        return Check(AREA, "messages", "through the journal")
    found = f"not to be read ({_JOURNAL[journal]}): kills for memory and disk errors are not seen"
    mend = machine.as_root(f"usermod --append --groups systemd-journal {machine.login}") if journal == "refused" else ""
    mend = f"{mend}   # then log in again" if mend else "run hostdeck as root"
    return Check(AREA, "messages", found, Condition.WARN, mend)


def _daemons(journal: str) -> Check:
    how = "from the journal" if journal == "readable" else "from whether engines answer"
    return Check(AREA, "restarts of daemons", how)
