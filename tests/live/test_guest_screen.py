"""Snapshots, hardware and definitions of real guests, by the keys of the application."""

from collections.abc import Sequence
from pathlib import Path

from tests.live.harness.libvirt import LibvirtHost
from tests.live.test_main_job import Person, audited, sitting_before
from tests.ui.screens.still import screen_text
from tui.domain.instance import State
from tui.jobs import JobState
from tui.screens.deck import Deck
from tui.screens.hardware import HardwareScreen
from tui.screens.snapshots import SnapshotsScreen
from tui.screens.xml_edit import edit
from widgets.choose import Choose
from widgets.confirm import Confirm
from widgets.form import Form


async def opened(person: Person, name: str, key: str) -> None:
    """Open a screen about a guest from the menu."""
    await person.until(lambda: person.state(name) is not None, "the guest is listed")
    await person.choose("2", name)
    await person.press("a")
    await person.until(lambda: isinstance(person.app.screen, Choose), "the menu")
    await person.press(key)


async def submitted(person: Person, *keys: str) -> None:
    """Fill in a form, submit it, and agree to what it comes to."""
    await person.until(lambda: isinstance(person.app.screen, Form), "the form")
    await person.press(*keys, "ctrl+s")
    await person.answer_yes()


async def over(person: Person, count: int) -> None:
    """Wait for the end of so many jobs; all have done what they should."""
    await person.until(
        lambda: len([job for job in person.app.jobs.jobs if not job.state.is_active]) == count, "the job"
    )
    assert [job.message for job in person.app.jobs.jobs if job.state is not JobState.DONE] == []


async def test_snapshots_are_taken_gone_back_to_and_deleted(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm", disk_mib=64)
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await opened(person, "vm", "n")
        await person.until(lambda: isinstance(person.app.screen, SnapshotsScreen), "the screen")
        for number, name in enumerate(("first", "second"), 1):
            await person.press("N")
            await submitted(person, *["backspace"] * 15, *name)
            await over(person, number)
        await person.until(lambda: "second  current" in screen_text(person.app), "it is in the tree")
        assert clean_libvirt.virsh("snapshot-list", "vm", "--name").split() == ["first", "second"]
        await person.press("k", "R")
        await person.until(lambda: isinstance(person.app.screen, Confirm), "the question")
        assert "Revert to a snapshot: vm on" in screen_text(person.app)
        await person.press("y")
        await over(person, 3)
        assert clean_libvirt.virsh("snapshot-current", "vm", "--name").strip() == "first"
        await person.press("D")
        await person.until(lambda: isinstance(person.app.screen, Choose), "the question about those after it")
        await person.press("C")
        await person.answer_yes()
        await over(person, 4)
        await person.until(lambda: "no snapshots" in screen_text(person.app), "the tree is empty")
        assert clean_libvirt.virsh("snapshot-list", "vm", "--name").split() == []
    results = [line for line in audited(tmp_path) if line["phase"] == "result"]
    assert {line["name"] for line in results} == {"vm"}


async def test_hardware_is_changed_attached_and_detached_while_it_runs(
    clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_libvirt.define_guest("vm", disk_mib=64)
    clean_libvirt.start_guest("vm")
    more = clean_libvirt.folder / "disks" / "more.raw"
    more.write_bytes(bytes(1 << 20))
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await person.until(lambda: person.state("vm") is State.RUNNING, "it runs")
        await opened(person, "vm", "h")
        await person.until(lambda: "Interfaces" in screen_text(person.app), "the hardware")
        await person.press("E")
        await submitted(person, "tab", "tab", "tab", "backspace", "backspace", *"a title")
        await over(person, 1)
        assert clean_libvirt.virsh("desc", "vm", "--config", "--title").strip() == "a title"
        await person.until(lambda: "a title" in screen_text(person.app), "the title is shown")
        await person.press("N", "d")
        await submitted(person, "tab", *str(more), "tab", "r")
        await over(person, 2)
        assert "more.raw" in clean_libvirt.virsh("domblklist", "vm")
        await person.until(lambda: "more.raw" in screen_text(person.app), "the disk is shown")
        screen = person.app.screen
        assert isinstance(screen, HardwareScreen)
        node = next(one for one in screen.walk.nodes() if one.data is not None and "more.raw" in one.data.more)
        screen.walk.move_cursor(node)
        await person.until(lambda: screen.line is node.data, "the cursor is there")
        await person.press("D")
        await person.until(lambda: isinstance(person.app.screen, Choose), "now, or for good")
        await person.press("D")
        await person.answer_yes()
        await over(person, 3)
        assert "more.raw" not in clean_libvirt.virsh("domblklist", "vm")


async def test_what_libvirt_does_not_take_is_kept_and_mended(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    hands = ["<no-such-element/></domain>", "<!-- mended --></domain>"]

    def type_it(_deck: Deck, command: Sequence[str]) -> int:
        file = Path(command[-1])
        text = file.read_text().replace("<no-such-element/>", "").rpartition("</domain>")[0]
        file.write_text(text.replace("<vcpu placement='static'>1", "<vcpu placement='static'>2") + hands.pop(0))
        return 0

    before = clean_libvirt.virsh("dumpxml", "--inactive", "vm")
    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:
        await person.until(lambda: person.instance("vm") is not None, "the guest is listed")
        guest = person.instance("vm")
        assert guest is not None
        edit(person.app, guest, type_it)
        await person.answer_yes()
        await person.until(lambda: isinstance(person.app.screen, Choose), "it was not taken")
        assert "libvirt does not take the definition" in screen_text(person.app)
        assert clean_libvirt.virsh("dumpxml", "--inactive", "vm") == before
        await person.press("e")
        await person.answer_yes()
        await person.until(lambda: person.app.kept_edits == {} and not person.app.jobs.active, "it was taken")
        assert "2</vcpu>" in clean_libvirt.virsh("dumpxml", "--inactive", "vm")


async def test_memory_is_saved_and_thrown_away(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.start_guest("vm")

    def is_saved() -> bool:
        return "yes" in clean_libvirt.virsh("dominfo", "vm").partition("Managed save:")[2].splitlines()[0]

    async with sitting_before(tmp_path, libvirt=clean_libvirt) as person:

        def shown() -> bool:
            guest = person.instance("vm")
            return guest is not None and guest.guest is not None and guest.guest.has_managed_save

        await person.until(lambda: person.state("vm") is State.RUNNING, "it runs")
        await opened(person, "vm", "W")
        await person.answer_yes()
        await over(person, 1)
        assert (clean_libvirt.state("vm"), is_saved()) == ("shut off", True)
        await person.until(shown, "the saved memory is shown")
        await person.press("a")
        await person.until(lambda: isinstance(person.app.screen, Choose), "the menu")
        await person.press("F")
        await person.until(lambda: "What its programs had in memory is lost" in screen_text(person.app), "the danger")
        await person.press("y")
        await over(person, 2)
        await person.until(lambda: not shown(), "it is shown no more")
        assert (clean_libvirt.state("vm"), is_saved()) == ("shut off", False)
