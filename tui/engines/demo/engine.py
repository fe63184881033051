"""An engine whose daemon is a dictionary."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.errors import EngineError, NotFound
from tui.domain.event import Document
from tui.domain.host import EngineState, EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Instance, Kind, Pod, State
from tui.engines.base import EngineSink
from tui.engines.demo.acting import Acting, Timing
from tui.engines.demo.book import Book
from tui.engines.demo.cast import Member, Quirk
from tui.engines.demo.commands import command_for
from tui.engines.demo.documents import document_of, document_of_pod
from tui.engines.demo.inside import DemoInside
from tui.engines.demo.resources.make import keeper_of
from tui.engines.demo.script import flap, past

BEAT_SECONDS = 1.0
AGENT_SECONDS = 0.3


class DemoEngine(DemoInside):
    """Lists members, changes them when asked, and lets a few of them misbehave.

    Args:
        status: how the engine presents itself once it is connected.
        on_add: told of every instance that is made later.
    """

    def __init__(
        self,
        status: EngineStatus,
        members: Sequence[Member],
        pods: Sequence[Pod],
        timing: Timing,
        *,
        read_only: bool = False,
        on_add: Callable[[Member], None] | None = None,
    ) -> None:
        super().__init__()
        self._status = status
        self._book = Book(status.id, members, pods)
        self._acting = Acting(self._book, timing)
        self._timing = timing
        self._begin = timing.utc()
        self._read_only = read_only
        self.resources = keeper_of(status, self._book, timing, self._begin, on_add or (lambda _member: None))

    @property
    def id(self) -> str:
        """Return the id that its statuses and instances carry."""
        return self._status.id

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Return all instances as they are now; safe on any thread."""
        return self._book.listed

    async def run(self, sink: EngineSink) -> None:
        """Publish until cancelled."""
        sink.put_status(replace(self._status, state=EngineState.CONNECTING, version=""))
        self._book.sink = sink
        try:
            self._answer(sink)
            for event in past(self._book.members.values(), self._begin):
                sink.put_event(event)
            self._book.publish()
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                self._answer(sink)
                self.refresh()
        finally:
            self._book.sink = None

    def refresh(self) -> None:
        """Let everything happen that happens by itself up to now."""
        now = self._timing.utc()
        changed = False
        for local, member in self._book.members.items():
            before = self._book.get(local)
            if before is not None and Quirk.FLAPS in member.quirks:
                changed |= self._book.put(flap(before, member.instance, self._begin, now), now)
        if changed:
            self._book.publish()
        self._end_of_stopped()

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Change the instance or pod as its engine would, after the time it takes."""
        if self._read_only:
            return ActionOutcome(request, Result.REFUSED, "hostdeck was started with --read-only.")
        outcome = await self._acting.perform(request)
        self._end_of_stopped()
        return outcome

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent virsh or podman command line."""
        local = request.target.local
        return command_for(request, self._book.pod(local) or self._book.get(local), self.id, self._status.user)

    async def document(self, target: InstanceId) -> Document:
        """Return believable XML or JSON."""
        pod = self._book.pod(target.local)
        if pod is not None:
            return document_of_pod(pod, self._book.containers_of(pod))
        return document_of(self._get(target))

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Return a guest's addresses as its agent would."""
        if self._book.pod(target.local) is not None:
            return ()
        instance = self._get(target)
        if instance.kind is not Kind.GUEST:
            return ()
        if instance.state is not State.RUNNING or Quirk.TELLS_MEMORY not in self._book.quirks(target.local):
            raise EngineError("no agent", f"{instance.name}: the guest agent is not connected.")
        await self._timing.wait(AGENT_SECONDS)
        found = tuple(replace(address, source="agent") for address in instance.addresses)
        return (*found, Address("fe80::5054:ff:fe12:3456", "agent"))

    async def close(self) -> None:
        """End what is still to happen."""
        self._acting.close()

    def _get(self, target: InstanceId) -> Instance:
        instance = self._book.get(target.local)
        if instance is None:
            raise NotFound("gone", f"No instance with the id {target.local}.")
        return instance

    def _answer(self, sink: EngineSink) -> None:
        sink.put_status(replace(self._status, answered_monotonic_seconds=self._timing.monotonic()))
