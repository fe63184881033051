"""The containers of the demo host: rootful ones, two pods, and those of two users."""

from dataclasses import replace

from tui.domain.instance import Address, ContainerFacts, Health, Instance, Kind, Pod, Port, State
from tui.engines.demo.cast import DAY, HOUR, Member, Quirk, Stage
from tui.engines.demo.load import GIB, KIB, MIB, Load, Rhythm

ROOT_ENGINE = "podman"
USERS = {"anna": 1000, "ci": 1001}

_PAUSE = Load(Rhythm.IDLE, "", 0.0, 0.001, 1 * MIB, 0.0, 0, 0, 0, 0, 1)


class _Yard:
    """Builds the containers of one engine."""

    def __init__(self, stage: Stage, engine: str, user: str) -> None:
        self._stage, self._engine, self._user = stage, engine, user
        self._made = 0
        self._pod: str | None = None

    def container(
        self,
        name: str,
        image: str,
        load: Load,
        *,
        command: str = "",
        up: float = 3 * DAY,
        state: State = State.RUNNING,
        reason: str = "",
        ports: tuple[Port, ...] = (),
        health: Health | None = None,
        restarts: int = 0,
        exit_code: int | None = None,
        unit: str = "",
        infra: bool = False,
        labels: dict[str, str] | None = None,
        quirks: Quirk = Quirk.NONE,
    ) -> Member:
        """Return a container; `up` is how long it has run, in seconds."""
        self._made += 1
        active = state.is_active
        facts = ContainerFacts(
            image=image,
            command=command,
            pod_id=self._pod,
            ports=ports,
            health=health,
            restarts=restarts,
            exit_code=exit_code,
            unit=unit,
            is_infra=infra,
            created_unix_seconds=self._stage.begin - up - 2,
        )
        rootful = self._engine == ROOT_ENGINE
        instance = Instance(
            id=self._stage.container_id(self._engine, name),
            kind=Kind.CONTAINER,
            name=name,
            state=state,
            reason=reason,
            user=self._user,
            pid=9000 + USERS.get(self._user, 0) * 4 + 31 * self._made if active else None,
            driver="podman",
            started_unix_seconds=self._stage.begin - up if active else None,
            addresses=(Address(f"10.88.0.{self._made + 1}", "engine", "podman"),) if active and rootful else (),
            labels={"PODMAN_SYSTEMD_UNIT": unit} | (labels or {}) if unit else labels or {},
            container=facts,
        )
        return Member(instance, load, quirks)

    def pod(self, name: str, members: list[tuple[str, str, Load]]) -> tuple[Pod, list[Member]]:
        """Return a pod with its infra container first."""
        pod_id = self._stage.container_id(self._engine, f"pod/{name}")
        self._pod = pod_id.local
        infra = self.container(f"{pod_id.local[:12]}-infra", "localhost/podman-pause:4.3.1", _PAUSE, infra=True)
        made = [infra, *(self.container(*member) for member in members)]
        self._pod = None
        return Pod(pod_id, name, "Running", self._user, tuple(member.instance.key for member in made)), made


def rootful(stage: Stage) -> tuple[list[Member], list[Pod]]:
    """Return what root's Podman runs."""
    yard = _Yard(stage, ROOT_ENGINE, "root")
    api_pod, api = _api(yard)
    watch_pod, watch = _observability(yard)
    return [*api, *watch, *_stores(yard), *_services(yard)], [api_pod, watch_pod]


