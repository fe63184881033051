"""The containers of the demo host: rootful ones, two pods, and those of two users."""

from dataclasses import replace

from tui.domain.instance import ContainerFacts, Health, Pod, Port, State
from tui.engines.demo.cast import DAY, HOUR, Member, Quirk, Stage
from tui.engines.demo.load import GIB, KIB, MIB, Load, Rhythm
from tui.engines.demo.yard import ROOT_ENGINE, Yard


def rootful(stage: Stage) -> tuple[list[Member], list[Pod]]:
    """Return what root's Podman runs."""
    yard = Yard(stage, ROOT_ENGINE, "root")
    api_pod, api = _api(yard)
    watch_pod, watch = _observability(yard)
    return [*api, *watch, *_stores(yard), *_services(yard)], [api_pod, watch_pod]


def _api(yard: Yard) -> tuple[Pod, list[Member]]:
    load = Load(
        Rhythm.OFFICE,
        tier="web",
        cores=(0.02, 0.45),
        memory_bytes=640 * MIB,
        memory_swing=0.08,
        disk=(0, 6 * KIB),
        network=(900 * KIB, 1.4 * MIB),
        pids=34,
        cpu_limit=2.0,
        memory_limit=GIB,
    )
    image = "registry.example.org/shop/api:2.14.1"
    cache = Load(
        Rhythm.OFFICE,
        tier="web",
        cores=(0.003, 0.04),
        memory_bytes=92 * MIB,
        memory_swing=0.02,
        disk=(0, 0),
        network=(200 * KIB, 700 * KIB),
        pids=5,
        memory_limit=256 * MIB,
    )
    pod, members = yard.pod(
        "api",
        [("api-1", image, load), ("api-2", image, load), ("api-3", image, load),
         ("api-cache", "docker.io/library/memcached:1.6", cache)],
    )  # fmt: skip
    dying = members[3]
    broken = replace(
        dying.instance, state=State.RESTARTING, reason="exit 137", pid=None, started_unix_seconds=None, addresses=(),
        container=replace(_facts(dying), restarts=14, exit_code=137, health=Health.STARTING),
    )  # fmt: skip
    members[3] = Member(broken, dying.load, Quirk.FLAPS)
    for place in (1, 2):
        healthy = replace(_facts(members[place]), health=Health.HEALTHY, command="/srv/api --listen :8080")
        members[place] = replace(members[place], instance=replace(members[place].instance, container=healthy))
    return replace(pod, state="Degraded"), members


def _facts(member: Member) -> ContainerFacts:
    assert member.instance.container is not None  # noqa: S101 - every member of a yard is a container
    return member.instance.container


def _observability(yard: Yard) -> tuple[Pod, list[Member]]:
    prometheus = Load(
        Rhythm.STEADY,
        cores=(0.04, 0.22),
        memory_bytes=880 * MIB,
        memory_swing=0.02,
        disk=(12 * KIB, 700 * KIB),
        network=(300 * KIB, 40 * KIB),
        pids=14,
    )
    grafana = Load(
        Rhythm.OFFICE,
        cores=(0.004, 0.09),
        memory_bytes=190 * MIB,
        memory_swing=0.03,
        disk=(0, 9 * KIB),
        network=(30 * KIB, 210 * KIB),
        pids=19,
    )
    loki = Load(
        Rhythm.STEADY,
        tier="web",
        cores=(0.02, 0.14),
        memory_bytes=420 * MIB,
        memory_swing=0.04,
        disk=(4 * KIB, 1.1 * MIB),
        network=(900 * KIB, 12 * KIB),
        pids=16,
    )
    return yard.pod(
        "observability",
        [("prometheus", "quay.io/prometheus/prometheus:v2.53.0", prometheus),
         ("grafana", "docker.io/grafana/grafana:11.1.0", grafana),
         ("loki", "docker.io/grafana/loki:3.1.0", loki)],
    )  # fmt: skip


