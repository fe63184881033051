"""Guests that are not of this host's system daemon: of a user's own daemon, and of a host behind ssh."""

import asyncio
import os
import pwd
import shlex
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.policy import find_program, require_programs, require_root
from tests.live.harness.processes import CommandFailedError, Daemon, run
from tests.unit.engine_contract import RecordingSink, assert_inventory, assert_reaches, running
from tests.unit.podman_fake import short_folder
from tui.domain.action import Verb
from tui.domain.host import EngineState
from tui.domain.instance import Instance, State
from tui.engines.libvirt import LibvirtEngine

USER = "nobody"
SESSION_GUEST = """\
<domain type='qemu'><name>own</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>
"""
SSHD_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
"""
SSH_CONFIG = """\
IdentityFile {folder}/user
IdentitiesOnly yes
UserKnownHostsFile {folder}/known_hosts
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
"""


class SessionHost:
    """A libvirtd as a user starts it: no root, everything below the user's runtime folder and home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uri = f"qemu+unix:///session?socket={folder}/libvirt/libvirt-sock"
        user = pwd.getpwnam(USER)
        env = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_CONFIG_HOME": str(folder), "USER": USER}
        identity = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self._daemon = Daemon(
            ["setpriv", *identity, "--", find_program("libvirtd") or "libvirtd"],
            log=folder / "libvirtd.log",
            ready=self._answers,
            env=env,
        )
        (folder / "libvirt").mkdir()
        (folder / "libvirt" / "qemu.conf").write_text('stdio_handler = "file"\n')  # needs no virtlogd
        for path in (folder, folder / "libvirt"):
            os.chown(path, user.pw_uid, user.pw_gid)

    def virsh(self, *args: str) -> str:
        return run(["virsh", "--quiet", "--connect", self.uri, *args], seconds=20)

    def start(self) -> None:
        self._daemon.start()
        path = self.folder / "own.xml"
        path.write_text(SESSION_GUEST)
        self.virsh("define", str(path))

    def close(self) -> None:
        for name in self.virsh("list", "--name").split():
            self.virsh("destroy", name)
        self._daemon.stop()

    def _answers(self) -> bool:
        try:
            self.virsh("uri")
        except CommandFailedError:
            return False
        return True


@pytest.fixture
def session_host(live_machine: None) -> Iterator[SessionHost]:
    require_root("a daemon of another user")
    require_programs("a daemon of another user", "libvirtd", "virsh", "qemu-system-x86_64", "setpriv")
    with short_folder() as folder:
        host = SessionHost(folder)
        host.start()
        try:
            yield host
        finally:
            host.close()


async def test_a_guest_of_a_users_own_daemon(session_host: SessionHost) -> None:
    engine = LibvirtEngine(session_host.uri, host_id="h")
    async with running(engine) as sink:
        await assert_reaches(engine, sink, "own", Verb.START, State.RUNNING)
        guest = found(sink, "own")
        assert (guest.user, guest.session, guest.local) == (USER, True, True)
        assert guest.pid == int((session_host.folder / "libvirt/qemu/run/own.pid").read_text())
        assert_inventory(engine, sink)
        await assert_reaches(engine, sink, "own", Verb.KILL, State.STOPPED)


class Login:
    """An sshd on loopback that sees the private daemon's /run, and a client with a key and known hosts of its own."""

    def __init__(self, host: LibvirtHost, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("host", "user", "other"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)])
        (folder / "sshd_config").write_text(SSHD_CONFIG.format(folder=folder, port=self.port))
        (folder / "ssh_config").write_text(SSH_CONFIG.format(folder=folder))
        (folder / "ssh").write_text(f'#!/bin/sh\nexec ssh -F {shlex.quote(str(folder / "ssh_config"))} "$@"\n')
        (folder / "ssh").chmod(0o755)
        self.uri = f"qemu+ssh://root@127.0.0.1:{self.port}/system?command={folder / 'ssh'}"
        (host.folder / "run" / "sshd").mkdir(exist_ok=True)  # where it wants to lock itself in
        sshd = [find_program("sshd") or "sshd", "-D", "-e", "-f", str(folder / "sshd_config")]
        log = folder / "sshd.log"
        self.daemon = Daemon(host.inside(*sshd), log=log, ready=lambda: "listening" in log.read_text(), env={})

    def know(self, name: str) -> None:
        """Write a key down as that of the host."""
        key = " ".join((self.folder / f"{name}.pub").read_text().split()[:2])
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {key}\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def login(clean_libvirt: LibvirtHost, tmp_path: Path) -> Iterator[Login]:
    if find_program("sshd") is None:  # a login server is installed for nobody's tests
        pytest.skip("no sshd here: guests behind ssh are not tried (openssh-server)")
    made = Login(clean_libvirt, tmp_path)
    made.daemon.start()
    yield made
    made.daemon.stop()


async def test_a_guest_behind_ssh_is_of_another_host(clean_libvirt: LibvirtHost, login: Login) -> None:
    """It runs on this very machine, and still nothing of it is looked up in this /proc."""
    clean_libvirt.define_guest("far", network=clean_libvirt.network)
    assert clean_libvirt.start_guest("far", wait=False)
    login.know("host")
    engine = LibvirtEngine(login.uri, host_id="h")
    async with running(engine) as sink:
        guest = found(sink, "far")
        assert (guest.state, guest.local, guest.pid, guest.started_unix_seconds) == (State.RUNNING, False, None, None)
        await assert_reaches(engine, sink, "far", Verb.PAUSE, State.PAUSED)


@pytest.mark.parametrize(("known", "words"), [("other", "not the one that is known"), ("", "not known here")])
async def test_a_host_key_that_is_not_the_known_one_is_refused(login: Login, known: str, words: str) -> None:
    if known:
        login.know(known)
    engine, sink = LibvirtEngine(login.uri, host_id="h"), RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: bool(sink.statuses) and sink.statuses[-1].state is EngineState.REFUSED, "it is refused")
    assert words in sink.statuses[-1].message
    assert f"ssh -p {login.port} root@127.0.0.1" in sink.statuses[-1].message
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await engine.close()


def found(sink: RecordingSink, name: str) -> Instance:
    instance = sink.find(name)
    assert instance is not None
    return instance
