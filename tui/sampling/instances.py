"""Figures of all instances of a host, tick by tick, from cgroups.

What they do not hold, because the kernel does not charge it to a cgroup: huge pages are not in memory.current; traffic
of NFS, of RBD inside QEMU and of ZFS is not in io.stat. A quota on single vCPUs (cputune's `quota`) is no limit of the
guest's cgroup and is not in `limit_cores`.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence

from tui.cgroup import network, parse_proc
from tui.cgroup.budget import Budget
from tui.cgroup.devices import BlockDevices
from tui.cgroup.limits import Ancestors
from tui.cgroup.mounts import Hierarchies
from tui.cgroup.once import read_value
from tui.domain.instance import Instance
from tui.domain.usage import Usage
from tui.engines.base import GuestMemory
from tui.sampling import reasons
from tui.sampling.totals import Totals
from tui.sampling.tracked import SLOW_TICKS, GuestMemoryPair, Surroundings, Tracked
from tui.sampling.traffic import is_tapped

FORGET_TICKS = 300  # how long what is remembered of block devices and shared cgroups is believed
_UNTOLD: GuestMemoryPair = (None, None)


class CgroupSampler:
    """An `InstanceSampler` over the kernel's files. One thread at a time; every root can be a folder of literal files.

    Args:
        budget: descriptors it may keep; None raises the soft limit of this process and takes what is left.
        host_cores: processors of the host; None asks the kernel.
        clock: monotonic seconds; how late within its tick an instance is read is added to the tick's time.
    """

    def __init__(
        self,
        *,
        proc: str = "/proc",
        sys_block: str = "/sys/dev/block",
        sys_net: str = "/sys/class/net",
        budget: Budget | None = None,
        host_cores: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._around = Surroundings(
            hierarchies=Hierarchies.read(proc),
            budget=budget or Budget.of_process(),
            devices=BlockDevices(sys_block),
            ancestors=Ancestors(),
            host_cores=host_cores or os.cpu_count() or 1,
            ram_bytes=read_value(f"{proc}/meminfo", parse_proc.mem_total) or (1 << 62),
            proc=proc,
            sys_net=sys_net,
            host_namespace=network.host_namespace_inode(proc),
        )
        self._clock = clock
        self._tick = 0
        self._made = 0
        self._targets: list[Instance] = []
        self._readers: list[tuple[str, Callable[[int, float, bool], Usage]]] = []
        self._unread: dict[str, Usage] = {}
        self._tracked: dict[str, Tracked] = {}
        self._guest_memory: Mapping[str, GuestMemoryPair] = {}
        self._handed_out: Mapping[str, GuestMemoryPair] = self._guest_memory

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once; the figures of the slow group on every fifth tick and while attended."""
        self._tick += 1
        tick, clock = self._tick, self._clock
        started = clock() - monotonic
        if not self._are_known(targets):
            self._adopt(targets)
        self._hand_out_guest_memory()
        if tick % FORGET_TICKS == 0:
            self._around.devices.forget()
            self._around.ancestors.forget_before(tick - 2 * SLOW_TICKS)
        usages = dict(self._unread)
        for key, read in self._readers:
            usages[key] = read(tick, clock() - started, key in attended)
        return usages

    def totals(self) -> Mapping[str, Totals]:
        """Return the counters of the last sample by row key; on the sampling thread."""
        found = {key: tracked.totals() for key, tracked in self._tracked.items()}
        return {key: totals for key, totals in found.items() if totals is not None}

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Replace what guests tell through their balloons, by row key.

        May be called from another thread: shown from the next tick on.
        """
        self._guest_memory = {key: (told.used_bytes, told.available_bytes) for key, told in memory.items()}

    def _hand_out_guest_memory(self) -> None:
        memory = self._guest_memory
        if memory is not self._handed_out:
            self._handed_out = memory
            for key, tracked in self._tracked.items():
                tracked.tell_guest_memory(memory.get(key, _UNTOLD))

    def close(self) -> None:
        """Give back every descriptor."""
        for tracked in self._tracked.values():
            tracked.close()
        self._tracked.clear()
        self._readers.clear()
        self._unread.clear()
        self._targets.clear()

    # which instances there are

    def _are_known(self, targets: Sequence[Instance]) -> bool:
        known = self._targets
        return len(known) == len(targets) and all(a is b for a, b in zip(known, targets, strict=True))

    def _adopt(self, targets: Sequence[Instance]) -> None:
        """Take over a new inventory: keep what runs on, locate what is new, drop what has gone."""
        before, self._tracked = self._tracked, {}
        self._unread, self._readers = {}, []
        for target in targets:
            reason = _why_unread(target)
            if reason is None:
                self._readers.append((target.key, self._tracked_of(target, before).sample))
            else:
                self._unread[target.key] = reasons.nothing_known(reason)
        self._targets = list(targets)
        for gone in before.values():
            gone.close()
        self._share_networks()

    def _tracked_of(self, target: Instance, before: dict[str, Tracked]) -> Tracked:
        key = target.key
        tracked = before.get(key)
        if tracked is not None and _same_process(tracked.target, target):
            del before[key]
            tracked.retarget(target)
        else:
            self._made += 1
            tracked = Tracked(target, self._around, self._made % SLOW_TICKS)
            tracked.tell_guest_memory(self._guest_memory.get(key, _UNTOLD))
        self._tracked[key] = tracked
        return tracked

    def _share_networks(self) -> None:
        """Give the traffic of a network namespace to one instance: the pod's infra container, else the oldest process.

        Members of a pod share one namespace; its figure on each of them would count the same bytes several times.
        """
        owners: dict[int, Tracked] = {}
        for tracked in sorted(self._tracked.values(), key=_claim):
            if tracked.namespace is None or is_tapped(tracked.target):
                continue
            owner = owners.setdefault(tracked.namespace, tracked)
            shared = owner is not tracked
            tracked.share_network(f"it shares the network of {owner.target.name}, which shows it" if shared else None)


def _claim(tracked: Tracked) -> tuple[bool, int]:
    container = tracked.target.container
    return (container is None or not container.is_infra, tracked.starttime)


def _why_unread(target: Instance) -> str | None:
    if not target.local:
        return reasons.ELSEWHERE
    if not target.state.is_active:
        return reasons.NOT_RUNNING
    return reasons.NO_PROCESS if target.pid is None else None


def _same_process(old: Instance, new: Instance) -> bool:
    return (old.pid, old.driver, old.session) == (new.pid, new.driver, new.session)