def _stores(yard: Yard) -> tuple[Member, ...]:
    return (
        yard.container(
            "postgres", "docker.io/library/postgres:16",
            Load(Rhythm.STEADY, tier="web", cores=(0.15, 1.1), memory_bytes=int(3.1 * GIB), memory_swing=0.02,
                 disk=(60 * KIB, 6.4 * MIB), network=(1.4 * MIB, 2.6 * MIB), pids=41, memory_limit=8 * GIB,
                 wait=6.0),
            command="postgres", up=41 * DAY, ports=(Port("127.0.0.1", 5432, 5432, "tcp"),), health=Health.HEALTHY,
            unit="postgres.service",
        ),
        yard.container(
            "db", "docker.io/library/mariadb:11.4",
            Load(Rhythm.OFFICE, cores=(0.03, 0.35), memory_bytes=int(0.942 * 4 * GIB), memory_swing=0.002,
                 disk=(30 * KIB, 900 * KIB), network=(90 * KIB, 310 * KIB), pids=38, cpu_limit=4.0,
                 memory_limit=4 * GIB, swap_bytes=210 * MIB, wait=7.0),
            command="mariadbd", up=12 * DAY, ports=(Port("", 3306, 3306, "tcp"),),
        ),
        yard.container("redis", "docker.io/library/redis:7", up=41 * DAY, command="redis-server",
                       load=Load(Rhythm.OFFICE, tier="web", cores=(0.01, 0.12), memory_bytes=340 * MIB,
                                 memory_swing=0.02, disk=(0, 40 * KIB), network=(800 * KIB, 900 * KIB), pids=6,
                                 memory_limit=GIB)),
        yard.container(
            "search", "docker.io/opensearchproject/opensearch:2.15.0",
            Load(Rhythm.BURSTS, cores=(0.05, 0.9), memory_bytes=int(1.7 * GIB), memory_swing=0.01,
                 disk=(200 * KIB, 600 * KIB), network=(60 * KIB, 80 * KIB), pids=88, cpu_limit=2.0,
                 memory_limit=2 * GIB),
            up=9 * HOUR, health=Health.UNHEALTHY, ports=(Port("127.0.0.1", 9200, 9200, "tcp"),),
        ),
    )  # fmt: skip


def _services(yard: Yard) -> tuple[Member, ...]:
    return (
        yard.container("nginx", "docker.io/library/nginx:1.27", up=41 * DAY, unit="nginx.service",
                       ports=(Port("", 80, 80, "tcp"), Port("", 443, 443, "tcp")),
                       load=Load(Rhythm.OFFICE, tier="web", cores=(0.01, 0.3), memory_bytes=74 * MIB,
                                 memory_swing=0.05, disk=(0, 120 * KIB), network=(4.1 * MIB, 9.3 * MIB), pids=17)),
        yard.container("transcoder", "registry.example.org/media/transcoder:0.9", up=3 * HOUR,
                       command="ffmpeg -i - -c:v libx264 -f mp4 -",
                       load=Load(Rhythm.FLAT_OUT, cores=(0.1, 0.503), memory_bytes=510 * MIB, memory_swing=0.03,
                                 disk=(900 * KIB, 1.8 * MIB), network=(700 * KIB, 200 * KIB), pids=22,
                                 cpu_limit=0.5, memory_limit=2 * GIB, throttled=97.0, wait=61.0)),
        yard.container("registry", "docker.io/library/registry:2", up=18 * DAY, ports=(Port("", 5000, 5000, "tcp"),),
                       load=Load(Rhythm.BURSTS, tier="build", cores=(0.002, 0.2), memory_bytes=60 * MIB,
                                 memory_swing=0.1, disk=(4 * MIB, 9 * MIB), network=(9 * MIB, 14 * MIB), pids=11)),
        yard.container("mqtt", "docker.io/library/eclipse-mosquitto:2", up=75 * DAY,
                       ports=(Port("", 1883, 1883, "tcp"),),
                       load=Load(Rhythm.STEADY, cores=(0.001, 0.01), memory_bytes=9 * MIB, memory_swing=0.02,
                                 disk=(0, 2 * KIB), network=(14 * KIB, 18 * KIB), pids=2, memory_limit=128 * MIB)),
        yard.container("keycloak", "quay.io/keycloak/keycloak:25.0", up=20 * DAY, health=Health.HEALTHY,
                       load=Load(Rhythm.OFFICE, cores=(0.02, 0.25), memory_bytes=710 * MIB, memory_swing=0.01,
                                 disk=(0, 30 * KIB), network=(60 * KIB, 90 * KIB), pids=57, cpu_limit=2.0,
                                 memory_limit=1536 * MIB)),
        yard.container("backup", "docker.io/restic/restic:0.17.0", Load(Rhythm.FLAT_OUT, cores=(0.2, 1.0),
                                                                        memory_bytes=400 * MIB, memory_swing=0.1,
                                                                        disk=(60 * MIB, 2 * MIB),
                                                                        network=(1 * MIB, 60 * MIB), pids=9),
                       state=State.STOPPED, exit_code=0, up=6 * HOUR),
    )  # fmt: skip


