"""`[rules]` of the configuration: what it changes for whom, and what is wrong with it."""

from pathlib import Path

import pytest

from tests.unit.build import container, engine_status, guest, host_usage, seen
from tests.unit.rule_bench import Bench, lines
from tests.views import watching
from tui.config import InvalidConfig, parse_config
from tui.domain.host import EngineState, Filesystem, PoolFill, Severity
from tui.domain.instance import State
from tui.domain.usage import CpuUsage, MemoryUsage, PidsUsage, Usage
from tui.rules.book import RuleBook
from tui.rules.model import Limits, Scope
from tui.wiring import Wanted, make_source

HERE = Path("/etc/config.toml")


def scopes(text: str) -> tuple[Scope, ...]:
    settings = parse_config(text, HERE).rules
    assert settings is not None
    return settings.scopes


def limits(text: str, rule: str, kind: str = "container", name: str = "web") -> Limits | None:
    arms = RuleBook(scopes(text)).of(kind, name)
    return next((one.limits for one in arms.rules if one.rule.id == rule), None)


def wrong(text: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        parse_config(text, HERE)
    return caught.value.message.splitlines()


EVERYTHING = """
[rules.throttled]
level = 50
for_seconds = 60

[rules.memory]
level = 95
clear = 80
severity = "critical"

[rules.guest.throttled]
enabled = false

[rules.host.filesystem]
level = 80
critical = 99

[[rules.match]]
name = "build-*"
kind = "container"
memory.enabled = false
throttled.level = 90

[[rules.match]]
name = "build-1"
[rules.match.throttled]
level = 99
clear = 98
"""


def test_the_later_is_laid_over_the_earlier() -> None:
    of_all = limits(EVERYTHING, "throttled")
    assert of_all is not None
    assert (of_all.level, of_all.clear, of_all.for_seconds, of_all.clear_for_seconds) == (50.0, 30.0, 60.0, 15.0)
    assert limits(EVERYTHING, "throttled", "guest", "vm") is None
    build = limits(EVERYTHING, "throttled", name="build-2")
    assert build is not None
    assert (build.level, build.clear, build.for_seconds) == (90.0, 54.0, 60.0)
    one = limits(EVERYTHING, "throttled", name="build-1")
    assert one is not None
    assert (one.level, one.clear) == (99.0, 98.0)
    assert limits(EVERYTHING, "memory", name="build-1") is None
    disk = limits(EVERYTHING, "filesystem", "host", "")
    assert disk is not None
    assert (disk.level, disk.clear, disk.critical) == (80.0, 77.333, 99.0)


def test_rules_of_the_file_are_those_that_are_judged_by() -> None:
    bench = Bench(scopes(EVERYTHING))
    full = Usage(memory=MemoryUsage(percent_of_limit=96.0))
    assert lines(bench.at(seen(container("web"), full), seen(container("build-7"), full))) == [
        "critical memory web: memory 96 % of its limit"
    ]
    held = Usage(cpu=CpuUsage(throttled_percent=60.0))
    views = [seen(container("web"), held), seen(container("build-7"), held), seen(guest("vm"), held)]
    bench.at(*views)
    assert bench.after(59.0, *views) == ()
    assert [one.name for one in bench.after(1.0, *views)] == ["web"]


def test_a_pattern_matches_names_of_all_kinds_and_letters_as_they_are() -> None:
    text = '[[rules.match]]\nname = "*-old"\ncrashed.enabled = false\npids.level = 50\n'
    bench = Bench(scopes(text))
    tasks = Usage(pids=PidsUsage(60, 100))
    problems = bench.at(
        seen(guest("vm-old", state=State.CRASHED)),
        seen(guest("vm-OLD", state=State.CRASHED)),
        seen(container("web-old"), tasks),
        seen(container("web"), tasks),
    )
    assert lines(problems) == ["critical crashed vm-OLD: crashed", "warning pids web-old: 60 of 100 tasks"]


def test_rules_of_hosts_and_engines_can_be_set_too() -> None:
    text = "[rules.filesystem]\nlevel = 50\n[rules.engine.no-answer]\nfor_seconds = 30\nseverity = 'warning'\n"
    bench = Bench(scopes(text))
    half = host_usage(filesystems=(Filesystem("/var", used_percent=55.0),))
    lost = engine_status("pods", EngineState.LOST, message="gone")
    assert [one.rule for one in bench.at(host=half, sources=[lost])] == ["filesystem"]
    assert [one.rule for one in bench.after(30.0, host=half, sources=[lost])] == ["filesystem", "no-answer"]


def test_a_pattern_matches_filesystems_and_pools_by_their_names() -> None:
    text = (
        '[[rules.match]]\nname = "/srv/*"\nfilesystem.enabled = false\n[[rules.match]]\nname = "/var"\n'
        'filesystem.level = 98\nfilesystem.for_seconds = 5\n[[rules.match]]\nname = "scratch"\npool.enabled = false\n'
    )
    bench = Bench(scopes(text))
    paths = [("/srv/a", 99.0), ("/var", 99.0), ("/", 96.0)]
    full = host_usage(filesystems=tuple(Filesystem(path, used_percent=used) for path, used in paths))
    pools = tuple(PoolFill(name, 1000, 950) for name in ("scratch", "default"))
    sources = [engine_status("qemu:///system", pools=pools)]
    said = [(one.rule, one.name) for one in bench.at(host=full, sources=sources)]
    assert said == [("filesystem", "host"), ("pool", "qemu:///system")]
    assert [one.lasting for one in bench.after(6.0, host=full, sources=sources)] == [
        "/",
        "/var",
        "qemu:///system default",
    ]
    assert bench.after(1.0, sources=[engine_status("qemu:///system")]) == ()


def test_an_empty_table_changes_nothing() -> None:
    assert scopes("[rules]\n") == ()
    assert scopes("[rules.memory]\n[rules.guest]\n") != ()
    assert limits("[rules.memory]\n", "memory") == limits("[rules]\n", "memory")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules.memroy]\nlevel = 1", '1: rules.memroy: there is no such rule; did you mean "memory"?'),
        ("[rules.xyzzy]\nlevel = 1", "1: rules.xyzzy: there is no such rule"),
        ("[rules]\nmemory = 90", "2: rules.memory: must be a table, is 90"),
        ("[rules.memory]\nlevle = 1", '2: rules.memory.levle: there is no such preference; did you mean "level"?'),
        ("[rules.memory]\n\nlevel = '90'", '3: rules.memory.level: must be a number, is "90"'),
        ("[rules.memory]\nlevel = -1", "2: rules.memory.level: must be between 0 and 1e+09, is -1"),
        ("[rules.memory]\nenabled = 1", "2: rules.memory.enabled: must be true or false, is 1"),
        ("[rules.memory]\nfor_seconds = true", "2: rules.memory.for_seconds: must be a number, is true"),
        (
            "[rules.memory]\nseverity = 'critcal'",
            '2: rules.memory.severity: "critcal" is not known; did you mean "critical"?',
        ),
        ("[rules.memory]\nclear = 95", "2: rules.memory.clear: clear (95) must be below level (90)"),
        ("[rules.memory]\nlevel = 50\nclear = 50", "3: rules.memory.clear: clear (50) must be below level (50)"),
        (
            "[rules.filesystem]\nlevel = 95\ncritical = 90",
            "3: rules.filesystem.critical: critical (90) must not be below level (95)",
        ),
        (
            "[rules.crashed]\nlevel = 1",
            "2: rules.crashed.level: this rule looks at a state (its state): it has no level",
        ),
        (
            "[rules.guest.unhealthy]\nenabled = false",
            "1: rules.guest.unhealthy: this rule is not about a guest, but container",
        ),
        ("[rules]\nguest = 3", "2: rules.guest: must be a table [rules.guest], is 3"),
        ("[rules]\nmatch = 3", "2: rules.match: must be written [[rules.match]], is 3"),
        ("[rules]\nmatch = [3]", "2: rules.match.1: must be a table, is 3"),
        ("[[rules.match]]\nmemory.level = 1", '1: rules.match.1: needs a name, as name = "build-*"'),
        (
            "[[rules.match]]\nname = 'a'\n[[rules.match]]\nname = 'b'\nmemory.levl = 1",
            '5: rules.match.2.memory.levl: there is no such preference; did you mean "level"?',
        ),
        (
            "[[rules.match]]\nname = 'a'\nkind = 'gest'",
            '3: rules.match.1.kind: "gest" is not known; did you mean "guest"?',
        ),
        (
            "[[rules.match]]\nname = 'a'\n[[rules.match]]\nname = 'b'\n[rules.match.memroy]\nlevel = 1",
            '5: rules.match.2.memroy: there is no such rule; did you mean "memory"?',
        ),
        (
            "[rules.memory]\nclear = 40\n[[rules.match]]\nname = 'a'\nmemory = {level = 30, clear = 35}",
            "5: rules.match.1.memory.clear: clear (35) must be below level (30)",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, said: str) -> None:
    assert wrong(text) == [f"/etc/config.toml:{said}"]


async def test_they_go_all_the_way_to_what_is_shown() -> None:
    text = '[rules.crashed]\nseverity = "warning"\n[rules.container.unhealthy]\nenabled = false\n'
    async with watching(make_source(Wanted(demo=True, rules=scopes(text)))) as views:
        view = await views.until(lambda view: any(one.rule == "crashed" for one in view.problems))
    assert {one.severity for one in view.problems if one.rule == "crashed"} == {Severity.WARNING}
    assert [one for one in view.problems if one.rule == "unhealthy"] == []
