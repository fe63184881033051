import json
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.audit import Actor, AuditEntry, AuditLog, NoAudit, current_actor, default_path
from tui.domain.action import Result, Verb
from tui.domain.identity import InstanceId
from tui.domain.instance import Kind

ACTOR = Actor("jan", "root")


def entry(name: str = "web", **more: Any) -> AuditEntry:
    return AuditEntry(
        job=7,
        action=Verb.STOP,
        target=InstanceId("machine", "podman", "abc"),
        name=name,
        kind=Kind.CONTAINER,
        owner="jan",
        host_name="kvm01",
        command=f"podman stop {name}",
        **more,
    )


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "hostdeck" / "audit.jsonl"


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_an_intent_and_its_result_are_two_lines(path: Path) -> None:
    log = AuditLog(path, actor=ACTOR, utc=lambda: 1_750_000_000.5)
    assert log.intent(entry()) == ""
    assert log.result(entry(), Result.FAILED, "no such container") == ""
    intent, result = read(path)
    assert intent == {
        "version": 1,
        "time": "2025-06-15T15:06:40.500Z",
        "phase": "intent",
        "process": os.getpid(),
        "job": 7,
        "user": "jan",
        "effective_user": "root",
        "host": "machine",
        "host_name": "kvm01",
        "engine": "podman",
        "kind": "container",
        "id": "abc",
        "name": "web",
        "owner": "jan",
        "action": "stop",
        "command": "podman stop web",
    }
    assert result == {**intent, "phase": "result", "result": "failed", "message": "no such container"}


@pytest.mark.usefixtures("usual_umask")
def test_file_and_folder_are_for_the_person_alone(path: Path) -> None:
    AuditLog(path, actor=ACTOR).intent(entry())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_control_characters_cannot_forge_a_line(path: Path) -> None:
    name = 'x"\n{"phase": "result"}\x1b[31m\u2028\udcff'
    AuditLog(path, actor=ACTOR).intent(entry(name))
    assert len(path.read_bytes().splitlines()) == 1
    assert read(path)[0]["name"] == name


def test_lines_are_added_to_what_is_there(path: Path) -> None:
    AuditLog(path, actor=ACTOR).intent(entry("a"))
    AuditLog(path, actor=ACTOR).intent(entry("b"))
    assert [line["name"] for line in read(path)] == ["a", "b"]


def test_a_full_file_is_set_aside_once(path: Path) -> None:
    log = AuditLog(path, actor=ACTOR, most_bytes=900)
    for number in range(6):
        log.intent(entry(f"c{number}"))
    old = path.with_name("audit.jsonl.1")
    names = [line["name"] for line in read(old) + read(path)]
    assert names == [f"c{number}" for number in range(6 - len(names), 6)]
    assert old.stat().st_size < 900 + 500
    assert sorted(file.name for file in path.parent.iterdir()) == ["audit.jsonl", "audit.jsonl.1"]


def test_a_place_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="ascii")
    told: list[str] = []
    log = AuditLog(blocked / "audit.jsonl", actor=ACTOR, on_problem=told.append)
    first = log.intent(entry())
    second = log.result(entry(), Result.DONE, "")
    assert first == second
    assert told == [first]
    assert str(blocked) in first
    assert "Actions go on without it" in first


def test_it_is_told_again_after_it_had_worked(path: Path) -> None:
    told: list[str] = []
    log = AuditLog(path, actor=ACTOR, on_problem=told.append)
    path.mkdir(parents=True)
    log.intent(entry())
    path.rmdir()
    log.intent(entry())
    path.unlink()
    path.mkdir()
    log.intent(entry())
    assert len(told) == 2


def test_a_full_disk_is_a_sentence() -> None:
    assert "No space left" in AuditLog(Path("/dev/full"), actor=ACTOR).intent(entry())


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    path.parent.mkdir(parents=True)
    path.symlink_to(victim)
    assert AuditLog(path, actor=ACTOR).intent(entry()) != ""
    assert not victim.exists()


def test_the_login_user_under_sudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUDO_USER", "jan")
    monkeypatch.setenv("LOGNAME", "root")
    actor = current_actor(tmp_path / "absent")
    assert actor.effective == pwd.getpwuid(os.geteuid()).pw_name
    assert actor.login == ("jan" if os.geteuid() == 0 else "root")


def test_the_audit_login_counts_without_sudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "somebody")
    login = tmp_path / "loginuid"
    login.write_text("0\n", encoding="ascii")
    assert current_actor(login).login == "root"


@pytest.mark.parametrize("text", ["4294967295", "", "x"])
def test_without_an_audit_login_the_name_of_the_environment_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "somebody")
    login = tmp_path / "loginuid"
    login.write_text(text, encoding="ascii")
    assert current_actor(login).login == "somebody"


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    login = tmp_path / "loginuid"
    login.write_text("3999999999", encoding="ascii")
    assert current_actor(login).login == "3999999999"


def test_the_usual_place_is_in_xdg_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_path() == tmp_path / "hostdeck" / "audit.jsonl"


def test_no_audit_writes_nothing() -> None:
    assert NoAudit().intent(entry()) == ""
    assert NoAudit().result(entry(), Result.DONE, "") == ""
