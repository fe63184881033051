"""What a page of metrics holds: checked with the client library's own readers."""

import json
from dataclasses import replace
from importlib import resources

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain

from tests.unit.build import container, engine_status, guest, host_usage, seen
from tests.unit.views import UTC, pod_of, view_of
from tui.domain.host import EngineState, Filesystem, HostView, PoolFill, Problem, Severity
from tui.domain.instance import Health, Instance, State
from tui.domain.past import RecordStatus
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage
from tui.export.prometheus.page import Press, wanted_type
from tui.export.prometheus.sheet import OPENMETRICS, PLAIN, label
from tui.sampling.totals import HostTotals, Tally, Totals

HOSTILE = 'a"b\\c\nd\x00e\x1b[31mf\u202eg\ud800'
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _with_usage(view: HostView, **usages: Usage) -> HostView:
    return replace(
        view, instances=tuple(seen(one.instance, usages.get(one.instance.name, one.usage)) for one in view.instances)
    )


def _tally(**totals: Totals) -> Tally:
    tally = Tally()
    tally.instances = {f"host/podman/{name}": one for name, one in totals.items()}
    return tally


def _samples(
    view: HostView, tally: Tally | None = None, content_type: str = OPENMETRICS, record: RecordStatus | None = None,
    most: int = 100,
) -> Samples:  # fmt: skip
    body = Press(tally or Tally(), most=most).page(view, record, content_type).body.decode("utf-8")
    read = read_openmetrics if content_type == OPENMETRICS else read_plain
    found: Samples = {}
    for family in read(body):
        for sample in family.samples:
            place = (sample.name, frozenset(sample.labels.items()))
            assert place not in found, place
            found[place] = sample.value
    return found


def _of(samples: Samples, name: str, /, **labels: str) -> list[float]:
    """Return the values of a metric whose labels include these."""
    return [value for (found, has), value in samples.items() if found == name and labels.items() <= dict(has).items()]


def _names(samples: Samples) -> set[str]:
    return {name for name, _ in samples}


@pytest.mark.parametrize("content_type", [PLAIN, OPENMETRICS])
def test_figures_have_base_units_and_counters_end_in_total(content_type: str) -> None:
    usage = Usage(
        CpuUsage(1.5, 2.0, 75.0, 10.0), MemoryUsage(working_set_bytes=1 << 30), pressure=Pressure(cpu_some=25.0)
    )
    tally = _tally(web=Totals(1, 12.5, 100, 10, 4096, 8192, 1, 2, 3))
    tally.host = HostTotals(100.0, 2.0, {"sda": (1, 2)}, {"eth0": (3, 4)})
    samples = _samples(_with_usage(view_of(container("web")), web=usage), tally, content_type)
    for name, value in {
        "cpu_seconds_total": 12.5,
        "cpu_limit_cores": 2.0,
        "cpu_periods_total": 100,
        "cpu_throttled_periods_total": 10,
        "memory_working_set_bytes": 1 << 30,
        "disk_read_bytes_total": 4096,
        "disk_written_bytes_total": 8192,
        "network_receive_bytes_total": 1,
        "network_transmit_bytes_total": 2,
        "oom_kills_total": 3,
        "up": 1,
    }.items():
        assert _of(samples, f"hostdeck_instance_{name}", kind="container", name="web", user="root") == [value], name
    assert _of(samples, "hostdeck_instance_pressure_ratio", resource="cpu") == [0.25]
    assert _of(samples, "hostdeck_host_cpu_busy_seconds_total") == [100]
    assert _of(samples, "hostdeck_host_disk_written_bytes_total", device="sda") == [2]
    assert _of(samples, "hostdeck_sample_timestamp_seconds") == [UTC]


