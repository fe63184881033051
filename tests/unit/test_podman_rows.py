"""Podman's JSON to domain values, as Podman 4.3 and 5.x write it."""

from dataclasses import replace
from typing import Any

import pytest

from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Health, Port, State
from tui.engines.podman.details import details_of, needs_details, refresh_from, with_details
from tui.engines.podman.inventory import Changes, Inventory
from tui.engines.podman.rows import Owner, instance_of, pod_of

OWNER = Owner("host", "podman", "root")
ID = "c0f2290c2356f8fbe2d2b46bd6afdb4bf4d981999d06a07fbee1e13687e0baeb"

ROW_4_3: dict[str, Any] = {
    "AutoRemove": False,
    "Command": ["sleep", "100000"],
    "Created": "2026-11-24T06:10:01.779607063Z",
    "CreatedAt": "",
    "Exited": False,
    "ExitedAt": -62135596800,
    "ExitCode": 0,
    "Id": ID,
    "Image": "localhost/bb:latest",
    "ImageID": "8b827227c43d",
    "IsInfra": False,
    "Labels": {"io.buildah.version": "1.28.2"},
    "Mounts": [],
    "Names": ["web"],
    "Namespaces": {},
    "Networks": ["podman"],
    "Pid": 11226,
    "Pod": "",
    "PodName": "",
    "Ports": None,
    "Size": None,
    "StartedAt": 1795500601,
    "State": "running",
    "Status": "",
}
ROW_5: dict[str, Any] = {
    **ROW_4_3,
    "CIDFile": "",
    "Labels": None,
    "Restarts": 3,
    "Status": "healthy",
    "Created": "2026-11-24T08:10:01.779607063+02:00",
    "Ports": [{"host_ip": "", "container_port": 80, "host_port": 8080, "range": 1, "protocol": "tcp"}],
}
INSPECTED: dict[str, Any] = {
    "Id": ID,
    "Name": "web",
    "RestartCount": 2,
    "State": {
        "Status": "running",
        "Pid": 11226,
        "ExitCode": 0,
        "OOMKilled": False,
        "Error": "",
        "StartedAt": "2026-11-24T06:10:01.991979921Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "Health": {"Status": "", "FailingStreak": 0, "Log": None},
    },
    "NetworkSettings": {
        "IPAddress": "10.88.0.8",
        "Networks": {"podman": {"IPAddress": "10.88.0.8", "GlobalIPv6Address": "fd00::8"}, "other": {"IPAddress": ""}},
    },
}


def _state(**changes: Any) -> dict[str, Any]:
    return {**INSPECTED, "State": {**INSPECTED["State"], **changes}}


def test_a_row_of_podman_4_3() -> None:
    web = instance_of(ROW_4_3, OWNER)
    assert web.id == InstanceId("host", "podman", ID)
    assert (web.name, web.state, web.pid, web.user, web.driver) == ("web", State.RUNNING, 11226, "root", "podman")
    assert web.started_unix_seconds == 1795500601.0
    facts = web.container
    assert facts is not None
    assert (facts.image, facts.command, facts.pod_id, facts.ports) == ("localhost/bb:latest", "sleep 100000", None, ())
    assert (facts.health, facts.exit_code, facts.unit, facts.is_infra) == (None, None, "", False)
    assert facts.created_unix_seconds == pytest.approx(1795500601.779607)


def test_a_row_of_podman_5_tells_health_restarts_and_a_time_zone() -> None:
    facts = instance_of(ROW_5, OWNER).container
    assert facts is not None
    assert (facts.health, facts.restarts) == (Health.HEALTHY, 3)
    assert facts.created_unix_seconds == pytest.approx(1795500601.779607)
    assert facts.ports == (Port("", 8080, 80, "tcp"),)


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("healthy", Health.HEALTHY),
        ("unhealthy", Health.UNHEALTHY),
        ("starting", Health.STARTING),
        ("Up 3 minutes (unhealthy)", Health.UNHEALTHY),
        ("Up 3 minutes (healthy)", Health.HEALTHY),
        ("", None),
        ("Up 3 minutes", None),
        ("restarting", None),
    ],
)
def test_health_is_a_word_of_the_status(status: str, health: Health | None) -> None:
    facts = instance_of({**ROW_4_3, "Status": status}, OWNER).container
    assert facts is not None
    assert facts.health is health


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("created", State.CREATED),
        ("initialized", State.CREATED),
        ("running", State.RUNNING),
        ("paused", State.PAUSED),
        ("stopping", State.STOPPING),
        ("stopped", State.STOPPED),
        ("exited", State.STOPPED),
        ("removing", State.REMOVING),
        ("unknown", State.UNKNOWN),
        ("invented later", State.UNKNOWN),
    ],
)
def test_states(word: str, state: State) -> None:
    assert instance_of({**ROW_4_3, "State": word}, OWNER).state is state


