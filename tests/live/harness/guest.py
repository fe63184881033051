"""Guests for the live tests: a kernel, an initramfs with a busybox in it, and the XML around them."""

import gzip
import shutil
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tests.live.harness.policy import find_program
from tests.live.harness.processes import run

KERNEL_FOLDER = Path(__file__).resolve().parents[3] / ".setup" / "kernel"
"""Made by .ci/kernel.sh: vmlinuz and modules, numbered in the order of loading."""

UP_MARK = "HOSTDECK-GUEST-UP"
"""What a guest prints on its console when its shell is there."""

# `polite` loads the ACPI button and runs acpid (it insists on its log file), so that a shutdown request ends the guest;
# without it the request is accepted by QEMU and nothing happens. The shell on the console is what a person would find.
INIT = f"""\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs d /dev; mount -t proc p /proc; mount -t sysfs s /sys
hostname guest
for module in /modules/*.ko; do
    case $module in *button.ko|*evdev.ko) grep -q hostdeck.polite /proc/cmdline || continue ;; esac
    insmod $module
done
if grep -q hostdeck.polite /proc/cmdline; then acpid; fi
if [ -e /sys/class/net/eth0 ]; then
    ip link set eth0 up
    udhcpc -q -b -i eth0 -s /bin/lease >/dev/null 2>&1 &
fi
if grep -q hostdeck.spin /proc/cmdline; then (while :; do :; done) & fi
if grep -q hostdeck.ports /proc/cmdline; then
    (while :; do setsid sh -c 'exec sh </dev/ttyS1 >/dev/ttyS1 2>&1'; done) &
fi
if grep -q hostdeck.screen /proc/cmdline; then
    (while :; do setsid sh -c 'exec sh </dev/tty1 >/dev/tty1 2>&1'; done) &
fi
echo {UP_MARK} >/dev/console
while :; do setsid cttyhack sh; done
"""
LEASE = '#!/bin/sh\n[ "$1" != bound ] || ip addr add "$ip/$mask" dev eth0\n'
GRAPHICS = "<graphics type='vnc' listen='127.0.0.1'/><video><model type='vga'/></video>"
SECOND_SERIAL = "<serial type='pty'/>"
POWER_OFF = "#!/bin/sh\npoweroff -f\n"


@dataclass(frozen=True, kw_only=True)
class GuestSpec:
    """What a test asks of a guest; None for a device means that it has none."""

    name: str
    vcpus: int = 1
    memory_mib: int = 96
    spin: bool = False
    polite: bool = True
    balloon: bool = True
    network: str | None = None
    graphics: bool = False
    serial: bool = True
    second_serial: bool = False
    disk: Path | None = None
    title: str = ""
    description: str = ""
    metadata: str = ""


def build_initramfs(target: Path) -> None:
    """Write the compressed archive that every guest boots from."""
    root = target.with_suffix(".root")
    for folder in ("bin", "dev", "proc", "sys", "modules", "etc/acpi/PWRF", "var/log", "var/run"):
        (root / folder).mkdir(parents=True)
    shutil.copy2(find_program("busybox") or "", root / "bin" / "busybox")
    for module in sorted((KERNEL_FOLDER / "modules").glob("*.ko")):
        shutil.copy2(module, root / "modules")
    for name, text in (("init", INIT), ("bin/lease", LEASE), ("etc/acpi/PWRF/00000080", POWER_OFF)):
        (root / name).write_text(text)
        (root / name).chmod(0o755)
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    archive = target.with_suffix(".cpio")
    run(["cpio", "--create", "--quiet", "--format=newc", "--directory", str(root), "--file", str(archive)], text=names)
    target.write_bytes(gzip.compress(archive.read_bytes(), 1))


def domain_xml(spec: GuestSpec, *, initramfs: Path, console_log: Path) -> str:
    """Return the definition of a guest under emulation, with a shell on its serial console."""
    return f"""
<domain type='qemu'>
  <name>{escape(spec.name)}</name>
  <title>{escape(spec.title or spec.name)}</title>
  <description>{escape(spec.description)}</description>
  <metadata>{spec.metadata}</metadata>
  <memory unit='MiB'>{spec.memory_mib}</memory>
  <vcpu>{spec.vcpus}</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>{KERNEL_FOLDER / "vmlinuz"}</kernel>
    <initrd>{initramfs}</initrd>
    <cmdline>{_command_line(spec)}</cmdline>
  </os>
  <features><acpi/></features>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>{find_program("qemu-system-x86_64")}</emulator>
    {_disk(spec.disk)}
    {_interface(spec.network)}
    {_serial(console_log) if spec.serial else ""}
    {SECOND_SERIAL if spec.second_serial else ""}
    {GRAPHICS if spec.graphics else ""}
    <memballoon model='{"virtio" if spec.balloon else "none"}'/>
  </devices>
</domain>
"""


def _command_line(spec: GuestSpec) -> str:
    words = ["console=tty0"] if spec.graphics else []
    words += ["console=ttyS0", "quiet", "panic=-1"]
    chosen = {"spin": spec.spin, "polite": spec.polite, "ports": spec.second_serial, "screen": spec.graphics}
    return " ".join([*words, *(f"hostdeck.{word}" for word, wanted in chosen.items() if wanted)])


def _serial(console_log: Path) -> str:
    return f"<serial type='pty'><log file={quoteattr(str(console_log))} append='off'/></serial><console type='pty'/>"


def _disk(path: Path | None) -> str:
    if path is None:
        return ""
    return (
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
        f"<source file={quoteattr(str(path))}/><target dev='vda' bus='virtio'/></disk>"
    )


def _interface(network: str | None) -> str:
    if network is None:
        return ""
    return f"<interface type='network'><source network={quoteattr(network)}/><model type='virtio'/></interface>"
