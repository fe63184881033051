"""The public JSON has the promised keys, is valid whatever the names are, and reads back as the same view."""

import json
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.build import container, engine_status, guest, host_usage, seen
from tui.domain.host import EngineState, HostView, InstanceView, Problem, Severity
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Health, Pod, Port, State
from tui.domain.plain import FormatError, clean_text, decode, encode, parse_instance_id
from tui.domain.serialise import FIGURES, SCHEMA_VERSION, from_json, to_json
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage
from tui.engines.demo import DemoHost
from tui.sampling.ledger import make_ledger

FULL = Usage(
    cpu=CpuUsage(0.5, 1.0, 50.0, 12.5),
    memory=MemoryUsage(200 << 20, 1 << 30, None, 19.5, 0, 0),
    io=IoUsage(1.0, 2.0),
    network=NetworkUsage(3.0, 4.0),
    pids=PidsUsage(7, 2048),
    pressure=Pressure(1.0, 0.0, 2.0),
    cgroup="/machine.slice/libpod-1.scope/container",
    window_seconds=1.0,
)


def _view(*items: InstanceView, **more: Any) -> HostView:
    usage = host_usage(cpu_percent=12.5)
    return HostView(
        host_id="0123456789abcdef",
        host_name="kvm01",
        taken_utc_seconds=1_750_000_000.25,
        taken_monotonic_seconds=77.5,
        tick=9,
        usage=usage,
        ledger=make_ledger(items, usage),
        instances=items,
        **more,
    )


def _one(item: InstanceView) -> dict[str, Any]:
    found: dict[str, Any] = to_json(_view(item))["instances"][0]
    return found


def _strict(data: Any) -> Any:
    return json.loads(json.dumps(data, allow_nan=False))


def test_promised_keys_are_there() -> None:
    data = _one(seen(container("web", image="localhost/bb:1", restarts=3), FULL))
    assert data["id"] == "host/podman/web"
    assert data["kind"] == "container"
    assert data["engine"] == "podman"
    assert data["user"] == "root"
    assert (data["state"], data["state_reason"]) == ("running", "")
    assert data["cgroup"] == "/machine.slice/libpod-1.scope/container"
    assert data["cpu"] == {
        "cores_used": 0.5,
        "limit_cores": 1.0,
        "percent_of_limit": 50.0,
        "throttled_percent": 12.5,
    }
    assert data["memory"]["working_set_bytes"] == 200 << 20
    assert data["memory"]["limit_bytes"] == 1 << 30
    assert data["io"] == {"read_bytes_per_second": 1.0, "write_bytes_per_second": 2.0}
    assert data["network"] == {"receive_bytes_per_second": 3.0, "transmit_bytes_per_second": 4.0}
    assert data["pids"]["current"] == 7
    assert data["unknown"] == {}
    assert data["container"]["image"] == "localhost/bb:1"
    assert data["container"]["restarts"] == 3
    assert data["guest"] is None


def test_top_of_the_document() -> None:
    data = to_json(_view(sources=(engine_status("podman", EngineState.LOST, message="gone"),)))
    assert data["schema_version"] == SCHEMA_VERSION == 1
    assert data["host"]["id"] == "0123456789abcdef"
    assert data["host"]["name"] == "kvm01"
    assert data["host"]["cpu_percent"] == 12.5
    assert data["sources"][0]["state"] == "lost"
    assert data["sources"][0]["message"] == "gone"
    assert data["ledger"]["cores"] == 16
    assert {"pods", "problems", "instances", "taken_utc_seconds", "tick"} <= data.keys()


def test_every_null_figure_has_its_reason() -> None:
    data = _one(seen(container(state=State.STOPPED)))
    for path in FIGURES:
        group, name = path.split(".")
        assert data[group][name] is None
        assert data["unknown"][path] == "It does not run."


@pytest.mark.parametrize(
    ("usage", "path", "reason"),
    [
        (Usage(unknown={"cpu.cores_used": "no cgroup"}), "cpu.cores_used", "no cgroup"),
        (Usage(), "io.read_bytes_per_second", "It was found a moment ago: nothing is read yet."),
        (Usage(), "memory.working_set_bytes", "It was found a moment ago: nothing is read yet."),
        (Usage(cgroup="/a"), "io.read_bytes_per_second", "A rate needs two samples and there is only one."),
        (Usage(window_seconds=1.0), "pids.current", "The kernel gave no figure."),
        (Usage(cpu=CpuUsage(0.1), window_seconds=1.0), "cpu.throttled_percent", "It has no processor quota."),
    ],
)
def test_reasons_follow_the_sampler_then_the_state(usage: Usage, path: str, reason: str) -> None:
    assert _one(seen(container(), usage))["unknown"][path] == reason


def test_known_figures_have_no_reason_and_zero_is_known() -> None:
    usage = replace(FULL, io=IoUsage(0.0, 0.0))
    assert _one(seen(container(), usage))["unknown"] == {}


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_numbers_that_are_none_become_null_with_a_reason(value: float) -> None:
    data = _strict(_one(seen(container(), replace(FULL, cpu=CpuUsage(value, 1.0, 0.0, 0.0)))))
    assert data["cpu"]["cores_used"] is None
    assert "cpu.cores_used" in data["unknown"]


