"""`[record]` of the configuration, and the unit that is printed."""

import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import tui
from tui.cli import main
from tui.config.load import InvalidConfig, parse_config
from tui.config.record import RecordSettings
from tui.record.unit import command, unit_text

PATH = Path("/x/config.toml")


def test_all_preferences_are_read() -> None:
    text = """
[record]
folder = "/srv/record"
days = 30
max_mib = 4096
interval_seconds = 10
group = "adm"
"""
    wanted = RecordSettings(folder="/srv/record", days=30, max_mib=4096, interval_seconds=10.0, group="adm")
    assert parse_config(text, PATH).record == wanted


def test_what_is_not_said_is_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_config("[record]\n", PATH).record == RecordSettings()
    monkeypatch.setenv("HOME", "/home/anna")
    record = parse_config('[record]\nfolder = "~/record"\n', PATH).record
    assert record is not None
    assert record.folder == "/home/anna/record"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("dais = 3", 'record.dais: there is no such preference; did you mean "days"?'),
        ("days = 0", "record.days: must be between 1 and 3650, is 0"),
        ("days = 1.5", "record.days: must be a whole number, is 1.5"),
        ("max_mib = true", "record.max_mib: must be a whole number, is true"),
        ("interval_seconds = 0.1", "record.interval_seconds: must be between 0.5 and 60, is 0.1"),
        ('folder = "record"', 'record.folder: must be a whole path, like /var/lib/hostdeck, is "record"'),
        ("folder = 3", "record.folder: must be a text, is 3"),
        ('group = "a b"', 'record.group: must be the name of a group, is "a b"'),
        ('group = ""', 'record.group: must be the name of a group, is ""'),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, wrong: str) -> None:
    with pytest.raises(InvalidConfig) as told:
        parse_config(f"[record]\n{line}\n", PATH)
    assert told.value.message == f"{PATH}:2: {wrong}"


def test_the_unit_starts_this_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "--print-unit"]) == 0
    text = capsys.readouterr().out
    assert "@COMMAND@" not in text
    assert " record\n" in text
    assert "[Install]" in text


def test_a_program_with_blanks_and_percent_is_one_argument() -> None:
    (line,) = [line for line in unit_text("/opt/host deck/100%/hostdeck").splitlines() if line.startswith("ExecStart")]
    assert line == 'ExecStart="/opt/host deck/100%%/hostdeck" record'


def test_a_program_on_the_path_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "hostdeck"
    program.touch(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    assert command("hostdeck") == [str(program)]


def test_the_unit_s_command_works_in_any_folder(tmp_path: Path) -> None:
    argv = command(str(Path(tui.__file__).with_name("__main__.py")))
    done = subprocess.run([*argv, "--version"], cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("hostdeck "), done.stderr


def test_what_is_installed_needs_no_path() -> None:
    installed = Path(sysconfig.get_path("purelib")) / "tui" / "__main__.py"
    assert command(str(installed)) == [sys.executable, "-m", "tui"]


@pytest.mark.parametrize("options", [["--days", "0"], ["--max-mib", "x"], ["--interval", "0.1"]])
def test_options_that_make_no_sense_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["record", *options])
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_a_group_that_is_not_there_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "--folder", str(tmp_path / "r"), "--group", "hostdeck-nobody"]) == 2
    assert 'There is no group "hostdeck-nobody" on this host.' in capsys.readouterr().err


def test_what_was_said_is_in_the_unit_and_is_the_same_for_systemd(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "my config.toml"
    config.touch()
    said = ["--folder", str(tmp_path / "100% $HOME"), "--days", "3", "--max-mib", "1048576", "--group", "adm"]
    more = ["--interval", "2.5", "--config", str(config), "--connect", 'qemu:///system?a="b"']
    assert main(["record", *said, *more, "--print-unit"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ExecStart=")]
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line.removeprefix("ExecStart="))]
    assert words[words.index("record") + 1 :] == [
        f"--folder={tmp_path}/100% $HOME",
        f"--config={config}",
        "--days=3",
        "--max-mib=1048576",
        "--interval=2.5",
        "--group=adm",
        '--connect=qemu:///system?a="b"',
    ]
    assert "100%% $$HOME" in line


def test_a_folder_is_named_whole_in_the_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "--folder", "here", "--print-unit"]) == 0
    assert f" record --folder={Path.cwd() / 'here'}\n" in capsys.readouterr().out
