"""Everything that runs on a cgroup v2 host under systemd is listed, each where its figures are."""

import re

import pytest

from tests.host.observed.conftest import Observed
from tui.domain.serialise import FIGURES, from_json

pytestmark = pytest.mark.timeout(600)

MIB = 1 << 20
ROOTFUL = ("idle", "writer", "web", "db", "cache", "checked", "managed", "holder")
ROOTLESS = ("rl1", "rl2")


def test_every_engine_answers_and_everything_is_listed_once(observed: Observed) -> None:
    assert {source["id"]: source["state"] for source in observed.view["sources"]} == {
        "qemu:///system": "ready",
        "lxc:///system": "ready",
        "podman": "ready",
        "podman:tester": "ready",
    }
    names = sorted(one["name"] for one in observed.view["instances"] if not one["name"].endswith("-infra"))
    assert names == sorted((*ROOTFUL, *ROOTLESS, "q1", "l1"))
    assert from_json(observed.view).host_name == "testhost"


@pytest.mark.parametrize(
    ("names", "engine", "user"),
    [(ROOTFUL, "podman", "root"), (ROOTLESS, "podman:tester", "tester")],
    ids=["rootful", "rootless"],
)
def test_containers_have_their_user(observed: Observed, names: tuple[str, ...], engine: str, user: str) -> None:
    for name in names:
        one = observed.one(name)
        assert (one["kind"], one["engine"], one["user"], one["state"]) == ("container", engine, user, "running")


def test_the_pod_has_its_members(observed: Observed) -> None:
    (pod,) = observed.view["pods"]
    members = [one for one in observed.view["instances"] if one["id"] in pod["member_ids"]]
    names = {"infra" if one["container"]["is_infra"] else one["name"] for one in members}
    assert (pod["name"], pod["state"], pod["user"], names) == ("pod1", "Running", "root", {"infra", "db", "cache"})


def test_facts_of_containers(observed: Observed) -> None:
    assert observed.one("managed")["container"]["unit"] == "managed.service"
    assert observed.one("checked")["container"]["health"] == "healthy"
    assert observed.one("idle")["container"]["health"] is None
    assert [port["host_port"] for port in observed.one("web")["container"]["ports"]] == [8080]
    assert re.fullmatch(r"10\.88\.\d+\.\d+", observed.one("web")["addresses"][0]["ip"])


def test_guests_of_both_drivers(observed: Observed) -> None:
    for name, engine, driver in (("q1", "qemu:///system", "qemu"), ("l1", "lxc:///system", "lxc")):
        one = observed.one(name)
        assert (one["kind"], one["engine"], one["state"], one["driver"]) == ("guest", engine, "running", driver)
    assert observed.one("q1")["guest"]["taps"] == ["vnet0"]


# where figures are read


def container_id(observed: Observed, name: str) -> str:
    return str(observed.one(name)["id"]).rpartition("/")[2]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("idle", r"/machine\.slice/libpod-ID\.scope/container"),
        ("db", r"/machine\.slice/machine-libpod_pod_[0-9a-f]{64}\.slice/libpod-ID\.scope/container"),
        ("managed", r"/system\.slice/managed\.service/libpod-payload-ID"),
        ("rl1", r"/user\.slice/user-1000\.slice/user@1000\.service/user\.slice/libpod-ID\.scope/container"),
    ],
)
def test_a_container_is_read_where_its_process_is(observed: Observed, name: str, level: str) -> None:
    cgroup = observed.one(name)["cgroup"]
    assert cgroup == observed.cgroup(name)
    assert re.fullmatch(level.replace("ID", container_id(observed, name)), cgroup)


def test_a_guest_is_read_above_its_process(observed: Observed) -> None:
    assert re.fullmatch(r"/machine\.slice/machine-qemu\\x2d\d+\\x2dq1\.scope", observed.one("q1")["cgroup"])
    assert observed.cgroup("q1") == observed.one("q1")["cgroup"] + "/libvirt/emulator"
    assert re.fullmatch(r"/machine\.slice/machine-lxc\\x2d\d+\\x2dl1\.scope/libvirt", observed.one("l1")["cgroup"])


# what there is


def test_every_figure_is_there_or_has_its_reason(observed: Observed) -> None:
    for one in observed.view["instances"]:
        for path in FIGURES:
            group, _, figure = path.partition(".")
            assert (one[group][figure] is None) == (path in one["unknown"]), (one["name"], path, one["unknown"])
        assert one["cpu"]["cores_used"] is not None, one["unknown"]
        assert one["memory"]["working_set_bytes"] > 0
        assert one["memory"]["oom_kills"] == 0
        assert one["pids"]["current"] >= 1
        assert None not in one["pressure"].values(), one["unknown"]


@pytest.mark.parametrize(
    ("name", "cores", "memory"),
    [
        ("web", 0.5, 64 * MIB),
        ("db", None, 128 * MIB),
        ("rl2", None, 48 * MIB),
        ("idle", None, None),
        ("q1", 1, None),
        ("l1", None, 64 * MIB),
    ],
)
def test_limits_are_found_at_the_level_that_has_them(
    observed: Observed, name: str, cores: float | None, memory: int | None
) -> None:
    one = observed.one(name)
    assert (one["cpu"]["limit_cores"], one["memory"]["limit_bytes"]) == (cores, memory)
    assert one["pids"]["limit"] > 0


def test_a_user_without_the_io_controller_has_no_io_figures(observed: Observed) -> None:
    for name in ROOTLESS:
        one = observed.one(name)
        assert one["io"] == {"read_bytes_per_second": None, "write_bytes_per_second": None}
        assert one["unknown"]["io.write_bytes_per_second"] == "io is not delegated to user 1000"


def test_the_host_itself(observed: Observed) -> None:
    host, ledger = observed.view["host"], observed.view["ledger"]
    assert (host["name"], host["cores"]) == ("testhost", 2)
    assert host["cpu_percent"] > 25  # `web` alone uses a quarter
    assert 0 < host["memory_used_bytes"] < host["memory_total_bytes"] < 2048 * MIB
    assert host["pressure"]["cpu_some"] > 0
    assert host["disk_write_bytes_per_second"] > 0
    promised = (64 + 128 + 128 + 48) * MIB + 96 * MIB + 64 * MIB  # web, db, holder, rl2, q1, l1
    assert (ledger["memory_promised_bytes"], ledger["unlimited_memory"]) == (promised, 6)
    assert ledger["vcpus_promised"] == 2.5
