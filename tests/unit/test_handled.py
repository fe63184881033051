"""What persons said, beside the problems: when it counts, when it ends, and what the timeline tells of it."""

import asyncio
from dataclasses import replace

from tui.domain.host import EngineState, EngineStatus, Problem, Severity
from tui.domain.past import Handling
from tui.domain.timeline import TimelineEntry
from tui.sampling.handled import FLAP_SECONDS, HandledProblems, MemoryHandlings

NOW = 1_760_000_000.0


def problem(name: str, severity: Severity = Severity.WARNING) -> Problem:
    return Problem(severity, f"h/e/{name}", name, "guest", f"{name} waits", NOW, rule="memory", lasting=f"h e - {name}")


class Desk:
    """Problems, what is said about them, and the time."""

    def __init__(self) -> None:
        self.said = MemoryHandlings()
        self.entries: list[TimelineEntry] = []
        self.handled = HandledProblems(self.said, self.entries.append)
        self.seconds = 0.0
        self.engine = EngineStatus("e", "libvirt", "e", EngineState.READY)

    def apply(self, *problems: Problem, after: float = 1.0) -> tuple[Problem, ...]:
        self.seconds += after
        return self.handled.apply(problems, [self.engine], utc=NOW + self.seconds, monotonic=self.seconds)

    async def say(self, about: Problem, *, by: str = "ada", acknowledged: bool = False, until: float | None = None,
                  note: str = "") -> None:  # fmt: skip
        await self.said.put(Handling(about.id, by, NOW + self.seconds, acknowledged, until, note))


async def test_seen_ones_come_after_the_others_and_silenced_ones_last() -> None:
    desk, one, two, three = Desk(), problem("one", Severity.CRITICAL), problem("two"), problem("three")
    assert desk.apply(one, two, three) == (one, two, three)
    await desk.say(one, acknowledged=True, note="ask bob")
    await desk.say(two, until=NOW + 60)
    found = desk.apply(one, two, three)
    assert [item.name for item in found] == ["three", "one", "two"]
    assert (found[1].acknowledged_by, found[1].note, found[1].is_handled) == ("ada", "ask bob", True)
    assert found[2].silenced_until_utc_seconds == NOW + 60
    assert [item.is_silenced for item in desk.apply(one, two, after=60)] == [False, False]


async def test_an_acknowledgement_outlives_a_flap_and_ends_with_its_problem() -> None:
    desk, one = Desk(), problem("one")
    desk.apply(one)
    await desk.say(one, acknowledged=True, until=NOW + 10_000)
    assert desk.apply(one)[0].acknowledged_by == "ada"
    desk.apply()
    assert desk.apply(one, after=FLAP_SECONDS - 1)[0].acknowledged_by == "ada"
    desk.apply()
    desk.apply(after=FLAP_SECONDS)
    back = desk.apply(one)[0]
    assert (back.acknowledged_by, back.is_silenced) == ("", True)
    await asyncio.sleep(0)
    assert not desk.said.current()[one.id].acknowledged


async def test_an_engine_that_was_lost_ends_no_acknowledgement() -> None:
    desk, one = Desk(), problem("one")
    await desk.say(one, acknowledged=True)
    desk.apply(one)
    desk.engine = replace(desk.engine, state=EngineState.LOST)
    desk.apply()
    desk.apply(after=10 * FLAP_SECONDS)
    desk.engine = replace(desk.engine, state=EngineState.READY)
    assert desk.apply(one)[0].acknowledged_by == "ada"


async def test_one_that_never_saw_the_problem_ends_nothing() -> None:
    desk, one = Desk(), problem("one")
    await desk.say(one, acknowledged=True)
    desk.apply()
    desk.apply(after=10 * FLAP_SECONDS)
    assert desk.apply(one)[0].acknowledged_by == "ada"


async def test_the_timeline_tells_what_is_said_from_the_start_on_and_not_what_ended() -> None:
    desk, one = Desk(), problem("one")
    await desk.say(one, note="old")
    desk.apply(one)
    await desk.say(one, acknowledged=True)
    desk.apply(one)
    await desk.say(one, until=NOW + 3600)
    desk.apply(one)
    await desk.say(one, by="bob")
    desk.apply(one)
    await desk.say(one, by="")
    desk.apply(one)
    assert [(entry.what, entry.who, entry.name, entry.rule) for entry in desk.entries] == [
        ("acknowledged", "ada", "one", "memory"),
        ("silenced", "ada", "one", "memory"),
        ("taken back", "bob", "one", "memory"),
    ]
