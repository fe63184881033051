"""Carries out actions on a demo engine's instances, in the time they take."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from tui.domain.action import ActionOutcome, ActionRequest, Result, Verb
from tui.domain.event import Event
from tui.domain.instance import Instance, Kind, Pod, State
from tui.engines.demo.book import Book
from tui.engines.demo.cast import Quirk
from tui.engines.demo.verbs import Rule, off, rule_for

DISK_FULL_SECONDS = 2.5

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


class Acting:
    """Does to the book what virsh and podman would do to a host."""

    def __init__(self, book: Book, timing: Timing) -> None:
        self._book = book
        self._timing = timing
        self._later: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """End what is still to happen."""
        for task in self._later:
            task.cancel()

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out one action on an instance or a pod."""
        instance, pod = self._book.get(request.target.local), self._book.pod(request.target.local)
        if pod is not None:
            return await self._perform_on_pod(request, pod)
        if instance is None:
            return ActionOutcome(request, Result.FAILED, f"No instance with the id {request.target.local}.")
        if instance.container and instance.container.is_infra and request.verb is Verb.DELETE:
            return ActionOutcome(request, Result.REFUSED, "The infra container of a pod goes with its pod only.")
        return await self._perform_on(request, instance)

    async def _perform_on(self, request: ActionRequest, instance: Instance) -> ActionOutcome:
        rule = rule_for(instance.kind, request.verb)
        if instance.state not in rule.allowed:
            return ActionOutcome(request, Result.FAILED if rule.allowed else Result.REFUSED, rule.denial)
        if rule.only_asks:
            if Quirk.IGNORES_SHUTDOWN not in self._book.quirks(instance.id.local):
                self._do_later(self._carry_out(request, rule))
            return ActionOutcome(request, Result.REQUESTED)
        return await self._carry_out_now(request, rule, instance)

    async def _perform_on_pod(self, request: ActionRequest, pod: Pod) -> ActionOutcome:
        """Act on every container that is in a state for it; a pod is deleted whole or not at all."""
        rule = rule_for(Kind.CONTAINER, request.verb)
        containers = self._book.containers_of(pod)
        ready = [one for one in containers if one.state in rule.allowed]
        if not ready or (request.verb is Verb.DELETE and len(ready) < len(containers)):
            return ActionOutcome(request, Result.FAILED if rule.allowed else Result.REFUSED, rule.denial)
        await asyncio.gather(*(self._perform_on(replace(request, target=one.id), one) for one in ready))
        if request.verb is Verb.DELETE:
            self._book.remove(pod.id.local)
            self._book.publish()
        return ActionOutcome(request, Result.DONE)

    async def _carry_out_now(self, request: ActionRequest, rule: Rule, before: Instance) -> ActionOutcome:
        if request.verb is Verb.STOP:
            self._book.put(replace(before, state=State.STOPPING))
            self._book.publish()
        try:
            done = await self._carry_out(request, rule)
        finally:
            now = self._book.get(request.target.local)
            if now is not None and now.state is State.STOPPING:
                self._book.put(before)
                self._book.publish()
        if not done:
            return ActionOutcome(request, Result.FAILED, f"{before.name} went away meanwhile.")
        return ActionOutcome(request, Result.DONE)

    async def _carry_out(self, request: ActionRequest, rule: Rule) -> bool:
        """Let the time pass, then change the instance; tell whether it was still there."""
        local, quirks = request.target.local, self._book.quirks(request.target.local)
        stubborn = request.verb is Verb.STOP and Quirk.IGNORES_SHUTDOWN in quirks
        await self._timing.wait(request.timeout_seconds if stubborn else rule.seconds)
        instance = self._book.get(local)
        if instance is None or (rule.only_asks and not instance.state.is_active):
            return False
        now = self._timing.utc()
        after = off(instance, "exit 137", 137) if stubborn else rule.change(instance, now)
        self._settle(request.verb, instance, after)
        self._book.tell(Event(now, instance.id.engine, instance.id, instance.name, rule.what, after.reason))
        self._book.publish()
        if request.verb is Verb.RESUME and Quirk.DISK_FULL in quirks:
            self._do_later(self._run_full(local))
        return True

    def _settle(self, verb: Verb, before: Instance, after: Instance) -> None:
        """Put the instance in its place; one that is deleted, or was only kept alive by running, goes."""
        transient = after.guest is not None and not after.guest.persistent
        if verb is Verb.DELETE and before.guest is not None and before.state.is_active:
            self._book.put(replace(before, guest=replace(before.guest, persistent=False)))
        elif verb is Verb.DELETE or (transient and not after.state.is_active):
            self._book.remove(before.id.local)
        else:
            self._book.put(self._with_addresses(after))

    def _with_addresses(self, instance: Instance) -> Instance:
        """Give what was started the addresses it had before; leases outlive a stop."""
        if instance.state is not State.RUNNING or instance.addresses:
            return instance
        return replace(instance, addresses=self._book.members[instance.id.local].instance.addresses)

    async def _run_full(self, local: str) -> None:
        """Pause a guest again whose disk is still full."""
        await self._timing.wait(DISK_FULL_SECONDS)
        before = self._book.get(local)
        if before is not None and before.state is State.RUNNING:
            reason = self._book.members[local].instance.reason
            self._book.put(replace(before, state=State.PAUSED, reason=reason), self._timing.utc())
            self._book.publish()

    def _do_later(self, work: Awaitable[object]) -> None:
        async def guarded() -> None:
            await work

        task = asyncio.get_running_loop().create_task(guarded())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
