"""Who tells, what is told once, and what becomes of it where a way fails."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from tests.unit.test_notify_news import NOW, problem, view
from tui.domain.host import Severity
from tui.notify.memory import Turn
from tui.notify.news import FLAP_SECONDS
from tui.notify.notifier import Notifier
from tui.notify.settings import NotifySettings
from tui.notify.webhook import Outcome

DEADLINE_SECONDS = 10.0
FINE = Outcome(ok=True, text="answered 200")


class World:
    """Counts the tasks that wait for time to pass, or for a test: the others are at work, some of them on threads."""

    waiting = 0


@contextlib.asynccontextmanager
async def waiting() -> AsyncIterator[None]:
    World.waiting += 1
    try:
        yield
    finally:
        World.waiting -= 1


async def settled() -> None:
    """Let everybody work until there is nothing to do."""
    await asyncio.sleep(0)
    await until(lambda: len(asyncio.all_tasks()) - 1 <= World.waiting)


class Way:
    """Keeps what it is given; `answers` are its outcomes, then all is fine."""

    name = "webhook"
    shown = "http://x"

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.got: list[dict[str, Any]] = []
        self.holds: asyncio.Event | None = None

    async def send(self, body: bytes, _environment: Mapping[str, str]) -> Outcome:
        self.got.append(json.loads(body))
        if self.holds is not None:
            async with waiting():
                await self.holds.wait()
        return self.answers.pop(0) if self.answers else FINE

    def close(self) -> None:
        """Keep nothing."""

    @property
    def titles(self) -> list[str]:
        return [one["title"].removeprefix("kvm01: ") for one in self.got]


class Desk:
    """A notifier in a world where waiting takes no time of ours."""

    def __init__(self, folder: Path, way: Way, *, is_recorder: bool = False, **settings: Any) -> None:
        self.way = way
        self.now = 0.0
        self.said: list[str] = []
        self.slept: list[float] = []
        self.wakes: list[tuple[float, asyncio.Event]] = []
        self.notifier = Notifier(
            NotifySettings(webhook="http://x", **settings), folder, is_recorder=is_recorder, channels=[way],
            on_problem=self.said.append, utc=lambda: NOW + self.now, wait=self.wait,
        )  # fmt: skip

    async def wait(self, seconds: float) -> None:
        self.slept.append(seconds)
        event = asyncio.Event()
        self.wakes.append((self.now + seconds, event))
        async with waiting():
            await event.wait()

    async def take(self, *names: str, severity: Severity = Severity.CRITICAL) -> None:
        self.notifier.take(view(*(problem(name, severity) for name in names), at=self.now))
        await settled()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in small steps, as the clock would."""
        end, step = self.now + seconds, max(1.0, seconds / 60)
        while self.now < end:
            self.now += step
            for due in [one for one in self.wakes if one[0] <= self.now]:
                self.wakes.remove(due)
                due[1].set()
                await asyncio.sleep(0)
            await settled()

    async def begin(self) -> None:
        """Let it find out whether it is its turn."""
        await self.take()
        await until(lambda: bool(self.wakes))


def kept(folder: Path) -> int:
    """Return how many problems are written down as told."""
    path = folder / "told.json"
    return len(json.loads(path.read_text())["told"]) if path.exists() else 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0.001)


async def test_a_problem_is_told_and_that_it_is_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way())
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(3)
    await until(lambda: desk.way.titles == ["web: waits"])
    await until((tmp_path / "told.json").exists)
    await desk.take()
    await desk.pass_time(FLAP_SECONDS)
    await desk.take()
    await desk.pass_time(3)
    await until(lambda: desk.way.titles == ["web: waits", "over: web: waits"])
    await desk.notifier.close()


async def test_a_restart_tells_nothing_again(tmp_path: Path) -> None:
    for expected in (["web: waits"], []):
        desk = Desk(tmp_path, Way())
        await desk.begin()
        await desk.take("web")
        await desk.pass_time(3)
        await until((tmp_path / "told.json").exists)
        assert desk.way.titles == expected
        await desk.notifier.close()


async def test_two_thousand_at_once_are_one_message(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way())
    await desk.begin()
    await desk.take(*(f"web-{number}" for number in range(2000)))
    await desk.pass_time(3)
    await until(lambda: len(desk.way.got) == 1)
    assert desk.way.titles == ["2,000 problems: 2000 critical"]
    await desk.notifier.close()


async def test_what_is_over_before_it_was_told_is_not_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way())
    desk.way.holds = asyncio.Event()
    await desk.begin()
    await desk.take("first")
    await desk.pass_time(3)
    await desk.take("first", "second")
    await desk.take("first")
    await desk.pass_time(FLAP_SECONDS + 1)
    await desk.take("first")
    desk.way.holds.set()
    await desk.pass_time(5)
    assert desk.way.titles == ["first: waits"]
    await desk.notifier.close()


