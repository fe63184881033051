"""The doctor finds what is there and names the command for what is not, on machines made of a folder."""

import asyncio
import json
import os
import pwd
import resource
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tui.doctor import Check, Condition, Machine, Report, examine
from tui.doctor.cgroups import examine_cgroups
from tui.doctor.kernel import examine_kernel
from tui.doctor.libvirt import examine_libvirt, version_text
from tui.doctor.machine import last_line
from tui.doctor.podman import examine_podman, user_ids
from tui.doctor.system import _library, _open_files, examine_system
from tui.engines.process import Finished, run_program

V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
V1 = (
    "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "33 30 0:29 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
    "34 30 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
)
UNIFIED = "35 30 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
PSI = "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"

Answer = Finished | BaseException


class Programs:
    """Answers for programs by a word of their arguments."""

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers = {
            "getVersion": Finished(0, "9000000\n", ""),
            "listAllDomains": Finished(0, "9000000 3\n", ""),
            "--version": Finished(0, "podman version 4.3.1\n", ""),
            **(answers or {}),
        }
        self.calls: list[tuple[str, ...]] = []

    async def __call__(self, *argv: str, deadline: float) -> Finished:
        assert deadline > 0
        self.calls.append(argv)
        if any("PodmanClient" in part for part in argv):
            return await run_program(*argv, deadline=deadline)  # the library talks to the test's own socket
        answer = next(answer for word, answer in self.answers.items() if any(word in part for part in argv))
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def root() -> Iterator[Path]:
    """A short path: a socket's address has 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="hd-", dir="/tmp") as folder:
        yield Path(folder)


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _program(root: Path, *names: str) -> None:
    for name in names:
        _write(root, {f"/usr/sbin/{name}": "#!/bin/true\n"})
        (root / "usr/sbin" / name).chmod(0o755)


def _machine(root: Path, answers: Mapping[str, Answer] | None = None, **more: Any) -> Machine:
    given: dict[str, Any] = {"environ": {"PATH": "/usr/bin"}, "uid": 0, "login": "root", "run": Programs(answers)}
    return Machine(root=root, deadline=20.0, **{**given, **more})


def _socket(root: Path, name: str) -> None:
    path = root / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@asynccontextmanager
async def _service(root: Path, name: str, answer: bytes | None) -> AsyncIterator[None]:
    """Listen at a socket; an answer of None keeps silent."""
    path = root / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await gone.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(serve, str(path))
    try:
        yield
    finally:
        gone.set()
        server.close()
        await server.wait_closed()


def _named(checks: list[Check], name: str) -> Check:
    found = [check for check in checks if check.name == name]
    assert len(found) == 1, [check.name for check in checks]
    return found[0]


# --- libvirt ---


async def test_libvirt_in_good_order(root: Path) -> None:
    _program(root, "libvirtd")
    _socket(root, "/run/libvirt/libvirt-sock")
    checks = await examine_libvirt(_machine(root), ())
    assert {check.state for check in checks} == {Condition.OK}
    assert _named(checks, "answer of qemu:///system").found == "libvirt 9.0.0, 3 guests"
    assert _named(checks, "python binding").found == "libvirt-python with C library 9.0.0"


async def test_no_libvirt_at_all_is_a_warning_with_the_package(root: Path) -> None:
    _write(root, {"/etc/os-release": "ID=debian\n"})
    check = _named(await examine_libvirt(_machine(root), ()), "daemon")
    assert check.state is Condition.WARN
    assert check.mend == "apt install libvirt-daemon-system qemu-system-x86"


async def test_fedora_gets_dnf(root: Path) -> None:
    _write(root, {"/etc/os-release": 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'})
    check = _named(await examine_libvirt(_machine(root, uid=1000, login="anna"), ()), "daemon")
    assert check.mend == "sudo dnf install libvirt-daemon-kvm"


MISSING_BINDING = Finished(1, "", "Traceback ...\nModuleNotFoundError: No module named 'libvirt'\n")
MISSING_LIBRARY = Finished(1, "", "ImportError: libvirt.so.0: cannot open shared object file\n")


@pytest.mark.parametrize(
    ("daemon", "answer", "state", "mend"),
    [
        (True, MISSING_BINDING, Condition.MISSING, "pip install libvirt-python"),
        (False, MISSING_BINDING, Condition.WARN, "pip install libvirt-python"),
        (True, MISSING_LIBRARY, Condition.MISSING, "apt install libvirt0"),
        (True, TimeoutError(), Condition.MISSING, ""),
        (True, FileNotFoundError(2, "No such file"), Condition.MISSING, ""),
    ],
)
async def test_binding_that_does_not_load(
    root: Path, daemon: bool, answer: Answer, state: Condition, mend: str
) -> None:
    if daemon:
        _program(root, "libvirtd")
    checks = await examine_libvirt(_machine(root, {"getVersion": answer}), ())
    check = _named(checks, "python binding")
    assert check.state is state
    assert mend in check.mend
    assert not [one for one in checks if one.name.startswith("answer")]


@pytest.mark.parametrize(
    ("systemd", "daemon", "mend"),
    [
        (True, "libvirtd", "systemctl enable --now libvirtd.socket"),
        (True, "virtqemud", "systemctl enable --now virtqemud.socket"),
        (False, "libvirtd", "virtlogd -d && libvirtd -d"),
    ],
)
async def test_daemon_that_does_not_run(root: Path, systemd: bool, daemon: str, mend: str) -> None:
    _program(root, daemon)
    if systemd:
        (root / "run/systemd/system").mkdir(parents=True)
    answer = Finished(1, "", "libvirt.libvirtError: Failed to connect socket\n")
    checks = await examine_libvirt(_machine(root, {"listAllDomains": answer}), ())
    assert _named(checks, "socket").state is Condition.MISSING
    assert _named(checks, "socket").mend == mend
    assert _named(checks, "answer of qemu:///system").found == "Failed to connect socket"


async def test_no_permission_names_the_group(root: Path) -> None:
    _program(root, "libvirtd")
    _socket(root, "/run/libvirt/libvirt-sock")
    group = _machine(root).group_of(root / "run/libvirt/libvirt-sock")
    refused = Finished(1, "", "libvirt.libvirtError: authentication unavailable: no polkit agent available\n")
    machine = _machine(root, {"listAllDomains": refused}, uid=1000, login="anna", may_use=lambda _: False)
    checks = await examine_libvirt(machine, ())
    permission = _named(checks, "permission")
    assert permission.state is Condition.MISSING
    assert group in permission.found
    assert permission.mend == f"sudo usermod -aG {group} anna, then log in again"
    assert _named(checks, "answer of qemu:///system").mend == "sudo usermod -aG libvirt anna, then log in again"


async def test_read_only_socket_alone_is_a_warning(root: Path) -> None:
    _program(root, "libvirtd")
    _socket(root, "/run/libvirt/libvirt-sock-ro")
    assert _named(await examine_libvirt(_machine(root), ()), "permission").state is Condition.WARN


async def test_daemon_that_hangs(root: Path) -> None:
    _program(root, "libvirtd")
    (root / "run/systemd/system").mkdir(parents=True)
    check = _named(
        await examine_libvirt(_machine(root, {"listAllDomains": TimeoutError()}), ()), "answer of qemu:///system"
    )
    assert (check.state, check.found) == (Condition.MISSING, "no answer within 20 s")
    assert check.mend == "systemctl restart libvirtd"


async def test_daemon_that_hangs_without_systemd_is_killed_and_started(root: Path) -> None:
    _program(root, "libvirtd")
    machine = _machine(root, {"listAllDomains": TimeoutError()}, uid=1000, login="anna")
    checks = await examine_libvirt(machine, ())
    assert _named(checks, "answer of qemu:///system").mend == (
        "sudo pkill -KILL -x libvirtd && sudo virtlogd -d && sudo libvirtd -d"
    )


@pytest.mark.parametrize("answer", [TimeoutError(), Finished(1, "", "libvirt.libvirtError: no route to host\n")])
@pytest.mark.parametrize("uri", ["qemu+ssh://h/system", "qemu:///session", "test:///none"])
async def test_no_daemon_of_this_host_is_blamed_for_another(root: Path, uri: str, answer: Answer) -> None:
    _program(root, "libvirtd")
    check = _named(await examine_libvirt(_machine(root, {"listAllDomains": answer}), [uri]), f"answer of {uri}")
    assert (check.state, check.mend) == (Condition.MISSING, f"virsh -c '{uri}' uri shows the same without hostdeck")


async def test_a_users_own_guests_are_asked_for_too(root: Path) -> None:
    _program(root, "libvirtd")
    checks = await examine_libvirt(_machine(root, uid=1000, login="anna"), ())
    assert _named(checks, "answer of qemu:///session").state is Condition.OK


async def test_named_connections_are_tried_and_local_sockets_do_not_matter(root: Path) -> None:
    machine = _machine(root)
    checks = await examine_libvirt(machine, ["test:///default", "qemu+ssh://h/system"])
    assert [check.name for check in checks] == [
        "python binding",
        "answer of test:///default",
        "answer of qemu+ssh://h/system",
    ]
    assert {check.state for check in checks} == {Condition.OK}


async def test_default_uri_of_the_environment_is_tried(root: Path) -> None:
    _program(root, "libvirtd")
    machine = _machine(root, environ={"PATH": "", "LIBVIRT_DEFAULT_URI": "lxc:///system"})
    assert _named(await examine_libvirt(machine, ()), "answer of lxc:///system").state is Condition.OK


def test_libvirt_numbers_and_messages() -> None:
    assert version_text("9000000\n") == "9.0.0"
    assert version_text("12008001") == "12.8.1"
    assert version_text("odd\n") == "odd"
    assert last_line("Traceback\n  x\nlibvirt.libvirtError: no\n\n") == "no"
    assert last_line(" \n") == "it ended without a word"


# --- podman ---

PONG = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
    b'{"Version": "4.3.1"}'
)


async def test_podman_in_good_order(root: Path) -> None:
    _program(root, "podman", "crun")
    async with (
        _service(root, "/run/podman/podman.sock", PONG),
        _service(root, "/run/user/1000/podman/podman.sock", PONG),
    ):
        checks = await examine_podman(_machine(root), ())
    assert {check.state for check in checks} == {Condition.OK}
    assert _named(checks, "program").found == "podman version 4.3.1"
    assert _named(checks, "socket of root").found == "answers, Podman 4.3.1"
    assert _named(checks, "socket of user 1000").found == "answers, Podman 4.3.1"


async def test_no_podman_is_a_warning_with_the_package(root: Path) -> None:
    (check,) = await examine_podman(_machine(root), ())
    assert (check.state, check.mend) == (Condition.WARN, "apt install podman")


async def test_no_runtime_is_missing(root: Path) -> None:
    _program(root, "podman")
    check = _named(await examine_podman(_machine(root), ()), "runtime")
    assert (check.state, check.mend) == (Condition.MISSING, "apt install crun")


@pytest.mark.parametrize(
    "answer", [TimeoutError(), PermissionError(13, "Permission denied"), Finished(125, "", "bad storage\n")]
)
async def test_podman_that_does_not_work(root: Path, answer: Answer) -> None:
    _program(root, "podman")
    check = _named(await examine_podman(_machine(root, {"--version": answer}), ()), "program")
    assert check.state is Condition.MISSING
    assert check.found


@pytest.mark.parametrize(
    ("systemd", "mend"),
    [
        (True, "systemctl enable --now podman.socket"),
        (False, "mkdir -p /run/podman && podman system service --time=0 unix:///run/podman/podman.sock"),
    ],
)
async def test_no_socket_is_a_warning_because_a_private_service_helps(root: Path, systemd: bool, mend: str) -> None:
    _program(root, "podman", "runc")
    if systemd:
        (root / "run/systemd/system").mkdir(parents=True)
    check = _named(await examine_podman(_machine(root), ()), "socket of root")
    assert (check.state, check.mend) == (Condition.WARN, mend)


async def test_user_without_sockets_of_its_own_or_of_root(root: Path) -> None:
    _program(root, "podman", "runc")
    (root / "run/systemd/system").mkdir(parents=True)
    machine = _machine(root, uid=1000, login="anna", may_use=lambda _: False)
    checks = await examine_podman(machine, ())
    assert _named(checks, "socket of root").mend == "sudo hostdeck"
    assert _named(checks, "socket of user 1000").mend == "systemctl --user enable --now podman.socket"


async def test_root_is_told_about_users_without_a_socket(root: Path) -> None:
    _program(root, "podman", "runc")
    (root / "run/user/1001").mkdir(parents=True)
    (root / "run/systemd/system").mkdir(parents=True)
    check = _named(await examine_podman(_machine(root), ()), "socket of user 1001")
    assert check.mend == "systemctl --user -M 1001@ enable --now podman.socket"


async def test_without_systemd_no_remedy_names_it(root: Path) -> None:
    """Users without a socket, users and root with one that nobody listens at; seen by root and by a user."""
    _program(root, "podman", "runc", "libvirtd")
    nobody = pwd.getpwnam("nobody").pw_uid
    (root / f"run/user/{nobody}").mkdir(parents=True)
    for name in ("/run/podman/podman.sock", "/run/user/1001/podman/podman.sock"):
        _socket(root, name)
    for uid in (0, 1001, 1002):
        for answer in (TimeoutError(), Finished(1, "", "refused\n")):
            machine = _machine(root, {"listAllDomains": answer}, uid=uid, login="anna")
            checks = [*await examine_podman(machine, ()), *await examine_libvirt(machine, ())]
            assert not [check.mend for check in checks if "systemctl" in check.mend]
    mends = {check.name: check.mend for check in await examine_podman(_machine(root), ())}
    folder = f"/run/user/{nobody}"
    as_user = f"runuser -u nobody -- env XDG_RUNTIME_DIR={folder}"
    assert mends[f"socket of user {nobody}"] == (
        f"{as_user} mkdir -p {folder}/podman && "
        f"{as_user} podman system service --time=0 unix://{folder}/podman/podman.sock"
    )
    own = _named(await examine_podman(_machine(root, uid=1002, login="anna"), ()), "socket of user 1002").mend
    assert own.startswith("sudo install -d -m 700 -o 1002 /run/user/1002 && mkdir -p /run/user/1002/podman && podman ")


def test_a_user_without_an_entry_is_named_by_number(root: Path) -> None:
    assert _machine(root).as_user(4_000_000, "x").startswith("setpriv --reuid=4000000 ")


async def test_service_that_keeps_silent(root: Path) -> None:
    _program(root, "podman", "runc")
    (root / "run/systemd/system").mkdir(parents=True)
    machine = Machine(root=root, environ={}, uid=0, login="root", run=Programs(), deadline=0.2)
    async with _service(root, "/run/podman/podman.sock", None):
        check = _named(await examine_podman(machine, ()), "socket of root")
    assert (check.state, check.found) == (Condition.MISSING, "no answer within 0.2 s")
    assert check.mend == "systemctl restart podman.socket podman.service"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 500 Oops\r\n\r\n"])
async def test_service_that_does_not_answer_rightly(root: Path, answer: bytes) -> None:
    _program(root, "podman", "runc")
    machine = Machine(root=root, environ={}, uid=0, login="root", run=Programs(), deadline=20)
    async with _service(root, "/run/podman/podman.sock", answer):
        check = _named(await examine_podman(machine, ()), "socket of root")
    assert check.state is Condition.MISSING
    assert check.found.startswith("does not answer as Podman does: ")
    where = f"podman system service --time=0 unix://{root}/run/podman/podman.sock"
    assert check.mend == f"end the process that listens there, then {where}"


async def test_socket_that_nobody_listens_at(root: Path) -> None:
    _program(root, "podman", "runc")
    _socket(root, "/run/podman/podman.sock")
    check = _named(await examine_podman(_machine(root), ()), "socket of root")
    assert check.state is Condition.MISSING
    assert "refused" in check.found.lower()


async def test_named_services_are_tried_without_the_program(root: Path) -> None:
    async with _service(root, "/x/a.sock", PONG):
        checks = await examine_podman(_machine(root), ["unix:///x/a.sock", "unix:///x/b.sock", "ssh://h/run/p.sock"])
    assert [check.state for check in checks] == [Condition.OK, Condition.MISSING, Condition.OK]
    assert checks[1].mend == "podman system service --time=0 unix:///x/b.sock"


async def test_container_host_of_the_environment_is_tried(root: Path) -> None:
    machine = _machine(root, environ={"CONTAINER_HOST": "unix:///x/a.sock"})
    (check,) = await examine_podman(machine, ())
    assert check.name == "service unix:///x/a.sock"


def test_users_that_are_looked_at(root: Path) -> None:
    assert user_ids(_machine(root)) == []
    for name in ("0", "1000", "1001", "odd"):
        (root / "run/user" / name).mkdir(parents=True)
    assert user_ids(_machine(root)) == [1000, 1001]
    assert user_ids(_machine(root, uid=1001)) == [1001]


# --- cgroups ---


def _v2(root: Path, controllers: str = "cpuset cpu io memory pids", delegated: str = "cpu io memory pids") -> None:
    manager = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service"
    _write(
        root,
        {
            "/proc/self/mountinfo": V2,
            "/sys/fs/cgroup/cgroup.controllers": controllers,
            "/sys/fs/cgroup/user.slice/memory.swap.current": "0\n",
            f"{manager}/cgroup.controllers": delegated,
            **{f"/proc/pressure/{name}": PSI for name in ("cpu", "memory", "io")},
        },
    )
    (root / "run/user/1000").mkdir(parents=True, exist_ok=True)


def test_v2_in_good_order(root: Path) -> None:
    _v2(root)
    checks = examine_cgroups(_machine(root))
    assert {check.state for check in checks} == {Condition.OK}
    assert _named(checks, "version").found == "v2 at /sys/fs/cgroup"
    assert _named(checks, "delegation to user 1000").found == "cpu, memory, io, pids"


def test_io_that_is_not_delegated_is_mended_by_a_drop_in(root: Path) -> None:
    _v2(root, delegated="cpu memory pids")
    check = _named(examine_cgroups(_machine(root, uid=1000, login="anna")), "delegation to user 1000")
    assert check.state is Condition.WARN
    assert "not delegated: io" in check.found
    assert "Delegate=cpu cpuset io memory pids" in check.mend
    assert "sudo tee /etc/systemd/system/user@.service.d/delegate.conf" in check.mend
    assert "sudo systemctl daemon-reload" in check.mend


def test_user_without_a_manager(root: Path) -> None:
    _v2(root)
    (root / "run/user/1001").mkdir()
    check = _named(examine_cgroups(_machine(root)), "delegation to user 1001")
    assert check.mend == "loginctl enable-linger 1001"


def test_memory_controller_that_is_off(root: Path) -> None:
    _v2(root, controllers="cpu io pids")
    check = _named(examine_cgroups(_machine(root)), "controllers")
    assert check.state is Condition.MISSING
    assert "memory" in check.found
    assert "cgroup_enable=memory" in check.mend


def test_io_controller_that_is_off_is_a_warning(root: Path) -> None:
    _v2(root, controllers="cpu memory pids")
    assert _named(examine_cgroups(_machine(root)), "controllers").state is Condition.WARN


def test_swap_that_is_not_accounted(root: Path) -> None:
    _v2(root)
    (root / "sys/fs/cgroup/user.slice/memory.swap.current").unlink()
    assert "swapaccount=1" in _named(examine_cgroups(_machine(root)), "swap accounting").mend


@pytest.mark.parametrize("text", ["", None])
def test_pressure_that_is_off(root: Path, text: str | None) -> None:
    _v2(root)
    path = root / "proc/pressure/io"
    path.unlink()
    if text is not None:
        path.write_text(text)
    _program(root, "grubby")
    check = _named(examine_cgroups(_machine(root)), "pressure")
    assert (check.state, check.mend) == (Condition.WARN, "grubby --update-kernel=ALL --args=psi=1, then reboot")


@pytest.mark.parametrize(("mounts", "word"), [(V1, "v1"), (V1 + UNIFIED, "hybrid")])
def test_v1_and_hybrid(root: Path, mounts: str, word: str) -> None:
    _write(
        root,
        {
            "/proc/self/mountinfo": mounts,
            "/sys/fs/cgroup/memory/memory.memsw.usage_in_bytes": "0\n",
            "/sys/block/vda/queue/scheduler": "none [mq-deadline] bfq\n",
            "/sys/block/sdb/queue/scheduler": "none mq-deadline [bfq]\n",
            "/sys/block/loop0/queue/scheduler": "[none]\n",
        },
    )
    checks = examine_cgroups(_machine(root))
    assert _named(checks, "version").found.startswith(f"{word}")
    assert _named(checks, "version").state is Condition.WARN
    assert _named(checks, "controllers").state is Condition.OK
    assert _named(checks, "swap accounting").state is Condition.OK
    blkio = _named(checks, "block I/O accounting")
    assert "on vda except" in blkio.found
    assert blkio.mend == "echo bfq | tee /sys/block/vda/queue/scheduler"


def test_v1_with_bfq_on_every_disk_counts_all(root: Path) -> None:
    _write(root, {"/proc/self/mountinfo": V1, "/sys/block/sda/queue/scheduler": "none [bfq]\n"})
    checks = examine_cgroups(_machine(root))
    assert _named(checks, "block I/O accounting").state is Condition.OK
    assert "swapaccount=1" in _named(checks, "swap accounting").mend


def test_no_cgroups_at_all(root: Path) -> None:
    check = _named(examine_cgroups(_machine(root)), "version")
    assert (check.state, check.mend) == (Condition.MISSING, "mount -t cgroup2 none /sys/fs/cgroup")


# --- system ---


@pytest.mark.parametrize(
    ("environ", "name", "state", "found"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "terminal", Condition.OK, "16 million"),
        ({"TERM": "screen-256color"}, "terminal", Condition.OK, "256 colours"),
        ({"TERM": "xterm"}, "terminal", Condition.OK, "16 colours"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "terminal", Condition.OK, "NO_COLOR"),
        ({"TERM": "dumb"}, "terminal", Condition.WARN, "TERM is dumb"),
        ({}, "terminal", Condition.WARN, "TERM is not set"),
        ({"LANG": "de_DE.UTF-8"}, "locale", Condition.OK, "de_DE.UTF-8"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "locale", Condition.WARN, "C: drawn in ASCII"),
        ({}, "locale", Condition.WARN, "not set"),
    ],
)
def test_terminal_and_locale(root: Path, environ: Mapping[str, str], name: str, state: Condition, found: str) -> None:
    check = _named(examine_system(_machine(root, environ=environ)), name)
    assert check.state is state
    assert found in check.found
    assert bool(check.mend) == (state is not Condition.OK)


def test_systemd_in_charge_or_not(root: Path) -> None:
    assert _named(examine_system(_machine(root)), "systemd").state is Condition.WARN
    (root / "run/systemd/system").mkdir(parents=True)
    assert _named(examine_system(_machine(root)), "systemd").state is Condition.OK


def test_folders_are_made_when_needed_or_named_when_they_cannot_be(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
    good = _named(examine_system(_machine(root)), "state folder")
    assert good.state is Condition.OK
    assert "made when needed" in good.found
    bad = _named(examine_system(_machine(root, uid=1000, login="anna", may_use=lambda _: False)), "state folder")
    assert bad.state is Condition.WARN
    assert bad.mend == f"sudo install -d -o anna {root}/state/hostdeck"


def test_libraries_are_looked_up_without_loading_them() -> None:
    assert _library("textual").state is Condition.OK
    missing = _library("no-such-library")
    assert missing.state is Condition.MISSING
    assert "pip install 'no-such-library'" in missing.mend


@pytest.mark.parametrize(
    ("hard", "state"),
    [(resource.RLIM_INFINITY, Condition.OK), (524_288, Condition.OK), (1024, Condition.WARN), (100, Condition.WARN)],
)
def test_open_files(hard: int, state: Condition) -> None:
    assert _open_files(hard).state is state


# --- the report ---


async def test_machine_without_any_engine(root: Path) -> None:
    _v2(root)
    report = await examine(_machine(root))
    check = _named(list(report.checks), "any")
    assert check.state is Condition.MISSING
    assert report.exit_code == 1


async def test_machine_with_one_engine_is_well(root: Path) -> None:
    _v2(root)
    _program(root, "podman", "crun")
    report = await examine(_machine(root))
    assert report.exit_code == 0
    assert {check.area for check in report.checks} == {"libvirt", "podman", "cgroups", "kernel", "system"}


async def test_every_warning_about_a_setting_has_a_remedy(root: Path) -> None:
    report = await examine(_machine(root, {"getVersion": MISSING_BINDING}))
    unmended = {check.name for check in report.checks if check.state is not Condition.OK and not check.mend}
    assert unmended <= {"systemd", "size"}


async def test_deadlines_hold_for_every_program(root: Path) -> None:
    _program(root, "podman", "crun", "libvirtd")
    answers = dict.fromkeys(("getVersion", "listAllDomains", "--version"), TimeoutError())
    report = await examine(_machine(root, answers))
    assert report.exit_code == 1


def test_text_shows_remedies_and_escapes_what_is_foreign() -> None:
    text = Report(
        (
            Check("podman", "program", "podman \x1b[31m4\n"),
            Check("podman", "runtime", "none", Condition.MISSING, "apt install crun\x9b"),
            Check("system", "size", "80x24", Condition.WARN),
        )
    ).to_text()
    assert r"podman \x1b[31m4\n" in text
    assert r"-> apt install crun\x9b" in text
    assert all(line.isprintable() for line in text.splitlines())
    assert text.splitlines()[0] == "podman"
    assert text.endswith("1 missing, 1 could be better.\n")


@pytest.mark.parametrize(
    ("state", "code", "verdict"),
    [
        (Condition.OK, 0, "Everything is there."),
        (Condition.WARN, 0, "Everything needed is there, 1 could be better."),
        (Condition.MISSING, 1, "1 missing."),
    ],
)
def test_verdict_and_exit_code(state: Condition, code: int, verdict: str) -> None:
    report = Report((Check("a", "b", "c", state),))
    assert report.exit_code == code
    assert report.to_text().splitlines()[-1] == verdict


def test_json_is_plain() -> None:
    report = Report((Check("a", "b", "caf\udce9", Condition.WARN, "do"),))
    data = json.loads(json.dumps(report.to_json()))
    assert data == {
        "schema_version": 1,
        "exit_code": 0,
        "checks": [{"area": "a", "name": "b", "found": "caf\ufffd", "state": "warn", "mend": "do"}],
    }


async def test_this_machine_can_be_examined() -> None:
    report = await examine(Machine(environ=dict(os.environ), deadline=10))
    assert {"libvirt", "podman", "cgroups", "system"} <= {check.area for check in report.checks}


def test_kernel_messages_that_can_be_read(root: Path) -> None:
    _write(root, {"/dev/kmsg": ""})
    messages, daemons = examine_kernel(_machine(root))
    assert (messages.found, messages.state) == ("/dev/kmsg can be read", Condition.OK)
    assert daemons.found == "from whether engines answer"


def test_kernel_messages_through_the_journal(root: Path) -> None:
    _write(root, {"/var/log/journal/abc/system.journal": ""})
    messages, daemons = examine_kernel(_machine(root))
    assert (messages.found, daemons.found) == ("through the journal", "from the journal")


def test_kernel_messages_that_nothing_tells(root: Path) -> None:
    (check, _) = examine_kernel(_machine(root, uid=1000, login="anna"))
    assert check.state is Condition.WARN
    assert "kills for memory and disk errors are not seen" in check.found
    assert check.mend == "run hostdeck as root"
