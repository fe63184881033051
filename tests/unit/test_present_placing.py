"""Rows that stay the same objects, held against rows made anew."""

import random
from dataclasses import replace

import pytest

from tests.unit.build import container, guest, seen
from tests.unit.views import view_of
from tui.domain.host import HostView, InstanceView, Problem, Severity
from tui.domain.identity import InstanceId
from tui.domain.instance import Kind, Pod, State
from tui.domain.usage import CpuUsage, Usage
from tui.present.entry import place
from tui.present.placing import Placer
from widgets.live_table import Row

MEMBERS = [container(f"m{number}", pod_id="p") for number in range(3)]
POD = Pod(InstanceId("host", "podman", "p"), "pod", "Running", "root", tuple(member.key for member in MEMBERS))


def used(cores: float) -> Usage:
    return Usage(cpu=CpuUsage(cores_used=cores))


def moment(views: list[InstanceView], pods: tuple[Pod, ...] = (POD,), problems: tuple[Problem, ...] = ()) -> HostView:
    return replace(view_of(), instances=tuple(views), pods=pods, problems=problems)


def anew(view: HostView, kind: Kind | None, *, problems_only: bool) -> list[Row[object]]:
    lines = place(view, kind, problems_only=problems_only)
    return [Row(line.entry.key, line.entry, line.parent) for line in lines]


@pytest.mark.parametrize("kind", [None, Kind.GUEST, Kind.CONTAINER])
@pytest.mark.parametrize("problems_only", [False, True])
def test_it_gives_what_placing_anew_gives(kind: Kind | None, problems_only: bool) -> None:
    chance = random.Random(7)  # noqa: S311 - moments to compare, not secrets
    views = [seen(item, used(0)) for item in (*MEMBERS, container("web"), guest("vm"))]
    placer = Placer(kind)
    problems: tuple[Problem, ...] = ()
    for _ in range(60):
        number = chance.randrange(len(views))
        item = views[number]
        match chance.randrange(5):
            case 0:
                views[number] = seen(replace(item.instance, state=chance.choice(list(State))), item.usage)
            case 1:
                problems = (Problem(Severity.WARNING, item.key, "x", "container", chance.choice("ab")),)
            case _:
                views[number] = seen(item.instance, used(chance.random()))
        view = moment(views, problems=problems)
        assert placer.rows(view, problems_only=problems_only) == anew(view, kind, problems_only=problems_only)


def test_what_did_not_change_is_the_same_row() -> None:
    views = [seen(item, used(0)) for item in (*MEMBERS, container("web"))]
    placer = Placer(None)
    before = placer.rows(moment(views))
    views[3] = seen(views[3].instance, used(1))
    after = placer.rows(moment(views))
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, True, True, False, True]
    views[0] = seen(views[0].instance, used(2))
    last = placer.rows(moment(views))
    assert [old is new for old, new in zip(after, last, strict=True)] == [False, True, True, True, False]
    assert last[4].data.usage.cpu.cores_used == 2


def test_it_knows_the_engines_of_its_kind() -> None:
    placer = Placer(Kind.GUEST)
    placer.rows(moment([seen(container("web")), seen(guest("vm"))]))
    assert placer.engines == {guest("vm").id.engine}
