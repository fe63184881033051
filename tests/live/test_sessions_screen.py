"""Consoles, shells and logs of real containers and guests, by the keys of the application."""

import asyncio
from pathlib import Path

import pytest

from tests.live.harness.guest import UP_MARK
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.test_main_job import Person, audited, sitting_before
from tests.ui.screens.still import screen_text
from tui.domain.instance import State
from tui.screens.log import LogScreen
from tui.screens.main import MainScreen
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.still import Still, StillScreen
from tui.sessions import Session, SessionState
from widgets.choose import Choose
from widgets.confirm import Confirm

CHATTY = ("sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.2; done")


def on_screen(person: Person, text: str) -> bool:
    return text in screen_text(person.app)


def session_of(person: Person) -> Session:
    screen = person.app.screen
    assert isinstance(screen, SessionScreen), screen
    return screen.session


async def listed(person: Person, name: str, pane: str, state: State = State.RUNNING) -> None:
    await person.until(lambda: person.state(name) is state, f"{name} is listed")
    await person.choose(pane, name)


async def opened(person: Person, key: str) -> Session:
    await person.press(key)
    await person.until(lambda: isinstance(person.app.screen, SessionScreen), "a session is on the screen")
    await person.until(lambda: session_of(person).state is SessionState.OPEN, "it is open")
    return session_of(person)


async def test_a_shell_in_a_container(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        await person.type("stty size")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "21 80"), "the size of what is left of 80x24")
        await person.press("ctrl+right_square_bracket")
        await person.until(lambda: isinstance(person.app.screen, MainScreen), "back at the table")
        session.type(b"echo while away\r")
        await person.until(lambda: session.unread, "it is read on, and unread")
        await person.press("s")
        await person.until(lambda: on_screen(person, "\nwhile away"), "the same session is there again")
        await person.type("exit 7")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "exit code 7"), "the exit code is told")
        assert session.state is SessionState.ENDED
        await person.press("escape")
        await person.until(lambda: isinstance(person.app.screen, MainScreen), "closed")
    lines = [line for line in audited(tmp_path) if line["action"] == "open-shell"]
    assert [line["phase"] for line in lines] == ["intent", "result"]
    assert lines[1]["result"] == "done"


async def test_a_resized_screen_reaches_the_program_and_vi_draws_it(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        await person.type("vi /tmp/note")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "/tmp/note"), "vi is there")
        await person.type("ihello vi")
        await person.press("escape")
        await person.type(":wq")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "/ #"), "the shell is back")
        await person.type("cat /tmp/note")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "\nhello vi"), "what was typed is in the file")
        await person.resize(132, 40)
        await person.until(lambda: session.request.rows == 37, "the size is taken")
        await person.type("stty size")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "37 132"), "and told to the program")


async def test_a_flood_leaves_keys_answering(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        await person.type("yes flood")
        await person.press("enter")
        await person.until(lambda: screen_text(person.app).count("flood") > 15, "it floods")
        await person.press("ctrl+right_square_bracket")
        await person.until(lambda: isinstance(person.app.screen, MainScreen), "the key is answered")
        await person.press("s")
        await person.until(lambda: isinstance(person.app.screen, SessionScreen), "and this one")
        await person.press("ctrl+c")
        await person.type("echo ca''lm")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "\ncalm"), "the flood is ended")
        assert session.state is SessionState.OPEN


