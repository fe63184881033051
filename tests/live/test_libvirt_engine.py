"""The libvirt engine on a real libvirtd with real QEMU guests."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import run
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
from tui.domain.errors import ActionRefused
from tui.domain.host import EngineState
from tui.domain.instance import GuestFacts, Instance, State
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.guest_process import command_line

HOST_ID = "0123456789abcdef0123456789abcdef"
DEBIAN = (
    "<libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
    "<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo>"
)
FIRST_DATA_CLUSTER = 5 * 0x10000  # behind header, refcount table and block, L1 and L2 table
HOSTILE = "a b\t[red]$(touch x)';é"


def engine_of(host: LibvirtHost, *, read_only: bool = False) -> LibvirtEngine:
    return LibvirtEngine(host.uri, host_id=HOST_ID, read_only=read_only)


@pytest.fixture
async def engine(clean_libvirt: LibvirtHost) -> LibvirtEngine:
    return engine_of(clean_libvirt)


@pytest.fixture
async def sink(engine: LibvirtEngine) -> AsyncIterator[RecordingSink]:
    async with running(engine) as recording:
        yield recording


@contextmanager
def hung(pid: int) -> Iterator[None]:
    """Stop one process, as a QEMU on dead storage would stand still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def found(sink: RecordingSink, name: str) -> Instance:
    instance = sink.find(name)
    assert instance is not None
    return instance


def pid_of(sink: RecordingSink, name: str) -> int | None:
    instance = sink.find(name)
    return instance.pid if instance else None


def facts(sink: RecordingSink, name: str) -> GuestFacts:
    guest = found(sink, name).guest
    assert guest is not None
    return guest


def told(sink: RecordingSink, name: str) -> list[tuple[str, str]]:
    return [(event.what, event.detail) for event in sink.events if event.name == name]


