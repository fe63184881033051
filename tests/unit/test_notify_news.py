"""What is new about problems, in words, and how often it may be told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tui.config import InvalidConfig, parse_config
from tui.config.notify import NotifySettings
from tui.domain.host import EngineState, EngineStatus, HostUsage, HostView, Ledger, Problem, Severity
from tui.notify.limit import HOUR_SECONDS, Allowance
from tui.notify.message import messages
from tui.notify.news import FLAP_SECONDS, SETTLE_SECONDS, Event, News, Newsroom, later
from tui.notify.terminal import desktop, title

NOW = 1_760_000_000.0
READY = EngineStatus("e", "libvirt", "e", EngineState.READY)


def problem(name: str, severity: Severity = Severity.CRITICAL, text: str = "waits") -> Problem:
    return Problem(severity, f"h/e/{name}", name, "guest", text, NOW, rule="memory", lasting=f"h e - {name}")


def view(*problems: Problem, at: float, engine: EngineStatus = READY) -> HostView:
    return HostView(
        "h", "kvm01", NOW + at, at, 1, HostUsage(1), Ledger(1, 0, 0, 0, 0, 0, 0), sources=(engine,), problems=problems
    )


def told(room: Newsroom, *problems: Problem, at: float, engine: EngineStatus = READY) -> list[tuple[str, str]]:
    return [(one.event.value, one.problem.name) for one in room.take(view(*problems, at=at, engine=engine))]


def test_a_problem_is_told_once_when_it_gets_worse_and_when_it_is_over() -> None:
    room = Newsroom(Severity.WARNING)
    mild, bad = problem("web", Severity.WARNING), problem("web")
    assert told(room, mild, at=1) == [("raised", "web")]
    assert told(room, replace(mild, text="waits more"), at=2) == []
    assert told(room, bad, at=3) == [("escalated", "web")]
    assert told(room, mild, at=4) == []
    assert told(room, at=5) == []
    assert told(room, at=5 + FLAP_SECONDS) == [("cleared", "web")]
    assert told(room, at=6 + FLAP_SECONDS) == []


def test_a_flap_is_no_news() -> None:
    room = Newsroom(Severity.CRITICAL)
    assert told(room, problem("web"), at=1) == [("raised", "web")]
    assert told(room, at=2) == []
    assert told(room, problem("web"), at=1 + FLAP_SECONDS) == []
    assert told(room, at=2 + FLAP_SECONDS) == []
    assert told(room, problem("web"), at=3 + FLAP_SECONDS) == []


@pytest.mark.parametrize(
    "handled",
    [
        replace(problem("web"), acknowledged_by="ada"),
        replace(problem("web"), silenced_until_utc_seconds=NOW + 60),
        problem("web", Severity.WARNING),
    ],
)
def test_what_is_handled_or_too_mild_is_not_told_until_it_is_neither(handled: Problem) -> None:
    room = Newsroom(Severity.CRITICAL)
    assert told(room, handled, at=1) == []
    assert told(room, problem("web"), at=61) == [("raised", "web")]


def test_what_nobody_handles_is_repeated_where_that_is_wanted() -> None:
    room = Newsroom(Severity.CRITICAL, repeat_minutes=10)
    same = problem("web")
    assert told(room, same, at=1) == [("raised", "web")]
    assert told(room, same, at=600) == []
    assert told(room, same, at=601) == [("repeated", "web")]
    assert told(room, replace(same, acknowledged_by="ada"), at=2000) == []


def test_after_a_restart_nothing_is_told_again_and_rules_have_time_to_speak() -> None:
    first = Newsroom(Severity.CRITICAL)
    first.take(view(problem("web"), problem("gone"), at=1))
    room = Newsroom(Severity.CRITICAL, told=first.told)
    assert told(room, at=1000) == []
    assert told(room, problem("web"), at=1060) == []
    assert told(room, problem("web"), at=1000 + SETTLE_SECONDS) == [("cleared", "gone")]


def test_a_lost_engine_clears_nothing() -> None:
    room = Newsroom(Severity.CRITICAL)
    told(room, problem("web"), at=1)
    lost = replace(READY, state=EngineState.LOST)
    assert told(room, at=2, engine=lost) == []
    assert told(room, at=2000, engine=lost) == []
    assert told(room, at=2001) == []
    assert told(room, at=2001 + FLAP_SECONDS) == [("cleared", "web")]


def test_two_pieces_of_news_about_one_problem_become_one_or_none() -> None:
    raised, worse, over = (News(event, problem("web")) for event in (Event.RAISED, Event.ESCALATED, Event.CLEARED))
    assert later(raised, worse) == raised
    assert later(raised, over) is None
    assert later(worse, over) == over


def words(news: list[News], left_out: int = 0) -> list[str]:
    found = messages(news, host_id="h", host_name="kvm01", utc_seconds=NOW, left_out=left_out)
    return [f"{one.title}\n{one.text}" for one in found]


def test_one_message_tells_one_problem_with_who_waits() -> None:
    one = replace(problem("web", text="waits for io\x1b[2J"), victims=("db", "mail"), neighbour="build", note="known")
    assert words([News(Event.ESCALATED, one)]) == [
        "kvm01: now critical: web: waits for io\\x1b[2J\ncritical, guest\nwho waits: db, mail\n"
        "busiest neighbour: build\nnote: known"
    ]


def test_two_thousand_at_once_are_one_message_of_bounded_size() -> None:
    news = [News(Event.RAISED, problem(f"web-{number}", Severity.WARNING)) for number in range(1999)]
    news.append(News(Event.RAISED, problem("db")))
    (message,) = messages(news, host_id="h", host_name="kvm01", utc_seconds=NOW, left_out=3)
    assert message.title == "kvm01: 2,000 problems: 1 critical, 1999 warning"
    assert message.text.splitlines()[0] == "db: waits"
    assert "and 1,990 more" in message.text
    assert "3 messages before this one were left out" in message.text
    body = message.to_json()
    assert len(body) < 50_000
    assert json.loads(body)["count"] == 2000
    assert message.environment()["HOSTDECK_NAME"] == ""


def test_json_and_environment_hold_nothing_that_a_program_cannot_take() -> None:
    nasty = problem("a\0b\ud800", text="x\ny")
    (message,) = messages([News(Event.RAISED, nasty)], host_id="h", host_name="k", utc_seconds=NOW)
    data: Mapping[str, object] = json.loads(message.to_json())
    assert (data["version"], data["event"], data["test"], data["severity"]) == (1, "raised", False, "critical")
    environment = message.environment()
    assert environment["HOSTDECK_NAME"] == "a\\x00b\\ud800"
    assert all("\0" not in value and value.encode() for value in environment.values())


@pytest.mark.parametrize("most", [1, 2, 3, 20, 3600])
def test_never_more_than_so_many_in_any_hour(most: int) -> None:
    allowance = Allowance(most)
    sent = [second for second in range(0, 3 * 3600, 5) if allowance.take(NOW + second)]
    for start in sent:
        assert len([one for one in sent if start <= one < start + HOUR_SECONDS]) <= most
    assert len(sent) >= 2


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing_for_good() -> None:
    allowance = Allowance(2)
    assert allowance.take(NOW)
    assert not allowance.take(NOW - 100_000)
    assert allowance.take(NOW - 100_000 + HOUR_SECONDS)


def test_what_goes_to_the_terminal_ends_no_sequence() -> None:
    (message,) = messages(
        [News(Event.RAISED, problem("a;b\x07\x1b\\", text="x" * 500))], host_id="h", host_name="4", utc_seconds=NOW
    )
    for how in ("osc9", "osc777"):
        text = desktop(how, message)
        assert text.startswith("\x1b]")
        assert text.endswith("\a")
        assert text[1:-1].isprintable()
        assert len(text) < 300
    assert desktop("osc9", message).startswith("\x1b]9; 4: ")
    assert desktop("osc777", message).count(";") == 3
    assert desktop("off", message) == ""
    assert title("kvm01: 1 crit\x1b") == "\x1b]2;hostdeck kvm01: 1 crit\\x1b\a"


def config(text: str) -> NotifySettings | None:
    return parse_config("[notify]\n" + text, Path("c.toml")).notify


def test_all_preferences_are_read() -> None:
    found = config(
        'severity = "warning"\nbell = true\ndesktop = "osc777"\ntitle = true\nwebhook = "https://u.example:8443/s3cret"\n'
        'webhook_headers = { Authorization = "Bearer s3cret" }\ncommand = ["/bin/tell", "--to", "ops"]\n'
        "at_most_per_hour = 5\nrepeat_minutes = 30\ncleared = false\n"
    )
    assert found is not None
    assert (found.severity, found.command, found.at_most_per_hour) == (
        Severity.WARNING,
        ("/bin/tell", "--to", "ops"),
        5,
    )
    assert found.webhook_shown == "https://u.example:8443"
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('severty = "warning"', 'notify.severty: there is no such preference; did you mean "severity"?'),
        ('severity = "bad"', 'notify.severity: must be one of "critical", "warning", is "bad"'),
        ('webhook = "ftp://s3cret"', "notify.webhook: must be an address like"),
        ('webhook = "https://ada:s3cret@x/"', "notify.webhook: may not hold a user and a password"),
        ('webhook = "https://s3cret:99999/"', "notify.webhook: must be an address like"),
        ('webhook_headers = { A = "s3cret" }', "notify.webhook_headers: there is no webhook to send them to"),
        ('webhook = "http://x"\nwebhook_headers = { "A b" = "s3cret" }', 'webhook_headers: "A b" is not the name'),
        ('webhook = "http://x"\nwebhook_headers = { A = "s3cret\\r\\nB: c" }', 'the value of "A" cannot be sent'),
        ('webhook = "http://x"\nwebhook_headers = { Host = "s3cret" }', '"Host" is set by hostdeck itself'),
        ('command = "mail ops"', "notify.command: must be a list like"),
        ("command = []", "notify.command: must be a list like"),
        ("at_most_per_hour = 0", "notify.at_most_per_hour: must be between 1 and 3600"),
        ("repeat_minutes = 1.5", "notify.repeat_minutes: must be a whole number"),
    ],
)
def test_what_is_wrong_is_said_without_secrets(line: str, what: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        config(line)
    assert what in caught.value.message
    assert "s3cret" not in caught.value.message
