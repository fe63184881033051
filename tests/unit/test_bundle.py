"""The incident bundle: what is in it, what is not, and that no engine and no disk spoils it whole."""

import asyncio
import json
import os
import resource
import signal
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.unit.build import container, guest
from tests.unit.scripted import CountingSampler, FixedHost, ScriptedEngine
from tests.unit.views import UTC, view_of
from tui.bundle.archive import Archive, plain_name
from tui.bundle.collect import default_name, make_bundle
from tui.bundle.materials import MOST_INSTANCES, Materials, troubled
from tui.config import Config
from tui.domain.errors import EngineLost
from tui.domain.event import Document
from tui.domain.host import HostView, Problem, Severity
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, State
from tui.domain.operation import Progress
from tui.domain.session import LogChunk, LogRequest
from tui.export.newfile import CannotWrite
from tui.notify.settings import NotifySettings
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

PRECIOUS = "s3cr3t"
HOSTILE = "../../etc/passwd\n\x1b[31m"


class TalkingEngine(ScriptedEngine):
    """Has documents and logs, except for instances whose local id says what goes wrong."""

    def __init__(self, engine_id: str = "podman") -> None:
        super().__init__(engine_id)
        self.asked = asyncio.Event()
        self.documents = 0

    async def document(self, target: InstanceId) -> Document:
        self.documents += 1
        self.asked.set()
        if "hangs" in target.local:
            await asyncio.Event().wait()
        if "fails" in target.local:
            raise EngineLost("lost", "The service went away.")
        if "breaks" in target.local:
            raise RuntimeError("a defect")
        if self.id != "podman":
            return Document(f"<domain><graphics passwd='{PRECIOUS}'/></domain>", "xml")
        return Document(json.dumps({"Env": [f"DB_PASSWORD={PRECIOUS}"], "Name": target.local}), "json")

    async def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        assert request.tail
        assert not request.follow
        yield LogChunk(
            target.local, ((UTC, True, f"Authorization: Bearer {PRECIOUS}xyz \x1b[2J".encode()), (None, False, b"\xff"))
        )


def _problem(instance: Instance, severity: Severity = Severity.CRITICAL) -> Problem:
    return Problem(severity, instance.key, instance.name, instance.kind.value, "it fell over", rule="x")


def _view(*instances: Instance) -> HostView:
    return view_of(*instances, problems=tuple(_problem(one) for one in instances))


def _materials(view: HostView, *engines: ScriptedEngine, **more: Any) -> Materials:
    source = LiveSource(HostName("host", "kvm01"), engines, CountingSampler(), FixedHost())
    return Materials(source=source, view=view, **more)


def _content(path: Path) -> dict[str, str]:
    with tarfile.open(path) as tar:
        found = {}
        for entry in tar.getmembers():
            assert entry.isfile()
            assert entry.mode == 0o600
            assert entry.mtime == int(UTC)
            folder, _, name = entry.name.partition("/")
            assert folder == path.name.removesuffix(".tar.gz")
            file = tar.extractfile(entry)
            assert file is not None
            found[name] = file.read().decode()
    return found