async def test_more_than_allowed_in_an_hour_become_one_that_says_how_many(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way(), at_most_per_hour=4)
    await desk.begin()
    for number in range(8):
        await desk.take(*(f"web-{one}" for one in range(number + 1)))
        await desk.pass_time(10)
        await until(lambda: kept(tmp_path) == len(desk.way.got))
    assert len(desk.way.got) == 2
    await desk.pass_time(1800)
    await until(lambda: len(desk.way.got) == 3)
    last = desk.way.got[-1]
    assert (last["count"], last["left_out"]) == (6, 6)
    assert "6 messages before this one were left out" in last["text"]
    await desk.notifier.close()


async def test_what_fails_is_tried_again_a_few_times_and_then_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way(*[Outcome(ok=False, text="answered 500", again=True)] * 4))
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(60)
    await until(lambda: len(desk.way.got) == 4)
    assert desk.said == [
        "The webhook http://x: answered 500; it is tried again.", "The webhook http://x: answered 500.",
    ]  # fmt: skip
    assert desk.notifier.problems == ("The webhook http://x: answered 500.",)
    await desk.pass_time(330)
    await until(lambda: len(desk.way.got) == 5)
    await until(lambda: desk.notifier.problems == ())
    await desk.notifier.close()


async def test_what_was_not_delivered_is_told_after_a_restart(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way(*[Outcome(ok=False, text="answered 500", again=True)] * 4))
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(60)
    await until((tmp_path / "told.json").exists)
    await desk.notifier.close()
    desk = Desk(tmp_path, Way())
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(3)
    await until(lambda: desk.way.titles == ["web: waits"])
    await desk.notifier.close()


async def test_what_another_try_would_not_mend_is_said_and_not_tried_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way(Outcome(ok=False, text="answered 404 Not Found")))
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(1000)
    await desk.take("web")
    assert len(desk.way.got) == 1
    assert desk.said == ["The webhook http://x: answered 404 Not Found."]
    await desk.notifier.close()


async def test_of_two_viewers_one_tells_and_the_other_when_it_is_gone(tmp_path: Path) -> None:
    first, second = Desk(tmp_path, Way()), Desk(tmp_path, Way())
    await first.begin()
    await second.begin()
    for desk in (first, second):
        await desk.take("web")
        await desk.pass_time(3)
    await until((tmp_path / "told.json").exists)
    assert (first.way.titles, second.way.titles) == (["web: waits"], [])
    await first.notifier.close()
    await second.pass_time(4)
    await until(lambda: second.notifier.is_telling)
    await second.take("web", "db")
    await second.pass_time(3)
    await until(lambda: second.way.titles == ["db: waits"])
    await second.notifier.close()


async def test_a_recorder_comes_before_a_screen(tmp_path: Path) -> None:
    viewer = Desk(tmp_path, Way())
    await viewer.begin()
    assert viewer.notifier.is_telling
    recorder = Desk(tmp_path, Way(), is_recorder=True)
    await recorder.begin()
    assert not recorder.notifier.is_telling
    await viewer.pass_time(4)
    await until(lambda: not viewer.notifier.is_telling)
    await recorder.pass_time(4)
    await until(lambda: recorder.notifier.is_telling)
    for desk in (viewer, recorder):
        await desk.take("web")
        await desk.pass_time(3)
    await until(lambda: recorder.way.titles == ["web: waits"])
    assert viewer.way.titles == []
    await recorder.notifier.close()
    await viewer.notifier.close()


async def test_a_folder_that_cannot_be_had_silences_a_screen_and_not_a_recorder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    viewer, recorder = Desk(tmp_path / "file" / "x", Way()), Desk(tmp_path / "file" / "x", Way(), is_recorder=True)
    await viewer.begin()
    await recorder.begin()
    assert viewer.said[0].startswith("Nobody is told of problems: ")
    await recorder.take("web")
    await recorder.pass_time(3)
    await until(lambda: recorder.way.titles == ["web: waits"])
    await until(lambda: any("cannot be kept" in text for text in recorder.said))
    await viewer.notifier.close()
    await recorder.notifier.close()


async def test_a_damaged_memory_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text('{"told": [{"problem": 3}, null], "left": "x"}')
    desk = Desk(tmp_path, Way())
    await desk.begin()
    await desk.take("web")
    await desk.pass_time(3)
    await until(lambda: desk.way.titles == ["web: waits"])
    await desk.notifier.close()


async def test_a_test_goes_at_once_and_says_that_it_is_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Way(Outcome(ok=False, text="answered 500", again=True)))
    found = await desk.notifier.test("h", "kvm01")
    assert [(name, outcome.text) for name, outcome in found] == [("webhook http://x", "answered 500")]
    assert (desk.way.got[0]["event"], desk.way.got[0]["test"]) == ("test", True)
    await desk.notifier.close()


HOLDER = """
import sys
from pathlib import Path
from tui.notify.memory import Turn
turn = Turn(Path(sys.argv[1]), is_recorder=sys.argv[2] == "recorder")
print(turn.look(), flush=True)
sys.stdin.read()
"""


def test_a_process_that_is_killed_leaves_its_turn(tmp_path: Path) -> None:
    for who in ("viewer", "recorder"):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path), who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        turn = Turn(tmp_path, is_recorder=False)
        assert not turn.look()
        holder.kill()
        holder.communicate(timeout=30)
        assert turn.look()
        turn.leave()
