"""The libvirt engine on libvirt's own test driver, which needs no daemon."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.engine_contract import (
    RecordingSink,
    act,
    assert_inventory,
    assert_knows_no_strangers,
    assert_reaches,
    assert_refuses,
    assert_statuses,
    running,
)
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import EngineLost, NotFound
from tui.domain.host import EngineState
from tui.domain.identity import InstanceId
from tui.domain.instance import State
from tui.engines.libvirt import LibvirtEngine

HOSTILE = 'a [red]b[@click=x] $(x)"; é'
NETWORK = """
<network>
  <name>default</name><bridge name='virbr0'/><forward/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
</network>
"""
GUEST = """
<domain type='test'>
  <name>{name}</name><uuid>{uuid}</uuid>
  <title>Title of {name}</title>
  <memory unit='MiB'>64</memory><vcpu>2</vcpu><os><type>hvm</type></os>
  <devices><interface type='network'>
    <mac address='52:54:00:00:00:{number:02x}'/><source network='default'/><target dev='testnet{number}'/>
  </interface></devices>
</domain>
"""


def uuid_of(number: int) -> str:
    return f"00000000-0000-4000-9000-{number:012x}"


def write_host(folder: Path, names: list[str]) -> str:
    """Write a node file of the test driver and return its URI."""
    for number, name in enumerate(names):
        text = GUEST.format(name=name.replace("&", "&amp;"), uuid=uuid_of(number), number=number % 256)
        (folder / f"guest{number}.xml").write_text(text)
    files = "".join(f"<domain file='guest{number}.xml'/>" for number in range(len(names)))
    (folder / "network.xml").write_text(NETWORK)
    node = folder / "node.xml"
    network = "<network file='network.xml'/>"
    node.write_text(f"<node><cpu><active>2</active><memory>4000000</memory></cpu>{files}{network}</node>")
    return f"test://{node}"


@pytest.fixture
async def engine(tmp_path: Path) -> LibvirtEngine:
    return LibvirtEngine(write_host(tmp_path, ["alpha", HOSTILE]), host_id="host")


@pytest.fixture
async def sink(engine: LibvirtEngine) -> AsyncIterator[RecordingSink]:
    async with running(engine) as recording:
        yield recording


async def test_keeps_the_contract(engine: LibvirtEngine, sink: RecordingSink) -> None:
    assert_statuses(engine, sink)
    assert_inventory(engine, sink)
    alpha = sink.find("alpha")
    assert alpha is not None
    assert (alpha.title, alpha.driver, alpha.pid, alpha.local) == ("Title of alpha", "test", None, True)
    assert alpha.id == InstanceId("host", engine.id, uuid_of(0))
    assert alpha.guest is not None
    assert (alpha.guest.vcpus, alpha.guest.memory_max_bytes, alpha.guest.persistent) == (2, 64 * 1024**2, True)
    assert [address.source for address in alpha.addresses] == ["lease"]


@pytest.mark.parametrize("name", ["alpha", HOSTILE])
async def test_actions(engine: LibvirtEngine, sink: RecordingSink, name: str) -> None:
    await assert_reaches(engine, sink, name, Verb.PAUSE, State.PAUSED)
    await assert_reaches(engine, sink, name, Verb.RESUME, State.RUNNING)
    await assert_reaches(engine, sink, name, Verb.STOP, State.STOPPED)
    await assert_refuses(engine, sink, name, Verb.STOP)
    await assert_reaches(engine, sink, name, Verb.START, State.RUNNING)
    await assert_refuses(engine, sink, name, Verb.DELETE)
    await assert_reaches(engine, sink, name, Verb.KILL, State.STOPPED)
    await assert_reaches(engine, sink, name, Verb.AUTOSTART_ON, State.STOPPED)
    await sink.until(lambda: autostarts(sink, name), "autostart is on")
    assert (await act(engine, sink, name, Verb.DELETE)).result is Result.DONE
    await sink.until(lambda: sink.find(name) is None, f"{name} is gone")

    told = [(event.what, event.detail) for event in sink.events if event.name == name]
    assert told == [
        ("paused", ""),
        ("resumed", ""),
        ("stopped", "shut down"),
        ("started", "booted"),
        ("stopped", "forced off"),
        ("undefined", ""),
    ]


def autostarts(sink: RecordingSink, name: str) -> bool:
    instance = sink.find(name)
    return instance is not None and instance.guest is not None and instance.guest.autostart


async def test_strangers(engine: LibvirtEngine, sink: RecordingSink) -> None:
    await assert_knows_no_strangers(engine)
    with pytest.raises(NotFound):
        await engine.document(InstanceId("host", engine.id, uuid_of(99)))
    assert sink.find("alpha") is not None


async def test_document(engine: LibvirtEngine, sink: RecordingSink) -> None:
    alpha = sink.find("alpha")
    assert alpha is not None

    document = await engine.document(alpha.id)

    assert document.language == "xml"
    assert "<name>alpha</name>" in document.text


async def test_read_only(tmp_path: Path) -> None:
    engine = LibvirtEngine(write_host(tmp_path, ["alpha"]), host_id="host", read_only=True)

    async with running(engine) as sink:
        for verb in Verb:
            assert (await act(engine, sink, "alpha", verb)).result is Result.REFUSED
        assert sink.state_of("alpha") is State.RUNNING


async def test_many_guests_and_a_storm(tmp_path: Path) -> None:
    names = [f"guest{number:03}" for number in range(120)]
    engine = LibvirtEngine(write_host(tmp_path, names), host_id="host")

    async with running(engine) as sink:
        assert [instance.name for instance in sink.instances] == names
        for instance in sink.instances:
            await engine.perform(ActionRequest(Verb.KILL, instance.id))
        await sink.until(
            lambda: all(instance.state is State.STOPPED for instance in sink.instances), "all of them are off"
        )
        assert len([event for event in sink.events if event.what == "stopped"]) == len(names)
        assert len(sink.statuses) < len(names)  # one look for many events


@pytest.mark.parametrize("uri", ["qemu+unix:///system?socket=/nonexistent/libvirt-sock", "test:///nonexistent.xml"])
async def test_nobody_there(uri: str) -> None:
    engine = LibvirtEngine(uri, host_id="host", required=False)
    sink = RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: any(status.message for status in sink.statuses), "a sentence")
    task.cancel()
    await engine.close()

    status = sink.statuses[-1]
    assert status.state in {EngineState.ABSENT, EngineState.LOST}
    assert status.retry_at_monotonic_seconds is not None
    assert not status.required
    assert sink.inventories == {}


async def test_asking_without_a_connection() -> None:
    engine = LibvirtEngine("qemu+unix:///system?socket=/nonexistent/libvirt-sock", host_id="host")
    target = InstanceId("host", engine.id, uuid_of(0))

    with pytest.raises(EngineLost):
        await engine.document(target)
    outcome = await engine.perform(ActionRequest(Verb.START, target))
    await engine.close()

    assert outcome.result is Result.FAILED
    assert "No libvirt daemon listens" in outcome.message
    assert engine.command(ActionRequest(Verb.START, target)).endswith(uuid_of(0))
