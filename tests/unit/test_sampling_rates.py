import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cgroup.types import CpuSample, IoCounters, IoSample, NetworkSample
from tui.domain.usage import IoUsage, NetworkUsage
from tui.sampling import rates


@pytest.mark.parametrize(
    ("before", "after", "seconds", "value"),
    [
        (100, 300, 2.0, 100.0),
        (100, 100, 2.0, 0.0),
        (300, 100, 2.0, None),
        (None, 100, 2.0, None),
        (100, None, 2.0, None),
        (100, 300, None, None),
        (100, 300, 0.0, None),
        (100, 300, -1.0, None),
    ],
)
def test_a_rate_needs_two_samples_that_did_not_go_back(
    before: int | None, after: int | None, seconds: float | None, value: float | None
) -> None:
    assert rates.rate(before, after, seconds) == value


def test_cores_are_seconds_a_second() -> None:
    assert rates.cores_used(CpuSample(1_000_000), CpuSample(2_000_000), 2.0) == 0.5
    assert rates.cores_used(CpuSample(2_000_000), CpuSample(1_000_000), 2.0) is None
    assert rates.cores_used(None, CpuSample(1), 2.0) is None


@pytest.mark.parametrize(
    ("before", "after", "has_quota", "value"),
    [
        (CpuSample(0, 10, 5), CpuSample(0, 20, 10), True, 50.0),
        (CpuSample(0, 10, 5), CpuSample(0, 20, 5), True, 0.0),
        (CpuSample(0, 10, 5), CpuSample(0, 10, 5), True, 0.0),
        (CpuSample(0, 10, 5), CpuSample(0, 10, 6), True, 0.0),
        (CpuSample(0, 10, 5), CpuSample(0, 11, 9), True, 100.0),
        (CpuSample(0, 10, 5), CpuSample(0, 20, 10), False, None),
        (CpuSample(0, None, None), CpuSample(0, None, None), True, None),
        (CpuSample(0, 10, 5), CpuSample(0, 5, 2), True, None),
        (None, CpuSample(0, 5, 2), True, None),
    ],
)
def test_throttling_is_of_the_periods_in_the_window(
    before: CpuSample | None, after: CpuSample, has_quota: bool, value: float | None
) -> None:
    assert rates.throttled_percent(before, after, has_quota=has_quota) == value


@pytest.mark.parametrize(
    ("quota", "cpuset", "vcpus", "limit"),
    [
        (0.5, 4, None, 0.5),
        (None, 4, None, 4.0),
        (None, 8, None, None),
        (None, None, None, None),
        (6.0, 4, 2, 2.0),
        (None, None, 16, 16.0),
        (1.5, None, 4, 1.5),
    ],
)
def test_the_limit_is_the_tightest(
    quota: float | None, cpuset: int | None, vcpus: int | None, limit: float | None
) -> None:
    assert rates.limit_cores(quota, cpuset, vcpus, 8) == limit


def io(skipped: int = 0, **devices: tuple[int, int]) -> IoSample:
    return IoSample({name: IoCounters(*counters) for name, counters in devices.items()}, skipped)


def test_io_adds_up_devices() -> None:
    usage = rates.io_usage(io(a=(0, 0), b=(10, 10)), io(a=(2, 4), b=(12, 10)), 2.0)
    assert usage == IoUsage(2.0, 2.0)


def test_a_device_that_is_new_counts_from_zero() -> None:
    assert rates.io_usage(io(), io(a=(2, 4)), 1.0) == IoUsage(2.0, 4.0)


def test_a_device_that_may_have_been_skipped_before_gives_nothing_yet() -> None:
    assert rates.io_usage(io(1), io(a=(2, 4)), 1.0) == IoUsage(0.0, 0.0)


def test_a_row_that_could_not_be_read_once_does_not_come_back_as_a_burst() -> None:
    first, torn, third = io(a=(100, 100)), io(1), io(a=(110, 100))
    carried = rates.carry(first, torn)
    assert rates.io_usage(first, carried, 1.0) == IoUsage(0.0, 0.0)
    assert rates.io_usage(carried, rates.carry(carried, third), 1.0) == IoUsage(10.0, 0.0)


def test_a_device_whose_counter_went_back_gives_no_rate() -> None:
    assert rates.io_usage(io(a=(5, 5), b=(0, 0)), io(a=(4, 9), b=(9, 9)), 1.0) == IoUsage()
    assert rates.io_usage(None, io(a=(4, 9)), 1.0) == IoUsage()
    assert rates.io_usage(io(a=(4, 9)), None, 1.0) == IoUsage()


def test_network_is_known_in_both_directions_or_in_none() -> None:
    assert rates.network_usage(NetworkSample(0, 10), NetworkSample(20, 30), 2.0) == NetworkUsage(10.0, 10.0)
    assert rates.network_usage(NetworkSample(0, 40), NetworkSample(20, 30), 2.0) == NetworkUsage()
    assert rates.network_usage(None, NetworkSample(20, 30), 2.0) == NetworkUsage()


def test_kills_count_from_the_first_sight() -> None:
    assert rates.oom_kills(2, 5) == 3
    assert rates.oom_kills(2, 2) == 0
    assert rates.oom_kills(None, 2) is None
    assert rates.oom_kills(2, None) is None


@given(before=st.integers(0, 2**64), after=st.integers(0, 2**64), seconds=st.floats(0.001, 1000))
def test_no_rate_is_ever_negative(before: int, after: int, seconds: float) -> None:
    value = rates.rate(before, after, seconds)
    assert value is None or value >= 0
