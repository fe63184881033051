"""The virtual machine itself: what the host tests count on is there."""

from tests.host.testhost.machine import Machine

ROOTFUL = {"web", "idle", "writer", "db", "cache", "checked", "managed"}


def test_the_workload_is_alive(testhost: Machine) -> None:
    output = testhost.run(
        "podman ps --format '{{.Names}}'; virsh -q list --name; virsh -q -c lxc:///system list --name; "
        "systemctl is-active managed.service; stat -fc %T /sys/fs/cgroup; cat /proc/1/comm"
    )
    assert set(output.split()) >= ROOTFUL | {"q1", "l1", "active", "cgroup2fs", "systemd"}


def test_a_person_has_containers_of_her_own(testhost: Machine) -> None:
    output = testhost.run("podman ps --format '{{.Names}}'; ls $XDG_RUNTIME_DIR/podman/podman.sock", user="tester")
    assert output.split() == ["rl1", "rl2", "/run/user/1000/podman/podman.sock"]


def test_the_project_runs_inside(testhost: Machine) -> None:
    testhost.push_project()
    imports = "import tui, widgets, libvirt, podman, psutil"
    output = testhost.run(f"cd {testhost.project}; {testhost.python} -c '{imports}; print(tui.__file__)'")
    assert output.strip() == f"{testhost.project}/tui/__init__.py"
