"""The guests of the demo host."""

from tui.domain.instance import Address, GuestFacts, Instance, Kind, State
from tui.engines.demo.cast import DAY, HOUR, Member, Quirk, Stage
from tui.engines.demo.load import GIB, KIB, MIB, Load, Rhythm

ENGINE = "qemu:///system"
DEBIAN = "Debian GNU/Linux 12"
ALMA = "AlmaLinux 9"


class _Rack:
    """Builds guests one after the other, giving each the next number, pid and address."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._made = 0

    def guest(
        self,
        name: str,
        vcpus: int,
        gib: float,
        load: Load,
        *,
        os: str = DEBIAN,
        up: float | None = None,
        state: State = State.RUNNING,
        reason: str = "",
        title: str = "",
        description: str = "",
        autostart: bool = True,
        saved: bool = False,
        quirks: Quirk = Quirk.TELLS_MEMORY,
    ) -> Member:
        """Return a guest; `up` is how long it has run, in seconds."""
        self._made += 1
        number, active = self._made, state.is_active
        facts = GuestFacts(
            vcpus=vcpus,
            memory_max_bytes=int(gib * GIB),
            os=os,
            taps=(f"vnet{number - 1}",) if active else (),
            autostart=autostart,
            domain_id=number if active else None,
            has_managed_save=saved,
            has_nvram="Windows" in os or saved,
        )
        instance = Instance(
            id=self._stage.guest_id(ENGINE, name),
            kind=Kind.GUEST,
            name=name,
            state=state,
            reason=reason,
            pid=2000 + 137 * number if active else None,
            driver="qemu",
            started_unix_seconds=self._stage.begin - (up or DAY) if active else None,
            title=title,
            description=description,
            addresses=(Address(f"192.168.122.{10 + number}", "lease", "default"),) if active else (),
            guest=facts,
        )
        return Member(instance, load, quirks)


def guests(stage: Stage) -> tuple[Member, ...]:
    """Return all guests in the order of their definition."""
    rack = _Rack(stage)
    return (*_busy(rack), *_quiet(rack), *_troubled(rack), *_off(rack))


def _busy(rack: _Rack) -> tuple[Member, ...]:
    return (
        rack.guest(
            "build-7", 4, 8, Load(Rhythm.FLAT_OUT, cores=(0.2, 3.96), memory_bytes=int(7.6 * GIB),
                                  memory_swing=0.03, disk=(2.1 * MIB, 92.0 * MIB), network=(300 * KIB, 120 * KIB),
                                  pids=9, wait=34.0),
            up=5 * HOUR, title="Build machine 7", description="Compiles the nightly packages.",
        ),
        rack.guest(
            "gitlab", 4, 8, Load(Rhythm.OFFICE, tier="web", cores=(0.12, 1.6), memory_bytes=int(5.9 * GIB),
                                 memory_swing=0.04, disk=(900 * KIB, 2.4 * MIB), network=(1.1 * MIB, 3.2 * MIB),
                                 pids=9, wait=9.0),
            up=41 * DAY, title="GitLab",
        ),
        rack.guest(
            "db-replica", 4, 6, Load(Rhythm.STEADY, tier="web", cores=(0.05, 0.9), memory_bytes=int(5.1 * GIB),
                                     memory_swing=0.01, disk=(400 * KIB, 3.8 * MIB), network=(1.9 * MIB, 90 * KIB),
                                     pids=8, wait=6.0),
            up=41 * DAY, os=ALMA, description="Streams from postgres on the host.",
        ),
        rack.guest(
            "web-front", 2, 2, Load(Rhythm.OFFICE, tier="web", cores=(0.02, 0.6), memory_bytes=int(1.2 * GIB),
                                    memory_swing=0.05, disk=(20 * KIB, 160 * KIB), network=(1.6 * MIB, 6.1 * MIB),
                                    pids=7),
            up=23 * DAY,
        ),
        rack.guest(
            "web-back", 2, 2, Load(Rhythm.OFFICE, tier="web", cores=(0.03, 0.8), memory_bytes=int(1.5 * GIB),
                                   memory_swing=0.06, disk=(40 * KIB, 380 * KIB), network=(1.2 * MIB, 2.0 * MIB),
                                   pids=7),
            up=23 * DAY,
        ),
    )  # fmt: skip


def _quiet(rack: _Rack) -> tuple[Member, ...]:
    name_server = Load(
        Rhythm.STEADY,
        tier="dns",
        cores=(0.004, 0.03),
        memory_bytes=180 * MIB,
        memory_swing=0.02,
        disk=(0, 6 * KIB),
        network=(22 * KIB, 31 * KIB),
        pids=6,
    )
    return (
        rack.guest("dns1", 1, 0.5, name_server, up=118 * DAY, os="Alpine Linux 3.20"),
        rack.guest("dns2", 1, 0.5, name_server, up=117 * DAY, os="Alpine Linux 3.20"),
        rack.guest("vpn", 1, 1, Load(Rhythm.OFFICE, cores=(0.01, 0.22), memory_bytes=310 * MIB, memory_swing=0.03,
                                     disk=(0, 9 * KIB), network=(2.2 * MIB, 2.1 * MIB), pids=6),
                   up=64 * DAY, os="OpenBSD 7.5", quirks=Quirk.NONE),
        rack.guest("monitor", 2, 4, Load(Rhythm.STEADY, cores=(0.08, 0.35), memory_bytes=int(2.9 * GIB),
                                         memory_swing=0.02, disk=(80 * KIB, 900 * KIB),
                                         network=(420 * KIB, 60 * KIB), pids=7), up=41 * DAY),
        rack.guest(
            "win-legacy", 4, 4, Load(Rhythm.STEADY, cores=(0.3, 0.5), memory_bytes=int(4.0 * GIB),
                                     memory_swing=0.0, disk=(0, 18 * KIB), network=(9 * KIB, 14 * KIB), pids=11),
            up=203 * DAY, os="Microsoft Windows Server 2012", quirks=Quirk.IGNORES_SHUTDOWN,
            title="Old ERP [do not touch]", description="No ACPI driver: answers no shutdown.",
        ),
    )  # fmt: skip


def _troubled(rack: _Rack) -> tuple[Member, ...]:
    return (
        rack.guest(
            "mail01", 2, 4, Load(Rhythm.OFFICE, cores=(0.05, 0.5), memory_bytes=int(2.6 * GIB), memory_swing=0.02,
                                 disk=(120 * KIB, 1.4 * MIB), network=(300 * KIB, 420 * KIB), pids=8),
            up=41 * DAY, state=State.PAUSED, reason="I/O error on vda (no space)", title="Mail",
            quirks=Quirk.DISK_FULL | Quirk.TELLS_MEMORY,
        ),
        rack.guest("staging", 2, 4, Load(Rhythm.BURSTS, cores=(0.02, 1.2), memory_bytes=int(2.2 * GIB)), os=ALMA,
                   state=State.CRASHED, reason="crashed", autostart=False),
    )  # fmt: skip


def _off(rack: _Rack) -> tuple[Member, ...]:
    load = Load(
        Rhythm.BURSTS, cores=(0.02, 1.5), memory_bytes=int(1.1 * GIB), memory_swing=0.1, disk=(1 * MIB, 12 * MIB)
    )
    return (
        rack.guest("test-alma9", 2, 2, load, os=ALMA, state=State.STOPPED, reason="shut down", autostart=False),
        rack.guest("build-6", 4, 8, load, state=State.STOPPED, reason="saved", autostart=False, saved=True),
    )
