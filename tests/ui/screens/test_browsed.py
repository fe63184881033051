"""A browser that may change nothing leaves no file on the host and sends nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

import tui.app
from tests.ui.screens.still import Memory, StillHost, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.config import Config
from tui.jobs import Jobs
from tui.notify.settings import NotifySettings
from tui.screens.browsed import NO_FILE, NO_MESSAGE
from tui.screens.log import LogScreen


class InBrowser(HostdeckApp):
    """What a browser shows; the driver of a test says otherwise."""

    CSS_PATH = str(Path(tui.app.__file__).parent / "styles" / "app.tcss")

    @property
    def is_web(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))


def browsed(*, read_only: bool = True, config: Config | None = None) -> tuple[StillHost, InBrowser]:
    host = StillHost(read_only=read_only)
    jobs = Jobs(host, Memory(), read_only=read_only, monotonic=lambda: host.now, utc=host.utc)
    return host, InBrowser(host, jobs, config=config, monotonic=lambda: host.now, read_only=read_only)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("bundle", NO_FILE), ("export csv", NO_FILE), ("export jsonl", NO_FILE), ("notify test", NO_MESSAGE)],
)
async def test_command_is_refused_and_leaves_nothing(tmp_path: Path, line: str, sentence: str) -> None:
    config = replace(Config(), notify=NotifySettings(bell=True))
    _, app = browsed(config=config)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await app.run_command(line)
        await until(pilot, lambda: app.said is not None)
        assert app.said == (sentence, "warn")
        assert sentence in screen_text(app)
        assert not app.jobs.jobs
    assert not (tmp_path / "hostdeck" / "exports").exists()


async def test_key_of_the_bundle_is_refused_and_not_offered(tmp_path: Path) -> None:
    _, app = browsed()
    async with app.run_test(size=(240, 30)) as pilot:
        await ready(pilot, app)
        await pilot.press("B")
        assert app.said == (NO_FILE, "warn")
        assert not app.jobs.jobs
        assert "bundle" not in dict(app.footer_keys(app.screen.SCOPES)).values()  # type: ignore[attr-defined]
    assert not (tmp_path / "hostdeck" / "exports").exists()


@pytest.mark.parametrize("key", ["s", "c"])
async def test_no_session_is_opened_whose_text_could_be_saved(key: str) -> None:
    host, app = browsed()
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await app.run_command("containers")
        await app.run_command("filter api-3")
        await pilot.press(key)
        await until(pilot, lambda: app.said is not None)
        assert app.said is not None
        assert "read-only" in app.said[0]
        assert not app.live_sessions
        assert named(host, "api-3")


async def test_log_is_shown_and_not_saved(tmp_path: Path) -> None:
    _, app = browsed()
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await app.run_command("logs api-3")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press("S")
        await until(pilot, lambda: NO_FILE in screen_text(app))
    assert not (tmp_path / "hostdeck" / "exports").exists()


async def test_browser_that_may_change_things_writes_a_table(tmp_path: Path) -> None:
    _, app = browsed(read_only=False)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        await app.run_command("export csv")
        await until(pilot, lambda: any((tmp_path / "hostdeck").glob("exports/*.csv")))
