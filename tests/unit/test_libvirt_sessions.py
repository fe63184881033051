"""What may be opened in a guest, as far as it needs no daemon."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine_contract import running
from tests.unit.test_libvirt_engine import uuid_of, write_host
from tui.domain.display import Display
from tui.domain.errors import ActionRefused, EngineError, EngineLost, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import ConsoleDevice, LogRequest, SessionKind, SessionRequest
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.console_xml import read_consoles
from tui.engines.libvirt.graphics import read_graphics
from tui.engines.libvirt.keys import CODES, key_codes, parse_keys, presses
from tui.engines.libvirt.serial_xml import with_serial
from tui.engines.libvirt.xml_facts import read_xml
from tui.engines.sessions import OpensSessions, ReadsLogs, SendsKeys

CONSOLE = SessionRequest(SessionKind.CONSOLE)
PTY = "<serial type='pty'><target type='isa-serial' port='0'/>{}</serial>"
COPY = "<console type='pty'><target type='serial' port='0'/>{}</console>"
VIRTIO = "<console type='pty'><target type='virtio' port='1'/>{}</console>"


def guest(devices: str) -> str:
    return f"<domain><devices>{devices}</devices></domain>"


def alias(name: str) -> str:
    return f"<alias name='{name}'/>"


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ("", ()),
        (PTY.format(alias("serial0")) + COPY.format(alias("serial0")), (ConsoleDevice("serial0", "serial", 0),)),
        (PTY.format("") + COPY.format(""), (ConsoleDevice("serial0", "serial", 0),)),
        (
            PTY.format(alias("serial0")) + COPY.format(alias("serial0")) + VIRTIO.format(alias("console1")),
            (ConsoleDevice("serial0", "serial", 0), ConsoleDevice("console1", "virtio", 1)),
        ),
        (VIRTIO.format(""), (ConsoleDevice("console0", "virtio", 1),)),
        ("<console type='pty'><target type='lxc' port='0'/></console>", (ConsoleDevice("console0", "lxc", 0),)),
        ("<serial type='file'><source path='/x'/><target port='0'/></serial>", ()),
        ("<serial type='pty'/>", (ConsoleDevice("serial0", "serial", 0),)),
    ],
)
def test_consoles_of_a_definition(devices: str, expected: tuple[ConsoleDevice, ...]) -> None:
    assert read_consoles(guest(devices)) == expected


def test_consoles_of_no_definition() -> None:
    assert read_consoles("<domain") == ()


DEFINITION = """\
<domain type='qemu'>
  <metadata>
    <app:x xmlns:app='http://example.com'><devices></devices></app:x>
  </metadata>
  <devices>
    <emulator>/usr/bin/qemu é</emulator>
  </devices>
