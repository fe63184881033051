"""The same by hand: argument lists that open a session without hostdeck's own terminal."""

from tui.domain.host import EngineStatus
from tui.domain.instance import Instance, Kind
from tui.domain.session import SessionKind, SessionRequest

SHELL = "/bin/sh"


def argument_list(instance: Instance, request: SessionRequest, status: EngineStatus | None) -> list[str]:
    """Return a command that opens the session on the terminal it is started on.

    Args:
        status: of the instance's engine, for where it is; None for the usual place.
    """
    url = status.url if status is not None else ""
    if instance.kind is Kind.GUEST:
        connect = ["--connect", url] if url else []
        device = ["--devname", request.device] if request.device else []
        return ["virsh", *connect, "console", instance.id.local, *device, *(["--force"] if request.force else [])]
    podman = ["podman", *(["--url", url] if url else [])]
    if request.kind is SessionKind.ATTACH:
        return [*podman, "attach", "--detach-keys=ctrl-]", instance.id.local]
    user = ["--user", request.user] if request.user else []
    folder = ["--workdir", request.folder] if request.folder else []
    return [*podman, "exec", "-it", *user, *folder, instance.id.local, *(request.command or (SHELL,))]