def _api(yard: _Yard) -> tuple[Pod, list[Member]]:
    load = Load(Rhythm.OFFICE, "web", 0.02, 0.45, 640 * MIB, 0.08, 0, 6 * KIB, 900 * KIB, 1.4 * MIB, 34,
                cpu_limit=2.0, memory_limit=GIB)  # fmt: skip
    image = "registry.example.org/shop/api:2.14.1"
    cache = Load(
        Rhythm.OFFICE, "web", 0.003, 0.04, 92 * MIB, 0.02, 0, 0, 200 * KIB, 700 * KIB, 5, memory_limit=256 * MIB
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


def _observability(yard: _Yard) -> tuple[Pod, list[Member]]:
    prometheus = Load(Rhythm.STEADY, "", 0.04, 0.22, 880 * MIB, 0.02, 12 * KIB, 700 * KIB, 300 * KIB, 40 * KIB, 14)
    grafana = Load(Rhythm.OFFICE, "", 0.004, 0.09, 190 * MIB, 0.03, 0, 9 * KIB, 30 * KIB, 210 * KIB, 19)
    loki = Load(Rhythm.STEADY, "web", 0.02, 0.14, 420 * MIB, 0.04, 4 * KIB, 1.1 * MIB, 900 * KIB, 12 * KIB, 16)
    return yard.pod(
        "observability",
        [("prometheus", "quay.io/prometheus/prometheus:v2.53.0", prometheus),
         ("grafana", "docker.io/grafana/grafana:11.1.0", grafana),
         ("loki", "docker.io/grafana/loki:3.1.0", loki)],
    )  # fmt: skip


def _stores(yard: _Yard) -> tuple[Member, ...]:
    return (
        yard.container(
            "postgres", "docker.io/library/postgres:16",
            Load(Rhythm.STEADY, "web", 0.15, 1.1, int(3.1 * GIB), 0.02, 60 * KIB, 6.4 * MIB, 1.4 * MIB, 2.6 * MIB, 41,
                 memory_limit=8 * GIB, wait=6.0),
            command="postgres", up=41 * DAY, ports=(Port("127.0.0.1", 5432, 5432, "tcp"),), health=Health.HEALTHY,
            unit="postgres.service",
        ),
        yard.container(
            "db", "docker.io/library/mariadb:11.4",
            Load(Rhythm.OFFICE, "", 0.03, 0.35, int(0.942 * 4 * GIB), 0.002, 30 * KIB, 900 * KIB, 90 * KIB, 310 * KIB,
                 38, cpu_limit=4.0, memory_limit=4 * GIB, swap_bytes=210 * MIB, wait=7.0),
            command="mariadbd", up=12 * DAY, ports=(Port("", 3306, 3306, "tcp"),),
        ),
        yard.container("redis", "docker.io/library/redis:7", up=41 * DAY, command="redis-server",
                       load=Load(Rhythm.OFFICE, "web", 0.01, 0.12, 340 * MIB, 0.02, 0, 40 * KIB, 800 * KIB, 900 * KIB,
                                 6, memory_limit=GIB)),
        yard.container(
            "search", "docker.io/opensearchproject/opensearch:2.15.0",
            Load(Rhythm.BURSTS, "", 0.05, 0.9, int(1.7 * GIB), 0.01, 200 * KIB, 600 * KIB, 60 * KIB, 80 * KIB, 88,
                 cpu_limit=2.0, memory_limit=2 * GIB),
            up=9 * HOUR, health=Health.UNHEALTHY, ports=(Port("127.0.0.1", 9200, 9200, "tcp"),),
        ),
    )  # fmt: skip


def _services(yard: _Yard) -> tuple[Member, ...]:
    return (
        yard.container("nginx", "docker.io/library/nginx:1.27", up=41 * DAY, unit="nginx.service",
                       ports=(Port("", 80, 80, "tcp"), Port("", 443, 443, "tcp")),
                       load=Load(Rhythm.OFFICE, "web", 0.01, 0.3, 74 * MIB, 0.05, 0, 120 * KIB, 4.1 * MIB,
                                 9.3 * MIB, 17)),
        yard.container("transcoder", "registry.example.org/media/transcoder:0.9", up=3 * HOUR,
                       command="ffmpeg -i - -c:v libx264 -f mp4 -",
                       load=Load(Rhythm.FLAT_OUT, "", 0.1, 0.503, 510 * MIB, 0.03, 900 * KIB, 1.8 * MIB, 700 * KIB,
                                 200 * KIB, 22, cpu_limit=0.5, memory_limit=2 * GIB, throttled=97.0, wait=61.0)),
        yard.container("registry", "docker.io/library/registry:2", up=18 * DAY, ports=(Port("", 5000, 5000, "tcp"),),
                       load=Load(Rhythm.BURSTS, "build", 0.002, 0.2, 60 * MIB, 0.1, 4 * MIB, 9 * MIB, 9 * MIB,
                                 14 * MIB, 11)),
        yard.container("mqtt", "docker.io/library/eclipse-mosquitto:2", up=75 * DAY,
                       ports=(Port("", 1883, 1883, "tcp"),),
                       load=Load(Rhythm.STEADY, "", 0.001, 0.01, 9 * MIB, 0.02, 0, 2 * KIB, 14 * KIB, 18 * KIB, 2,
                                 memory_limit=128 * MIB)),
        yard.container("keycloak", "quay.io/keycloak/keycloak:25.0", up=20 * DAY, health=Health.HEALTHY,
                       load=Load(Rhythm.OFFICE, "", 0.02, 0.25, 710 * MIB, 0.01, 0, 30 * KIB, 60 * KIB, 90 * KIB, 57,
                                 cpu_limit=2.0, memory_limit=1536 * MIB)),
        yard.container("backup", "docker.io/restic/restic:0.17.0", Load(Rhythm.FLAT_OUT, "", 0.2, 1.0, 400 * MIB, 0.1,
                                                                        60 * MIB, 2 * MIB, 1 * MIB, 60 * MIB, 9),
                       state=State.STOPPED, exit_code=0, up=6 * HOUR),
    )  # fmt: skip


def rootless(stage: Stage, user: str) -> list[Member]:
    """Return what a user's own Podman runs."""
    yard = _Yard(stage, f"podman:{user}", user)
    return _anna(yard) if user == "anna" else _ci(yard)


def _anna(yard: _Yard) -> list[Member]:
    return [
        yard.container("jupyter", "quay.io/jupyter/scipy-notebook:latest", up=2 * DAY,
                       ports=(Port("127.0.0.1", 8888, 8888, "tcp"),),
                       load=Load(Rhythm.BURSTS, "", 0.01, 1.9, int(1.3 * GIB), 0.06, 0, 0, 3 * KIB, 20 * KIB, 31)),
        yard.container("devdb", "docker.io/library/postgres:16", up=2 * DAY, quirks=Quirk.IGNORES_SHUTDOWN,
                       load=Load(Rhythm.IDLE, "", 0.002, 0.1, 88 * MIB, 0.02, pids=9, memory_limit=512 * MIB)),
        yard.container("notes", "docker.io/vikunja/vikunja:0.24", up=30 * DAY, health=Health.HEALTHY,
                       load=Load(Rhythm.IDLE, "", 0.001, 0.05, 46 * MIB, pids=11)),
        yard.container("toolbox", "registry.fedoraproject.org/fedora-toolbox:40", Load(Rhythm.BURSTS), up=DAY,
                       state=State.CREATED),
        # Names and labels are whatever their author typed: screens must show these, not obey them.
        yard.container("scratch", "localhost/scratch:[v1]", Load(Rhythm.IDLE), up=5 * HOUR, state=State.PAUSED,
                       labels={"note": "[bold]x[/] \x1b[31mred\x1b[0m", "owner": "anna"}),
    ]  # fmt: skip


def _ci(yard: _Yard) -> list[Member]:
    runner = Load(Rhythm.BURSTS, "build", 0.01, 1.8, 620 * MIB, 0.3, 0, 0, 2.4 * MIB, 300 * KIB, 48, cpu_limit=2.0,
                  memory_limit=2 * GIB)  # fmt: skip
    image = "registry.example.org/ci/runner:17.2"
    return [
        yard.container("runner-1", image, runner, up=7 * HOUR),
        yard.container("runner-2", image, runner, up=7 * HOUR),
        yard.container("runner-3", image, runner, up=7 * HOUR, state=State.STOPPED, reason="exit 1", exit_code=1),
        yard.container("cache", "docker.io/library/nginx:1.27", up=19 * DAY,
                       load=Load(Rhythm.BURSTS, "build", 0.001, 0.06, 30 * MIB, pids=3)),
    ]  # fmt: skip
