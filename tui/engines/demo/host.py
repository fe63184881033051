"""The embedded demo host: engines, samplers and identity in one place."""

import asyncio
import time
from collections.abc import Callable, Sequence

from tui.domain.host import EngineState, EngineStatus
from tui.domain.instance import Instance, Pod
from tui.engines.demo import containers, guests
from tui.engines.demo.acting import Timing, Wait
from tui.engines.demo.cast import Member, Stage
from tui.engines.demo.engine import DemoEngine
from tui.engines.demo.figures import Clockwork, DemoSampler
from tui.engines.demo.hostfigures import DemoHostSampler
from tui.engines.demo.load import identity
from tui.engines.demo.resources.interfaces import DemoInterfaces
from tui.engines.demo.story import StoryWatch, standing, story
from tui.engines.demo.yard import ROOT_ENGINE, USERS

NAME = "kvm01"


class DemoHost:
    """About 40 instances that live from a seed and a clock.

    Args:
        seed: another one gives other ids and other curves for the same instances.
        clock: UTC seconds; read at the start, for events and for what a restart loop is doing.
        monotonic: for the age of an engine's answer.
        wait: lets the time of an action pass.

    Attributes:
        engines: guests, root's containers and those of two users.
        sampler: an `InstanceSampler`; its curves follow the ticks it is given, from the first one on.
        host_sampler: a `HostSampler`.
        interface_reader: an `InterfaceReader`.
        watch: a `Watch` that tells what happened in the hours before.
        problems: what stood when the demo began, and since when; no figures.
    """

    def __init__(
        self,
        seed: int = 1,
        clock: Callable[[], float] = time.time,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Wait = asyncio.sleep,
        read_only: bool = False,
    ) -> None:
        begin = clock()
        self.interface_reader = DemoInterfaces()
        self.host_id = f"{identity(f'{seed}/host'):016x}{identity(f'{seed}/machine'):016x}"
        self.host_name = NAME
        self._timing = Timing(clock, monotonic, wait)
        self._read_only = read_only
        self._members: dict[str, Member] = {}
        self.engines = self._make_engines(Stage(seed, self.host_id, begin))
        self.watch = StoryWatch(story(self.instances(), begin))
        self.problems = tuple(standing(self.watch.entries))
        clockwork = Clockwork(begin)
        self.sampler = DemoSampler(seed, clockwork, self._members.get)
        self.host_sampler = DemoHostSampler(seed, begin, clockwork, self.sampler, self.instances)

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances as they are now; safe on any thread."""
        return tuple(instance for engine in self.engines for instance in engine.instances)

    def _added(self, member: Member) -> None:
        self._members[member.instance.key] = member

    def _make_engines(self, stage: Stage) -> tuple[DemoEngine, ...]:
        root_members, pods = containers.rootful(stage)
        engines = [
            self._engine(_status(guests.ENGINE, guests.ENGINE, "", "9.0.0"), guests.guests(stage), ()),
            self._engine(_status(ROOT_ENGINE, "unix:///run/podman/podman.sock", "root", "4.3.1"), root_members, pods),
        ]
        for user, uid in USERS.items():
            url = f"unix:///run/user/{uid}/podman/podman.sock"
            status = _status(f"podman:{user}", url, user, "4.3.1")
            engines.append(self._engine(status, containers.rootless(stage, user), ()))
        return tuple(engines)

    def _engine(self, status: EngineStatus, members: Sequence[Member], pods: Sequence[Pod]) -> DemoEngine:
        self._members |= {member.instance.key: member for member in members}
        return DemoEngine(status, members, pods, self._timing, read_only=self._read_only, on_add=self._added)


def _status(engine_id: str, url: str, user: str, version: str) -> EngineStatus:
    return EngineStatus(engine_id, "demo", url, EngineState.READY, user=user, version=version)
