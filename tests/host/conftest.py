"""A real host for the tests: a virtual machine with systemd, cgroup v2, Podman and libvirt, and a workload that runs.

`testhost` (tests.host.testhost.machine.Machine) is one for the whole run, restored within seconds from the state that
tests/host/testhost/build.sh saved. `.run(script)` and `.run(script, user="tester")` return what a bash script prints
inside; `.hostdeck("snapshot --json")` runs the project's code inside; `.push_project()` puts it there anew; `.python`
is the interpreter with the locked packages and `.project` the folder of the packages.

Inside run, all of them all the time (tests/host/testhost/workload.sh):

- rootful containers: `web` (64 MiB, half a core, spins; port 8080), `idle`, `writer` (fsync'd writes to a volume), pod
  `pod1` with `db` (128 MiB) and `cache`, `checked` (health timer), `managed` (unit managed.service, --cgroups=split)
- rootless containers of the user tester (uid 1000, socket listening): `rl1`, `rl2` (48 MiB)
- guests: `q1` (QEMU, a shell on its serial console, network default), `l1` (libvirt-lxc, lxc:///system)

Each call costs a second or more and everything is slow: put many commands into one script, give generous deadlines and
compare figures only with other readings of the same counters inside.
"""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.testhost.machine import Machine, work_folder
from tests.live.harness.policy import lacking, require_programs
from tests.live.harness.workfolder import remove_stale_work_folders

PROGRAMS = ("qemu-system-x86_64", "qemu-img", "zstd", "ssh", "mke2fs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.host)


@pytest.fixture(scope="session")
def testhost() -> Iterator[Machine]:
    require_programs("the virtual machine", *PROGRAMS)
    if platform.machine() != "x86_64":
        lacking("the virtual machine needs a x86_64 machine")
    if not (work_folder() / "built").exists():
        lacking(f"the virtual machine is not built in {work_folder()} (`make testhost`)")
    remove_stale_work_folders()
    machine = Machine(work_folder())
    try:
        machine.restore()
        yield machine
    finally:
        machine.stop()