async def test_everything_is_in_it_and_no_secret(tmp_path: Path) -> None:
    audit = tmp_path / "audit.jsonl"
    audit.write_text(json.dumps({"command": f"podman run -e TOKEN={PRECIOUS}"}) + "\n{torn")
    config = Config(notify=NotifySettings(webhook=f"https://h/{PRECIOUS}", webhook_headers={"X": PRECIOUS}))
    web = container("web", command=f"app --token {PRECIOUS}", labels={"api_key": PRECIOUS, "team": "ops"})
    view = _view(web, guest("vm"))

    async def picture() -> str:
        return "<svg/>"

    engines = TalkingEngine(), TalkingEngine("qemu:///system")
    materials = _materials(view, *engines, config=config, picture=picture, audit=audit, podman=["unix:///nonexistent"])
    said: list[Progress] = []
    path = tmp_path / default_name(view, UTC)
    bundle = await make_bundle(path, materials, said.append)
    content = _content(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert bundle.size_bytes == path.stat().st_size
    assert set(content) >= {
        "README.txt", "problems.txt", "screen.svg", "view.json", "history.csv", "doctor.txt", "config.json",
        "audit.jsonl", "versions.txt", "instances/container-web.json", "instances/guest-vm.xml",
        "logs/container-web.log", "logs/guest-vm.log",
    }  # fmt: skip
    assert [name for name, text in content.items() if PRECIOUS in text] == []
    assert "errors.txt" not in content, content["errors.txt"]
    assert bundle.missing == ()
    assert json.loads(content["view.json"])["instances"][0]["labels"]["team"] == "ops"
    assert "it fell over" in content["problems.txt"]
    assert "\x1b" not in content["logs/container-web.log"]
    assert len(content["audit.jsonl"].splitlines()) == 2
    assert any("doctor" in one.text for one in said)


async def test_engine_that_hangs_is_asked_once_and_noted(tmp_path: Path) -> None:
    hung = [container(f"hangs-{number}") for number in range(12)]
    engine, other = TalkingEngine(), TalkingEngine("qemu:///system")
    async with asyncio.timeout(60):
        bundle = await make_bundle(tmp_path / "a.tar.gz", _materials(_view(*hung, guest("vm")), engine, other))
    content = _content(bundle.path)
    assert "instances/guest-vm.xml" in content
    assert engine.documents <= 4  # those that were asked at the same time
    assert "no answer within" in content["errors.txt"]
    assert "not asked again" in content["errors.txt"]
    assert len(bundle.missing) >= len(hung)


async def test_what_fails_is_noted_and_the_rest_is_there(tmp_path: Path) -> None:
    view = _view(container("fails"), container("breaks"), container("web"))

    async def picture() -> str:
        raise ValueError("no picture")

    bundle = await make_bundle(tmp_path / "a.tar.gz", _materials(view, TalkingEngine(), picture=picture))
    content = _content(bundle.path)
    assert "instances/container-web.json" in content
    assert "logs/container-fails.log" in content
    for sentence in ("The service went away.", "RuntimeError: a defect", "screen.svg: ValueError: no picture"):
        assert sentence in content["errors.txt"]


async def test_hostile_names_stay_inside_and_apart(tmp_path: Path) -> None:
    instances = [container(HOSTILE), container("../../etc/passwd"), container(".."), container("Web"), container("web")]
    bundle = await make_bundle(tmp_path / "a.tar.gz", _materials(_view(*instances), TalkingEngine()))
    names = [name for name in _content(bundle.path) if name.startswith("instances/")]
    assert len(names) == len(instances)
    assert len({name.casefold() for name in names}) == len(instances)
    for name in names:
        assert name.count("/") == 1
        assert name.isprintable()
        assert not name.removeprefix("instances/").startswith(".")


async def test_too_many_are_cut_and_counted(tmp_path: Path) -> None:
    many = [container(f"c{number}") for number in range(MOST_INSTANCES + 3)]
    bundle = await make_bundle(tmp_path / "a.tar.gz", _materials(_view(*many), TalkingEngine()))
    content = _content(bundle.path)
    assert sum(name.startswith("instances/") for name in content) == MOST_INSTANCES
    assert "3 more have problems" in content["errors.txt"]


def test_the_worst_come_first() -> None:
    warned, critical, well = container("a"), container("b"), container("c")
    fell = container("fell", state=State.STOPPED, exit_code=3)
    ended = container("ended", state=State.STOPPED, exit_code=0)
    problems = (_problem(warned, Severity.WARNING), _problem(critical))
    view = view_of(fell, ended, warned, critical, well, problems=problems)
    assert [item.instance.name for item in troubled(view)] == ["b", "a", "fell"]


async def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_text("mine")
    link = tmp_path / "b.tar.gz"
    link.symlink_to(tmp_path / "elsewhere")
    for place in (path, link, tmp_path / "nowhere" / "a.tar.gz"):
        with pytest.raises(CannotWrite) as raised:
            await make_bundle(place, _materials(_view(), TalkingEngine()))
        assert str(place) in raised.value.message
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


async def test_half_a_file_does_not_stay(tmp_path: Path) -> None:
    noise = os.urandom(300_000).hex()

    async def picture() -> str:
        return noise

    path = tmp_path / "a.tar.gz"
    with largest_file(50_000), pytest.raises(CannotWrite, match=r"a\.tar\.gz cannot be written"):
        await make_bundle(path, _materials(_view(container("web")), TalkingEngine(), picture=picture))
    assert os.listdir(tmp_path) == []


async def test_cancelled_job_leaves_nothing(tmp_path: Path) -> None:
    engine = TalkingEngine()
    making = asyncio.ensure_future(make_bundle(tmp_path / "a.tar.gz", _materials(_view(container("hangs")), engine)))
    async with asyncio.timeout(30):
        await engine.asked.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("text", ["", "..", "/", "\0", "a/b", "-", "é" * 300, ".hidden", "CON"])
def test_plain_names(text: str) -> None:
    name = plain_name(text)
    assert name
    assert len(name) <= 100
    assert "/" not in name
    assert not name.startswith(".")


def test_second_file_of_a_name_gets_a_number(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.tar.gz", "a", UTC) as archive:
        found = [archive.add(name, b"x") for name in ("logs/a.log", "logs/A.log", "logs/a.log", "README", "README")]
    assert found == ["logs/a.log", "logs/A-2.log", "logs/a-3.log", "README", "README-2"]