def test_what_is_not_known_has_no_series() -> None:
    samples = _samples(view_of(container("web"), usage=host_usage(memory_used_bytes=None)))
    names = _names(samples)
    assert "hostdeck_instance_up" in names
    for name in ("cpu_seconds_total", "memory_limit_bytes", "pids", "exit_code", "oom_kills_total", "vcpus"):
        assert f"hostdeck_instance_{name}" not in names
    assert "hostdeck_host_memory_used_bytes" not in names
    assert "hostdeck_host_cpu_busy_seconds_total" not in names
    assert "hostdeck_record_newest_timestamp_seconds" not in names


def test_zero_that_was_measured_is_there() -> None:
    samples = _samples(view_of(container("web")), _tally(web=Totals(cpu_seconds=0.0, oom_kills=0)))
    assert _of(samples, "hostdeck_instance_oom_kills_total") == [0]
    assert _of(samples, "hostdeck_instance_cpu_seconds_total") == [0]


@pytest.mark.parametrize("content_type", [PLAIN, OPENMETRICS])
def test_hostile_names_are_one_label_value_each(content_type: str) -> None:
    web = container("web", labels={"secret": "never"}, image=HOSTILE, unit=HOSTILE)
    view = view_of(replace(web, name=HOSTILE), guest("vm" * 400), pods=(replace(pod_of("p", web), name=HOSTILE),))
    samples = _samples(view, content_type=content_type)
    shown = label(HOSTILE)
    assert shown.isprintable()
    assert _of(samples, "hostdeck_instance_up", name=shown) == [1]
    assert _of(samples, "hostdeck_instance_info", name=shown, image=shown, unit=shown, pod=shown) == [1]
    assert all(len(value) <= 2000 for _, labels in samples for _, value in labels)
    assert not any("never" in value for _, labels in samples for _, value in labels)


def test_state_is_one_for_one_and_zero_for_the_others() -> None:
    view = view_of(guest("vm", state=State.PAUSED), container("web", health=Health.UNHEALTHY))
    samples = _samples(view)
    states = {
        dict(labels)["hostdeck_instance_state"]: value
        for (name, labels), value in samples.items()
        if name == "hostdeck_instance_state" and ("name", "vm") in labels
    }
    assert states == {state.value: float(state is State.PAUSED) for state in State}
    assert _of(samples, "hostdeck_instance_health", hostdeck_instance_health="unhealthy") == [1]
    assert _of(samples, "hostdeck_instance_health", name="vm") == []


def test_instances_beyond_the_limit_are_counted_and_always_the_same() -> None:
    many = [container(f"c{number:03}") for number in range(30)]
    samples = _samples(view_of(*many), most=10)
    again = _samples(view_of(*reversed(many)), most=10)
    kept = {dict(labels)["name"] for name, labels in samples if name == "hostdeck_instance_up"}
    assert kept == {f"c{number:03}" for number in range(10)}
    assert kept == {dict(labels)["name"] for name, labels in again if name == "hostdeck_instance_up"}
    assert _of(samples, "hostdeck_instances_left_out") == [20]
    assert _of(samples, "hostdeck_instances", kind="container", state="running") == [30]


def test_two_of_one_name_are_one_series_of_the_one_that_runs() -> None:
    old: Instance = replace(container("web"), state=State.REMOVING)
    new = replace(container("web"), id=replace(old.id, local="new"))
    samples = _samples(view_of(old, new), _tally(new=Totals(cpu_seconds=7.0)))
    assert _of(samples, "hostdeck_instance_cpu_seconds_total") == [7.0]
    assert _of(samples, "hostdeck_instances_left_out") == [1]


