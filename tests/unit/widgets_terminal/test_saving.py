import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from widgets.terminal import Emulator, GhosttyCore, Recorder, save_text


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(GhosttyCore(80, 24))
    yield made
    made.close()


def test_text_is_saved_for_the_person_alone(tmp_path: Path) -> None:
    save_text(tmp_path / "text", "line\n\u6f22")
    assert (tmp_path / "text").read_text() == "line\n\u6f22\n"
    assert stat.S_IMODE((tmp_path / "text").stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("text", "link"):
        with pytest.raises(FileExistsError):
            save_text(tmp_path / name, "new")
    assert (tmp_path / "text").read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


async def test_a_recording_is_an_asciicast(emulator: Emulator, tmp_path: Path) -> None:
    times = iter([10.0, 10.5, 11.0, 12.0])
    recorder = Recorder(emulator, tmp_path / "cast", clock=lambda: next(times))
    for piece in ("a\u6f22".encode()[:2], "a\u6f22".encode()[2:]):
        emulator.write(piece)
        await emulator.quiet()
    emulator.resize(100, 30)
    recorder.close()
    recorder.close()
    header, *events = [json.loads(line) for line in (tmp_path / "cast").read_text().splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert events == [[0.5, "o", "a"], [1.0, "o", "\u6f22"], [2.0, "r", "100x30"]]
    assert stat.S_IMODE((tmp_path / "cast").stat().st_mode) == 0o600
    emulator.write(b"not recorded")
    await emulator.quiet()


async def test_a_recording_ends_when_it_gets_too_long(emulator: Emulator, tmp_path: Path) -> None:
    recorder = Recorder(emulator, tmp_path / "cast", limit=10)
    emulator.write(b"12345")
    await emulator.quiet()
    states = [recorder.recording]
    emulator.write(b"1234567")
    await emulator.quiet()
    states.append(recorder.recording)
    assert states == [True, False]
    assert "1234567" not in (tmp_path / "cast").read_text()
