"""`hostdeck doctor` against real daemons: well, stopped, and hung."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tui.engines.process import run_program


@pytest.fixture
def empty_config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("")
    return path


async def _doctor(config: Path, libvirt: LibvirtHost, podman: PodmanHost) -> tuple[int, dict[str, dict[str, Any]]]:
    ended = await run_program(
        sys.executable, "-m", "tui", "doctor", "--json", "--config", str(config),
        "--connect", libvirt.uri, "--podman", podman.url, deadline=60,
    )  # fmt: skip
    data = json.loads(ended.output)
    assert data["exit_code"] == ended.exit_code, ended.error
    return ended.exit_code, {check["name"]: check for check in data["checks"]}


async def test_engines_that_answer(clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path) -> None:
    clean_libvirt.define_guest("vm")
    code, checks = await _doctor(empty_config, clean_libvirt, clean_podman)
    assert checks[f"answer of {clean_libvirt.uri}"]["found"].endswith("1 guests")
    assert checks[f"service {clean_podman.url}"]["found"].startswith("answers, Podman ")
    missing = {name: check for name, check in checks.items() if check["state"] == "missing"}
    assert (code, missing) == (0, {})


async def test_podman_that_hangs(clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path) -> None:
    clean_podman.hang_service()
    code, checks = await _doctor(empty_config, clean_libvirt, clean_podman)
    assert code == 1
    check = checks[f"service {clean_podman.url}"]
    assert "no answer within" in check["found"]
    assert check["mend"]


async def test_podman_that_is_stopped(clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path) -> None:
    clean_podman.stop_service()
    code, checks = await _doctor(empty_config, clean_libvirt, clean_podman)
    assert code == 1
    assert checks[f"service {clean_podman.url}"]["state"] == "missing"


async def test_libvirt_that_hangs(clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path) -> None:
    clean_libvirt.hang_daemon()
    code, checks = await _doctor(empty_config, clean_libvirt, clean_podman)
    assert code == 1
    assert "no answer within" in checks[f"answer of {clean_libvirt.uri}"]["found"]


async def test_libvirt_that_is_stopped(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, empty_config: Path
) -> None:
    clean_libvirt.stop_daemon()
    code, checks = await _doctor(empty_config, clean_libvirt, clean_podman)
    assert code == 1
    assert checks[f"answer of {clean_libvirt.uri}"]["mend"]
