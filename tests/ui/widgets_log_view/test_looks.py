from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest
from rich.style import Style
from textual.binding import Binding

from tests.ui.widgets_log_view.harness import LogApp, numbered, press, show, until
from widgets.log_view import LogLine, LogView, Saved

HOSTILE = b"\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07\x1b[2J[b]x[/b] \x00\xff"


def style_of(app: LogApp, y: int, text: str) -> Style:
    """Return the style of a piece of a line on the screen."""
    for segment in app.screen._compositor.render_strips()[y]:
        if text in segment.text:
            return segment.style or Style.null()
    raise AssertionError(text)


async def test_wrap_shows_whole_lines_and_sideways_scrolling_the_rest_of_cut_ones() -> None:
    app = LogApp()
    async with app.run_test(size=(23, 8)) as pilot:
        await show(pilot, [LogLine("api", "0123456789" * 3)])
        assert app.lines()[:2] == ["  0123456789012345678»", ""]
        await press(pilot, "right")
        assert app.lines()[0] == "  «901234567890123456»"
        await press(pilot, "right", "right", "right", "right")
        assert app.lines()[0].startswith("  «")
        await press(pilot, "h", "h", "h", "h")
        assert app.lines()[0] == "  0123456789012345678»"
        await press(pilot, "w")
        assert app.lines()[:3] == ["  01234567890123456789", "  0123456789", ""]


async def test_times_are_off_local_and_utc() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await show(pilot, [*numbered(1), LogLine("api", "no time")])
        seen = []
        for _ in range(3):
            await press(pilot, "t")
            seen.append(app.lines()[:2])
        assert seen == [
            ["  09:05:00 line 0", "  -        no time"],
            ["  09:05:00Z line 0", "  -         no time"],
            ["  line 0", "  no time"],
        ]


async def test_hostile_text_is_drawn_in_three_ways_and_never_executed() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        await show(pilot, [LogLine("a\x1b[2J", HOSTILE), LogLine("[b]", "plain")])
        assert app.lines()[0] == r"  a\x1b[2J red [b]x[/b] \x00\xff"
        coloured = style_of(app, 0, "red")
        assert coloured.color != style_of(app, 1, "plain").color
        await press(pilot, "a")
        assert app.lines()[0] == r"  a\x1b[2J red [b]x[/b] \x00\xff"
        assert style_of(app, 0, "red").color == style_of(app, 1, "plain").color
        await press(pilot, "a")
        assert app.lines()[0] == r"  a\x1b[2J \x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07\x1b[2J[b]x[/b] \x00\xff"
        assert "spelled out" in app.lines()[-1]
        await press(pilot, "a")
        for strip in app.screen._compositor.render_strips():
            assert strip.text.isprintable()


def test_every_key_has_an_action_and_an_id() -> None:
    for binding in LogView.BINDINGS:
        assert isinstance(binding, Binding)
        assert hasattr(LogView, f"action_{binding.action.partition('(')[0]}"), binding.action
        assert (binding.id or "").startswith("log.")


async def test_a_notice_with_markup_and_controls_is_text() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        app.view.set_span_label("[b]\x1b[2J")
        await pilot.pause()
        assert r"[b]\x1b[2J" in app.lines()[-1]


async def test_levels_stand_out_and_names_have_their_colours() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await show(pilot, [LogLine("api", "an ERROR here"), LogLine("db", "WARN hot"), LogLine("api", "INFO")])
        assert style_of(app, 0, "ERROR").bold
        assert style_of(app, 0, "ERROR").color != style_of(app, 1, "WARN").color
        assert style_of(app, 0, "api").color == style_of(app, 2, "api").color


async def test_json_is_folded_open_and_what_is_malformed_stays() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await show(pilot, [LogLine("api", '{"level":"info","http":{"status":200}}'), LogLine("api", '{"level":')])
        await press(pilot, "o")
        assert app.lines()[:4] == ["  level: info", "  http:", "    status: 200", '  {"level":']
        await press(pilot, "o")
        assert app.lines()[0] == '  {"level":"info","http":{"status":200}}'


