"""libvirt's errors as sentences that help."""

import asyncio
import errno
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.engine_contract import RecordingSink
from tui.domain.errors import ActionRefused, EngineAbsent, EngineError, EngineLost, EngineRefused, NotFound
from tui.domain.host import EngineState
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.failures import failure_of, hung_message, open_failure, start_hint
from tui.engines.libvirt.target import parse_uri


@dataclass
class Told:
    """What a libvirtError answers."""

    code: int
    text: str = "it went wrong"
    number: int = 0

    def get_error_code(self) -> int:
        return self.code

    def get_error_message(self) -> str:
        return self.text

    def get_int1(self) -> int:
        return self.number


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (Told(42), NotFound),
        (Told(29), ActionRefused),
        (Told(88), ActionRefused),
        (Told(55), ActionRefused),
        (Told(68), ActionRefused),
        (Told(3), ActionRefused),
        (Told(39), EngineLost),
        (Told(6), EngineLost),
        (Told(38, number=errno.EPIPE), EngineLost),
        (Told(38, number=errno.ENOSPC), EngineError),
        (Told(86), EngineError),
        (Told(1), EngineError),
        (Told(99999), EngineError),
    ],
)
def test_failed_calls(told: Told, kind: type[EngineError]) -> None:
    failure = failure_of(told)

    assert type(failure) is kind
    assert "it went wrong." in failure.message


@pytest.mark.parametrize(
    ("uri", "told", "kind", "help_text"),
    [
        ("qemu:///system", Told(38, number=errno.EACCES), EngineRefused, "usermod -aG libvirt"),
        ("qemu:///system", Told(45), EngineRefused, "usermod -aG libvirt"),
        ("qemu+ssh://h/system", Told(45), EngineRefused, "keys or certificates"),
        ("qemu:///system", Told(38, number=errno.ENOENT), EngineAbsent, "No libvirt daemon listens"),
        ("lxc:///system", Told(38, number=errno.ECONNREFUSED), EngineAbsent, "No libvirt daemon listens"),
        ("qemu:///session", Told(38, number=errno.ENOENT), EngineAbsent, "No libvirt daemon listens"),
        ("qemu+ssh://h/system", Told(38, number=errno.ECONNRESET), EngineLost, "Cannot connect to qemu+ssh://h/system"),
        ("qemu+tcp://h/system", Told(38, number=errno.ECONNREFUSED), EngineLost, "Cannot connect"),
        ("qemu:///system", Told(1), EngineLost, "it went wrong"),
    ],
)
def test_failed_connections(uri: str, told: Told, kind: type[EngineError], help_text: str) -> None:
    failure = open_failure(parse_uri(uri), told)

    assert type(failure) is kind
    assert help_text in failure.message


def test_a_daemon_that_hangs() -> None:
    assert "systemctl restart" in hung_message(parse_uri("qemu:///system"), systemd=True)
    assert "systemctl" not in hung_message(parse_uri("qemu:///system"), systemd=False)
    assert hung_message(parse_uri("qemu+ssh://h/system")) == "qemu+ssh://h/system does not answer."


async def test_a_host_without_libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libvirt", None)  # what an import finds then fails
    engine, sink = LibvirtEngine("qemu:///system", host_id="host"), RecordingSink()

    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: any(status.message for status in sink.statuses), "a sentence")
    task.cancel()
    await engine.close()

    assert sink.statuses[-1].state is EngineState.ABSENT
    assert "apt install libvirt0" in sink.statuses[-1].message


def test_the_package_needs_no_libvirt_to_be_imported() -> None:
    code = "import sys, tui.engines.libvirt; sys.exit('libvirt' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("systemd", "named"), [(True, "systemctl start"), (False, "-d`")])
def test_a_start_is_told_by_the_command_that_there_is(
    systemd: bool, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = tmp_path / "libvirtd"
    daemon.write_text("")
    daemon.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert named in start_hint(parse_uri("qemu:///system"), systemd=systemd)


SSH = "qemu+ssh://anna@kvm02/system"
CHANGED = "Cannot recv data: @@\r\n@ REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.: "
BROKEN = "Connection reset by peer"


@pytest.mark.parametrize(
    ("text", "kind", "title", "message"),
    [
        (CHANGED + BROKEN, EngineRefused, "host key changed", "Find out why before you connect; `ssh anna@kvm02`"),
        ("Cannot recv data: Host key verification failed.: " + BROKEN, EngineRefused, "host key unknown", "compare it"),
        (
            "Cannot recv data: anna@kvm02: Permission denied (publickey).: " + BROKEN,
            EngineRefused,
            "ssh refused",
            "no key that is let in (anna@kvm02: Permission denied (publickey)). Try `ssh anna@kvm02`",
        ),
        (
            "Cannot recv data: ssh: Could not resolve hostname kvm02: Name or service not known: " + BROKEN,
            EngineLost,
            "cannot connect",
            f"Cannot connect to {SSH}: ssh: Could not resolve hostname kvm02: Name or service not known.",
        ),
        ("", EngineLost, "cannot connect", f"Cannot connect to {SSH}: "),
    ],
)
def test_what_ssh_says_is_one_sentence(text: str, kind: type[EngineError], title: str, message: str) -> None:
    failure = open_failure(parse_uri(SSH), Told(38, text, 104))
    assert type(failure) is kind
    assert failure.title == title
    assert message in failure.message
    assert "\n" not in failure.message
