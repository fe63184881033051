"""Real engines for the live tests: private daemons, started on first use and ended with the run.

Ask for a fixture by name:

- `podman_host` (tests.live.harness.podman.PodmanHost), one for the whole run: its own storage, network and API socket.
  `.url` (unix://...), `.socket`, `.env` (variables for a process that is to use the same storage), `.cli("ps", "-a")`
  (podman's command line beside the service), `.run(name, *args, options=[...])` -> id, `.pod(name)`, `.pid(name)`,
  `.state(name)`, `.wait_state(name, "exited")`, `.remove(name)`, `.reset()`; and the service itself: `.stop_service()`,
  `.start_service()`, `.kill_service()`, `.hang_service()` (SIGSTOP), `.resume_service()`, `.service_pid`.
- `clean_podman`: the same object, emptied after the test.
- `libvirt_host` (tests.live.harness.libvirt.LibvirtHost), one for the whole run: a system libvirtd in a mount namespace
  of its own. `.uri`, `.run_folder` (what /run/libvirt is inside), `.define_guest(name, ...)`, `.start_guest(name)`,
  `.state(name)`, `.pid(name)`, `.virsh("dominfo", name)`, `.remove(name)`, `.reset()`; `.stop_daemon()`,
  `.start_daemon()`, `.kill_daemon()`, `.hang_daemon()`, `.resume_daemon()`, `.daemon_pid`, `.network` (its NAT
  network with DHCP).
- `clean_libvirt`: the same object, emptied after the test.
- `wait_until` (tests.live.harness.waiting): a condition with a deadline; tests never sleep.

At the end of each test hung daemons run again and stopped ones are started, before other fixtures end. A test that
needs what the machine lacks fails under `make test` and CI, and is skipped with its reason otherwise.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from tests.live.harness.hoststate import Shared
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tests.live.harness.workfolder import make_work_folder, remove_stale_work_folders, remove_work_folder

PODMAN = pytest.StashKey[PodmanHost]()
LIBVIRT = pytest.StashKey[LibvirtHost]()


def pytest_configure(config: pytest.Config) -> None:
    """Let an outside SIGTERM end the run like Ctrl-C, so that fixtures still clean up."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def live_machine() -> Iterator[None]:
    """Clear away what a killed run left, and put the machine back after this one."""
    remove_stale_work_folders()
    before = Shared.look()
    yield
    before.put_back()


@pytest.fixture(scope="session")
def podman_host(live_machine: None, request: pytest.FixtureRequest) -> Iterator[PodmanHost]:
    folder = make_work_folder(os.getpid())
    with contextlib.ExitStack() as stack:
        stack.callback(remove_work_folder, folder)
        host = PodmanHost.start(folder)
        stack.callback(host.close)
        request.config.stash[PODMAN] = host
        yield host
        del request.config.stash[PODMAN]


@pytest.fixture
def clean_podman(podman_host: PodmanHost) -> Iterator[PodmanHost]:
    yield podman_host
    podman_host.reset()


@pytest.fixture(scope="session")
def libvirt_host(live_machine: None, request: pytest.FixtureRequest) -> Iterator[LibvirtHost]:
    folder = make_work_folder(os.getpid())
    with contextlib.ExitStack() as stack:
        stack.callback(remove_work_folder, folder)
        host = LibvirtHost.start(folder)
        stack.callback(host.close)
        request.config.stash[LIBVIRT] = host
        yield host
        del request.config.stash[LIBVIRT]


@pytest.fixture
def clean_libvirt(libvirt_host: LibvirtHost) -> Iterator[LibvirtHost]:
    yield libvirt_host
    libvirt_host.reset()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Let hung daemons run again before the fixtures of a test end: what they close would wait for an answer."""
    try:
        podman, libvirt = item.config.stash.get(PODMAN, None), item.config.stash.get(LIBVIRT, None)
        if podman is not None:
            podman.resume_service()
            podman.start_service()
        if libvirt is not None:
            libvirt.resume_daemon()
            libvirt.start_daemon()
    finally:
        yield
