"""The bundle by its key, and the table that is shown as a file."""

import asyncio
import csv
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.domain.event import Document
from tui.domain.identity import InstanceId
from tui.jobs import JobState
from tui.screens.main import MainScreen
from tui.screens.timeline import TimelineScreen


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))  # the doctor finds no program to ask


def _exports(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "hostdeck" / "exports"
    return sorted(folder.iterdir()) if folder.exists() else []


def _ended(app: HostdeckApp) -> bool:
    return bool(app.jobs.jobs) and not app.jobs.active


async def test_key_makes_a_bundle_and_says_where_it_is(tmp_path: Path) -> None:
    host = StillHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("B")
        assert app.said == ("The bundle is being made; b shows how far it is.", "normal")
        await until(pilot, lambda: _ended(app), "the bundle did not end")
        (path,) = _exports(tmp_path)
        assert app.jobs.jobs[0].state is JobState.DONE, app.jobs.jobs[0].message
        assert app.said is not None
        assert f"~/hostdeck/exports/{path.name}" in app.said[0]
    with tarfile.open(path) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
        view = json.load(tar.extractfile(f"{path.name.removesuffix('.tar.gz')}/view.json"))  # type: ignore[arg-type]
    assert names >= {"README.txt", "screen.svg", "view.json", "logs/container-api-3.log", "instances/guest-mail01.xml"}
    assert view["is_demo"]
    assert path.stat().st_mode & 0o777 == 0o600


class Hanging(StillHost):
    """A host whose documents never come."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False

    async def document(self, target: InstanceId) -> Document:
        self.asked = True
        await asyncio.Event().wait()
        raise AssertionError


async def test_bundle_is_cancelled_in_the_list_of_jobs(tmp_path: Path) -> None:
    host = Hanging()
    app = make_app(host)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        await pilot.press("B")
        await until(pilot, lambda: host.asked, "no document was asked for")
        await pilot.press("b", "C", "y")
        await until(pilot, lambda: _ended(app), "the bundle was not cancelled")
        assert app.jobs.jobs[0].state is JobState.CANCELLED
    assert _exports(tmp_path) == []


async def test_list_of_jobs_says_why_a_key_does_nothing_there() -> None:
    app = make_app(StillHost())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("b", "H")
        await until(pilot, lambda: app.said is not None)
        assert app.said is not None
        assert app.said[0] in screen_text(app)


async def test_no_room_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "hostdeck").write_text("in the way")
    app = make_app(StillHost())
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await pilot.press("B")
        await until(pilot, lambda: _ended(app), "the bundle did not end")
        assert app.jobs.jobs[0].state is JobState.FAILED
        assert "No bundle" in app.jobs.jobs[0].message


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_table_is_written_as_it_is_shown(tmp_path: Path, form: str) -> None:
    host = StillHost()
    app = make_app(host)
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot, app)
        await app.run_command("guests")
        await app.run_command("columns name state cores")
        await app.run_command("filter mail")
        await app.run_command(f"export {form}")
        await until(pilot, lambda: bool(_exports(tmp_path)), "no file")
        assert isinstance(app.screen, MainScreen)
        assert app.screen.pane.table.view_keys == (named(host, "mail01").key,)
        (path,) = _exports(tmp_path)
        assert app.said == (f"1 row, filtered: ~/hostdeck/exports/{path.name}", "ok")
        assert path.name in screen_text(app)
    text = path.read_text()
    row = next(csv.DictReader(io.StringIO(text))) if form == "csv" else json.loads(text)
    assert list(row) == ["name", "state", "cores"]
    assert row["name"] == "mail01"
    assert "paused: I/O error" in row["state"]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_timeline_is_written_as_it_is_narrowed(tmp_path: Path) -> None:
    app = make_app(StillHost())
    async with app.run_test(size=(160, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        await pilot.press("4")
        await until(pilot, lambda: "mail01" in screen_text(app))
        await app.run_command("export csv")
        await until(pilot, lambda: bool(_exports(tmp_path)) and app.said is not None, "no file")
    (path,) = _exports(tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert path.name.startswith("timeline-")
    assert {row["kind"] for row in rows} == {"action"}
    assert "mail01" in {row["name"] for row in rows}
    assert all(row["time"].endswith("Z") for row in rows)


@pytest.mark.parametrize("line", ["export xml", "export csv more", "export"])
async def test_what_cannot_be_exported_is_a_sentence(tmp_path: Path, line: str) -> None:
    app = make_app(StillHost())
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await app.run_command(line)
        assert app.said is not None
        assert "csv" in app.said[0]
    assert os.listdir(tmp_path) == []
