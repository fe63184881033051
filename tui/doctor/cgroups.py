"""Whether the kernel gives the figures: cgroup version, controllers, delegation, pressure, swap and I/O accounting."""

from collections.abc import Iterator

from tui.cgroup import parse_proc
from tui.cgroup.mounts import Hierarchies
from tui.doctor.machine import Machine
from tui.doctor.podman import user_ids
from tui.doctor.report import Check, Condition

AREA = "cgroups"
_UNIFIED = ("cpu", "memory", "io", "pids")
_LEGACY = ("cpu", "cpuacct", "memory", "blkio", "pids")
_NOT_DISKS = ("loop", "ram", "zram", "dm-", "md")
_DROP_IN = "/etc/systemd/system/user@.service.d/delegate.conf"


def examine_cgroups(machine: Machine) -> list[Check]:
    """Return the checks of the cgroup file systems and of pressure."""
    mounts = machine.text("/proc/self/mountinfo") or ""
    hierarchies = Hierarchies(parse_proc.mountinfo(mounts.encode()))
    legacy = {name: mounts[0].point for name, mounts in hierarchies.v1.items()}
    unified = hierarchies.unified[0].point if hierarchies.unified else None
    checks = [_version(machine, unified, legacy)]
    if legacy:
        checks += _legacy_checks(machine, legacy)
    elif unified is not None:
        checks += _unified_checks(machine, unified)
    return [*checks, _pressure(machine)]


def _version(machine: Machine, unified: str | None, legacy: dict[str, str]) -> Check:
    switch = _kernel_parameter(machine, "systemd.unified_cgroup_hierarchy=1")
    if unified is not None and not legacy:
        return Check(AREA, "version", f"v2 at {unified}")
    if unified is None and not legacy:
        mount = machine.as_root("mount -t cgroup2 none /sys/fs/cgroup")
        return Check(AREA, "version", "no cgroup file system is mounted", Condition.MISSING, mount)
    note = "hybrid: v1 controllers beside v2" if unified is not None else "v1"
    found = f"{note}; v2 would count block I/O and pressure of every instance"
    return Check(AREA, "version", found, Condition.WARN, switch)


def _kernel_parameter(machine: Machine, parameter: str) -> str:
    """Return how a kernel parameter is set for good, with the tool of this distribution."""
    if machine.which("grubby"):
        return f"{machine.as_root(f'grubby --update-kernel=ALL --args={parameter}')}, then reboot"
    update = machine.as_root("update-grub")
    return f"add {parameter} to GRUB_CMDLINE_LINUX in /etc/default/grub, {update}, then reboot"


def _unified_checks(machine: Machine, point: str) -> Iterator[Check]:
    yield _controllers(machine, (machine.text(f"{point}/cgroup.controllers") or "").split(), _UNIFIED)
    for uid in user_ids(machine):
        yield _delegation(machine, point, uid)
    yield _unified_swap(machine, point)


def _controllers(machine: Machine, there: list[str], wanted: tuple[str, ...]) -> Check:
    lacking = [name for name in wanted if name not in there]
    if not lacking:
        return Check(AREA, "controllers", ", ".join(wanted))
    state = Condition.MISSING if {"cpu", "cpuacct", "memory"} & set(lacking) else Condition.WARN
    mend = _kernel_parameter(machine, "cgroup_enable=memory" if "memory" in lacking else f"cgroup_enable={lacking[0]}")
    return Check(AREA, "controllers", f"lacking: {', '.join(lacking)}; their figures are not known", state, mend)


def _delegation(machine: Machine, point: str, uid: int) -> Check:
    """Look at what the user's manager may use (cgroup.controllers of user@UID.service)."""
    name = f"delegation to user {uid}"
    text = machine.text(f"{point}/user.slice/user-{uid}.slice/user@{uid}.service/cgroup.controllers")
    if text is None:
        note = "no user manager runs: no rootless containers with figures"
        return Check(AREA, name, note, Condition.WARN, machine.as_root(f"loginctl enable-linger {uid}"))
    lacking = [controller for controller in _UNIFIED if controller not in text.split()]
    if not lacking:
        return Check(AREA, name, ", ".join(_UNIFIED))
    return Check(
        AREA, name, f"not delegated: {', '.join(lacking)}; unknown for rootless containers", Condition.WARN,
        _delegate(machine),
    )  # fmt: skip


def _delegate(machine: Machine) -> str:
    folder = _DROP_IN.rpartition("/")[0]
    write = f"printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | {machine.as_root(f'tee {_DROP_IN}')}"
    reload = machine.as_root("systemctl daemon-reload")
    return f"{machine.as_root(f'mkdir -p {folder}')} && {write} && {reload}, then log in again"


def _unified_swap(machine: Machine, point: str) -> Check:
    """Swap is accounted where any cgroup but the root has memory.swap.current."""
    counted = any(machine.path(point).glob("*/memory.swap.current"))
    return _swap(machine, counted=counted)


def _swap(machine: Machine, *, counted: bool) -> Check:
    if counted:
        return Check(AREA, "swap accounting", "on")
    mend = _kernel_parameter(machine, "swapaccount=1")
    return Check(AREA, "swap accounting", "off: swap of an instance is not known", Condition.WARN, mend)


def _legacy_checks(machine: Machine, legacy: dict[str, str]) -> Iterator[Check]:
    yield _controllers(machine, list(legacy), _LEGACY)
    if "memory" in legacy:
        counted = machine.path(f"{legacy['memory']}/memory.memsw.usage_in_bytes").exists()
        yield _swap(machine, counted=counted)
    if "blkio" in legacy:
        yield _blkio(machine)


def _blkio(machine: Machine) -> Check:
    """Under v1 only the bfq scheduler and throttle rules make blkio count (block/blk-throttle.c, bfq-cgroup.c)."""
    disks = sorted(path.parts[-3] for path in machine.path("/sys/block").glob("*/queue/scheduler"))
    plain = [disk for disk in disks if not disk.startswith(_NOT_DISKS) and not _uses_bfq(machine, disk)]
    if not plain:
        return Check(AREA, "block I/O accounting", "every disk uses bfq")
    found = f"v1 counts no I/O on {', '.join(plain)} except of instances with a throttle rule"
    mend = f"echo bfq | {machine.as_root(f'tee /sys/block/{plain[0]}/queue/scheduler')}"
    return Check(AREA, "block I/O accounting", found, Condition.WARN, mend)


def _uses_bfq(machine: Machine, disk: str) -> bool:
    return "[bfq]" in (machine.text(f"/sys/block/{disk}/queue/scheduler") or "")


def _pressure(machine: Machine) -> Check:
    """A kernel with PSI switched off has the files and answers ENOTSUP when they are read."""
    lacking = [
        name for name in ("cpu", "memory", "io") if "avg10=" not in (machine.text(f"/proc/pressure/{name}") or "")
    ]
    if not lacking:
        return Check(AREA, "pressure", "on")
    return Check(AREA, "pressure", "off: pressure is not known", Condition.WARN, _kernel_parameter(machine, "psi=1"))
