"""Network counters of an instance: its own namespace's interfaces, or a guest's interfaces on the host."""

import os

from tui.cgroup import parse, parse_proc
from tui.cgroup.once import read_path, read_value
from tui.cgroup.types import NetworkSample


def namespace_inode(pid: int | str, proc: str = "/proc") -> int | None:
    """Return what identifies the network namespace of a process; None where that may not be seen."""
    try:
        return os.stat(f"{proc}/{pid}/ns/net").st_ino
    except OSError:
        return None


def host_namespace_inode(proc: str = "/proc") -> int | None:
    """Return the host's network namespace: that of process 1, else (1 belongs to root) hostdeck's own."""
    return namespace_inode(1, proc) or namespace_inode("self", proc)


def namespace_counters(pid: int, proc: str = "/proc") -> NetworkSample | None:
    """Read /proc/PID/net/dev.

    Opened for each reading: a kept descriptor would hold the namespace, and its veth, after the container has ended.

    Raises:
        GoneError: the process has ended.
    """
    try:
        return parse_proc.net_dev(read_path(f"{proc}/{pid}/net/dev"))
    except OSError:
        return None


def tap_counters(taps: tuple[str, ...], sys_net: str = "/sys/class/net") -> NetworkSample | None:
    """Add up /sys/class/net/NAME/statistics of a guest's interfaces, as the guest sees them; None if none is there.

    What the host receives from a tap, the guest has sent. A macvtap shares the guest's view: its counters are not
    turned round.
    """
    received = sent = found = 0
    for tap in taps:
        base = f"{sys_net}/{tap}"
        rx = read_value(f"{base}/statistics/rx_bytes", parse.number)
        tx = read_value(f"{base}/statistics/tx_bytes", parse.number)
        if rx is None or tx is None:
            continue
        found += 1
        if not os.path.isdir(f"{base}/macvtap"):
            rx, tx = tx, rx
        received, sent = received + rx, sent + tx
    return NetworkSample(received, sent) if found else None
