"""Builds the containers of one demo engine."""

from tui.domain.instance import Address, ContainerFacts, Health, Instance, Kind, Pod, Port, State
from tui.engines.demo.cast import DAY, Member, Quirk, Stage
from tui.engines.demo.load import MIB, Load, Rhythm

ROOT_ENGINE = "podman"
USERS = {"anna": 1000, "ci": 1001}

_PAUSE = Load(
    Rhythm.IDLE, cores=(0.0, 0.001), memory_bytes=1 * MIB, memory_swing=0.0, disk=(0, 0), network=(0, 0), pids=1
)


class Yard:
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
