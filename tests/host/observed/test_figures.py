"""Figures of a cgroup v2 host against another reader of the same counters over the same time.

Seconds are long under emulation: what a container gets is no measure here, only whether hostdeck tells it as it is.
"""

import pytest

from tests.host.observed.conftest import Observed

pytestmark = pytest.mark.timeout(600)

MIB = 1 << 20
TICKS = 100  # USER_HZ of Linux on x86
SLACK_SECONDS = 0.7
"""How far the moment that a view names may be from that of its reading: all of it is slow here."""


def check(observed: Observed, name: str, counter: str, value: float, per: float = 1.0) -> None:
    """Check a rate: not below and not above what the counter says, were the ends of the window a little off."""
    low, high = observed.counters.bounds(name, counter, observed.window(name), SLACK_SECONDS)
    assert low * 0.99 <= value * per <= high * 1.01, (name, counter, low, value * per, high)
    assert 0 < high < 1.6 * low, "the window is too short to tell anything"


def test_half_a_core(observed: Observed) -> None:
    cpu = observed.one("web")["cpu"]
    check(observed, "web", "cpu.usage_usec", cpu["cores_used"], 1e6)
    assert 0.15 < cpu["cores_used"] < 0.53  # half a core where the machine has time for it
    assert cpu["percent_of_limit"] == pytest.approx(200 * cpu["cores_used"])


def test_throttling(observed: Observed) -> None:
    window = observed.window("web")
    throttled, periods = (
        observed.counters.grown("web", f"cpu.{counter}", window) for counter in ("nr_throttled", "nr_periods")
    )
    assert observed.one("web")["cpu"]["throttled_percent"] == pytest.approx(100 * throttled / periods, abs=12)
    assert observed.one("writer")["cpu"]["throttled_percent"] is None


def test_memory_that_is_held(observed: Observed) -> None:
    memory = observed.one("holder")["memory"]
    end = observed.view["taken_monotonic_seconds"]
    assert memory["working_set_bytes"] == pytest.approx(64 * MIB, abs=3 * MIB)
    assert memory["working_set_bytes"] == pytest.approx(observed.counters.at("holder", "memory", end), abs=MIB // 4)
    assert memory["percent_of_limit"] == pytest.approx(50, abs=3)


def test_bytes_that_are_written(observed: Observed) -> None:
    io = observed.one("writer")["io"]
    low, high = observed.counters.bounds("writer", "io.wbytes", observed.window("writer"), SLACK_SECONDS)
    assert 0 < low <= io["write_bytes_per_second"] <= high  # 1 MiB at a time, so the bounds are far apart
    assert io["read_bytes_per_second"] < MIB / 10


def test_a_guest_uses_what_its_qemu_uses(observed: Observed) -> None:
    cores = observed.one("q1")["cpu"]["cores_used"]
    check(observed, "q1", "process.ticks", cores, TICKS)
    assert cores > 0.2
    assert observed.one("q1")["cpu"]["percent_of_limit"] == pytest.approx(100 * cores)


def test_memory_and_tasks_of_a_guest(observed: Observed) -> None:
    one, end = observed.one("q1"), observed.view["taken_monotonic_seconds"]
    assert one["memory"]["working_set_bytes"] == pytest.approx(observed.counters.at("q1", "memory", end), abs=4 * MIB)
    assert one["pids"]["current"] == pytest.approx(observed.counters.at("q1", "tasks", end), abs=2)


def test_traffic(observed: Observed) -> None:
    received = observed.one("web")["network"]["receive_bytes_per_second"]
    check(observed, "web", "network.received", received)
    assert received > 1000


def test_traffic_of_a_guest_is_that_of_its_tap(observed: Observed) -> None:
    """Its kernel has no driver for the card, so the tap takes nothing: a figure all the same, and not the bridge's."""
    assert observed.one("q1")["network"] == {"receive_bytes_per_second": 0.0, "transmit_bytes_per_second": 0.0}


def test_no_network_is_no_figure(observed: Observed) -> None:
    network, unknown = observed.one("idle")["network"], observed.one("idle")["unknown"]
    assert network == {"receive_bytes_per_second": None, "transmit_bytes_per_second": None}
    assert unknown["network.receive_bytes_per_second"] == "it has no network interface but loopback"
