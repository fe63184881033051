"""Network traffic of one instance, and whose it is."""

from tui.cgroup import network
from tui.cgroup.locate import ENDED
from tui.cgroup.once import GoneError
from tui.cgroup.types import NetworkSample
from tui.domain.instance import Instance
from tui.domain.usage import NetworkUsage
from tui.sampling import rates, reasons

HOST_NETWORK = "it shares the host's network"
NO_TAP = "the guest has no network interface on the host"
NO_INTERFACE = "it has no network interface but loopback"
HIDDEN = "its network namespace may not be seen"


class NetworkPart:
    """Traffic between two slow ticks.

    Attributes:
        namespace: inode of the process's network namespace, None where it may not be seen.
        owner: the sentence that says whose figures hold this traffic; None when they are its own.
    """

    __slots__ = ("_at", "_host_namespace", "_proc", "_sample", "_sys_net", "namespace", "owner", "usage", "why")

    def __init__(self, proc: str, sys_net: str, namespace: int | None, host_namespace: int | None) -> None:
        self.usage = NetworkUsage()
        self.why: reasons.Reasons = ()
        self.namespace = namespace
        self.owner: str | None = None
        self._proc = proc
        self._sys_net = sys_net
        self._host_namespace = host_namespace
        self._sample: NetworkSample | None = None
        self._at: float | None = None

    def read(self, target: Instance, at: float) -> None:
        """Read the counters."""
        now, hidden = self._read(target)
        before, seconds = self._sample, at - self._at if self._at is not None else None
        self._sample, self._at = now, at
        usage = rates.network_usage(before, now, seconds)
        known = usage.receive_bytes_per_second is not None
        self.why = reasons.of_network(None if known else reasons.gap(before, now, hidden))
        if usage != self.usage:
            self.usage = usage

    @property
    def totals(self) -> NetworkSample | None:
        """Return the counters of the last reading."""
        return self._sample

    def _read(self, target: Instance) -> tuple[NetworkSample | None, str]:
        if is_tapped(target):
            return network.tap_counters(target.guest.taps if target.guest else (), self._sys_net), NO_TAP
        if self.namespace is None or target.pid is None:
            return None, HIDDEN
        if self.namespace == self._host_namespace:
            return None, HOST_NETWORK
        if self.owner is not None:
            return None, self.owner
        try:
            return network.namespace_counters(target.pid, self._proc), NO_INTERFACE
        except GoneError:  # its cgroup may live on with what the process left behind
            return None, ENDED


def is_tapped(target: Instance) -> bool:
    """Tell whether its traffic is counted on interfaces of the host, not in a namespace of its own."""
    return target.guest is not None and (target.driver == "qemu" or bool(target.guest.taps))