def test_a_container_that_ended_tells_its_exit_code_and_no_start() -> None:
    row = {**ROW_4_3, "State": "exited", "Exited": True, "ExitedAt": 1795500700, "ExitCode": 137, "Pid": 0}
    ended = instance_of(row, OWNER)
    assert ended.container is not None
    assert (ended.reason, ended.container.exit_code) == ("exit 137", 137)
    assert (ended.pid, ended.started_unix_seconds) == (None, None)
    assert instance_of({**row, "ExitCode": 0}, OWNER).reason == ""


def test_a_range_of_ports_and_two_protocols() -> None:
    ports = [
        {"host_ip": "127.0.0.1", "container_port": 9000, "host_port": 9100, "range": 2, "protocol": "udp"},
        {"host_ip": "::", "container_port": 53, "host_port": 53, "protocol": "tcp,udp"},
    ]
    facts = instance_of({**ROW_4_3, "Ports": ports}, OWNER).container
    assert facts is not None
    assert facts.ports == (
        Port("127.0.0.1", 9100, 9000, "udp"),
        Port("127.0.0.1", 9101, 9001, "udp"),
        Port("::", 53, 53, "tcp"),
        Port("::", 53, 53, "udp"),
    )


def test_units_belong_to_the_system_for_root_and_to_the_user_otherwise() -> None:
    row = {**ROW_4_3, "Labels": {"PODMAN_SYSTEMD_UNIT": "web.service"}}
    of_root = instance_of(row, OWNER)
    of_user = instance_of(row, replace(OWNER, user="ann"))
    assert of_root.container is not None
    assert of_user.container is not None
    assert (of_root.container.unit, of_root.container.unit_is_user) == ("web.service", False)
    assert (of_user.container.unit, of_user.container.unit_is_user) == ("web.service", True)
    assert of_root.stable_key.name == "web.service"


def test_pids_of_another_host_are_not_told() -> None:
    web = instance_of(ROW_4_3, replace(OWNER, local=False))
    assert (web.pid, web.local) == (None, False)


def test_hostile_labels_stay_as_they_are() -> None:
    hostile = {"a\x1b[31m": "[red]x[/]\n\x00", "n": "\u202e"}
    assert instance_of({**ROW_4_3, "Labels": hostile}, OWNER).labels == hostile


@pytest.mark.parametrize("row", [{}, {"Id": ID}, {"Id": ID, "State": "running", "Ports": 3}])
def test_what_is_no_row_is_an_error(row: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        instance_of(row, OWNER)


def test_an_inventory_leaves_out_what_does_not_parse_and_keeps_the_rest() -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=({"Id": "x"}, ROW_4_3, {**ROW_4_3, "Labels": 7}), pods=({"Id": 1}, {})))
    assert [instance.name for instance in inventory.instances()] == ["web"]
    assert inventory.pods() == ()


def test_details_tell_addresses_restarts_and_the_oom_killer() -> None:
    details = details_of(INSPECTED)
    web = with_details(instance_of(ROW_4_3, OWNER), details)
    assert web.addresses == (Address("10.88.0.8", "engine", "podman"), Address("fd00::8", "engine", "podman"))
    assert web.container is not None
    assert web.container.restarts == 2
    ended = _state(Status="exited", OOMKilled=True, ExitCode=137, FinishedAt="2026-11-24T06:11:00Z")
    fresh = refresh_from(web, ended)
    assert with_details(fresh, details_of(ended)).reason == "OOM-killed, exit 137"
    assert with_details(fresh, details_of(ended)).addresses == ()