async def test_a_container_that_is_removed_while_its_shell_is_open(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        await asyncio.to_thread(clean_podman.remove, "web")
        await person.until(lambda: session.state is SessionState.ENDED, "it is told as ended")
        assert session.message
        assert on_screen(person, "/ #")


async def test_a_service_that_dies_is_told_and_the_shell_opened_again(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        await asyncio.to_thread(clean_podman.kill_service)
        await person.until(lambda: session.state is SessionState.WAITING, "it waits")
        assert session.message
        await asyncio.to_thread(clean_podman.start_service)
        await person.until(lambda: session.state is SessionState.OPEN, "it is open again")
        await person.until(lambda: on_screen(person, "opened again"), "and the screen says so")


async def test_attaching_and_a_merged_log(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("one", *CHATTY, options=["--network", "none"])
    clean_podman.run("other", *CHATTY, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "one", "3")
        await opened(person, "c")
        await person.until(lambda: on_screen(person, "line "), "what it says")
        await person.press("f12")
        await person.until(lambda: isinstance(person.app.screen, Choose), "the menu")
        await person.press("x")
        await person.until(lambda: on_screen(person, "goes on"), "what becomes of it")
        await person.press("g")
        await person.until(lambda: isinstance(person.app.screen, MainScreen), "closed")
        assert clean_podman.state("one") == "running"
        await person.press("escape", "asterisk", "l")
        await person.until(lambda: isinstance(person.app.screen, LogScreen), "a log is there")
        await person.until(lambda: on_screen(person, "one ") and on_screen(person, "other "), "of both")
        seen = screen_text(person.app)
        await person.until(lambda: screen_text(person.app) != seen, "it is followed")


async def test_a_console_of_a_guest(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "vm", "2")
        session = await opened(person, "c")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "#"), "the prompt", rounds=2000)
        await person.type("vi /tmp/note")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "/tmp/note"), "vi is there")
        await person.type("ihello guest")
        await person.press("escape")
        await person.type(":wq")
        await person.press("enter")
        await person.type("cat /tmp/note")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "\nhello guest"), "what was typed is in the file")
        await asyncio.to_thread(clean_libvirt.virsh, "destroy", "vm")
        await person.until(lambda: session.state is SessionState.WAITING, "it waits for the guest")
        assert on_screen(person, "hello guest")
        await asyncio.to_thread(clean_libvirt.virsh, "start", "vm")
        await person.until(lambda: session.state is SessionState.OPEN, "it is attached again", rounds=2000)
        await person.until(lambda: on_screen(person, UP_MARK), "and the guest is there", rounds=2000)


async def test_of_two_consoles_the_chosen_one_is_opened(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm", second_serial=True)
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "vm", "2")
        await person.press("c")
        await person.until(lambda: isinstance(person.app.screen, Choose), "the choice")
        assert on_screen(person, "console serial0")
        await person.press("2")
        await person.until(lambda: isinstance(person.app.screen, SessionScreen), "a session is on the screen")
        await person.until(lambda: session_of(person).state is SessionState.OPEN, "it is open")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "#"), "the prompt", rounds=2000)
        await person.type("tty")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "\n/dev/ttyS1"), "the second port")
        assert session_of(person).request.device == "serial1"


async def test_what_is_typed_into_a_still_reaches_the_shell_on_the_guests_screen(
    clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_libvirt.define_guest("vm", graphics=True)
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "vm", "2")
        await person.press("c")
        await person.until(lambda: isinstance(person.app.screen, Choose), "the choice")
        await person.press("p")
        await person.until(lambda: isinstance(person.app.screen, StillScreen), "the still")
        await person.until(lambda: on_screen(person, "720x400"), "the picture of a text console")
        picture = person.app.screen.query_one(Still)
        before = picture.render_lines(picture.region.reset_offset)
        await person.type("echo 'Ty''ped' >/dev/ttyS0")
        await person.press("enter")
        await person.until(lambda: "Typed" in clean_libvirt.console_text("vm"), "the shell has done it", rounds=2000)
        await person.until(
            lambda: picture.render_lines(picture.region.reset_offset) != before, "and the picture shows more"
        )


