"""An engine whose daemon is a dictionary."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from tui.domain.action import ActionOutcome, ActionRequest, Result, Verb
from tui.domain.errors import EngineError, NotFound
from tui.domain.event import Document, Event
from tui.domain.host import EngineState, EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Health, Instance, Kind, Pod, State
from tui.engines.base import EngineSink
from tui.engines.demo.cast import Member, Quirk
from tui.engines.demo.commands import command_for
from tui.engines.demo.documents import document_of
from tui.engines.demo.script import HEALTH_SECONDS, change_event, flap, past, pod_now
from tui.engines.demo.verbs import Rule, off, rule_for

BEAT_SECONDS = 1.0
DISK_FULL_SECONDS = 2.5
AGENT_SECONDS = 0.3

Wait = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks of the demo, replaced by tests.

    Attributes:
        utc: wall clock in seconds.
        monotonic: monotonic clock in seconds.
        wait: lets the time of an action pass.
    """

    utc: Callable[[], float]
    monotonic: Callable[[], float]
    wait: Wait


class DemoEngine:
    """Lists members, changes them when asked, and lets a few of them misbehave.

    Args:
        status: how the engine presents itself once it is connected.
    """

    def __init__(
        self,
        status: EngineStatus,
        members: Sequence[Member],
        pods: Sequence[Pod],
        timing: Timing,
        *,
        read_only: bool = False,
    ) -> None:
        self._status = status
        self._members = {member.instance.id.local: member for member in members}
        self._now = {local: member.instance for local, member in self._members.items()}
        self._pods = tuple(pods)
        self._timing = timing
        self._begin = timing.utc()
        self._read_only = read_only
        self._sink: EngineSink | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._instances = tuple(self._now.values())
        self._told_health = 0

    @property
    def id(self) -> str:
        """Return the id that its statuses and instances carry."""
        return self._status.id

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Return all instances as they are now; safe on any thread."""
        return self._instances

    async def run(self, sink: EngineSink) -> None:
        """Publish until cancelled."""
        sink.put_status(replace(self._status, state=EngineState.CONNECTING, version=""))
        self._sink = sink
        try:
            self._answer()
            for event in past(self._members.values(), self._begin):
                sink.put_event(event)
            self._publish()
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                self.refresh()
        finally:
            self._sink = None

    def refresh(self) -> None:
        """Let everything happen that happens by itself up to now."""
        now = self._timing.utc()
        self._answer()
        changed = False
        for local, member in self._members.items():
            before = self._now.get(local)
            if before is not None and Quirk.FLAPS in member.quirks:
                after = flap(before, member.instance, self._begin, now)
                changed |= self._replace(before, after, now)
        if changed:
            self._publish()
        self._tell_health(now)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Change the instance as its engine would, after the time it takes."""
        instance = self._now.get(request.target.local)
        if self._read_only:
            return ActionOutcome(request, Result.REFUSED, "hostdeck was started with --read-only.")
        if instance is None:
            return ActionOutcome(request, Result.FAILED, f"No instance with the id {request.target.local}.")
        rule = rule_for(instance.kind, request.verb)
        if instance.state not in rule.allowed:
            return ActionOutcome(request, Result.FAILED if rule.allowed else Result.REFUSED, rule.denial)
        if instance.container and instance.container.is_infra and request.verb is Verb.DELETE:
            return ActionOutcome(request, Result.REFUSED, "The infra container of a pod goes with its pod only.")
        if rule.only_asks:
            if Quirk.IGNORES_SHUTDOWN not in self._quirks(instance):
                self._do_later(self._carry_out(request, rule))
            return ActionOutcome(request, Result.REQUESTED)
        return await self._carry_out_now(request, rule, instance)

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent virsh or podman command line."""
        return command_for(request, self._now.get(request.target.local), self.id, self._status.user)

    async def document(self, target: InstanceId) -> Document:
        """Return believable XML or JSON."""
        return document_of(self._get(target))

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Return a guest's addresses as its agent would."""
        instance = self._get(target)
        if instance.kind is not Kind.GUEST:
            return ()
        if instance.state is not State.RUNNING or Quirk.TELLS_MEMORY not in self._quirks(instance):
            raise EngineError("no agent", f"{instance.name}: the guest agent is not connected.")
        await self._timing.wait(AGENT_SECONDS)
        found = tuple(replace(address, source="agent") for address in instance.addresses)
        return (*found, Address("fe80::5054:ff:fe12:3456", "agent"))

    async def close(self) -> None:
        """End what is still to happen."""
        for task in self._later:
            task.cancel()

    def _get(self, target: InstanceId) -> Instance:
        instance = self._now.get(target.local)
        if instance is None:
            raise NotFound("gone", f"No instance with the id {target.local}.")
        return instance

    def _quirks(self, instance: Instance) -> Quirk:
        return self._members[instance.id.local].quirks

    async def _carry_out_now(self, request: ActionRequest, rule: Rule, before: Instance) -> ActionOutcome:
        if request.verb is Verb.STOP:
            self._replace(before, replace(before, state=State.STOPPING))
            self._publish()
        try:
            done = await self._carry_out(request, rule)
        finally:
            now = self._now.get(request.target.local)
            if now is not None and now.state is State.STOPPING:
                self._replace(now, before)
                self._publish()
        if not done:
            return ActionOutcome(request, Result.FAILED, f"{before.name} went away meanwhile.")
        return ActionOutcome(request, Result.DONE)

    async def _carry_out(self, request: ActionRequest, rule: Rule) -> bool:
        """Let the time pass, then change the instance; tell whether it was still there."""
        local = request.target.local
        stubborn = request.verb is Verb.STOP and Quirk.IGNORES_SHUTDOWN in self._members[local].quirks
        await self._timing.wait(request.timeout_seconds if stubborn else rule.seconds)
        instance = self._now.get(local)
        if instance is None:
            return False
        now = self._timing.utc()
        after = off(instance, "exit 137", 137) if stubborn else rule.change(instance, now)
        if rule.only_asks and not instance.state.is_active:
            return False
        self._settle(request.verb, instance, after)
        self._tell(Event(now, self.id, instance.id, instance.name, rule.what, after.reason))
        self._publish()
        if request.verb is Verb.RESUME and Quirk.DISK_FULL in self._members[local].quirks:
            self._do_later(self._run_full(local))
        return True

    def _settle(self, verb: Verb, before: Instance, after: Instance) -> None:
        """Put the instance in its place; one that is deleted, or was only kept alive by running, goes."""
        transient = after.guest is not None and not after.guest.persistent
        if verb is Verb.DELETE and before.guest is not None and before.state.is_active:
            self._now[before.id.local] = replace(before, guest=replace(before.guest, persistent=False))
        elif verb is Verb.DELETE or (transient and not after.state.is_active):
            del self._now[before.id.local]
        else:
            self._now[before.id.local] = after

    async def _run_full(self, local: str) -> None:
        await self._timing.wait(DISK_FULL_SECONDS)
        before = self._now.get(local)
        if before is not None and before.state is State.RUNNING:
            reason = self._members[local].instance.reason
            self._replace(before, replace(before, state=State.PAUSED, reason=reason), self._timing.utc())
            self._publish()

    def _do_later(self, work: Awaitable[object]) -> None:
        async def guarded() -> None:
            await work

        task = asyncio.get_running_loop().create_task(guarded())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _replace(self, before: Instance, after: Instance, now: float | None = None) -> bool:
        """Put `after` in place of `before`; told as an event where `now` is given."""
        if before == after:
            return False
        self._now[after.id.local] = after
        event = change_event(before, after, now) if now is not None else None
        if event is not None:
            self._tell(event)
        return True

    def _tell_health(self, now: float) -> None:
        """Repeat what failing health checks say, as Podman does at every check."""
        checks = int((now - self._begin) / HEALTH_SECONDS)
        if checks == self._told_health:
            return
        self._told_health = checks
        for instance in self._instances:
            if instance.container and instance.container.health is Health.UNHEALTHY and instance.state.is_active:
                self._tell(Event(now, self.id, instance.id, instance.name, "health_status", "unhealthy"))

    def _tell(self, event: Event) -> None:
        if self._sink is not None:
            self._sink.put_event(event)

    def _answer(self) -> None:
        if self._sink is not None:
            self._sink.put_status(replace(self._status, answered_monotonic_seconds=self._timing.monotonic()))

    def _publish(self) -> None:
        self._instances = tuple(self._now.values())
        if self._sink is not None:
            by_key = {instance.key: instance for instance in self._instances}
            pods = tuple(pod_now(pod, by_key) for pod in self._pods)
            self._sink.put_inventory(self.id, self._instances, pods)
