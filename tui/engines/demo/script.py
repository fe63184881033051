"""What happens on the demo host by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui.domain.event import Event
from tui.domain.instance import Health, Instance, Pod, State
from tui.engines.demo.cast import DAY, Member, Quirk
from tui.engines.demo.verbs import off

FLAP_SECONDS = 43.0
_DOWN_SECONDS = 31.0
_POD_WORDS = {State.RUNNING: "Running", State.PAUSED: "Paused", State.CREATED: "Created"}


def flap(instance: Instance, first: Instance, begin: float, now: float) -> Instance:
    """Return a container that dies again and again as it is at `now`.

    Args:
        first: as it was when the demo began.
        begin: UTC seconds at which the demo began, in the middle of a pause between two attempts.
    """
    if instance.state not in {State.RUNNING, State.RESTARTING} or not instance.container or not first.container:
        return instance
    rounds, phase = divmod(max(0.0, now - begin), FLAP_SECONDS)
    facts = replace(instance.container, restarts=first.container.restarts + int(rounds), exit_code=137)
    if phase < _DOWN_SECONDS:
        resting = off(instance, "exit 137", 137, State.RESTARTING)
        return replace(resting, container=replace(facts, health=Health.STARTING))
    started = begin + rounds * FLAP_SECONDS + _DOWN_SECONDS
    return replace(
        instance, state=State.RUNNING, reason="", pid=31_000 + int(rounds) % 1000, started_unix_seconds=started,
        container=facts,
    )  # fmt: skip


def pod_now(pod: Pod, instances: dict[str, Instance]) -> Pod:
    """Return a pod as its containers are now; removed ones leave it."""
    members = tuple(key for key in pod.member_ids if key in instances)
    states = {instances[key].state for key in members}
    word = _POD_WORDS.get(next(iter(states)), "Exited") if len(states) == 1 else "Degraded"
    return replace(pod, member_ids=members, state=word)


def change_event(before: Instance, after: Instance, now: float) -> Event | None:
    """Return what an engine would tell of a change that came by itself; None when there is nothing to tell."""
    if before.state == after.state:
        return None
    what = {State.RUNNING: "started", State.RESTARTING: "died", State.PAUSED: "paused"}.get(after.state, "stopped")
    return Event(now, after.id.engine, after.id, after.name, what, after.reason)


def past(members: Iterable[Member], begin: float) -> list[Event]:
    """Return what the engines remember from the day before the demo began, oldest first."""
    return sorted((event for member in members for event in _past_of(member, begin)), key=lambda e: e.utc_seconds)


def _past_of(member: Member, begin: float) -> Iterator[Event]:
    instance = member.instance

    def event(ago: float, what: str, detail: str = "") -> Event:
        return Event(begin - ago, instance.id.engine, instance.id, instance.name, what, detail)

    started = instance.started_unix_seconds
    if started is not None and begin - started < DAY:
        yield event(begin - started, "started")
    if Quirk.FLAPS in member.quirks:
        for attempt in range(5, 0, -1):
            yield event(attempt * FLAP_SECONDS, "died", "exit 137")
            yield event(attempt * FLAP_SECONDS - _DOWN_SECONDS, "started")
        yield event(0, "died", "exit 137")
    elif instance.state is State.PAUSED:
        yield event(2_400, "paused", instance.reason)
    elif instance.state in {State.STOPPED, State.CRASHED}:
        yield event(5_100, "stopped", instance.reason)
    if instance.container and instance.container.health is Health.UNHEALTHY:
        yield event(1_800, "became unhealthy")
