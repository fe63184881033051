"""The page for node_exporter: replaced whole, readable, nothing left beside it."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.unit.build import container
from tests.unit.views import view_of
from tui.domain.errors import HostdeckError
from tui.export.prometheus.page import Press
from tui.export.prometheus.run import Desk, keep_writing
from tui.export.prometheus.sheet import PLAIN
from tui.export.prometheus.textfile import Textfile
from tui.sampling.totals import Tally


def test_file_is_replaced_and_everybody_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "host.prom"
    before = os.umask(0o077)
    try:
        textfile = Textfile(path)
        textfile.write(b"a 1\n")
        first = path.stat().st_ino
        textfile.write(b"a 2\n")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"a 2\n"
    assert path.stat().st_ino != first
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(tmp_path) == ["host.prom"]
    textfile.remove()
    assert os.listdir(tmp_path) == []


def test_what_was_left_is_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    aim = tmp_path / "aim"
    aim.write_text("untouched")
    (tmp_path / ".host.prom.new").symlink_to(aim)
    Textfile(tmp_path / "host.prom").write(b"a 1\n")
    assert aim.read_text() == "untouched"
    assert sorted(os.listdir(tmp_path)) == ["aim", "host.prom"]


@pytest.mark.parametrize(("name", "says"), [("host.txt", "must end with"), ("nowhere/host.prom", "is no folder")])
def test_places_that_do_not_work(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(HostdeckError, match=says):
        Textfile(tmp_path / name)


def test_old_page_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    textfile = Textfile(tmp_path / "host.prom")
    textfile.write(b"a 1\n")
    (tmp_path / ".host.prom.new").mkdir()
    with pytest.raises(HostdeckError, match="cannot be written"):
        textfile.write(b"a 2\n")
    assert (tmp_path / "host.prom").read_bytes() == b"a 1\n"


class Attended:
    """The part of a source that a desk needs."""

    past = None

    def __init__(self) -> None:
        self.keys: list[str] = []

    def attend(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)


async def test_page_follows_the_samples_and_what_fails_is_said_once(tmp_path: Path) -> None:
    source, said = Attended(), asyncio.Queue[str]()
    desk = Desk(source, Press(Tally()))  # type: ignore[arg-type]
    assert await desk.page(PLAIN) is None
    textfile = Textfile(tmp_path / "host.prom")
    (tmp_path / ".host.prom.new").mkdir()
    writing = asyncio.ensure_future(keep_writing(desk, textfile, 0, said.put_nowait))
    view = view_of(container("web"))
    async with asyncio.timeout(20):
        while said.empty():
            desk.publish(view)
            await asyncio.sleep(0)
        (tmp_path / ".host.prom.new").rmdir()
        while not textfile.path.exists():
            desk.publish(view)
            await asyncio.sleep(0)
    assert source.keys == [view.instances[0].key]
    assert said.qsize() == 1
    assert 'name="web"' in textfile.path.read_text()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert not textfile.path.exists()
