"""What is told in one go: words for persons, and the same as JSON and as environment for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.domain.host import Problem, Severity
from tui.domain.plain import Plain, clean_text, encode
from tui.notify.news import Event, News, worst
from widgets.escape import escape_controls

MOST_SINGLE = 5
"""More pieces of news than these at once are told in one message."""
MOST_NAMED = 10
MOST_CARRIED = 50
LONGEST_TEXT = 500

_WORDS = {
    Event.RAISED: "",
    Event.ESCALATED: "now critical: ",
    Event.REPEATED: "still: ",
    Event.CLEARED: "over: ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notification.

    Attributes:
        event: an `Event`, "summary" for several at once, or "test".
        title: one line.
        text: one line or several.
        problems: those it is about, no more than `MOST_CARRIED`.
        count: of all problems it is about.
        left_out: messages that were not sent before this one, because there were too many in an hour.
    """

    event: str
    host_id: str
    host_name: str
    utc_seconds: float
    title: str
    text: str
    severity: Severity | None = None
    problems: tuple[Problem, ...] = ()
    count: int = 0
    left_out: int = 0

    def to_json(self) -> bytes:
        """Return the public shape, version 1; `text` is the key that chat servers show."""
        data: dict[str, Plain] = {
            "version": 1,
            "event": self.event,
            "test": self.event == "test",
            "host": {"id": clean_text(self.host_id), "name": clean_text(self.host_name)},
            "time": datetime.fromtimestamp(self.utc_seconds, UTC).isoformat(timespec="seconds"),
            "severity": self.severity.value if self.severity is not None else None,
            "title": clean_text(self.title),
            "text": clean_text(f"{self.title}\n{self.text}" if self.text else self.title),
            "count": self.count,
            "left_out": self.left_out,
            "problems": [encode(problem) | {"id": clean_text(problem.id)} for problem in self.problems],
        }
        return json.dumps(data, allow_nan=False).encode("ascii")

    def environment(self) -> dict[str, str]:
        """Return it as HOSTDECK_* variables; those of one problem are empty in a message about several."""
        one = self.problems[0] if len(self.problems) == 1 and self.count == 1 else None
        since = one.since_utc_seconds if one is not None else None
        values = {
            "EVENT": self.event,
            "HOST": self.host_name,
            "SEVERITY": self.severity.value if self.severity is not None else "",
            "TITLE": self.title,
            "TEXT": self.text,
            "COUNT": str(self.count),
            "LEFT_OUT": str(self.left_out),
            "NAME": one.name if one is not None else "",
            "KIND": one.kind if one is not None else "",
            "RULE": one.rule if one is not None else "",
            "SINCE": datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds") if since is not None else "",
        }
        return {f"HOSTDECK_{name}": escape_controls_but_lines(value) for name, value in values.items()}


def messages(
    news: Sequence[News],
    *,
    host_id: str,
    host_name: str,
    utc_seconds: float,
    left_out: int = 0,
    most_single: int = MOST_SINGLE,
) -> list[Message]:
    """Return one message for each piece of news, or a single one where there are many or some were left out."""
    if len(news) > most_single or (left_out and len(news) > 1):
        return [_summary(news, host_id, host_name, utc_seconds, left_out)]
    return [_single(one, host_id, host_name, utc_seconds, left_out) for one in news]


def test_message(*, host_id: str, host_name: str, utc_seconds: float) -> Message:
    """Return a message that says that it is a test."""
    return Message(
        event="test", host_id=host_id, host_name=host_name, utc_seconds=utc_seconds,
        title=f"{host_name}: this is a test of hostdeck", text="Nothing is wrong: somebody tried the notifications.",
    )  # fmt: skip


def _single(news: News, host_id: str, host_name: str, utc: float, left_out: int) -> Message:
    problem = news.problem
    subject = "" if problem.kind == "host" else f"{problem.name}: "
    return Message(
        event=news.event.value, host_id=host_id, host_name=host_name, utc_seconds=utc,
        title=_short(f"{host_name}: {_WORDS[news.event]}{subject}{problem.text}"),
        text="\n".join([*_facts(problem), *_left_out(left_out)]),
        severity=problem.severity, problems=(problem,), count=1, left_out=left_out,
    )  # fmt: skip


def _facts(problem: Problem) -> list[str]:
    facts = [f"{problem.severity}, {problem.kind}"]
    if problem.victims:
        facts.append(f"who waits: {_named(problem.victims)}")
    if problem.neighbour:
        facts.append(f"busiest neighbour: {problem.neighbour}")
    if problem.note:
        facts.append(f"note: {_short(problem.note)}")
    return facts


def _summary(news: Sequence[News], host_id: str, host_name: str, utc: float, left_out: int) -> Message:
    counts = Counter(one.event for one in news)
    begun = [one.problem for one in news if one.event is not Event.CLEARED]
    severities = Counter(problem.severity for problem in begun)
    parts = [f"{severities[severity]} {severity}" for severity in Severity if severities[severity]]
    if counts[Event.CLEARED]:
        parts.append(f"{counts[Event.CLEARED]} over")
    ordered = sorted(news, key=lambda one: (one.event is Event.CLEARED, one.problem.severity is not Severity.CRITICAL))
    lines = [_short(f"{_WORDS[one.event]}{one.problem.name}: {one.problem.text}") for one in ordered[:MOST_NAMED]]
    if len(ordered) > MOST_NAMED:
        lines.append(f"and {len(ordered) - MOST_NAMED:,} more")
    return Message(
        event="summary",
        host_id=host_id,
        host_name=host_name,
        utc_seconds=utc,
        title=f"{host_name}: {len(news):,} problems: {', '.join(parts)}",
        text="\n".join([*lines, *_left_out(left_out)]),
        severity=worst(begun),
        problems=tuple(one.problem for one in ordered[:MOST_CARRIED]),
        count=len(news),
        left_out=left_out,
    )


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count:,} messages before this one were left out: more than at_most_per_hour allows"]


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _short(text: str) -> str:
    text = escape_controls(text)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."


def escape_controls_but_lines(text: str) -> str:
    """Return a text without control characters; its lines stay, and what is no Unicode is spelled out."""
    return "\n".join([escape_controls(line) for line in text.split("\n")])
