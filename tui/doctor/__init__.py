"""`hostdeck doctor`: what is there, what is missing, and the command that mends it.

Loads neither Textual nor libvirt nor podman; every daemon and program has a deadline; nothing is changed.
"""

import asyncio
from collections.abc import Sequence

from tui.doctor.cgroups import examine_cgroups
from tui.doctor.kernel import examine_kernel
from tui.doctor.libvirt import examine_libvirt
from tui.doctor.machine import Machine
from tui.doctor.podman import examine_podman
from tui.doctor.report import Check, Condition, Report
from tui.doctor.system import examine_system

__all__ = ["Check", "Condition", "Machine", "Report", "examine"]


async def examine(machine: Machine | None = None, *, connect: Sequence[str] = (), podman: Sequence[str] = ()) -> Report:
    """Look at everything hostdeck stands on.

    Args:
        machine: where to look; None is this one.
        connect: libvirt URIs that were named; empty means the usual one.
        podman: Podman URLs that were named; empty means the usual ones.
    """
    machine = machine or Machine()
    libvirt, containers = await asyncio.gather(examine_libvirt(machine, connect), examine_podman(machine, podman))
    engines = [*libvirt, *containers]
    return Report(
        (
            *engines,
            *_no_engine(machine, engines),
            *examine_cgroups(machine),
            *examine_kernel(machine),
            *examine_system(machine),
        )
    )


def _no_engine(machine: Machine, checks: Sequence[Check]) -> Sequence[Check]:
    """With one engine absent hostdeck works; with both there is nothing to show."""
    absent = [check for check in checks if check.name in {"daemon", "program"} and check.state is not Condition.OK]
    if len(absent) < 2:
        return ()
    mend = machine.install("podman", "podman")
    return (Check("engines", "any", "neither libvirt nor Podman is installed", Condition.MISSING, mend),)
