"""The report of a defect."""

import stat
from pathlib import Path

import pytest

from tui.crash import write_report


def fails(instance: str) -> None:
    raise ValueError(f"a defect\x1b]0;{len(instance)}\x07") from KeyError("what led to it")


def defect(instance: str) -> ValueError:
    with pytest.raises(ValueError, match="a defect") as caught:
        fails(instance)
    return caught.value


def test_a_report_tells_versions_and_the_stack_but_no_values(tmp_path: Path) -> None:
    file = write_report(defect("mail01"), tmp_path / "state" / "hostdeck")
    assert file is not None
    text = file.read_text()
    assert text.startswith("hostdeck ")
    assert "textual 8." in text
    assert "ValueError: a defect\\x1b]0;6\\x07" in text
    assert text.replace("\n", "").isprintable()
    assert "KeyError: 'what led to it'" in text
    assert "in fails" in text
    assert "mail01" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_report_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert write_report(defect("mail01"), tmp_path / "file" / "hostdeck") is None


def test_a_link_in_its_place_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: "crash-then.txt")
    (tmp_path / "target").write_text("precious")
    (tmp_path / "crash-then.txt").symlink_to(tmp_path / "target")
    assert write_report(defect("mail01"), tmp_path) is None
    assert (tmp_path / "target").read_text() == "precious"
