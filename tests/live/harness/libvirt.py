"""A private system libvirtd: /etc/libvirt, /run, state and logs of its own, in a mount namespace."""

import contextlib
import shlex
from pathlib import Path
from typing import Any

from tests.live.harness.guest import KERNEL_FOLDER, UP_MARK, GuestSpec, build_initramfs, domain_xml
from tests.live.harness.policy import find_program, require_file, require_programs, require_root
from tests.live.harness.processes import CommandFailedError, Daemon, run
from tests.live.harness.waiting import wait_until
from tests.live.harness.workfolder import LIBVIRT_BRIDGE, LIBVIRT_OCTET, short_name, subnet_number

PROGRAMS = ("libvirtd", "virsh", "qemu-system-x86_64", "qemu-img", "dnsmasq", "busybox", "cpio", "unshare", "ip")

# Root opens the socket and nobody else: its folder is 0700. No authentication by polkit, which is not there.
DAEMON_CONF = """\
unix_sock_ro_perms = "0700"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
"""
# QEMU runs as root because its files lie in a folder that only root may enter; it writes its logs itself, so that no
# virtlogd is needed; it gets no namespace of its own, whose devices this machine may not be allowed to make.
QEMU_CONF = """\
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
stdio_handler = "file"
"""
# Everything libvirt writes, and below it what it is inside the namespace. All of /run is hidden: else the daemon would
# find the machine's D-Bus and ask its systemd for cgroups.
MOUNTS = {
    "etc": "/etc/libvirt",
    "run": "/run",
    "lib": "/var/lib/libvirt",
    "log": "/var/log/libvirt",
    "cache": "/var/cache/libvirt",
}