async def test_marks_are_drawn_and_found_again() -> None:
    app = LogApp()
    async with app.run_test(size=(30, 8)) as pilot:
        await show(pilot, numbered(20))
        app.view.mark("before")
        await show(pilot, numbered(20, 20))
        assert "before" not in "\n".join(app.lines())
        await press(pilot, "apostrophe")
        assert app.lines()[:2] == ["  line 19", "  ──── before " + "─" * 15]
        await press(pilot, "m")
        await press(pilot, "G", "quotation_mark")
        assert app.lines()[0] == "  line 24"


async def test_ascii_draws_no_other_sign() -> None:
    app = LogApp()
    async with app.run_test(size=(30, 8)) as pilot:
        app.view.ascii_only = True
        await show(pilot, [LogLine("größe", "容器 " + "x" * 50, end=""), LogLine("b", "y")])
        app.view.mark("ü")
        app.view.set_search("ü")
        await press(pilot, "right")
        assert all(line.isascii() for line in app.lines()[:-1])
        assert r"/\xfc" in app.lines()[-1]


async def test_without_colours_hits_are_underlined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = LogApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await show(pilot, [LogLine("api", "one two")])
        app.view.set_search("two")
        await pilot.pause()
        assert style_of(app, 0, "two").underline
        assert not style_of(app, 0, "one").underline


async def test_another_theme_draws_the_same_text() -> None:
    app: LogApp = LogApp()
    async with app.run_test(size=(60, 8)) as pilot:
        await show(pilot, [LogLine("api", HOSTILE)])
        before, colour = app.lines(), style_of(app, 0, "[b]x")
        app.theme = "textual-light"
        await pilot.pause()
        assert app.lines() == before
        assert style_of(app, 0, "[b]x") != colour


async def test_save_writes_the_bytes_as_received_for_the_owner_alone(tmp_path: Path) -> None:
    app = LogApp()
    path = tmp_path / "out.log"
    async with app.run_test(size=(120, 8)) as pilot:
        raw = HOSTILE + "größe".encode() * 20_000
        await show(
            pilot,
            [LogLine("a", raw, end="\r\n"), LogLine("a", "50%", end="\r"), LogLine("a", "", end="\n"), *numbered(5000)],
        )
        await press(pilot, "S")
        field = app.focused
        assert field is not None
        assert getattr(field, "value", "").startswith("~/a-api-")
        field.value = str(path)  # type: ignore[attr-defined]
        old = os.umask(0)
        await press(pilot, "enter")
        await until(lambda: app.told)
        os.umask(old)
        body = "".join(f"line {number}\n" for number in range(5000)).encode()
        assert path.read_bytes() == raw + b"\r\n50%\r\n" + body
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert isinstance(app.told[-1], Saved)
        assert "lines saved to" in app.lines()[-1]
        assert app.focused is app.view._pane


async def test_save_leaves_other_files_alone_and_says_why(tmp_path: Path) -> None:
    app = LogApp()
    path = tmp_path / "there.log"
    path.write_text("mine")
    async with app.run_test(size=(80, 8)) as pilot:
        await show(pilot, numbered(2))
        for target, sentence in (
            (path, "Not saved: a file of this name exists."),
            (tmp_path / "no" / "folder", "Not saved: No such file or directory."),
        ):
            app.view.save_to(target)
            await until(lambda sentence=sentence: sentence in app.lines()[-1])  # type: ignore[misc]
        assert path.read_text() == "mine"


async def test_save_writes_only_what_passes_the_filter(tmp_path: Path) -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        await show(pilot, numbered(30))
        app.view.set_filter(include="7$")
        await press(pilot, "S", "escape")
        assert app.focused is app.view._pane
        app.view.save_to(tmp_path / "some.log")
        await until(lambda: app.told)
        assert (tmp_path / "some.log").read_text() == "line 7\nline 17\nline 27\n"


async def test_a_disk_that_is_full_is_told_with_what_was_written(tmp_path: Path) -> None:
    app = LogApp()
    path = tmp_path / "api.log"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with app.run_test(size=(100, 10)) as pilot:
        await show(pilot, numbered(5000))
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))  # the kernel refuses to write more
        try:
            app.view.save_to(path)
            await until(lambda: app.view.status.notice)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert app.view.status.notice == "Not saved: File too large. 2,000 lines were written before."
        assert app.view.status.is_error
    assert path.stat().st_size <= 30_000
