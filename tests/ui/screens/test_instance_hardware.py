"""The hardware of a guest: attached, detached, changed, by keys alone."""

from textual.pilot import Pilot

from tests.ui.screens.on_guests import SIZE, AskedHost, form, hint, menu, on_row
from tests.ui.screens.still import make_app, named, screen_text, until
from tui.app import HostdeckApp
from tui.domain.operation.guests import AttachDisk, AttachInterface, ChangeHardware, DetachDisk, DetachInterface
from tui.screens.hardware import HardwareScreen
from widgets.confirm import Confirm


async def opened(pilot: Pilot[None], app: HostdeckApp, host: AskedHost, name: str = "gitlab") -> HardwareScreen:
    await on_row(pilot, app, host, name, "2")
    await pilot.press("a")
    await menu(pilot, app)
    await pilot.press("h")
    await until(pilot, lambda: isinstance(app.screen, HardwareScreen) and app.screen.found is not None)
    assert isinstance(app.screen, HardwareScreen)
    await until(pilot, lambda: "Interfaces" in screen_text(app))
    return app.screen


async def on_line(pilot: Pilot[None], screen: HardwareScreen, key: str) -> None:
    node = next(node for node in screen.walk.nodes() if node.data is not None and node.data.key.startswith(key))
    screen.walk.move_cursor(node)
    await until(pilot, lambda: screen.line is not None and screen.line.key.startswith(key))


async def test_what_it_has_now_and_at_its_next_start() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        text = screen_text(app)
        for part in ("4 now and at the next start, at most 8", "vda", "gitlab.qcow2", "52:54:00:", "vnet"):
            assert part in text, part


async def test_vcpus_are_changed_and_seen_when_the_job_has_ended() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("E")
        await form(pilot, app, "Hardware of gitlab")
        await pilot.press("backspace", "6", "ctrl+s")
        await until(pilot, lambda: host.asked == [ChangeHardware(target=named(host, "gitlab").id, vcpus=6)])
        await until(pilot, lambda: "4 now, 6 at the next start" in screen_text(app))


async def test_everything_else_is_changed_in_the_same_form_and_what_stays_is_not_touched() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("enter")
        await form(pilot, app, "Hardware of gitlab")
        await pilot.press(
            "tab", "backspace", "backspace", *"6G", "tab", *" network", "tab", "tab", *"big", "tab", "space"
        )
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert host.asked == [
            ChangeHardware(target=named(host, "gitlab").id, memory_bytes=6 << 30, boot=("hd", "network"),
                           description="big", live=True)
        ]  # fmt: skip


async def test_a_form_in_which_nothing_is_changed_says_so() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("E")
        await form(pilot, app, "Hardware of gitlab")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Nothing is changed yet." in hint(app))
        await pilot.press("backspace", *"many", "ctrl+s")
        assert "is no whole number" in hint(app)
        assert host.asked == []


async def test_a_disk_of_a_pool_is_attached_and_detached() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, host)
        await pilot.press("N")
        await menu(pilot, app)
        await pilot.press("d")
        attaching = await form(pilot, app, "Attach a disk to gitlab")
        assert attaching.values["when"] == "both"
        await pilot.press("right", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        attached = host.asked[0]
        assert isinstance(attached, AttachDisk)
        assert (attached.live, attached.stored) == (True, True)
        assert attached.path.startswith("/")
        await until(pilot, lambda: "vdb" in screen_text(app), "seen when the job has ended")
        await on_line(pilot, screen, "disk/vdb")
        await pilot.press("D")
        assert await menu(pilot, app) == [
            "D  detach vdb now and for good",
            "L  detach vdb now; it is back at the next start",
            "T  detach vdb at the next start",
        ]
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: host.asked[1:] == [DetachDisk(target=attached.target, device="vdb")])
        await until(pilot, lambda: "vdb" not in "\n".join(screen_text(app).splitlines()[1:-3]))


async def test_a_cd_is_attached_by_its_path_for_the_next_start_only() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("N", "d")
        await form(pilot, app, "Attach a disk to gitlab")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Which file?" in hint(app))
        await pilot.press("tab", *"/srv/iso/rescue.iso", "tab", "tab", "space", "tab", "tab", "tab", "left", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert host.asked == [
            AttachDisk(target=named(host, "gitlab").id, path="/srv/iso/rescue.iso", bus="sata", cdrom=True, live=False)
        ]
        await until(pilot, lambda: "at the next start only" in screen_text(app))


async def test_an_interface_is_attached_and_detached() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, host)
        await pilot.press("N", "i")
        await form(pilot, app, "Attach an interface to gitlab")
        await pilot.press("tab", "tab", *"53:54:00:00:00:09")
        assert "the first pair must be even" in hint(app)
        await pilot.press(*["backspace"] * 17, *"52:54:00:00:00:09", "ctrl+s")
        await until(pilot, lambda: len(host.asked) == 1)
        assert isinstance(host.asked[0], AttachInterface)
        await until(pilot, lambda: "52:54:00:00:00:09" in screen_text(app))
        await on_line(pilot, screen, "interface/52:54:00:00:00:09")
        await pilot.press("D", "L")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        gone = DetachInterface(target=host.asked[0].target, mac="52:54:00:00:00:09", live=True, stored=False)
        await until(pilot, lambda: host.asked[1:] == [gone])


async def test_what_cannot_be_detached_says_so() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("D")
        await until(pilot, lambda: "Only disks and interfaces are detached" in screen_text(app))


async def test_a_guest_that_is_off_is_asked_no_question_about_now() -> None:
    host = AskedHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, host, "test-alma9")
        await on_line(pilot, screen, "disk/vda")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape", "E")
        changing = await form(pilot, app, "Hardware of test-alma9")
        assert not changing.query_one("#row-live").display


async def test_what_fails_is_said_and_nothing_changes_on_the_screen() -> None:
    host = AskedHost()
    host.failure = "Requested vCPUs are more than the maximum."
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app, host)
        await pilot.press("E")
        await form(pilot, app, "Hardware of gitlab")
        await pilot.press("9", "ctrl+s")
        await until(pilot, lambda: "gitlab: Requested vCPUs are more than the maximum." in screen_text(app))
        assert "4 now and at the next start" in screen_text(app)


async def test_read_only_looks_and_changes_nothing() -> None:
    host = AskedHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot, app, host)
        await on_line(pilot, screen, "disk/vda")
        await pilot.press("E")
        await until(pilot, lambda: app.said is not None and "--read-only" in app.said[0])
        await pilot.press("N")
        assert all(line.endswith("(not now)") for line in await menu(pilot, app))
        await pilot.press("escape", "D")
        assert all(line.endswith("(not now)") for line in await menu(pilot, app))
        assert host.asked == []