class LibvirtHost:
    """The private libvirtd of a test run. Make it with `start`, end it with `close`; see tests/live/conftest.py."""

    network = "hostdeck"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_folder = folder / "run" / "libvirt"
        self.uri = f"qemu+unix:///system?socket={self.run_folder}/libvirt-sock"
        self.bridge = short_name(LIBVIRT_BRIDGE, folder)
        self._initramfs = folder / "initramfs.gz"
        self._mount_points: list[Path] = []
        self._daemon = Daemon(
            ["unshare", "--mount", "--propagation", "private", "--", "sh", "-ec", self._script()],
            log=folder / "libvirtd.log",
            ready=self._answers,
            env={},
        )

    @classmethod
    def start(cls, folder: Path) -> "LibvirtHost":
        """Start the daemon and its network; skip or fail the test when a program is missing."""
        require_root("a private system libvirtd")
        require_programs("a private system libvirtd", *PROGRAMS)
        require_file("a guest", KERNEL_FOLDER / "vmlinuz")
        host = cls(folder)
        try:
            host._write_configuration()
            build_initramfs(host._initramfs)
            host.start_daemon()
            host._start_network()
        except BaseException:
            host.stop_daemon()
            raise
        return host

    def close(self) -> None:
        """Destroy the guests and the network, then end the daemon."""
        self.reset()
        with contextlib.suppress(CommandFailedError):
            self.virsh("net-destroy", self.network)
        self.stop_daemon()
        for place in self._mount_points:
            with contextlib.suppress(OSError):  # somebody installed the rest meanwhile
                place.rmdir()

    # guests

    def virsh(self, *args: str, seconds: float = 60.0) -> str:
        """Run `virsh ARGS` on this daemon and return its output; raise CommandFailedError when it fails."""
        return run(["virsh", "--quiet", "--connect", self.uri, *args], seconds=seconds)

    def define_guest(self, name: str, *, disk_mib: int = 0, disk: Path | None = None, **spec: Any) -> None:
        """Define a guest that is shut off.

        Args:
            name: its name; any text libvirt takes.
            disk_mib: size of an empty qcow2 disk (vda); 0 for none.
            disk: a qcow2 disk that is there already, instead.
            spec: the fields of GuestSpec: vcpus, memory_mib, spin (a busy loop inside), polite (honours a shutdown
                request, else ignores it), balloon, network (a network's name, such as `.network`), title, ...
        """
        disk = self._make_disk(name, disk_mib) if disk_mib else disk
        xml = domain_xml(
            GuestSpec(name=name, disk=disk, **spec),
            initramfs=self._initramfs,
            console_log=self._console_log(name),
        )
        path = self.folder / "definition.xml"
        path.write_text(xml, encoding="utf-8")
        self.virsh("define", str(path))

    def start_guest(self, name: str, *, wait: bool = True) -> int:
        """Start a guest, wait until its shell is up unless told otherwise, and return the pid of its QEMU."""
        self._console_log(name).unlink(missing_ok=True)
        self.virsh("start", name)
        if wait:
            self.wait_up(name)
        return self.pid(name)

    def wait_up(self, name: str, *, seconds: float = 90.0) -> None:
        """Wait until the guest's shell is there; a guest that ends meanwhile is an error at once."""

        def up_or_gone() -> bool:
            return UP_MARK in self.console_text(name) or not Path(f"/proc/{pid}").exists()

        pid = self.pid(name)
        wait_until(up_or_gone, f"guest {name} up", seconds=seconds)
        if UP_MARK not in self.console_text(name):
            raise CommandFailedError(f"guest {name} (pid {pid}) ended: {self.virsh('domstate', '--reason', name)}")

    def console_text(self, name: str) -> str:
        """Return what a guest has printed on its serial console since it started."""
        path = self._console_log(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def pid(self, name: str) -> int:
        """Return the pid of a guest's QEMU in the machine's own pid namespace, 0 when it does not run."""
        path = self.run_folder / "qemu" / f"{name}.pid"
        return int(path.read_text()) if path.exists() else 0

    def state(self, name: str) -> str:
        """Return virsh's word (running, paused, shut off, ...), or "" when there is no such guest."""
        return self.virsh("domstate", name).strip() if name in self.names() else ""

    def wait_state(self, name: str, state: str, *, seconds: float = 30.0) -> None:
        wait_until(lambda: self.state(name) == state, f"guest {name} {state or 'gone'}", seconds=seconds)

    def names(self) -> list[str]:
        return [line for line in self.virsh("list", "--all", "--name").splitlines() if line]

    def leases(self) -> str:
        """Return what the network's DHCP server has given out, as virsh prints it."""
        return self.virsh("net-dhcp-leases", self.network)

    def remove(self, *names: str) -> None:
        """Destroy and undefine guests with all that libvirt keeps of them; one that is not there is no error."""
        for name in names:
            with contextlib.suppress(CommandFailedError):
                self.virsh("destroy", name)
            with contextlib.suppress(CommandFailedError):
                self.virsh("undefine", "--managed-save", "--snapshots-metadata", "--nvram", name)

    def reset(self) -> None:
        """Make everything as it was at the start: a daemon that answers and no guests."""
        self.resume_daemon()
        self.start_daemon()
        self.remove(*self.names())

    # the daemon

    @property
    def daemon_pid(self) -> int:
        return self._daemon.pid

    @property
    def daemon_alive(self) -> bool:
        return self._daemon.alive

    def start_daemon(self) -> None:
        """Start the daemon unless it runs; it finds its running guests and its network again."""
        self._daemon.start()

    def stop_daemon(self) -> None:
        """End the daemon in good order; its guests go on."""
        self._daemon.stop()

    def kill_daemon(self) -> None:
        """End the daemon with SIGKILL; its guests go on."""
        self._daemon.kill()

    def hang_daemon(self) -> None:
        """Stop the daemon with SIGSTOP: its socket accepts, nothing is answered."""
        self._daemon.hang()

    def resume_daemon(self) -> None:
        self._daemon.resume()

    def inside(self, *argv: str) -> list[str]:
        """Return a command line that runs in the daemon's mount namespace, where /run/libvirt is its own."""
        return ["nsenter", "--mount", "--target", str(self.daemon_pid), "--", *argv]

    # set-up

    def _script(self) -> str:
        binds = [f"mount --bind {shlex.quote(str(self.folder / name))} {place}" for name, place in MOUNTS.items()]
        daemon = [find_program("libvirtd") or "libvirtd", "--config", "/etc/libvirt/libvirtd.conf"]
        # a pid file of a killed daemon is no obstacle: libvirt locks it
        return "\n".join([*binds, f"exec {shlex.join(daemon)}"])

    def _answers(self) -> bool:
        try:
            self.virsh("uri", seconds=5)
        except CommandFailedError:
            return False
        return True

    def _write_configuration(self) -> None:
        for place in map(Path, MOUNTS.values()):
            if not place.exists():  # the packages of a daemon without its systemd units bring none
                place.mkdir(parents=True)
                self._mount_points.append(place)
        for name in (*MOUNTS, "disks", "consoles"):
            (self.folder / name).mkdir(mode=0o755)
        (self.folder / "run" / "lock").mkdir()  # what /var/lock points to: libvirt locks a console there
        for name in ("qemu/networks", "nwfilter", "storage", "secrets"):
            (self.folder / "etc" / name).mkdir(parents=True)
        (self.folder / "etc" / "libvirtd.conf").write_text(DAEMON_CONF)
        (self.folder / "etc" / "qemu.conf").write_text(QEMU_CONF)

    def _start_network(self) -> None:
        subnet = "10.{}.{}".format(*subnet_number(self.folder, LIBVIRT_OCTET))
        path = self.folder / "network.xml"
        path.write_text(
            f"<network><name>{self.network}</name><bridge name='{self.bridge}' delay='0'/>"
            "<forward mode='nat'/><dns enable='no'/>"
            f"<ip address='{subnet}.1' netmask='255.255.255.0'>"
            f"<dhcp><range start='{subnet}.10' end='{subnet}.200'/></dhcp></ip></network>"
        )
        self.virsh("net-define", str(path))
        self.virsh("net-start", self.network)

    def _make_disk(self, name: str, size_mib: int) -> Path:
        path = self.folder / "disks" / f"{name}.qcow2"
        run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), f"{size_mib}M"])
        return path

    def _console_log(self, name: str) -> Path:
        return self.folder / "consoles" / f"{name}.log"
