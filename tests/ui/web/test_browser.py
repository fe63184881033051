"""The page in a real browser that reaches nothing but this server."""

import io
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import unused_port
from PIL import Image

from tests.ui.web.browser import Page, a_page
from tests.ui.web.served import Served, served

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None and "HOSTDECK_TEST_STRICT" not in os.environ, reason="no chromium"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served("--rotate", "0", "--sessions", "3", home=tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with a_page() as found:
        yield found


async def is_closed(page: Page) -> bool:
    return bool(await page.evaluate("document.body.classList.contains('-closed')"))


async def test_the_dashboard_is_drawn_and_nothing_else_is_asked_for(page: Page, site: Served) -> None:
    await page.open(site.dash)
    for text in (b"DEMO", b"kvm", b"build-7", b"CRITICAL"):
        await page.until(lambda text=text: text in page.drawn, f"{text!r} was not drawn")  # type: ignore[misc]
    assert {urlsplit(url).netloc for url in page.asked} == {f"127.0.0.1:{site.port}"}
    assert not [line for line in page.logged if "Content Security Policy" in line or "exception" in line.lower()]
    assert await page.evaluate("location.href") == f"{site.base}/", "the token is not in the address any more"
    assert await page.evaluate("document.cookie") == "", "no script reads the cookie"
    await page.until(lambda: page.drawn.count(b"\x1b[") > 50, "little was drawn")
    picture = Image.open(io.BytesIO(await page.picture())).convert("RGB")
    colours = picture.getcolors(1 << 24) or []
    assert len(colours) > 20, "the page is empty"
    reds = sum(count for count, (red, green, blue) in colours if red > 200 and green < 180 and blue < 180)  # type: ignore[misc]
    assert reds > 200, "critical problems are red"


READ = """new Promise(done => {
    const look = () => document.readyState === 'complete' ? done(document.body.innerText) : setTimeout(look, 50);
    look();
})"""
SAID = """new Promise(done => {
    const why = document.getElementById('why');
    const look = () => why.textContent ? done(why.textContent) : setTimeout(look, 50);
    look();
})"""


async def test_q_ends_the_session_and_the_page_says_so(page: Page, site: Served) -> None:
    await page.open(site.full)
    await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
    await page.click(300, 300)
    await page.press("q")
    assert "Session ended" in str(await page.evaluate(SAID))
    assert await is_closed(page)


async def test_the_whole_of_hostdeck_only_looks(page: Page, site: Served) -> None:
    await page.open(site.full)
    await page.until(lambda: b"READ-ONLY" in page.drawn, "it does not say that it only looks")
    await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
    await page.click(300, 300)
    before = len(page.drawn)
    await page.press("s")
    await page.until(lambda: b"read-only" in page.drawn[before:].lower(), "a shell was not refused")
    assert not await is_closed(page)


async def test_without_the_token_there_is_a_sentence_and_no_terminal(page: Page, site: Served) -> None:
    await page.open(f"{site.base}/")
    await page.until(lambda: page.statuses.get(f"{site.base}/") is not None, "no answer")
    assert page.statuses[f"{site.base}/"] == 403
    assert "address that hostdeck printed" in str(await page.evaluate(READ))
    assert page.drawn == b""


async def test_a_page_from_elsewhere_opens_no_connection(page: Page, site: Served) -> None:
    """It has the cookie of this machine, and asks from a page whose origin is not ours."""
    await page.open(site.dash)
    await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
    await page.call("Page.navigate", url="about:blank")
    script = f"""new Promise(done => {{
        const socket = new WebSocket('ws://127.0.0.1:{site.port}/ws/dash');
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
    }})"""
    assert await page.evaluate(script) == "refused"


async def test_no_page_may_frame_it(page: Page, site: Served) -> None:
    await page.open(site.dash)
    await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
    drawn = len(page.drawn)
    script = f"""new Promise(done => {{
        const frame = document.createElement('iframe');
        frame.src = '{site.base}/';
        frame.onload = frame.onerror = () => {{
            try {{ done(frame.contentDocument ? 'seen' : 'hidden'); }} catch {{ done('hidden'); }}
        }};
        document.body.append(frame);
    }})"""
    assert await page.evaluate(script) == "hidden"
    assert drawn > 0


async def test_changes_only_where_they_are_allowed(page: Page, tmp_path: Path) -> None:
    with served("--allow-changes", home=tmp_path) as site:
        await page.open(site.full)
        await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
        assert b"READ-ONLY" not in page.drawn


async def test_a_dashboard_comes_back_by_itself_when_the_server_does(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef" * 4)
    file.chmod(0o600)
    port = unused_port()
    options = ("--token-file", str(file), "--rotate", "0")
    with served(*options, home=tmp_path, port=port) as site:
        await page.open(f"{site.base}/?token={file.read_text()}")
        await page.until(lambda: b"build-7" in page.drawn, "nothing was drawn")
    assert "what stands here is old" in str(await page.evaluate(SAID))
    drawn = len(page.drawn)
    with served(*options, home=tmp_path, port=port):
        await page.until(lambda: b"build-7" in page.drawn[drawn:], "it did not come back")