def test_engines_problems_record_and_storage() -> None:
    web = container("web")
    crash = Problem(Severity.CRITICAL, web.key, "web", "container", "it fell", rule="unhealthy")
    seen_one = replace(crash, subject="", kind="host", rule="memory", severity=Severity.WARNING, acknowledged_by="a")
    quiet = replace(seen_one, acknowledged_by="", silenced_until_utc_seconds=UTC + 60)
    view = view_of(
        web,
        problems=(crash, seen_one, quiet),
        sources=(
            engine_status("podman", pools=(PoolFill("tank", 100, 40),)),
            engine_status("lost", EngineState.LOST),
            engine_status("nobody", EngineState.ABSENT, required=False),
        ),
        usage=host_usage(filesystems=(Filesystem("/srv", "xfs", 1000, 10, 99.0, 50.0),)),
    )
    samples = _samples(view, record=RecordStatus("/r", newest_utc_seconds=UTC - 5, writer_pid=None))
    assert _of(samples, "hostdeck_engine_up", engine="podman") == [1]
    assert _of(samples, "hostdeck_engine_up", engine="lost") == [0]
    assert _of(samples, "hostdeck_engine_up", engine="nobody") == []
    assert _of(samples, "hostdeck_problems", rule="unhealthy", severity="critical", acknowledged="false") == [1]
    assert _of(samples, "hostdeck_problems", rule="memory", kind="host", acknowledged="true") == [1]
    assert _of(samples, "hostdeck_problems", rule="memory", silenced="true") == [1]
    assert _of(samples, "hostdeck_problems", silenced="false") == [1, 1]
    assert _of(samples, "hostdeck_instance_problems", name="web", severity="critical") == [1]
    assert _of(samples, "hostdeck_record_newest_timestamp_seconds") == [UTC - 5]
    assert _of(samples, "hostdeck_record_writer_up") == [0]
    assert _of(samples, "hostdeck_host_filesystem_free_bytes", mountpoint="/srv", fstype="xfs") == [10]
    assert _of(samples, "hostdeck_pool_used_bytes", pool="tank") == [40]


def test_page_of_a_moment_is_made_once() -> None:
    ticks = iter(range(100))
    press = Press(Tally(), clock=lambda: float(next(ticks)))
    view = view_of(container("web"))
    first = press.page(view, None, PLAIN)
    assert press.page(view, None, PLAIN) is first
    assert press.page(view, None, OPENMETRICS).content_type == OPENMETRICS
    later = press.page(replace(view, tick=2), None, PLAIN)
    assert later is not first
    assert b"hostdeck_export_render_duration_seconds 1.0" in later.body


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("text/html", PLAIN),
        ("application/openmetrics-text", OPENMETRICS),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OPENMETRICS),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.2", PLAIN),
        ("application/openmetrics-text;q=0", PLAIN),
        ("application/openmetrics-text;q=nonsense", PLAIN),
    ],
)
def test_content_type_is_negotiated(accept: str, kind: str) -> None:
    assert wanted_type(accept) == kind


def test_dashboard_asks_only_for_what_is_exported() -> None:
    examples = resources.files("tui.export.prometheus") / "examples"
    dashboard = json.loads((examples / "dashboard.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert len(queries) > 15
    rules = (examples / "rules.yml").read_text(encoding="utf-8")
    asked = {word for text in (*queries, rules) for word in _metric_names(text)}
    assert asked <= _names(_everything()) | {"hostdeck_problems", "hostdeck_instance_problems"}


def _everything() -> Samples:
    """Return a page on which every figure has a value."""
    usage = Usage(
        CpuUsage(1, 1, 1, 1),
        MemoryUsage(*[1] * 8),
        IoUsage(1, 1),
        NetworkUsage(1, 1),
        PidsUsage(1, 1),
        Pressure(1, 1, 1),
    )
    tally = _tally(web=Totals(*[1] * 9), vm=Totals(*[1] * 9))
    tally.host = HostTotals(1.0, 1.0, {"sda": (1, 1)}, {"eth0": (1, 1)})
    figures = host_usage(filesystems=(Filesystem("/", "ext4", 10, 5, 50.0, 1.0),), pressure=Pressure(1, 1, 1))
    web = container("web", health=Health.HEALTHY, started_unix_seconds=1.0)
    ended = container("ended", state=State.STOPPED, exit_code=1)
    view = view_of(web, ended, guest("vm"), usage=figures)
    return _samples(_with_usage(view, web=usage), tally, record=RecordStatus("/r", newest_utc_seconds=UTC))


def _metric_names(text: str) -> set[str]:
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
    return {word for word in words if word.startswith("hostdeck_")}
