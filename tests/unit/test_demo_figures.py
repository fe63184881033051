"""The demo's load is lifelike, correlated, and a function of seed and time alone."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from tui.domain.host import HostUsage
from tui.domain.instance import Instance, State
from tui.domain.usage import Usage
from tui.engines.base import Engine, GuestMemory
from tui.engines.demo import DemoHost
from tui.engines.demo.load import Load, Rhythm, activity, chance, day, wander
from tui.sampling.source import HostSampler, InstanceSampler

NOON = 1_750_075_200.0  # 2025-06-16 12:00 UTC


def _host(seed: int = 7, begin: float = NOON) -> DemoHost:
    return DemoHost(seed=seed, clock=lambda: begin)


def _sample(host: DemoHost, monotonic: float = 50.0) -> Mapping[str, Usage]:
    return host.sampler.sample(host.instances(), frozenset(), monotonic)


def _named(host: DemoHost, name: str) -> Instance:
    return next(instance for instance in host.instances() if instance.name == name)


def _usage(host: DemoHost, name: str, monotonic: float = 50.0) -> Usage:
    return _sample(host, monotonic)[_named(host, name).key]


def test_demo_fits_the_seams_of_a_real_host() -> None:
    host = _host()
    engines: list[Engine] = list(host.engines)
    sampler: InstanceSampler = host.sampler
    host_sampler: HostSampler = host.host_sampler
    sampler.set_guest_memory({"any": GuestMemory(1, 2)})
    assert isinstance(host_sampler.sample(1.0), HostUsage)
    assert len(engines) == 4
    sampler.close()


def test_host_has_the_promised_cast() -> None:
    instances = _host().instances()
    assert 38 <= len(instances) <= 45
    assert {instance.user for instance in instances} == {"", "root", "anna", "ci"}
    assert {State.RUNNING, State.PAUSED, State.STOPPED, State.CRASHED, State.RESTARTING, State.CREATED} <= {
        instance.state for instance in instances
    }
    assert any("\x1b" in text and "[bold]" in text for instance in instances for text in instance.labels.values())


def test_same_seed_and_clock_give_the_same_host() -> None:
    first, second = _host(), _host()
    assert first.host_id == second.host_id
    assert first.instances() == second.instances()
    for monotonic in (50.0, 51.0, 117.5):
        assert _sample(first, monotonic) == _sample(second, monotonic)
        assert first.host_sampler.sample(monotonic) == second.host_sampler.sample(monotonic)


def test_curves_start_with_the_first_tick_whatever_the_monotonic_clock_says() -> None:
    assert _sample(_host(), 5.0) == _sample(_host(), 123_456.0)


def test_another_seed_gives_other_ids_and_curves() -> None:
    first, second = _host(1), _host(2)
    assert first.host_id != second.host_id
    assert not {i.key for i in first.instances()} & {i.key for i in second.instances()}
    assert _usage(first, "gitlab").cpu != _usage(second, "gitlab").cpu


def test_figures_move_and_can_be_asked_for_in_any_order() -> None:
    host = _host()
    _sample(host, 0.0)
    later, earlier = _usage(host, "postgres", 60.0), _usage(host, "postgres", 30.0)
    assert later.cpu != earlier.cpu
    assert _usage(host, "postgres", 60.0) == later


def test_every_target_has_a_usage_and_the_inactive_ones_their_reason() -> None:
    host = _host()
    usages = _sample(host)
    assert set(usages) == {instance.key for instance in host.instances()}
    for instance in host.instances():
        usage = usages[instance.key]
        if instance.state.is_active:
            assert usage.cgroup
            assert usage.memory.working_set_bytes
        else:
            assert usage.cpu.cores_used is None
            assert "cpu.cores_used" in usage.unknown


def test_build_guest_takes_nearly_all_of_its_four_cores() -> None:
    cores = _usage(_host(), "build-7").cpu.cores_used
    assert cores is not None
    assert 3.6 < cores <= 4.0


def test_database_is_close_to_its_memory_limit() -> None:
    host = _host()
    for monotonic in range(0, 3600, 60):
        percent = _usage(host, "db", float(monotonic)).memory.percent_of_limit
        assert percent == pytest.approx(94, abs=1)


def test_transcoder_is_throttled_at_its_quota() -> None:
    cpu = _usage(_host(), "transcoder").cpu
    assert cpu.throttled_percent is not None
    assert cpu.throttled_percent > 80
    assert cpu.percent_of_limit == pytest.approx(100, abs=5)


def test_rootless_containers_have_no_io_and_say_why() -> None:
    usage = _usage(_host(), "jupyter")
    assert usage.io.write_bytes_per_second is None
    assert "delegated" in usage.unknown["io.write_bytes_per_second"]
    assert usage.pressure.io_some is None


def test_paused_guest_uses_memory_but_no_processor() -> None:
    usage = _usage(_host(), "mail01")
    assert usage.cpu.cores_used == 0
    assert usage.io.write_bytes_per_second == 0
    assert usage.memory.working_set_bytes


def test_balloon_tells_where_it_reports_only() -> None:
    host = _host()
    assert _usage(host, "gitlab").memory.guest_used_bytes
    assert _usage(host, "vpn").memory.guest_used_bytes is None


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("build-7", r"/machine.slice/machine-qemu\x2d1\x2dbuild\x2d7.scope"),
        ("postgres", "/system.slice/postgres.service/libpod-payload-"),
        ("redis", "/machine.slice/libpod-"),
        ("loki", "/machine.slice/machine-libpod_pod_"),
        ("jupyter", "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-"),
    ],
)
def test_cgroups_look_like_those_of_a_systemd_host(name: str, pattern: str) -> None:
    cgroup = _usage(_host(), name).cgroup
    assert cgroup is not None
    assert cgroup.startswith(pattern)


def test_host_is_the_sum_of_its_members() -> None:
    host = _host()
    usages = _sample(host)
    total = host.host_sampler.sample(50.0)
    cores = sum(usage.cpu.cores_used or 0 for usage in usages.values())
    assert total.cores == 16
    assert total.memory_total_bytes == 64 * 1024**3
    assert total.cpu_percent is not None
    assert total.memory_used_bytes is not None
    assert cores < total.cpu_percent * 16 / 100 < cores + 1
    assert total.memory_used_bytes < total.memory_total_bytes


def test_people_work_by_day() -> None:
    night = _host(begin=NOON - 10 * 3600)
    noon_cores, night_cores = _usage(_host(), "gitlab").cpu.cores_used, _usage(night, "gitlab").cpu.cores_used
    assert noon_cores is not None
    assert night_cores is not None
    assert noon_cores > night_cores
    assert day(NOON) > 0.9 > day(NOON - 10 * 3600)


def test_members_of_a_tier_rise_and_fall_together() -> None:
    first = [activity(1, "a", Load(Rhythm.STEADY, "web"), t) for t in range(0, 6000, 30)]
    same = [activity(1, "b", Load(Rhythm.STEADY, "web"), t) for t in range(0, 6000, 30)]
    other = [activity(1, "b", Load(Rhythm.STEADY), t) for t in range(0, 6000, 30)]
    assert _distance(first, same) < _distance(first, other)


def _distance(left: list[float], right: list[float]) -> float:
    return sum(abs(a - b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_activity_stays_between_rest_and_full(rhythm: Rhythm) -> None:
    levels = [activity(3, "x", Load(rhythm), float(t)) for t in range(0, 90_000, 97)]
    assert min(levels) >= 0
    assert max(levels) <= 1
    assert max(levels) > min(levels)


def test_bursts_are_idle_for_most_of_the_time() -> None:
    levels = [activity(3, "x", Load(Rhythm.BURSTS), float(t)) for t in range(0, 90_000, 97)]
    assert sum(level == 0 for level in levels) > len(levels) / 3
    assert max(levels) > 0.7


def test_curves_are_continuous() -> None:
    steps = [wander(99, t / 10, 4.0) for t in range(4000)]
    assert max(abs(after - before) for before, after in pairwise(steps)) < 0.06
    assert 0 <= chance(99, -5) < 1
