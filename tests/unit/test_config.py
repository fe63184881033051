from pathlib import Path

import pytest

from tui.actions import ACTIONS
from tui.config import Config, InvalidConfig, Known, default_path, load_config, parse_config

HERE = Path("/etc/config.toml")

EVERYTHING = """
connect = ["qemu:///system", "test:///default"]
podman = "unix:///run/podman/podman.sock"
interval_seconds = 2
theme = "nord"
ascii_only = true
stop_timeout_seconds = 0
stop_patience_seconds = 45.5
read_only = true
confirm_delete_count = 3

[keys]
stop = "ctrl+t"
filter = ["/", "F3"]
pause = []

[columns]
guests = ["name", "cores"]

[log]
memory_mib = 8
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        parse_config(text, HERE, known=lambda _: Known(ACTIONS, {"guests": ["name", "cores"]}, ["nord", "dracula"]))
    return caught.value.message.splitlines()


def test_an_empty_file_means_the_defaults() -> None:
    assert parse_config("", HERE) == Config()
    assert parse_config("# nothing\n[keys]\n[columns]\n[log]\n", HERE, known=lambda _: Known(ACTIONS)) == Config()


def test_everything_can_be_set() -> None:
    config = parse_config(EVERYTHING, HERE, known=lambda _: Known(ACTIONS, {"guests": ["name", "cores"]}, ["nord"]))
    assert config == Config(
        connect=("qemu:///system", "test:///default"),
        podman=("unix:///run/podman/podman.sock",),
        interval_seconds=2.0,
        theme="nord",
        ascii_only=True,
        stop_timeout_seconds=0.0,
        stop_patience_seconds=45.5,
        read_only=True,
        confirm_delete_count=3,
        keys={"stop": ("ctrl+t",), "filter": ("slash", "f3"), "pause": ()},
        columns={"guests": ("name", "cores")},
        log_memory_mib=8,
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("interval_seconds = 0.1", "interval_seconds: must be between 0.5 and 60, is 0.1"),
        ("interval_seconds = nan", "interval_seconds: must be between 0.5 and 60, is nan"),
        ("interval_seconds = inf", "interval_seconds: must be between 0.5 and 60, is inf"),
        ('interval_seconds = "1"', 'interval_seconds: must be a number, is "1"'),
        ("interval_seconds = true", "interval_seconds: must be a number, is true"),
        ("confirm_delete_count = 1.5", "confirm_delete_count: must be a whole number, is 1.5"),
        ("stop_patience_seconds = 0", "stop_patience_seconds: must be between 1 and 3600, is 0"),
        ("read_only = 1", "read_only: must be true or false, is 1"),
        ('ascii_only = "yes"', 'ascii_only: must be "auto", true or false, is "yes"'),
        ('theme = "nerd"', 'theme: "nerd" is not known; did you mean "nord"?'),
        ("theme = 3", "theme: must be a text, is 3"),
        ("connect = [1]", "connect: must be a text or a list of texts, is [1]"),
        ('connect = [""]', 'connect: "" is not an address'),
        ('podman = "a\\u001bb"', 'podman: "a\\x1bb" is not an address'),
        (
            "intervall_seconds = 1",
            'intervall_seconds: there is no such preference; did you mean "interval_seconds"?',
        ),
        ('shells = ["sh -l"]', 'shells: "sh -l" is no shell: write a name or a whole path, without arguments'),
        ("zzz = 1", "zzz: there is no such preference"),
        ("keys = 1", "keys: must be a table [keys], is 1"),
        ('keys.stop = "S"', 'keys.stop: "S" is the key of start too: give that one another key'),
        ('keys.stop = "s"', 'keys.stop: "s" is the key of shell too: give that one another key'),
        ('keys.stap = "x"', 'keys.stap: there is no such action; did you mean "stop"?'),
        ('keys.pane_9 = "x"', "keys.pane_9: there is no such action"),
        ("keys.stop = 1", "keys.stop: must be a key or a list of keys, is 1"),
        ("keys.quit = []", "keys.quit: needs at least one key"),
        (
            'keys.stop = "ctrl+"',
            'keys.stop: \'ctrl+\' is not a key: write one like "T", "/", "f5", "enter" or "ctrl+t"',
        ),
        ('columns.guest = ["name"]', 'columns.guest: there is no such pane; did you mean "guests"?'),
        ('columns.guests = "name"', 'columns.guests: must be a list of names, is "name"'),
        ("columns.guests = []", "columns.guests: must be a list of names, is []"),
        ('columns.guests = ["core"]', 'columns.guests: there is no "core"; did you mean "cores"?'),
        ('columns.guests = ["name", "name"]', 'columns.guests: "name" stands there twice'),
        ("columns = []", "columns: must be a table [columns], is []"),
        ("log.memory_mib = 0", "log.memory_mib: must be between 1 and 4096, is 0"),
        ("log.memory_mib = 1.5", "log.memory_mib: must be a whole number, is 1.5"),
        ('log.memory_mib = "64M"', 'log.memory_mib: must be a whole number, is "64M"'),
        ("log.memory = 64", 'log.memory: there is no such preference; did you mean "memory_mib"?'),
        ("log = 64", "log: must be a table [log], is 64"),
        ("x = [1", "this is not TOML: Unclosed array"),
        ("= 3", "this is not TOML: Invalid statement"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(line: str, what: str) -> None:
    number = 4 if "Unclosed" not in what else len(f"# one\n\n\n{line}\n".splitlines())
    assert problems(f"# one\n\n\n{line}\n") == [f"/etc/config.toml:{number}: {what}"]


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_lines() -> None:
    told = problems('[columns]\nguests = 1\n[keys]\nstop = "S"\nkill = "S"\nnone = "x"\n')
    assert [line.split(": ")[0] for line in told] == [f"/etc/config.toml:{number}" for number in (2, 4, 5, 6)]


def test_two_actions_may_swap_their_keys() -> None:
    config = parse_config('[keys]\nstop = "K"\nkill = "T"\n', HERE, known=lambda _: Known(ACTIONS))
    assert config.keys == {"stop": ("K",), "kill": ("T",)}


def test_a_key_that_another_action_gave_away_is_free() -> None:
    config = parse_config('[keys]\nwide = "f7"\nfreeze = "w"\n', HERE, known=lambda _: Known(ACTIONS))
    assert config.keys["freeze"] == ("w",)


def test_the_same_key_may_mean_different_things_in_different_places() -> None:
    config = parse_config('[keys]\njobs_clear = "S"\n', HERE, known=lambda _: Known(ACTIONS))
    assert config.keys["jobs_clear"] == ("S",)


def test_the_usual_file_may_be_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path() == tmp_path / "hostdeck" / "config.toml"
    assert load_config() == Config()
    default_path().parent.mkdir()
    default_path().write_text("read_only = true\n", encoding="utf-8")
    assert load_config().read_only


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match=r"none.toml: there is no such file"):
        load_config(tmp_path / "none.toml")


def test_a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="cannot be read: Is a directory"):
        load_config(tmp_path)


def test_what_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"# fine\nread_only = \xff\n")
    with pytest.raises(InvalidConfig, match=r"c.toml:2: this is not UTF-8 text"):
        load_config(path)


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(InvalidConfig, match="too large"):
        load_config(Path("/dev/zero"))


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"# fine\r\nread_only = true\r\n")
    assert load_config(path).read_only
