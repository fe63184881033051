"""Carry out actions on containers and pods, through the systemd unit where one manages them."""

import asyncio
import shlex
from collections.abc import Callable

from tui.domain.action import ActionOutcome, ActionRequest, Result, Verb
from tui.domain.errors import ActionRefused, EngineError, EngineLost, EngineTimeout, NotFound
from tui.domain.instance import Instance, Pod, State
from tui.engines.lane import Lane
from tui.engines.podman import units
from tui.engines.podman.client import Client
from tui.engines.podman.errors import ConflictError
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.units import Unit
from tui.engines.podman.verbs import Call, call_for, podman_command, refuse_delete

LANES = 4  # so that one container which takes its time to stop does not hold up the others
CONNECT_SECONDS = 5.0
LOOK_SECONDS = 3.0
SOON_SECONDS = 0.2


class Actions:
    """The actions of one engine.

    Args:
        look_again: asks for a fresh look at a container or pod.
        command_url: as in `podman_command`.
    """

    def __init__(
        self,
        url: str,
        inventory: Inventory,
        *,
        read_only: bool,
        look_again: Callable[[str], None],
        command_url: str | None,
        systemd_runs: Callable[[], bool] = units.systemd_runs,
    ) -> None:
        self._url = url
        self._inventory = inventory
        self._read_only = read_only
        self._look_again = look_again
        self._command_url = command_url
        self._systemd_runs = systemd_runs
        self._lanes = [Lane(f"{url} action {number}") for number in range(1, LANES + 1)]
        self._free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
        for lane in self._lanes:
            self._free.put_nowait(lane)
        self._login = units.login_name()

    @property
    def abandoned(self) -> int:
        """Return how many threads hang."""
        return sum(lane.abandoned for lane in self._lanes)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out one action; never raises."""
        try:
            return ActionOutcome(request, Result.DONE, await self._perform(request))
        except ActionRefused as error:
            return ActionOutcome(request, Result.REFUSED, error.message)
        except (EngineTimeout, EngineLost) as error:
            return ActionOutcome(request, Result.UNKNOWN, f"{error.message} {await self._look_up(request)}")
        except EngineError as error:
            return ActionOutcome(request, Result.FAILED, error.message)
        finally:
            self._look_again(request.target.local)

    async def _perform(self, request: ActionRequest) -> str:
        if self._read_only:
            raise ActionRefused("read-only", "hostdeck runs with --read-only: nothing is changed.")
        target = self._target(request)
        call = call_for(request, target)
        if request.verb is Verb.DELETE:
            refuse_delete(await self._state_now(request.target.local))
        # while it stops, it is seen stopping
        asyncio.get_running_loop().call_later(SOON_SECONDS, self._look_again, request.target.local)
        unit = self._unit(target) if request.verb in units.VERBS else None
        if unit is not None and self._systemd_runs():
            await units.act(unit, request.verb, login=self._login, timeout_seconds=request.timeout_seconds)
            return f"Through its systemd unit {unit.name}."
        try:
            done = await self._send(call)
        except ConflictError as error:
            raise ConflictError(error.title, f"{error.message} {_hint(target)}".strip()) from error
        return f"{done} {self._unit_note(target, request.verb)}".strip()

    def _target(self, request: ActionRequest) -> Instance | Pod:
        local = request.target.local
        pod = self._inventory.find_pod(local)
        found = pod.pod if pod is not None else self._inventory.find(local)
        if found is None:
            raise NotFound("no longer there", "It is no longer there.")
        return found

    def _unit(self, target: Instance | Pod) -> Unit | None:
        """Return the unit that manages a container or pod; a remote host's units are out of reach."""
        owner = self._inventory.owner
        if isinstance(target, Pod):
            row = self._inventory.find_pod(target.id.local)
            name = row.unit if row is not None else ""
        else:
            name = target.container.unit if target.container is not None else ""
        if not name or not owner.local:
            return None
        return Unit(name, "" if owner.user == "root" else owner.user)

    def _unit_note(self, target: Instance | Pod, verb: Verb) -> str:
        unit = self._unit(target)
        if unit is None or verb in {Verb.PAUSE, Verb.RESUME}:
            return ""
        return f"By Podman itself; the systemd unit {unit.name} manages it and may do otherwise."

    async def _send(self, call: Call) -> str:
        """Send one request, once; return a sentence where there is something to say."""
        lane = await self._free.get()
        client = Client(self._url, timeout=CONNECT_SECONDS)
        try:
            answer = await lane.call(
                lambda: client.send(call.method, call.path, call.params, timeout=call.timeout_seconds),
                deadline=call.timeout_seconds + CONNECT_SECONDS + 1.0,
            )
        finally:
            self._free.put_nowait(lane)
        return call.already if answer.status == 304 else ""

    async def _look_up(self, request: ActionRequest) -> str:
        """Say what became of an action without a known outcome; it is never repeated."""
        try:
            return f"Looked up again: it is {await self._state_now(request.target.local)}."
        except NotFound:
            return "Looked up again: it is gone."
        except EngineError:
            return "Its state cannot be looked up now."

    async def _state_now(self, local: str) -> str:
        """Ask for the state of a container or pod, in Podman's word."""
        kind = "pods" if self._inventory.find_pod(local) is not None else "containers"
        lane = await self._free.get()
        client = Client(self._url, timeout=LOOK_SECONDS)
        try:
            answer = await lane.call(lambda: client.get(f"{kind}/{local}/json"), deadline=2 * LOOK_SECONDS)
        finally:
            client.close()
            self._free.put_nowait(lane)
        document = answer.json()
        state = document.get("State") if isinstance(document, dict) else None
        return str((state.get("Status") if isinstance(state, dict) else state) or "in an unknown state")

    def command(self, request: ActionRequest) -> str:
        """Return the command line that does the same."""
        try:
            target = self._target(request)
        except NotFound:
            return shlex.join(["podman", request.verb.value, request.target.local])
        unit = self._unit(target) if request.verb in units.VERBS and self._systemd_runs() else None
        if unit is not None:
            return shlex.join(units.systemctl(unit, request.verb, login=self._login))
        return podman_command(request, target, url=self._command_url)

    def close(self) -> None:
        """Let the lanes' threads end."""
        for lane in self._lanes:
            lane.close()


def _hint(target: Instance | Pod) -> str:
    """Say what helps where Podman only says that the state is improper."""
    if isinstance(target, Instance) and target.state is State.PAUSED:
        return "It is paused: resume it first."
    return ""