def test_view_reads_back_as_the_same_value() -> None:
    pod = Pod(InstanceId("host", "podman", "p1"), "api", "Running", "root", ("host/podman/web",))
    items = (
        seen(
            container(
                "web",
                health=Health.UNHEALTHY,
                ports=(Port("127.0.0.1", 80, 8080, "tcp"),),
                pod_id="p1",
                addresses=(Address("10.88.0.2", "engine", "podman"),),
                labels={"a": "b"},
            ),
            FULL,
        ),
        seen(guest("vm", state=State.PAUSED, reason="I/O error", pid=7, taps=("vnet0",)), FULL),
    )
    problems = (Problem(Severity.CRITICAL, items[1].key, "vm", "guest", "paused", 1_750_000_000.0),)
    view = _view(*items, pods=(pod,), problems=problems, sources=(engine_status(),), read_only=True)
    assert from_json(_strict(to_json(view))) == view


def test_whole_demo_host_reads_back() -> None:
    demo = DemoHost(seed=3, clock=lambda: 1_750_000_000.0)
    instances = demo.instances()
    usages = demo.sampler.sample(instances, frozenset(), 10.0)
    view = _view(*(InstanceView(instance, usages[instance.key]) for instance in instances))
    data = to_json(view)
    again = from_json(_strict(data))
    assert again == view
    assert to_json(again) == data


@given(name=st.text(), label=st.text(), reason=st.text())
def test_any_name_makes_valid_json(name: str, label: str, reason: str) -> None:
    text = json.dumps(_one(seen(container(name, labels={label: label}, reason=reason), FULL)), ensure_ascii=False)
    assert json.loads(text.encode())["kind"] == "container"


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    name = b"caf\xe9-\xff".decode(errors="surrogateescape")
    assert _one(seen(container(name), FULL))["name"] == "caf\ufffd-\ufffd"
    assert clean_text("\ud83d\ude00") == "\U0001f600"
    assert clean_text("schön [bold]\x1b[31m") == "schön [bold]\x1b[31m"


def test_unknown_keys_are_skipped_and_missing_ones_take_their_default() -> None:
    data = _strict(to_json(_view(seen(container("web", title="T"), FULL))))
    data["novelty"] = data["instances"][0]["novelty"] = data["host"]["novelty"] = [1]
    del data["instances"][0]["title"], data["instances"][0]["pressure"], data["sources"]
    item = from_json(data).instances[0]
    assert item.instance.title == ""
    assert item.usage.pressure == Pressure()


def _without_host(data: dict[str, Any]) -> None:
    del data["host"]


def _other_version(data: dict[str, Any]) -> None:
    data["schema_version"] = 2


def _wrong_state(data: dict[str, Any]) -> None:
    data["instances"][0]["state"] = "dancing"


def _wrong_number(data: dict[str, Any]) -> None:
    data["instances"][0]["cpu"]["cores_used"] = "much"


def _boolean_number(data: dict[str, Any]) -> None:
    data["tick"] = True


def _wrong_list(data: dict[str, Any]) -> None:
    data["pods"] = {}


def _wrong_item(data: dict[str, Any]) -> None:
    data["instances"][0] = 5


def _wrong_id(data: dict[str, Any]) -> None:
    data["instances"][0]["id"] = "nothing"


def _without_name(data: dict[str, Any]) -> None:
    del data["instances"][0]["name"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_without_host, "host or instances is missing"),
        (_other_version, "schema_version is 2"),
        (_wrong_state, r"instances\[0\].instance.state: 'dancing' is no State"),
        (_wrong_number, r"instances\[0\].usage.cpu.cores_used: a number is needed, not str"),
        (_boolean_number, "tick: int is needed, not bool"),
        (_wrong_list, "pods: list is needed, not dict"),
        (_wrong_item, r"instances\[0\] is no object"),
        (_wrong_id, "'nothing' is not HOST/ENGINE/ID"),
        (_without_name, "name is missing"),
    ],
)
def test_what_does_not_fit_is_named(spoil: Any, message: str) -> None:
    data = _strict(to_json(_view(seen(container(), FULL))))
    spoil(data)
    with pytest.raises(FormatError, match=message):
        from_json(data)


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_what_is_no_view_at_all_is_refused(data: Any) -> None:
    with pytest.raises(FormatError):
        from_json(data)


def test_ids_keep_the_slashes_of_their_engine() -> None:
    identity = InstanceId("host", "qemu+ssh://root@h/system", "uuid")
    assert parse_instance_id(str(identity)) == identity


@dataclass(frozen=True)
class _Nested:
    numbers: tuple[float, ...]
    maybe: int | None = None


def test_generic_values_go_both_ways() -> None:
    value = _Nested((1.0, 2.5), None)
    assert decode(_Nested, encode(value)) == value
    assert decode(_Nested, {"numbers": [1, 2]}) == _Nested((1.0, 2.0))


def test_what_has_no_plain_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="no plain form"):
        encode(object())
