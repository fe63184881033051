from tests.unit.build import container, guest, host_usage, seen
from tui.domain.host import InstanceView
from tui.domain.instance import State
from tui.domain.usage import NO_USAGE, CpuUsage, Usage
from tui.sampling.changes import changed_places
from tui.sampling.ledger import LedgerKeeper, make_ledger
from tui.sampling.roll import Roll

WEB, DB, OLD = container("web"), container("db"), guest("old", state=State.STOPPED)


def used(cores: float, limit: float | None = None) -> Usage:
    return Usage(cpu=CpuUsage(cores, limit))


def test_places_are_compared_by_identity() -> None:
    one, two, again = used(1), used(2), used(1)
    assert list(changed_places([one, two], [one, two])) == []
    assert list(changed_places([one, two], [again, two])) == [0]
    assert list(changed_places([], [one, two])) == [0, 1]
    assert list(changed_places([one, two], [])) == []


def test_only_what_changed_becomes_another_view() -> None:
    roll = Roll((WEB, DB, OLD))
    still = used(0)
    roll.take({WEB.key: used(1), DB.key: still})
    before = roll.views
    roll.take({WEB.key: used(2), DB.key: still})
    assert [old is new for old, new in zip(before, roll.views, strict=True)] == [False, True, True]
    assert [view.usage.cpu.cores_used for view in roll.views] == [2, 0, None]
    same = roll.views
    roll.take({WEB.key: roll.views[0].usage, DB.key: still})
    assert roll.views is same


def test_what_the_sampler_does_not_tell_is_not_known() -> None:
    roll = Roll((WEB,))
    roll.take({WEB.key: used(1)})
    roll.take({})
    assert roll.views == (InstanceView(WEB, NO_USAGE),)


def test_a_new_inventory_keeps_the_views_of_those_that_stay() -> None:
    first = Roll((WEB, DB))
    first.take({WEB.key: used(1), DB.key: used(2)})
    renamed = container("db", state=State.PAUSED)
    second = Roll((OLD, WEB, renamed), first)
    assert second.views[1] is first.views[0]
    assert second.views[2] == InstanceView(renamed, first.views[1].usage)
    assert second.views[0] == InstanceView(OLD, NO_USAGE)


def test_history_is_of_those_that_run() -> None:
    roll = Roll((OLD, WEB))
    usage = used(1)
    roll.take({WEB.key: usage, OLD.key: used(5)})
    assert roll.active == {WEB.key}
    assert roll.stable_keys == [WEB.stable_key]
    assert roll.running_usages == [usage]


def test_the_ledger_is_added_up_again_when_a_limit_an_instance_or_the_host_changed() -> None:
    keeper, host = LedgerKeeper(), host_usage()
    views = (seen(WEB, used(1, 0.5)), seen(DB, used(1, 2.0)))
    first = keeper.keep(views, host)
    assert first == make_ledger(views, host)
    busier = (views[0], seen(DB, used(2, 2.0)))
    assert keeper.keep(busier, host) is first
    for other in (
        (views[0], seen(DB, used(2, 1.0))),
        (views[0], seen(container("db", state=State.STOPPED), used(2, 1.0))),
        views[:1],
    ):
        assert keeper.keep(other, host) == make_ledger(other, host)
    larger = host_usage(cores=99)
    assert keeper.keep(views[:1], larger) == make_ledger(views[:1], larger)
