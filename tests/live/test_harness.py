"""The harness itself: private engines answer, survive what tests do to them, and leave nothing behind."""

import os
from pathlib import Path

from tests.live.harness.hoststate import HostState
from tests.live.harness.podman import IDLE, POLITE, PodmanHost
from tests.live.harness.processes import processes_of
from tests.live.harness.workfolder import make_work_folder, remove_work_folder


def test_podman_runs_containers_in_its_own_storage(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *IDLE, options=["--network", "none"])
    clean_podman.run("two", *POLITE, options=["--publish", "127.0.0.1::80"])
    assert sorted(clean_podman.names()) == ["one", "two"]
    assert Path(f"/proc/{clean_podman.pid('one')}/cgroup").exists()
    clean_podman.cli("stop", "two")
    assert clean_podman.state("two") == "exited"


def test_podman_runs_pods(clean_podman: PodmanHost) -> None:
    clean_podman.pod("group")
    clean_podman.run("member", options=["--pod", "group"])
    assert clean_podman.state("member") == "running"


def test_podman_service_comes_back_after_kill_and_hang(podman_host: PodmanHost) -> None:
    first = podman_host.service_pid
    podman_host.hang_service()
    podman_host.kill_service()
    assert not podman_host.service_alive
    podman_host.start_service()
    assert podman_host.service_pid != first
    assert "true" in podman_host.cli(
        "--remote", "--url", podman_host.url, "info", "--format", "{{.Host.RemoteSocket.Exists}}"
    )


def test_podman_leaves_nothing_behind(live_machine: None) -> None:
    before = HostState.look()
    folder = make_work_folder(os.getpid())
    host = PodmanHost.start(folder)
    host.run("left")
    host.pod("pod")
    host.run("inside", options=["--pod", "pod"])
    host.hang_service()
    host.close()
    remove_work_folder(folder)
    before.put_back()
    assert processes_of(folder) == []
    assert not folder.exists()
    assert HostState.look() == before