def test_a_start_that_failed_tells_why() -> None:
    failed = _state(Status="created", StartedAt="0001-01-01T00:00:00Z", Error="runc: exec: \n no such file")
    row = {**ROW_4_3, "State": "created", "Pid": 0, "StartedAt": -62135596800}
    assert with_details(instance_of(row, OWNER), details_of(failed)).reason == "runc: exec: no such file"


def test_details_are_asked_for_once_for_each_start_and_end() -> None:
    web = instance_of(ROW_4_3, OWNER)
    details = details_of(INSPECTED)
    assert needs_details(web, None)
    assert not needs_details(web, details)
    assert needs_details(replace(web, started_unix_seconds=1795500650.0), details)
    assert needs_details(replace(web, state=State.STOPPED, started_unix_seconds=None), details)


def test_an_inspection_brings_a_known_container_up_to_date() -> None:
    web = instance_of(ROW_5, OWNER)
    renamed = {**_state(Status="paused", Pid=0, Health={"Status": "unhealthy"}), "Name": "new"}
    fresh = refresh_from(web, renamed)
    assert (fresh.name, fresh.state, fresh.pid) == ("new", State.PAUSED, None)
    assert fresh.container is not None
    assert fresh.container.health is Health.UNHEALTHY
    assert fresh.container.ports == (Port("", 8080, 80, "tcp"),)


def test_health_without_a_check_is_none_in_every_version() -> None:
    for health in ({"Health": None}, {"Healthcheck": {"Status": ""}}, {"Health": {"Status": ""}}):
        fresh = refresh_from(instance_of(ROW_4_3, OWNER), _state(**health))
        assert fresh.container is not None
        assert fresh.container.health is None


def test_a_pod_lists_its_members_by_row_key() -> None:
    row = {
        "Id": "ba5ace",
        "Name": "grp",
        "Status": "Degraded",
        "Containers": [{"Id": ID, "Names": "web", "Status": "running"}],
        "Labels": {"PODMAN_SYSTEMD_UNIT": "grp.service"},
    }
    found = pod_of(row, OWNER)
    assert (found.pod.name, found.pod.state, found.unit) == ("grp", "Degraded", "grp.service")
    assert found.pod.member_ids == (instance_of(ROW_4_3, OWNER).key,)
    assert pod_of({"Id": "e", "Name": "empty", "Containers": None}, OWNER).pod.member_ids == ()


def test_a_container_that_is_gone_is_forgotten() -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=(ROW_4_3,)))
    inventory.apply(Changes(False, inspected=((ID, INSPECTED),)))
    assert inventory.unexplained() == []
    inventory.apply(Changes(False, inspected=((ID, None),)))
    assert inventory.instances() == ()


def test_what_did_not_change_stays_the_same_object() -> None:
    inventory = Inventory(OWNER)
    other = {**ROW_4_3, "Id": "e" * 64, "Names": ["other"]}
    inventory.apply(Changes(True, rows=(ROW_4_3, other)))
    before = inventory.instances()
    inventory.apply(Changes(True, rows=(ROW_4_3, {**other, "Names": ["renamed"]})))
    after = inventory.instances()
    assert after[0] is before[0]
    assert after[1].name == "renamed"


def test_a_doubted_container_is_inspected_again_and_keeps_what_is_known_meanwhile() -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=(ROW_4_3,), inspected=((ID, INSPECTED),)))
    inventory.doubt([ID, "gone"])
    assert inventory.unexplained() == [ID]
    assert inventory.instances()[0].addresses
    inventory.apply(Changes(False, inspected=((ID, {**INSPECTED, "RestartCount": 9}),)))
    assert inventory.unexplained() == []
    facts = inventory.instances()[0].container
    assert facts is not None
    assert facts.restarts == 9


def test_health_news_is_told_once() -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=(ROW_4_3,)))
    assert inventory.set_health(ID, Health.UNHEALTHY) is not None
    assert inventory.set_health(ID, Health.UNHEALTHY) is None
    assert inventory.set_health("other", Health.HEALTHY) is None
    assert inventory.apply(Changes(True, rows=({**ROW_4_3, "Status": "unhealthy"},))) == ()
    (news,) = inventory.apply(Changes(True, rows=({**ROW_4_3, "Status": "healthy"},)))
    assert news.name == "web"
