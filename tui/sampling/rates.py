"""Two samples to what happened between them. Pure: no clock, no file.

A rate exists only between two samples of the same cgroup whose counters did not go back; everything else is None.
"""

from tui.cgroup.types import CpuSample, IoCounters, IoSample, NetworkSample
from tui.domain.usage import IoUsage, NetworkUsage

LEAST_WINDOW_SECONDS = 0.15  # the kernel adds up processor time every 4 or 10 ms and metes out quotas every 100 ms
_USEC = 1_000_000


def rate(before: int | None, after: int | None, seconds: float | None) -> float | None:
    """Return the growth of a counter a second; None when it went back, or without a window."""
    if before is None or after is None or not seconds or seconds < 0 or after < before:
        return None
    return (after - before) / seconds


def cores_used(before: CpuSample | None, after: CpuSample | None, seconds: float | None) -> float | None:
    """Return processor seconds a second."""
    if before is None or after is None:
        return None
    usec_a_second = rate(before.usage_usec, after.usage_usec, seconds)
    return None if usec_a_second is None else usec_a_second / _USEC


def throttled_percent(before: CpuSample | None, after: CpuSample | None, *, has_quota: bool) -> float | None:
    """Return nr_throttled of nr_periods in the window.

    A cgroup that did not run has no periods and was not throttled: 0 with a quota. Without a quota there is no such
    thing: None.
    """
    if before is None or after is None or not has_quota:
        return None
    periods = rate(before.nr_periods, after.nr_periods, 1)
    throttled = rate(before.nr_throttled, after.nr_throttled, 1)
    if periods is None or throttled is None:
        return None
    return min(100.0, 100 * throttled / periods) if periods else 0.0


def limit_cores(quota_cores: float | None, cpuset_cpus: int | None, vcpus: int | None, host_cores: int) -> float | None:
    """Return the tightest of the three; a cpuset of all the host's cores is none."""
    cpuset = cpuset_cpus if cpuset_cpus and cpuset_cpus < host_cores else None
    return min((float(value) for value in (quota_cores, cpuset, vcpus) if value), default=None)


def carry(before: IoSample | None, after: IoSample) -> IoSample:
    """Return `after` with the devices that it does not list, as they were.

    A row that could not be read once must not come back as if all its bytes were new.
    """
    if before is None or before.devices.keys() <= after.devices.keys():
        return after
    return IoSample({**before.devices, **after.devices}, after.skipped)


def io_usage(before: IoSample | None, after: IoSample | None, seconds: float | None) -> IoUsage:
    """Return block traffic; `after` is carried, so it lists all that `before` does.

    A device that is new counts from 0, unless rows of `before` could not be read and it may have been one of those.
    """
    if before is None or after is None:
        return IoUsage()
    read = written = 0
    for device, now in after.devices.items():
        then = before.devices.get(device)
        if then is None:
            then = now if before.skipped else IoCounters(0, 0)
        if now.rbytes < then.rbytes or now.wbytes < then.wbytes:
            return IoUsage()
        read, written = read + now.rbytes - then.rbytes, written + now.wbytes - then.wbytes
    return IoUsage(rate(0, read, seconds), rate(0, written, seconds))


def network_usage(before: NetworkSample | None, after: NetworkSample | None, seconds: float | None) -> NetworkUsage:
    """Return network traffic; None for both directions when either went back: an interface has gone."""
    if before is None or after is None:
        return NetworkUsage()
    received, sent = rate(before.rx_bytes, after.rx_bytes, seconds), rate(before.tx_bytes, after.tx_bytes, seconds)
    return NetworkUsage() if received is None or sent is None else NetworkUsage(received, sent)


def oom_kills(baseline: int | None, now: int | None) -> int | None:
    """Return kills since the cgroup was first seen."""
    return None if baseline is None or now is None else max(0, now - baseline)