</domain>
"""


def test_a_serial_console_changes_two_lines() -> None:
    offer = with_serial(DEFINITION)

    assert offer.xml == DEFINITION.replace(
        "é</emulator>\n", "é</emulator>\n    <serial type='pty'/>\n    <console type='pty'/>\n"
    )
    assert offer.diff.splitlines()[:2] == ["--- now", "+++ with a console"]
    changed = [line for line in offer.diff.splitlines()[2:] if line[0] in "+-"]
    assert changed == ["+    <serial type='pty'/>", "+    <console type='pty'/>"]
    assert read_consoles(offer.xml) == (ConsoleDevice("serial0", "serial", 0),)


def test_a_serial_console_in_one_line() -> None:
    assert with_serial(guest("<disk/>")).xml == guest("<disk/><serial type='pty'/><console type='pty'/>")


@pytest.mark.parametrize(
    "xml",
    [
        guest(PTY.format("")),
        guest(VIRTIO.format("")),
        guest("<serial type='tcp'/>"),
        "<domain/>",
        "<domain><devices/></domain>",
        "<domain><devices>",
        "",
    ],
)
def test_no_serial_console_where_it_makes_no_sense(xml: str) -> None:
    with pytest.raises(ActionRefused) as caught:
        with_serial(xml)

    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ctrl-alt-del", ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")),
        ("Ctrl+Alt+F1", ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_F1")),
        ("sysrq-b", ("KEY_LEFTALT", "KEY_SYSRQ", "KEY_B")),
        ("alt-sysrq-s", ("KEY_LEFTALT", "KEY_SYSRQ", "KEY_S")),
        ("sysrq", ("KEY_SYSRQ",)),
        ("KEY_LEFTMETA-l", ("KEY_LEFTMETA", "KEY_L")),
        ("a-a", ("KEY_A",)),
        ("minus", ("KEY_MINUS",)),
    ],
)
def test_keys_that_a_person_writes(text: str, keys: tuple[str, ...]) -> None:
    assert parse_keys(text) == keys


@pytest.mark.parametrize("text", ["", "-", "ctrl-alt-nonsense", "é", "ctrl-alt-[red]", "-".join("abcdefghijklmnopq")])
def test_keys_that_make_no_sense(text: str) -> None:
    with pytest.raises(ActionRefused) as caught:
        parse_keys(text)

    assert caught.value.message.endswith(".")


def test_codes_are_those_of_the_kernel() -> None:
    assert key_codes(("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")) == [29, 56, 111]
    assert key_codes(("KEY_SYSRQ", "KEY_B", "KEY_F12", "KEY_LEFTMETA", "KEY_F24")) == [99, 48, 88, 125, 194]
    header = Path("/usr/include/linux/input-event-codes.h")
    if header.exists():
        words = [line.split() for line in header.read_text().splitlines() if line.startswith("#define KEY_")]
        numbers = {word[1]: word[2] for word in words}
        assert {name: numbers[f"KEY_{name.upper()}"] for name in CODES} == {k: str(v) for k, v in CODES.items()}


def test_no_or_too_many_keys() -> None:
    for keys in ((), ("KEY_A",) * 17, ("KEY_NONSENSE",)):
        with pytest.raises(ActionRefused):
            key_codes(keys)


def test_typing() -> None:
    assert presses("aZ 1!") == (
        ("KEY_A",),
        ("KEY_LEFTSHIFT", "KEY_Z"),
        ("KEY_SPACE",),
        ("KEY_1",),
        ("KEY_LEFTSHIFT", "KEY_1"),
    )
    assert presses("\r\n\t\x1b") == (("KEY_ENTER",), ("KEY_TAB",), ("KEY_ESC",))
    with pytest.raises(ActionRefused):
        presses("naïve")


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_every_printable_character_has_its_keys(text: str) -> None:
    pressed = presses(text)

    assert len(pressed) == len(text)
    assert all(key_codes(keys) for keys in pressed)
    assert len({presses(character) for character in set(text)}) == len(set(text))


@pytest.mark.parametrize(
    ("devices", "display"),
    [
        (
            "<graphics type='vnc' port='5901' listen='127.0.0.1'><listen address='127.0.0.1'/></graphics>",
            Display("vnc", "127.0.0.1", 5901),
        ),
        (
            "<graphics type='spice' port='5902' tlsPort='5903'><listen type='address' address='0.0.0.0'/></graphics>",
            Display("spice", "0.0.0.0", 5902, 5903),
        ),
        ("<graphics type='vnc' port='5900' listen='::1'/>", Display("vnc", "::1", 5900)),
        (
            "<graphics type='vnc'><listen type='socket' socket='/run/a b.sock'/></graphics>",
            Display("vnc", socket="/run/a b.sock"),
        ),
        ("<graphics type='spice'><listen type='none'/></graphics>", Display("spice", listens=False)),
        ("<graphics type='vnc' port='-1' autoport='yes' passwd='secret'/>", Display("vnc")),
    ],
)
def test_where_a_screen_is(devices: str, display: Display) -> None:
    assert read_graphics(guest(devices)) == (display,)
    assert read_xml(guest(devices)).displays == (display,)
    assert "secret" not in repr(display)


def test_a_guest_without_a_screen() -> None:
    assert read_graphics(guest("<graphics type='sdl'/>")) == ()
    assert read_graphics("nonsense") == ()


async def test_guests_of_the_test_driver(tmp_path: Path) -> None:
    engine = LibvirtEngine(write_host(tmp_path, ["alpha"]), host_id="host")
    assert isinstance(engine, OpensSessions)
    assert isinstance(engine, SendsKeys)
    assert isinstance(engine, ReadsLogs)

    async with running(engine) as sink:
        alpha = sink.find("alpha")
        assert alpha is not None
        assert await engine.consoles(alpha.id) == ()
        still = await engine.screenshot(alpha.id)
        await engine.send_keys(alpha.id, ("KEY_A",))
        await engine.sessions.type_text(alpha.id, "Hello, " * 20)
        for attempt in (
            engine.open_session(alpha.id, CONSOLE),
            engine.open_session(alpha.id, SessionRequest(SessionKind.SHELL)),
            anext(engine.read_log(alpha.id, LogRequest())),
        ):
            with pytest.raises(ActionRefused) as caught:
                await attempt
            assert caught.value.message.endswith(".")

    assert still.startswith((b"\x89PNG", b"P6"))


async def test_strangers(tmp_path: Path) -> None:
    engine = LibvirtEngine(write_host(tmp_path, ["alpha"]), host_id="host")
    stranger = InstanceId("host", engine.id, uuid_of(99))

    async with running(engine):
        for attempt in (
            engine.consoles(stranger),
            engine.open_session(stranger, CONSOLE),
            engine.sessions.open_boot_console(stranger, CONSOLE),
            engine.sessions.offer_serial(stranger),
            engine.sessions.add_serial(stranger),
            engine.send_keys(stranger, ("KEY_A",)),
            engine.screenshot(stranger),
        ):
            with pytest.raises(NotFound):
                await attempt
        with pytest.raises(NotFound):
            engine.read_log(stranger, LogRequest())


async def test_without_a_daemon() -> None:
    engine = LibvirtEngine("qemu+unix:///system?socket=/nonexistent/libvirt-sock", host_id="host")
    target = InstanceId("host", engine.id, uuid_of(0))

    with pytest.raises(EngineLost):
        await engine.consoles(target)
    for attempt in (engine.open_session(target, CONSOLE), engine.screenshot(target)):
        with pytest.raises(EngineError) as caught:
            await attempt
        assert "No libvirt daemon listens" in caught.value.message
    await engine.close()
