"""The harness itself: private engines answer, survive what tests do to them, and leave nothing behind."""

import os
import subprocess
from pathlib import Path

from tests.live.harness.hoststate import leftovers
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, POLITE, PodmanHost
from tests.live.harness.policy import require_root
from tests.live.harness.processes import processes_of
from tests.live.harness.waiting import wait_until
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
    require_root("a private rootful Podman")
    folder = make_work_folder(os.getpid())
    host = PodmanHost.start(folder)
    container = host.run("left")
    host.pod("pod")
    host.run("inside", options=["--pod", "pod"])
    host.hang_service()
    host.close()
    assert host.bridge not in os.listdir("/sys/class/net")
    remove_work_folder(folder)
    assert leftovers(folder, host.bridge, container) == []


def test_libvirt_guest_boots_and_honours_a_shutdown_request(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("polite")
    pid = clean_libvirt.start_guest("polite")
    assert b"qemu-system" in Path(f"/proc/{pid}/cmdline").read_bytes()
    clean_libvirt.virsh("shutdown", "polite")
    clean_libvirt.wait_state("polite", "shut off")


def test_libvirt_guest_may_ignore_a_shutdown_request(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("deaf", polite=False, spin=True)
    clean_libvirt.start_guest("deaf")
    clean_libvirt.virsh("shutdown", "deaf")
    before = processor_ticks(clean_libvirt.pid("deaf"))
    wait_until(lambda: processor_ticks(clean_libvirt.pid("deaf")) > before + 100, "the guest spins on", seconds=30)
    assert clean_libvirt.state("deaf") == "running"


def test_libvirt_guest_gets_an_address(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("addressed", network=clean_libvirt.network, disk_mib=16)
    clean_libvirt.start_guest("addressed")
    wait_until(clean_libvirt.leases, "a DHCP lease", seconds=30)


def test_libvirt_daemon_comes_back_and_finds_its_guest(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("survivor")
    pid = clean_libvirt.start_guest("survivor", wait=False)
    clean_libvirt.hang_daemon()
    clean_libvirt.kill_daemon()
    clean_libvirt.start_daemon()
    assert clean_libvirt.pid("survivor") == pid
    assert clean_libvirt.state("survivor") == "running"


def test_libvirt_leaves_nothing_behind(live_machine: None) -> None:
    require_root("a private system libvirtd")
    folder = make_work_folder(os.getpid())
    host = LibvirtHost.start(folder)
    host.define_guest("left", network=host.network)
    host.start_guest("left", wait=False)
    host.hang_daemon()
    host.close()
    assert host.bridge not in os.listdir("/sys/class/net")
    remove_work_folder(folder)
    assert leftovers(folder, host.bridge, "-left") == []


def processor_ticks(pid: int) -> int:
    """Return user plus system time of a process in clock ticks (/proc/PID/stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_stranger_in_a_namespace_of_its_own_is_left_alone(podman_host: PodmanHost) -> None:
    podman_host.run("mounted", options=["--network", "none"])
    pause = ["unshare", "--mount", "--propagation", "private", "--", "cat"]
    with subprocess.Popen(pause, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as stranger:
        assert stranger.stdin is not None
        mounts = Path(f"/proc/{stranger.pid}/mountinfo")
        wait_until(lambda: b"cat" in Path(f"/proc/{stranger.pid}/cmdline").read_bytes()[:4], "cat in its namespace")
        assert str(podman_host.folder) in mounts.read_text()
        ours = processes_of(podman_host.folder)
        assert podman_host.pid("mounted") in ours
        assert stranger.pid not in ours
        stranger.stdin.close()
    podman_host.remove("mounted")
