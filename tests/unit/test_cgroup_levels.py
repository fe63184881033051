import pytest

from tui.cgroup.levels import Levels, own_levels

ID = "3f" * 32
MACHINE = "/machine.slice"
SCOPE = f"{MACHINE}/libpod-{ID}.scope"
POD = f"{MACHINE}/machine-libpod_pod_{'ab' * 32}.slice/libpod-{ID}.scope"
ROOTLESS = f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope"
QEMU = rf"{MACHINE}/machine-qemu\x2d1\x2dq1.scope"
LXC = rf"{MACHINE}/machine-lxc\x2d123\x2dl1.scope"


def same(*levels: str) -> Levels:
    return Levels(levels, levels, levels[0])


@pytest.mark.parametrize(
    ("driver", "path", "levels"),
    [
        ("podman", f"{SCOPE}/container", same(f"{SCOPE}/container", SCOPE)),
        ("podman", f"{SCOPE}/container/init.scope", same(f"{SCOPE}/container", SCOPE)),
        ("podman", SCOPE, same(SCOPE)),
        ("podman", f"{POD}/container", same(f"{POD}/container", POD)),
        ("podman", f"{ROOTLESS}/container", same(f"{ROOTLESS}/container", ROOTLESS)),
        (
            "podman",
            f"/system.slice/web.service/libpod-payload-{ID}",
            same(f"/system.slice/web.service/libpod-payload-{ID}"),
        ),
        ("podman", f"/libpod_parent/libpod-{ID}", same(f"/libpod_parent/libpod-{ID}")),
        ("podman", f"/libpod_parent/{'ab' * 32}/libpod-{ID}", same(f"/libpod_parent/{'ab' * 32}/libpod-{ID}")),
        ("qemu", f"{QEMU}/libvirt/emulator", Levels((QEMU,), (QEMU,), f"{QEMU}/libvirt")),
        ("qemu", QEMU, same(QEMU)),
        ("qemu", "/machine/qemu-1-q1.libvirt-qemu/emulator", same("/machine/qemu-1-q1.libvirt-qemu")),
        ("qemu", "/machine/qemu-1-q1.libvirt-qemu", same("/machine/qemu-1-q1.libvirt-qemu")),
        ("qemu", "/custom/thing/vcpu0", same("/custom/thing")),
        ("lxc", f"{LXC}/libvirt", Levels((f"{LXC}/libvirt", LXC), (LXC,), f"{LXC}/libvirt")),
        ("lxc", f"{LXC}/libvirt/init.scope", Levels((f"{LXC}/libvirt", LXC), (LXC,), f"{LXC}/libvirt")),
        ("lxc", "/machine/lxc-1-l1.libvirt-lxc", same("/machine/lxc-1-l1.libvirt-lxc")),
    ],
)
def test_the_level_of_an_instance(driver: str, path: str, levels: Levels) -> None:
    assert own_levels(path, driver, ID) == levels


@pytest.mark.parametrize(
    ("driver", "path"),
    [
        ("podman", "/"),
        ("podman", "/user.slice/user-0.slice/session-1.scope"),  # --cgroups=disabled
        ("podman", f"{MACHINE}/libpod-{'99' * 32}.scope/container"),  # the pid is another container's now
        ("podman", f"{MACHINE}/libpod-conmon-{ID}.scope"),
        ("qemu", "/"),
        ("qemu", "/system.slice/libvirtd.service"),
        ("qemu", "/emulator"),
        ("lxc", "/system.slice/libvirtd.service"),
        ("lxc", "/"),
    ],
)
def test_a_shared_path_is_nobodys(driver: str, path: str) -> None:
    assert own_levels(path, driver, ID) is None