async def test_tells_what_a_definition_says(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest(
        "off", vcpus=2, memory_mib=128, title="A [title]", description="Does <nothing>", metadata=DEBIAN
    )
    engine = engine_of(clean_libvirt)

    async with running(engine) as sink:
        assert_statuses(engine, sink)
        assert_inventory(engine, sink)
        guest = found(sink, "off")

    assert (guest.state, guest.reason, guest.pid, guest.local) == (State.STOPPED, "", None, True)
    assert (guest.title, guest.description, guest.driver) == ("A [title]", "Does <nothing>", "qemu")
    assert guest.guest == GuestFacts(vcpus=2, memory_max_bytes=128 * 1024**2, os="debian 12")


async def test_pid_start_and_tap_of_a_running_guest(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("up", network=clean_libvirt.network)
    pid = clean_libvirt.start_guest("up", wait=False)
    engine = engine_of(clean_libvirt)

    async with running(engine) as sink:
        assert_inventory(engine, sink)
        guest = found(sink, "up")
        assert guest.pid == pid
        assert "qemu-system" in os.readlink(f"/proc/{pid}/exe")
        assert guest.started_unix_seconds is not None
        assert abs(guest.started_unix_seconds - os.stat(f"/proc/{pid}").st_ctime) < 60
        assert facts(sink, "up").taps[0] in os.listdir("/sys/class/net")
        await sink.until(lambda: bool(found(sink, "up").addresses), "the lease is there", 60)
        address = found(sink, "up").addresses[0]

    assert (address.source, address.network) == ("lease", clean_libvirt.network)
    assert address.ip in clean_libvirt.leases()


async def test_finds_the_process_without_a_pid_file(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("lost")
    pid = clean_libvirt.start_guest("lost", wait=False)
    (clean_libvirt.run_folder / "qemu" / "lost.pid").unlink()

    async with running(engine_of(clean_libvirt)) as sink:
        assert found(sink, "lost").pid == pid


async def test_follows_what_others_do(clean_libvirt: LibvirtHost, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("other")
    await sink.until(lambda: sink.state_of("other") is State.STOPPED, "it is defined")
    clean_libvirt.virsh("start", "other")
    await sink.until(lambda: sink.state_of("other") is State.RUNNING, "it runs")
    clean_libvirt.virsh("suspend", "other")
    await sink.until(lambda: found(sink, "other").reason == "on request", "it is paused")
    clean_libvirt.virsh("resume", "other")
    clean_libvirt.virsh("desc", "other", "--title", "--live", "Renamed")
    await sink.until(lambda: found(sink, "other").title == "Renamed", "its title is known")
    clean_libvirt.virsh("destroy", "other")
    await sink.until(lambda: found(sink, "other").reason == "forced off", "it is off")
    clean_libvirt.virsh("undefine", "other")
    await sink.until(lambda: sink.find("other") is None, "it is gone")

    assert told(sink, "other") == [
        ("defined", ""),
        ("started", "booted"),
        ("paused", ""),
        ("resumed", ""),
        ("shutting down", "by the host"),
        ("stopped", "forced off"),
        ("undefined", ""),
    ]


async def test_every_action(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("acted", polite=True)
    await sink.until(lambda: sink.find("acted") is not None, "it is defined")

    await assert_reaches(engine, sink, "acted", Verb.START, State.RUNNING)
    clean_libvirt.wait_up("acted")
    await assert_reaches(engine, sink, "acted", Verb.PAUSE, State.PAUSED)
    await assert_reaches(engine, sink, "acted", Verb.RESUME, State.RUNNING)
    await assert_reaches(engine, sink, "acted", Verb.RESET, State.RUNNING)
    await sink.until(lambda: ("rebooted", "") in told(sink, "acted"), "the reset is told")
    await assert_reaches(engine, sink, "acted", Verb.KILL, State.STOPPED)
    await assert_reaches(engine, sink, "acted", Verb.AUTOSTART_ON, State.STOPPED)
    await sink.until(lambda: facts(sink, "acted").autostart, "autostart is on")
    await assert_reaches(engine, sink, "acted", Verb.AUTOSTART_OFF, State.STOPPED)
    await sink.until(lambda: not facts(sink, "acted").autostart, "autostart is off")
    assert (await act(engine, sink, "acted", Verb.DELETE)).result is Result.DONE
    await sink.until(lambda: sink.find("acted") is None, "it is gone")


async def test_stop_is_a_request(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("polite", polite=True)
    clean_libvirt.start_guest("polite")
    await sink.until(lambda: sink.state_of("polite") is State.RUNNING, "it runs")

    outcome = await act(engine, sink, "polite", Verb.STOP)

    assert outcome.result is Result.REQUESTED
    await sink.until(lambda: found(sink, "polite").reason == "shut down", "it obeyed")
    assert ("shutting down", "by the guest") in told(sink, "polite")


async def test_what_makes_no_sense_is_refused(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    clean_libvirt.define_guest("off")
    await sink.until(lambda: sink.find("off") is not None, "it is defined")

    for verb in (Verb.STOP, Verb.KILL, Verb.RESTART, Verb.RESET, Verb.PAUSE, Verb.RESUME):
        await assert_refuses(engine, sink, "off", verb)
    await assert_knows_no_strangers(engine)


async def test_delete_keeps_what_would_be_lost(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    clean_libvirt.define_guest("kept", disk_mib=8)
    clean_libvirt.start_guest("kept", wait=False)
    await sink.until(lambda: sink.state_of("kept") is State.RUNNING, "it runs")
    assert "runs" in (await act(engine, sink, "kept", Verb.DELETE)).message
    clean_libvirt.virsh("managedsave", "kept")
    await sink.until(lambda: facts(sink, "kept").has_managed_save, "it is saved")
    assert found(sink, "kept").reason == "saved"
    assert "saved state" in (await act(engine, sink, "kept", Verb.DELETE)).message
    clean_libvirt.virsh("managedsave-remove", "kept")
    clean_libvirt.virsh("snapshot-create-as", "kept", "first")
    assert "1 snapshot." in (await act(engine, sink, "kept", Verb.DELETE)).message
    clean_libvirt.virsh("snapshot-delete", "kept", "first")

    assert (await act(engine, sink, "kept", Verb.DELETE)).result is Result.DONE

    assert clean_libvirt.names() == []
    assert (clean_libvirt.folder / "disks" / "kept.qcow2").exists()


@pytest.mark.parametrize("is_removed", [False, True])
async def test_delete_keeps_firmware_variables_unless_asked(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink, is_removed: bool
) -> None:
    variables = define_with_variables(clean_libvirt, "efi")
    await sink.until(lambda: has_variables(sink, "efi"), "it is listed with its variables")
    request = ActionRequest(Verb.DELETE, found(sink, "efi").id, remove_nvram=is_removed)
    assert ("--nvram" if is_removed else "--keep-nvram") in engine.command(request)

    assert (await engine.perform(request)).result is Result.DONE

    await sink.until(lambda: sink.find("efi") is None, "it is gone")
    assert variables.exists() is not is_removed


async def test_names_the_disk_of_an_io_error(clean_libvirt: LibvirtHost, sink: RecordingSink) -> None:
    define_broken_disk(clean_libvirt, "ill")
    clean_libvirt.virsh("start", "ill")

    await sink.until(lambda: sink.state_of("ill") is State.PAUSED, "it is paused", 60)
    await sink.until(lambda: found(sink, "ill").reason == "I/O error on vda", "the disk is named")

    assert ("I/O error", "on vda") in told(sink, "ill")
    assert ("paused", "I/O error") in told(sink, "ill")


async def test_names_the_disk_of_an_io_error_of_old(clean_libvirt: LibvirtHost) -> None:
    define_broken_disk(clean_libvirt, "ill")
    clean_libvirt.virsh("start", "ill")
    clean_libvirt.wait_state("ill", "paused", seconds=60)

    async with running(engine_of(clean_libvirt)) as sink:
        await sink.until(lambda: found(sink, "ill").reason == "I/O error on vda", "the disk is named")


async def test_a_killed_qemu_is_a_crash(clean_libvirt: LibvirtHost, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("mortal")
    pid = clean_libvirt.start_guest("mortal", wait=False)
    await sink.until(lambda: pid_of(sink, "mortal") == pid, "it runs")

    os.kill(pid, signal.SIGKILL)

    await sink.until(lambda: sink.state_of("mortal") is State.CRASHED, "it crashed")
    assert found(sink, "mortal").reason == "crashed"
    assert ("stopped", "its process failed") in told(sink, "mortal")


async def test_hostile_name(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    clean_libvirt.define_guest(HOSTILE)
    await sink.until(lambda: sink.find(HOSTILE) is not None, "it is listed")

    await assert_reaches(engine, sink, HOSTILE, Verb.START, State.RUNNING)

    guest = found(sink, HOSTILE)
    assert guest.pid
    assert guest.id.local in command_line(Path("/proc"), guest.pid)
    assert guest.id.local in engine.command(ActionRequest(Verb.STOP, guest.id))


async def test_document_and_agent(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("plain")
    clean_libvirt.start_guest("plain", wait=False)
    await sink.until(lambda: sink.state_of("plain") is State.RUNNING, "it runs")
    guest = found(sink, "plain").id

    document = await engine.document(guest)

    assert document.language == "xml"
    assert "<name>plain</name>" in document.text
    assert await engine.ask_agent(guest) == ()


async def test_read_only(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("guarded")
    engine = engine_of(clean_libvirt, read_only=True)

    async with running(engine) as sink:
        outcome = await act(engine, sink, "guarded", Verb.START)
        assert (outcome.result, outcome.message) == (Result.REFUSED, "hostdeck runs read-only.")
        assert "<name>guarded</name>" in (await engine.document(found(sink, "guarded").id)).text
        with pytest.raises(ActionRefused):
            await engine.ask_agent(found(sink, "guarded").id)
    assert clean_libvirt.state("guarded") == "shut off"


def how_to(verb: str) -> str:
    """Return what a person types here: the machines that run these tests have systemd in charge, or not."""
    return f"systemctl {verb}" if Path("/run/systemd/system").is_dir() else "virtlogd -d; "


async def test_killed_daemon_is_lost_and_comes_back(clean_libvirt: LibvirtHost, sink: RecordingSink) -> None:
    clean_libvirt.define_guest("survivor")
    pid = clean_libvirt.start_guest("survivor", wait=False)
    await sink.until(lambda: pid_of(sink, "survivor") == pid, "it runs")

    clean_libvirt.kill_daemon()
    await sink.until(lambda: sink.statuses[-1].state is EngineState.LOST, "the loss is told")
    assert sink.statuses[-1].retry_at_monotonic_seconds is not None
    assert found(sink, "survivor").state is State.RUNNING
    await sink.until(lambda: how_to("start") in sink.statuses[-1].message, "the help is told")

    clean_libvirt.start_daemon()
    await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "it is back", 60)
    assert found(sink, "survivor").pid == pid
    clean_libvirt.virsh("suspend", "survivor")
    await sink.until(lambda: sink.state_of("survivor") is State.PAUSED, "events come again")


async def test_hung_daemon_is_told_and_comes_back(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    clean_libvirt.define_guest("waits")
    await sink.until(lambda: sink.find("waits") is not None, "it is listed")

    await assert_reaches(engine, sink, "waits", Verb.AUTOSTART_OFF, State.STOPPED)  # the lane of actions is connected

    clean_libvirt.hang_daemon()
    outcome = await act(engine, sink, "waits", Verb.START)
    await sink.until(lambda: sink.statuses[-1].state in {EngineState.STALLED, EngineState.LOST}, "the hang is told", 60)

    assert outcome.result is Result.UNKNOWN
    assert outcome.message.startswith("Outcome unknown")
    assert how_to("restart") in sink.statuses[-1].message or "keep-alive" in sink.statuses[-1].message
    assert found(sink, "waits").state is State.STOPPED

    clean_libvirt.resume_daemon()
    await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "it is back", 60)
    clean_libvirt.virsh("desc", "waits", "--title", "--config", "later")
    await sink.until(lambda: found(sink, "waits").title == "later", "events come again")


async def test_starts_on_a_hung_daemon(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.hang_daemon()
    engine = engine_of(clean_libvirt)
    sink = RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: sink.statuses[-1:] != [] and sink.statuses[-1].state is EngineState.STALLED, "told", 60)
    clean_libvirt.resume_daemon()
    await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "it answers", 60)
    task.cancel()
    await engine.close()


async def test_closes_beside_a_hung_daemon(clean_libvirt: LibvirtHost) -> None:
    async with running(engine_of(clean_libvirt)):  # which asserts that it ends in time
        clean_libvirt.hang_daemon()


async def test_a_stuck_guest_stalls_nothing(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    clean_libvirt.define_guest("stuck")
    clean_libvirt.define_guest("free")
    pid = clean_libvirt.start_guest("stuck")
    await sink.until(lambda: sink.state_of("stuck") is State.RUNNING, "it runs")
    await sink.until(lambda: engine.id in sink.guest_memory, "its balloon is read")

    with hung(pid):
        await assert_reaches(engine, sink, "free", Verb.START, State.RUNNING)
        await assert_reaches(engine, sink, "free", Verb.KILL, State.STOPPED)
        assert sink.statuses[-1].state is EngineState.READY


async def test_balloon_tells_what_the_guest_uses(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    clean_libvirt.define_guest("tells", memory_mib=128)
    clean_libvirt.start_guest("tells")
    clean_libvirt.virsh("dommemstat", "tells", "--period", "1", "--live")  # the administrator's choice, never ours

    await sink.until(lambda: bool(sink.guest_memory.get(engine.id)), "it tells", 60)

    memory = sink.guest_memory[engine.id][found(sink, "tells").id]
    assert memory.available_bytes is not None
    assert memory.used_bytes is not None
    assert 0 < memory.used_bytes < memory.available_bytes <= 128 * 1024**2


def define_broken_disk(host: LibvirtHost, name: str) -> None:
    """Define a guest whose disk fails every read, and which is to be paused then."""
    plain, image = host.folder / "disks" / "plain.img", host.folder / "disks" / f"{name}.qcow2"
    plain.write_bytes(b"hostdeck" * 2**17)
    host.define_guest(name, disk_mib=8)
    run(["qemu-img", "convert", "-c", "-O", "qcow2", str(plain), str(image)])
    with image.open("r+b") as file:  # compressed clusters that do not unpack: every read of data is an I/O error
        file.seek(FIRST_DATA_CLUSTER)
        file.write(b"\xff" * (image.stat().st_size - FIRST_DATA_CLUSTER))
    text = host.virsh("dumpxml", name).replace("type='qcow2'", "type='qcow2' error_policy='stop' rerror_policy='stop'")
    path = host.folder / "broken.xml"
    path.write_text(text)
    host.virsh("define", str(path))


def has_variables(sink: RecordingSink, name: str) -> bool:
    guest = sink.find(name)
    return guest is not None and guest.guest is not None and guest.guest.has_nvram


def define_with_variables(host: LibvirtHost, name: str) -> Path:
    """Define a guest with UEFI firmware, which is never run: any bytes will do."""
    code, variables = host.folder / "disks" / "code.fd", host.folder / "disks" / f"{name}_VARS.fd"
    for file in (code, variables):
        file.write_bytes(b"firmware")
    host.define_guest(name)
    pflash = f"<loader readonly='yes' type='pflash'>{code}</loader><nvram>{variables}</nvram>"
    path = host.folder / "uefi.xml"
    path.write_text(host.virsh("dumpxml", name).replace("</type>", f"</type>{pflash}", 1))
    host.virsh("define", str(path))
    return variables