async def test_a_service_that_hangs_leaves_the_keys_answering(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("web", *IDLE, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "web", "3")
        session = await opened(person, "s")
        await person.until(lambda: on_screen(person, "/ #"), "the prompt")
        clean_podman.hang_service()
        try:
            await person.type("echo lost")
            await person.press("ctrl+right_square_bracket")
            await person.until(lambda: isinstance(person.app.screen, MainScreen), "the key is answered")
            await person.press("s")
            await person.until(lambda: isinstance(person.app.screen, SessionScreen), "and this one")
            await person.until(lambda: session.state is SessionState.WAITING, "it is told", rounds=2000)
            assert on_screen(person, session.message[:40])
        finally:
            clean_podman.resume_service()
        await person.until(lambda: session.state is SessionState.OPEN, "it is open again", rounds=2000)


async def test_a_daemon_that_hangs_leaves_the_keys_answering(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "vm", "2")
        session = await opened(person, "c")
        clean_libvirt.hang_daemon()
        try:
            await person.press("ctrl+right_square_bracket")
            await person.until(lambda: isinstance(person.app.screen, MainScreen), "the key is answered")
            await person.until(lambda: session.state is SessionState.WAITING, "it is told", rounds=2000)
            await person.press("o")
            await person.until(lambda: isinstance(person.app.screen, SessionsScreen), "and this one")
            await person.until(lambda: on_screen(person, "waiting"), "where it stands as waiting")
        finally:
            clean_libvirt.resume_daemon()
        await person.until(lambda: session.state is SessionState.OPEN, "it is open again", rounds=2000)


async def test_a_guest_is_started_with_its_console_from_the_first_byte(
    clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_libvirt.define_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "vm", "2", State.STOPPED)
        await person.press("c")
        await person.answer_yes()
        await person.until(lambda: isinstance(person.app.screen, SessionScreen), "a session is on the screen")
        await person.until(lambda: on_screen(person, UP_MARK), "it boots to its end", rounds=2000)
        await person.until(lambda: on_screen(person, "SeaBIOS") or on_screen(person, UP_MARK), "from its beginning")
    assert "start-with-console" in {line["action"] for line in audited(tmp_path)}


async def test_a_guest_without_a_console_is_offered_one(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("blind", serial=False, graphics=True)
    clean_libvirt.virsh("start", "blind")  # it says nothing that one could wait for
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await listed(person, "blind", "2")
        await person.press("c")
        await person.until(lambda: isinstance(person.app.screen, Choose), "what there is")
        assert on_screen(person, "vnc://127.0.0.1")
        await person.press("a")
        await person.until(lambda: on_screen(person, "ssh -N -L 59"), "the way there")
        await person.press("escape", "c")
        await person.until(lambda: isinstance(person.app.screen, Choose), "what there is")
        await person.press("n")
        await person.until(lambda: isinstance(person.app.screen, Confirm), "the offer")
        await person.press("y")
        await person.until(lambda: on_screen(person, "from the next start"), "it is added")
    assert "<serial type='pty'>" in clean_libvirt.virsh("dumpxml", "--inactive", "blind")


async def test_a_console_that_another_client_has(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as first:
        await listed(first, "vm", "2")
        there = await opened(first, "c")
        async with sitting_before(tmp_path, libvirt=clean_libvirt) as second:
            await listed(second, "vm", "2")
            await second.press("c")
            await second.until(lambda: isinstance(second.app.screen, Confirm), "a question")
            await second.press("y")
            await second.until(lambda: session_of(second).state is SessionState.OPEN, "taken over")
            await first.until(lambda: there.state is SessionState.ENDED, "the other one is told")


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
async def test_an_image_without_a_shell_is_entered_with_the_hosts_tools(
    clean_podman: PodmanHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.setenv("SHELL", shell)
    without = ("sh", "-c", "rm -f /bin/sh /bin/ash /bin/bash /bin/hush; exec sleep 1000000")
    clean_podman.run("bare", *without, options=["--network", "none"])
    async with sitting_before(tmp_path, clean_podman) as person:
        await listed(person, "bare", "3")
        await person.press("s")
        await person.until(lambda: isinstance(person.app.screen, Confirm), "the offer")
        await person.until(lambda: on_screen(person, "nsenter"), "the command")
        await person.press("y")
        await person.until(lambda: session_of(person).state is SessionState.OPEN, "it is open")
        await person.type("echo pid $$; stty size; exit 4")
        await person.press("enter")
        await person.until(lambda: on_screen(person, "21 80"), "its size")
        await person.until(lambda: on_screen(person, "exit code 4"), "its end")
    assert "enter-namespaces" in {line["action"] for line in audited(tmp_path)}