def rootless(stage: Stage, user: str) -> list[Member]:
    """Return what a user's own Podman runs."""
    yard = Yard(stage, f"podman:{user}", user)
    return _anna(yard) if user == "anna" else _ci(yard)


def _anna(yard: Yard) -> list[Member]:
    return [
        yard.container("jupyter", "quay.io/jupyter/scipy-notebook:latest", up=2 * DAY,
                       ports=(Port("127.0.0.1", 8888, 8888, "tcp"),),
                       load=Load(Rhythm.BURSTS, cores=(0.01, 1.9), memory_bytes=int(1.3 * GIB), memory_swing=0.06,
                                 disk=(0, 0), network=(3 * KIB, 20 * KIB), pids=31)),
        yard.container("devdb", "docker.io/library/postgres:16", up=2 * DAY, quirks=Quirk.IGNORES_SHUTDOWN,
                       load=Load(Rhythm.IDLE, cores=(0.002, 0.1), memory_bytes=88 * MIB, memory_swing=0.02, pids=9,
                                 memory_limit=512 * MIB)),
        yard.container("notes", "docker.io/vikunja/vikunja:0.24", up=30 * DAY, health=Health.HEALTHY,
                       load=Load(Rhythm.IDLE, cores=(0.001, 0.05), memory_bytes=46 * MIB, pids=11)),
        yard.container("toolbox", "registry.fedoraproject.org/fedora-toolbox:40", Load(Rhythm.BURSTS), up=DAY,
                       state=State.CREATED),
        # Names and labels are whatever their author typed: screens must show these, not obey them.
        yard.container("scratch", "localhost/scratch:[v1]", Load(Rhythm.IDLE), up=5 * HOUR, state=State.PAUSED,
                       labels={"note": "[bold]x[/] \x1b[31mred\x1b[0m", "owner": "anna"}),
    ]  # fmt: skip


def _ci(yard: Yard) -> list[Member]:
    runner = Load(
        Rhythm.BURSTS,
        tier="build",
        cores=(0.01, 1.8),
        memory_bytes=620 * MIB,
        memory_swing=0.3,
        disk=(0, 0),
        network=(2.4 * MIB, 300 * KIB),
        pids=48,
        cpu_limit=2.0,
        memory_limit=2 * GIB,
    )
    image = "registry.example.org/ci/runner:17.2"
    return [
        yard.container("runner-1", image, runner, up=7 * HOUR),
        yard.container("runner-2", image, runner, up=7 * HOUR),
        yard.container("runner-3", image, runner, up=7 * HOUR, state=State.STOPPED, reason="exit 1", exit_code=1),
        yard.container("cache", "docker.io/library/nginx:1.27", up=19 * DAY,
                       load=Load(Rhythm.BURSTS, tier="build", cores=(0.001, 0.06), memory_bytes=30 * MIB, pids=3)),
    ]  # fmt: skip
