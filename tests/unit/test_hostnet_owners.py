import os
from pathlib import Path

import pytest

from tests.unit.build import container, guest
from tui.domain.network import InterfaceKind, Network
from tui.domain.resource import Stock
from tui.hostnet.links import Link
from tui.hostnet.owners import Owner, Owners, inside_name, mounted_namespaces, owners_of

DEV_MCAST = """2    eth0            1     0     333300000001
3    eth1            1     0     01005e000001
"""
STOCKS = (
    Stock("podman", networks=(Network("podman", bridge="podman0"),)),
    Stock("vm", networks=(Network("default", bridge="virbr0"),)),
)


def veth(namespace: int | None = 4, link: int = 3, name: str = "veth9") -> Link:
    return Link(name, 12, InterfaceKind.VETH, link=link, link_namespace=namespace)


def tap(name: str = "vnet0", *, carrier: bool = True) -> Link:
    return Link(name, 13, InterfaceKind.TAP, carrier=carrier)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "77" / "net").mkdir(parents=True)
    (tmp_path / "77" / "net" / "dev_mcast").write_text(DEV_MCAST)
    return tmp_path


def owners(proc: Path, *instances: object, left_behind: dict[int, str] | None = None) -> Owners:
    return owners_of(instances, STOCKS, {77: 4, 78: 4}.get, left_behind or {}, proc)  # type: ignore[arg-type]


def test_a_veth_belongs_to_the_container_in_the_namespace_of_its_peer(proc: Path) -> None:
    web = container("web", pid=77)
    assert owners(proc, web).of(veth(), "podman0") == Owner(web.key, "web", "eth1")


def test_the_members_of_a_pod_share_one(proc: Path) -> None:
    infra, api, log = (container("pause", pid=77, is_infra=True), container("api", pid=77), container("log", pid=78))
    found = owners(proc, infra, api, log).of(veth(), "podman0")
    assert (found.instance_id, found.name) == (api.key, "api, log")


def test_a_veth_without_a_known_container_on_an_engines_bridge_is_an_orphan(proc: Path) -> None:
    assert "without a container" in owners(proc).of(veth(), "podman0").problem


def test_a_veth_of_somebody_else_is_none(proc: Path) -> None:
    assert owners(proc).of(veth(), "br-lab") == Owner()
    assert owners(proc).of(veth(namespace=None), "podman0") == Owner()


def test_a_namespace_left_behind_is_named(proc: Path) -> None:
    found = owners(proc, left_behind={4: "netns-abc"}).of(veth(), "")
    assert "netns-abc was left behind" in found.problem


def test_a_tap_belongs_to_the_guest_that_names_it(proc: Path) -> None:
    mail = guest("mail", taps=("vnet0",))
    assert owners(proc, mail).of(tap(), "virbr0") == Owner(mail.key, "mail")


def test_a_tap_that_nobody_holds_is_an_orphan_and_one_in_use_is_not(proc: Path) -> None:
    assert "without a guest" in owners(proc).of(tap(carrier=False), "virbr0").problem
    assert owners(proc).of(tap(carrier=True), "virbr0") == Owner()
    assert owners(proc).of(tap(carrier=False), "br-vpn") == Owner()


def test_what_runs_elsewhere_owns_nothing_here(proc: Path) -> None:
    assert owners(proc, guest("mail", taps=("vnet0",), local=False)).of(tap(), "virbr0") == Owner()


def test_bridges_of_another_host_are_not_ours(proc: Path) -> None:
    remote = (Stock("qemu+ssh://far/system", local=False, networks=(Network("default", bridge="virbr0"),)),)
    assert owners_of((), remote, lambda _pid: None, {}, proc).bridges == frozenset()


def test_a_name_inside_is_not_made_up(proc: Path) -> None:
    assert inside_name(proc, 77, 2) == "eth0"
    assert inside_name(proc, 77, 9) == ""
    assert inside_name(proc, 404, 2) == ""
    assert inside_name(proc, None, 2) == ""


def test_only_podmans_namespaces_are_looked_at(tmp_path: Path) -> None:
    for name in ("netns-1", "netns-2", "lab"):
        (tmp_path / name).touch()
    (tmp_path / "netns-3").symlink_to(tmp_path / "lab")
    asked: list[str] = []

    def number(descriptor: int) -> int | None:
        asked.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))
        return 5 if len(asked) == 1 else None

    assert mounted_namespaces(tmp_path, number) == {5: "netns-1"}
    assert asked == ["netns-1", "netns-2"]
    assert mounted_namespaces(tmp_path / "absent", number) == {}
