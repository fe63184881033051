"""Counters that never go back while one process lives."""

from collections.abc import Mapping, Sequence

from tests.unit.build import container
from tui.domain.host import HostUsage
from tui.domain.instance import Instance
from tui.domain.usage import NO_USAGE, Usage
from tui.engines.base import GuestMemory
from tui.sampling.totals import HostTotals, Tally, Totals


class Scripted:
    """Gives the totals that a test puts here."""

    def __init__(self) -> None:
        self.now: Mapping[str, Totals] = {}
        self.closed = False

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        return dict.fromkeys((target.key for target in targets), NO_USAGE)

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        pass

    def totals(self) -> Mapping[str, Totals]:
        return self.now

    def close(self) -> None:
        self.closed = True


class ScriptedHost:
    def sample(self, monotonic: float) -> HostUsage:
        return HostUsage(cores=2)

    def totals(self) -> HostTotals:
        return HostTotals(1.0, 0.5, {"sda": (1, 2)}, {})


def _received(*values: tuple[int, int | None]) -> list[int | None]:
    """Return what is shown after each (life, bytes received)."""
    tally, sampler = Tally(), Scripted()
    tallied = tally.over_instances(sampler)
    shown = []
    for tick, (life, received) in enumerate(values):
        sampler.now = {"a": Totals(life=life, received_bytes=received)}
        tallied.sample([container("a")], frozenset(), float(tick))
        shown.append(tally.instances["a"].received_bytes)
    return shown


def test_interface_that_was_taken_away_does_not_turn_the_counter_back() -> None:
    assert _received((1, 1000), (1, 1500), (1, 200), (1, 250)) == [1000, 1500, 1500, 1550]


def test_new_process_begins_anew() -> None:
    assert _received((1, 1000), (2, 10), (2, 30)) == [1000, 10, 30]


def test_what_could_not_be_read_once_stands() -> None:
    assert _received((1, 1000), (1, None), (1, 1200)) == [1000, 1000, 1200]


def test_first_reading_may_come_late() -> None:
    assert _received((1, None), (1, 500), (1, 700)) == [None, 500, 700]


def test_instance_that_is_gone_is_forgotten() -> None:
    tally, sampler = Tally(), Scripted()
    tallied = tally.over_instances(sampler)
    sampler.now = {"a": Totals(1)}
    tallied.sample((), frozenset(), 0.0)
    sampler.now = {}
    tallied.sample((), frozenset(), 1.0)
    assert not tally.instances
    tallied.close()
    assert sampler.closed


def test_host_counters_are_noted() -> None:
    tally = Tally()
    assert tally.host.cpu_busy_seconds is None
    tally.over_host(ScriptedHost()).sample(1.0)
    assert tally.host.disks == {"sda": (1, 2)}
