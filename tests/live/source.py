"""The whole way from the private daemons to a `HostView`, as the command line wires it."""

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tests.live.harness.registry import RegistryHost
from tui.sampling.live import LiveSource
from tui.wiring import Wanted, make_source

NOTHING = "unix:///nonexistent/podman.sock"


def source_of(
    podman: PodmanHost | RegistryHost | None = None,
    libvirt: LibvirtHost | None = None,
    *,
    interval_seconds: float = 1.0,
    read_only: bool = False,
) -> LiveSource:
    """Return a source over the daemons that are given."""
    return make_source(
        Wanted(
            connect=[libvirt.uri if libvirt else "test:///default"],
            podman=[podman.url if podman else NOTHING],
            interval_seconds=interval_seconds,
            read_only=read_only,
        )
    )
