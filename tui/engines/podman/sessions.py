"""What can be opened in the containers of one service."""

import os
import weakref
from collections.abc import AsyncIterator, Sequence

from tui.domain.errors import ActionRefused, NoShell
from tui.domain.identity import InstanceId
from tui.domain.session import LogChunk, LogRequest, SessionKind, SessionRequest
from tui.engines.podman import found as containers
from tui.engines.podman.attach import open_attach
from tui.engines.podman.channel import PodmanChannel
from tui.engines.podman.exec import open_exec
from tui.engines.podman.found import Found
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.logs import read_log
from tui.engines.podman.shells import first_shell


class Sessions:
    """Shells, attaching and logs of one engine.

    Args:
        shells: paths or names, the wanted one first.
    """

    def __init__(self, url: str, inventory: Inventory, *, read_only: bool, shells: Sequence[str]) -> None:
        self._url = url
        self._inventory = inventory
        self._read_only = read_only
        self._shells = tuple(shells)
        self._open: weakref.WeakSet[PodmanChannel] = weakref.WeakSet()

    async def open(self, target: InstanceId, request: SessionRequest) -> PodmanChannel:
        """Open a shell or attach.

        Raises:
            NoShell: no shell of the list exists in the container.
            EngineError: with its sentence.
        """
        if self._read_only:
            raise ActionRefused("read-only", "hostdeck runs with --read-only: nothing is opened that can be typed in.")
        if request.kind is SessionKind.CONSOLE:
            raise ActionRefused("no console", "A container has no console: open a shell or attach to it.")
        found = await self._find(target)
        containers.refuse_unless_running(found)
        if request.kind is SessionKind.ATTACH:
            channel = await open_attach(self._url, target.local, request, found)
        else:
            command = request.command or (await self._shell(target, found),)
            here = self._inventory.owner.local
            channel = await open_exec(self._url, target.local, request, command, on_this_host=here)
        self._open.add(channel)
        return channel

    async def _find(self, target: InstanceId) -> Found:
        if self._inventory.find_pod(target.local) is not None:
            raise ActionRefused("a pod", "A pod has no process of its own: choose one of its containers.")
        return await containers.find(self._url, target.local)

    async def _shell(self, target: InstanceId, found: Found) -> str:
        shell = await first_shell(self._url, target.local, self._shells, found.folders)
        if shell is None:
            looked_for = ", ".join(self._shells)
            raise NoShell("no shell", f"There is no shell in it (looked for {looked_for}). {self._way_round(found)}")
        return shell

    def _way_round(self, found: Found) -> str:
        try:
            return f"This host's own tools can go in: {' '.join(self._nsenter(found))}"
        except ActionRefused as error:
            return error.message

    async def nsenter_command(self, target: InstanceId) -> tuple[str, ...]:
        """Return the argument list of a shell of this host inside a container's namespaces.

        Raises:
            ActionRefused: not root, another host, or the container does not run.
            EngineError: with its sentence.
        """
        found = await self._find(target)
        containers.refuse_unless_running(found)
        return self._nsenter(found)

    def _nsenter(self, found: Found) -> tuple[str, ...]:
        """Enter network, names, processes and IPC, but keep the host's files, with a /proc that fits.

        The container's own files are then below /proc/1/root. The shell leads a session of its own: the one it would
        inherit has a process group that its names of processes do not show, and a dash that cannot give the terminal
        back to that group ends with exit code 2, whatever it was told.
        """
        if self._read_only:
            raise ActionRefused("read-only", "hostdeck runs with --read-only.")
        if not self._inventory.owner.local or found.pid <= 0:
            raise ActionRefused(
                "another host", "nsenter, with the host's own tools, works only on the host it runs on."
            )
        if os.geteuid() != 0:
            raise ActionRefused("not root", "As root, hostdeck offers nsenter with this host's own tools.")
        entering = ("nsenter", f"--target={found.pid}", "--net", "--uts", "--ipc", "--pid", "--")
        return (
            *entering,
            "unshare",
            "--mount-proc",
            "--",
            "setsid",
            "--ctty",
            "--",
            os.environ.get("SHELL") or "/bin/sh",
        )

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Read a container's log; see `ReadsLogs`."""
        known = self._inventory.find(target.local)
        return read_log(self._url, target.local, known.name if known is not None else target.local[:12], request)

    def close(self) -> None:
        """Close what is still open."""
        for channel in tuple(self._open):
            channel.abort()
