"""What may be done to a guest. Everything here blocks and runs on the lane of actions."""

from collections.abc import Callable
from typing import Any

from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import ActionRefused
from tui.engines.libvirt.failures import UNSUPPORTED
from tui.engines.libvirt.link import Link

_TPM_FLAG_SINCE = 8_009_000

# Seconds after which the outcome counts as unknown. A kill waits for QEMU's end, a start for its monitor.
DEADLINES = {Verb.START: 60.0, Verb.KILL: 45.0, Verb.DELETE: 20.0}
DEADLINE = 15.0

_CALLS: dict[Verb, Callable[[Any], object]] = {
    Verb.START: lambda domain: domain.create(),
    Verb.STOP: lambda domain: domain.shutdown(),
    Verb.KILL: lambda domain: domain.destroy(),
    Verb.RESTART: lambda domain: domain.reboot(),
    Verb.RESET: lambda domain: domain.reset(),
    Verb.PAUSE: lambda domain: domain.suspend(),
    Verb.RESUME: lambda domain: domain.resume(),
    Verb.AUTOSTART_ON: lambda domain: domain.setAutostart(1),
    Verb.AUTOSTART_OFF: lambda domain: domain.setAutostart(0),
}
_ONLY_ASKED = frozenset({Verb.STOP, Verb.RESTART})


def carry_out(link: Link, request: ActionRequest, driver: str) -> Result:
    """Do it and say whether it is done or only requested of the guest.

    Raises:
        EngineError: ActionRefused and NotFound among them.
    """

    def act(libvirt: Any, connection: Any) -> Result:
        domain = connection.lookupByUUIDString(request.target.local)
        if request.verb is Verb.DELETE:
            _undefine(libvirt, connection, domain, driver, remove_nvram=request.remove_nvram)
        else:
            _CALLS[request.verb](domain)
        return Result.REQUESTED if request.verb in _ONLY_ASKED else Result.DONE

    return link.run(act)


def _undefine(libvirt: Any, connection: Any, domain: Any, driver: str, *, remove_nvram: bool) -> None:
    """Forget a definition; its disks stay."""
    reason = _why_not_undefine(libvirt, domain)
    if reason:
        raise ActionRefused("cannot undefine", f"{domain.name()} {reason}")
    if driver != "qemu":  # the other drivers refuse flags about firmware
        domain.undefine()
        return
    flags = libvirt.VIR_DOMAIN_UNDEFINE_NVRAM if remove_nvram else libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
    domain.undefineFlags(flags | _keep_tpm(libvirt, connection, domain))


def _why_not_undefine(libvirt: Any, domain: Any) -> str:
    """Look ourselves: libvirt undefines a running guest without a word, even one with snapshots."""
    if domain.isActive():
        return "runs. Stop it first; an undefined guest would vanish at its next stop."
    if not domain.isPersistent():
        return "has no definition on disk; it vanishes at its stop."
    if _optional(libvirt, domain.hasManagedSaveImage):
        return "has a saved state, which would be lost. Start it, or drop the state with `virsh managedsave-remove`."
    snapshots = _optional(libvirt, domain.snapshotNum)
    if snapshots:
        return f"has {snapshots} snapshot{'s' if snapshots > 1 else ''}. Delete them first (`virsh snapshot-list`)."
    if _optional(libvirt, domain.listAllCheckpoints):
        return "has checkpoints. Delete them first (`virsh checkpoint-list`)."
    return ""


def _optional(libvirt: Any, ask: Callable[[], Any]) -> Any:
    """Ask what not every driver knows; None when it does not."""
    try:
        return ask()
    except libvirt.libvirtError as error:
        if error.get_error_code() in UNSUPPORTED:
            return None
        raise


def _keep_tpm(libvirt: Any, connection: Any, domain: Any) -> int:
    """Keep the TPM's secrets beside the disks they unlock, where the daemon knows that wish."""
    if connection.getLibVersion() < _TPM_FLAG_SINCE or "<tpm " not in domain.XMLDesc(0):
        return 0
    return int(getattr(libvirt, "VIR_DOMAIN_UNDEFINE_KEEP_TPM", 0))
