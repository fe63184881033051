"""`hostdeck snapshot` on real guests and containers."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import SPIN, PodmanHost
from tui.domain.serialise import FIGURES, from_json
from tui.engines.process import Finished, run_program

HOSTILE = "a b\t[red]$(touch x)';é"


@pytest.fixture
def empty_config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("")
    return path


async def _snapshot(config: Path, *arguments: str) -> Finished:
    return await run_program(
        sys.executable, "-m", "tui", "snapshot", "--config", str(config), *arguments, deadline=60
    )  # fmt: skip


def _instance(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in data["instances"] if one["name"] == name]
    assert len(found) == 1, [one["name"] for one in data["instances"]]
    return found[0]


def _figure(instance: dict[str, Any], path: str) -> Any:
    group, name = path.split(".")
    return instance[group][name]


async def test_guests_and_containers_of_one_host(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path
) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm", wait=False)  # its QEMU runs, which is all that is looked at here
    clean_libvirt.define_guest("off")
    clean_podman.run("spin", *SPIN, options=["--cpus=0.5", "--memory=256m"])
    ended = await _snapshot(
        empty_config, "--json", "--connect", clean_libvirt.uri, "--podman", clean_podman.url, "--interval", "1"
    )
    assert ended.exit_code == 0, ended.error
    data = json.loads(ended.output)
    assert from_json(data).host_name
    assert {source["state"] for source in data["sources"]} == {"ready"}
    for instance in data["instances"]:
        for path in FIGURES:
            assert (_figure(instance, path) is None) == (path in instance["unknown"]), (instance["name"], path)
    spin, vm, off = (_instance(data, name) for name in ("spin", "vm", "off"))
    assert (spin["kind"], spin["engine"], spin["user"]) == ("container", clean_podman.url, "root")
    assert (vm["kind"], vm["state"]) == ("guest", "running")
    assert 0 < spin["cpu"]["cores_used"] < 0.65  # less than its half core where others need the machine too
    assert spin["cpu"]["limit_cores"] == 0.5
    assert spin["cpu"]["percent_of_limit"] == pytest.approx(spin["cpu"]["cores_used"] * 200)
    assert spin["cpu"]["throttled_percent"] is not None
    assert spin["memory"]["limit_bytes"] == 256 << 20
    assert spin["cgroup"]
    assert spin["network"]["receive_bytes_per_second"] is not None
    assert vm["memory"]["working_set_bytes"] > 10 << 20
    assert vm["cpu"]["cores_used"] is not None
    assert off["unknown"]["cpu.cores_used"]


async def test_engine_that_hangs_costs_its_own_part_only(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path
) -> None:
    clean_libvirt.define_guest("vm")
    clean_podman.hang_service()
    ended = await _snapshot(empty_config, "--json", "--connect", clean_libvirt.uri, "--podman", clean_podman.url)
    assert ended.exit_code == 3, ended.error
    data = json.loads(ended.output)
    assert [one["name"] for one in data["instances"]] == ["vm"]
    silent = next(source for source in data["sources"] if source["kind"] == "podman")
    assert silent["state"] != "ready"


async def test_named_engine_that_is_not_there(clean_libvirt: LibvirtHost, empty_config: Path, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    ended = await _snapshot(empty_config, "--connect", clean_libvirt.uri, "--podman", f"unix://{tmp_path}/none.sock")
    assert ended.exit_code == 3, ended.error
    assert "\nvm " in ended.output
    assert "none.sock" in ended.output


async def test_hostile_names_do_no_harm_on_paper(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path
) -> None:
    clean_libvirt.define_guest(HOSTILE)
    ended = await _snapshot(empty_config, "--connect", clean_libvirt.uri, "--podman", clean_podman.url)
    assert ended.exit_code == 0, ended.error
    assert all(line.isprintable() for line in ended.output.splitlines())
    assert r"a b\t[red]$(touch x)';é" in ended.output
