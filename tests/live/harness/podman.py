"""A private rootful Podman: storage, network, event log and API socket of its own under one folder."""

import contextlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.live.harness.policy import find_program, require_programs, require_root
from tests.live.harness.processes import CommandFailedError, Daemon, environment, run
from tests.live.harness.waiting import wait_until
from tests.live.harness.workfolder import PODMAN_BRIDGE, PODMAN_OCTET, short_name, subnet_number

PROGRAMS = ("podman", "runc", "conmon", "busybox", "catatonit", "iptables")

IMAGE = "localhost/bb"
IDLE = ("sleep", "1000000")
"""Ends only by kill: sleep as the first process ignores SIGTERM, so a graceful stop has no effect."""
POLITE = ("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1000 & wait; done")
"""Ends at once on SIGTERM."""
SPIN = ("sh", "-c", "while :; do :; done")
"""Uses one whole core."""

# Machines without CAP_SYS_RESOURCE cannot raise limits, and crun insists on them: runc, with limits below the usual
# hard ones. Everything else keeps the person's own Podman out of it: folders, network name, bridge and subnets.
# conmon's clean-up command knows the storage folder alone and looks for the database in its libpod folder: with another
# static_dir an ended container has no "died" event and no restart.
CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
static_dir = "{folder}/storage/libpod"
volume_path = "{folder}/volumes"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
default_network = "hostdeck"
default_subnet = "10.{octet}.0.0/24"
default_subnet_pools = [{{"base" = "10.{octet}.128.0/17", "size" = 24}}]
"""
STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""
CONTAINERFILE = """\
FROM scratch
COPY root /
CMD ["/bin/sleep", "1000000"]
"""


class PodmanHost:
    """The private Podman of a test run. Make it with `start`, end it with `close`; see tests/live/conftest.py."""

    image = IMAGE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "api" / "podman.sock"
        self.url = f"unix://{self.socket}"
        self.bridge = short_name(PODMAN_BRIDGE, folder)
        self.env = {
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "TMPDIR": str(folder / "scratch"),
        }
        self._service = Daemon(
            [find_program("podman") or "podman", "system", "service", "--time=0", self.url],
            log=folder / "service.log",
            ready=self.socket.exists,
            env=self.env,
        )

    @classmethod
    def start(cls, folder: Path) -> "PodmanHost":
        """Make the storage, the image and the service; skip or fail the test when a program is missing."""
        require_root("a private rootful Podman")
        require_programs("a private Podman", *PROGRAMS)
        host = cls(folder)
        try:
            host._write_configuration()
            host._build_image()
            host.start_service()
        except BaseException:
            host.stop_service()
            raise
        return host

    def close(self) -> None:
        """Remove everything in the storage, then end the service."""
        self.reset()
        self.stop_service()
        with contextlib.suppress(CommandFailedError):
            self.cli("network", "rm", "--force", "hostdeck")

    # the command line, on the same storage, without the service

    def cli(self, *args: str, seconds: float = 60.0) -> str:
        """Run `podman ARGS` beside the service and return its output; raise CommandFailedError when it fails."""
        # conmon leaves a file named oom where Podman was started
        return run(["podman", *args], env=self.env, seconds=seconds, cwd=self.folder)

    def command_environment(self) -> dict[str, str]:
        """Return a whole environment for a process that is to use this storage, as hostdeck's own service does."""
        return environment(self.env)

    def run(self, name: str, *args: str, options: Sequence[str] = (), image: str = IMAGE) -> str:
        """Start a container in the background and return its full id; `args` default to the image's idle sleep."""
        return self.cli("run", "--detach", "--name", name, *options, image, *args).strip()

    def pod(self, name: str, *options: str) -> str:
        """Make an empty pod and return its id; put containers in with `options=["--pod", name]`."""
        return self.cli("pod", "create", "--name", name, *options).strip()

    def inspect(self, name: str) -> dict[str, object]:
        value: list[dict[str, object]] = json.loads(self.cli("container", "inspect", name))
        return value[0]

    def pid(self, name: str) -> int:
        """Return the pid of a container's first process, as the host sees it; 0 when it does not run."""
        return int(self.cli("container", "inspect", "--format", "{{.State.Pid}}", name))

    def state(self, name: str) -> str:
        """Return created, running, paused, exited, or "" when there is no such container."""
        if name not in self.names():
            return ""
        return self.cli("container", "inspect", "--format", "{{.State.Status}}", name).strip()

    def wait_state(self, name: str, state: str, *, seconds: float = 20.0) -> None:
        wait_until(lambda: self.state(name) == state, f"container {name} {state or 'gone'}", seconds=seconds)

    def names(self) -> list[str]:
        return self.cli("ps", "--all", "--format", "{{.Names}}").split()

    def remove(self, *names: str) -> None:
        """Kill and delete containers; one that is not there is no error."""
        self.cli("rm", "--force", "--ignore", "--time", "0", "--volumes", *names)

    def reset(self) -> None:
        """Make everything as it was at the start: no containers, pods, volumes or networks, one image, a service."""
        self.resume_service()
        self._unpause_all()
        self.cli("pod", "rm", "--all", "--force", "--time", "0")
        self.cli("rm", "--all", "--force", "--time", "0")
        self.cli("volume", "rm", "--all", "--force")
        self.cli("network", "prune", "--force")
        self.start_service()

    def _unpause_all(self) -> None:
        with contextlib.suppress(CommandFailedError):  # "no paused containers" is an error in some versions
            self.cli("unpause", "--all")

    # the service: the daemon that hostdeck talks to

    @property
    def service_pid(self) -> int:
        return self._service.pid

    @property
    def service_alive(self) -> bool:
        return self._service.alive

    def start_service(self) -> None:
        if not self._service.alive:
            self.socket.unlink(
                missing_ok=True
            )  # a killed service leaves its socket behind, and "ready" must mean the new
        self._service.start()

    def stop_service(self) -> None:
        self._service.stop()

    def kill_service(self) -> None:
        self._service.kill()

    def hang_service(self) -> None:
        """Stop the service with SIGSTOP: connections are accepted by the kernel, nothing is answered."""
        self._service.hang()

    def resume_service(self) -> None:
        self._service.resume()

    # set-up

    def _write_configuration(self) -> None:
        for name in ("api", "tmp", "volumes", "networks", "storage", "run", "scratch", "build"):
            (self.folder / name).mkdir(mode=0o700)
        octet, _ = subnet_number(self.folder, PODMAN_OCTET)  # two runs beside each other get different networks
        facts = {"folder": self.folder, "octet": octet}
        Path(self.env["CONTAINERS_CONF"]).write_text(CONTAINERS_CONF.format(**facts))
        Path(self.env["CONTAINERS_STORAGE_CONF"]).write_text(STORAGE_CONF.format(**facts))
        network = self._network(octet)
        (self.folder / "networks" / "hostdeck.json").write_text(json.dumps(network))

    def _network(self, octet: int) -> dict[str, object]:
        return {
            "name": "hostdeck",
            "id": f"{octet:064x}",
            "driver": "bridge",
            "network_interface": self.bridge,
            "created": "2024-01-01T00:00:00Z",
            "subnets": [{"subnet": f"10.{octet}.0.0/24", "gateway": f"10.{octet}.0.1"}],
            "ipv6_enabled": False,
            "internal": False,
            "dns_enabled": False,
            "ipam_options": {"driver": "host-local"},
        }

    def _build_image(self) -> None:
        """Build the image from a static busybox: no registry is asked."""
        busybox = find_program("busybox") or ""
        binaries = self.folder / "build" / "root" / "bin"
        binaries.mkdir(parents=True)
        shutil.copy2(busybox, binaries / "busybox")
        for name in run([busybox, "--list"]).split():
            if name != "busybox":
                (binaries / name).symlink_to("busybox")
        for name in ("etc", "tmp", "data"):
            (self.folder / "build" / "root" / name).mkdir()
        (self.folder / "build" / "Containerfile").write_text(CONTAINERFILE)
        self.cli("build", "--quiet", "--tag", IMAGE, str(self.folder / "build"))
