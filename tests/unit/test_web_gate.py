import os
from argparse import Namespace
from pathlib import Path

import pytest

from tui.dash.rotation import ALL_PAGES, PageId
from tui.domain.errors import HostdeckError
from tui.web.command import Served, commands, environment
from tui.web.gate import Gate, is_loopback, new_token, origins_for
from tui.web.token_file import read_token

ORIGINS = ["http://127.0.0.1:9760", "http://localhost:9760", "https://deck.example.org"]


def gate(shown: str = "the-token") -> Gate:
    return Gate(shown, ORIGINS)


@pytest.mark.parametrize("wrong", ["", "the-toke", "the-token ", "THE-TOKEN", "\udcff", "x" * 10_000])
def test_only_the_token_is_the_token(wrong: str) -> None:
    assert gate().is_token("the-token")
    assert not gate().is_token(wrong)


def test_a_browser_that_showed_the_token_is_known_again_while_the_token_is_the_same() -> None:
    kept = gate().admit()
    assert gate().is_visitor(kept)
    assert gate().admit() != kept, "no two browsers keep the same"
    assert "the-token" not in kept
    assert not gate("another").is_visitor(kept)


@pytest.mark.parametrize("kept", ["", ".", "a.b", "the-token", "the-token.", "\u00e9.\u00e9"])
def test_what_was_not_given_out_lets_nobody_in(kept: str) -> None:
    assert not gate().is_visitor(kept)


def test_a_seal_goes_with_its_number() -> None:
    one, other = gate().admit(), gate().admit()
    assert not gate().is_visitor(f"{one.partition('.')[0]}.{other.partition('.')[2]}")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:9760", "http://127.0.0.1:9760"),
        ("LOCALHOST:9760", "http://localhost:9760"),
        ("deck.example.org", "https://deck.example.org"),
        ("evil.example:9760", ""),
        ("127.0.0.1", ""),
        ("127.0.0.1:9761", ""),
        ("", ""),
    ],
)
def test_a_host_stands_for_an_origin_of_ours_or_for_none(host: str, origin: str) -> None:
    assert gate().origin_for(host) == origin


@pytest.mark.parametrize(
    "origin", [None, "", "null", "http://evil.example", "https://127.0.0.1:9760", "http://127.0.0.1"]
)
def test_a_foreign_origin_is_none_of_ours(origin: str | None) -> None:
    assert not gate().is_origin(origin)
    assert gate().is_origin("http://localhost:9760")


def test_origins_of_addresses() -> None:
    loopback = ["http://127.0.0.1:9760", "http://localhost:9760", "http://[::1]:9760"]
    assert origins_for("127.0.0.1", 9760, "") == loopback
    assert origins_for("::1", 80, "https://Deck.example.org/") == [
        "http://[::1]",
        "http://127.0.0.1",
        "http://localhost",
        "https://deck.example.org",
    ]
    assert origins_for("192.0.2.7", 9760, "") == ["http://192.0.2.7:9760"]
    everywhere = origins_for("0.0.0.0", 9760, "")
    assert set(loopback) <= set(everywhere)
    assert "http://0.0.0.0:9760" not in everywhere


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True)]
    + [(other, False) for other in ("0.0.0.0", "::", "192.0.2.7", "kvm01", "localhost.evil.example", "")],
)
def test_loopback(address: str, is_ours: bool) -> None:
    assert is_loopback(address) is is_ours


def test_tokens_differ_and_are_long() -> None:
    assert new_token() != new_token()
    assert len(new_token()) >= 43


def test_a_token_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0123456789abcdef" * 4 + "\n")
    file.chmod(0o600)
    assert read_token(file) == "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("a" * 64, 0o640, "chmod 600"),
        ("a" * 64, 0o604, "chmod 600"),
        ("short", 0o600, "32 letters"),
        ("", 0o600, "32 letters"),
        ("two words " * 8, 0o600, "32 letters"),
    ],
)
def test_a_token_file_that_others_read_or_guess_is_refused(tmp_path: Path, text: str, mode: int, says: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(HostdeckError, match=says):
        read_token(file)


def test_no_link_no_folder_no_pipe_is_a_token_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link", ".", "missing"):
        with pytest.raises(HostdeckError):
            read_token(tmp_path / name)


def asked(**more: object) -> Namespace:
    fields: dict[str, object] = {
        "demo": False, "connect": [], "podman": [], "config": None, "interval": None, "read_only": False,
        "replay": None, "at": None, "rotate": 20.0, "pages": ALL_PAGES, "allow_changes": False,
        "low_bandwidth": False,
    }  # fmt: skip
    return Namespace(**{**fields, **more})


def test_the_commands_are_argument_lists_that_only_look() -> None:
    made = commands(asked(connect=["qemu:///system; reboot"], pages=(PageId.GUESTS,), rotate=0.0))
    assert list(made[Served.DASH])[2:] == [
        "-m", "tui", "--connect=qemu:///system; reboot", "dash", "--rotate", "0", "--pages", "guests",
    ]  # fmt: skip
    assert list(made[Served.FULL])[2:] == ["-m", "tui", "--connect=qemu:///system; reboot", "--read-only"]


def test_a_record_is_shown_to_browsers_too() -> None:
    made = commands(asked(replay="", at="-2h"))
    assert list(made[Served.FULL])[2:] == ["-m", "tui", "--replay=", "--at=-2h", "--read-only"]


def test_what_is_drawn_over_a_slow_line_is_little_in_a_browser_too() -> None:
    made = commands(asked(low_bandwidth=True))
    assert list(made[Served.DASH])[2:] == ["-m", "tui", "--low-bandwidth", "dash", "--rotate", "20"]
    assert list(made[Served.FULL])[2:] == ["-m", "tui", "--low-bandwidth", "--read-only"]


def test_changes_only_where_they_were_asked_for() -> None:
    assert "--read-only" not in commands(asked(allow_changes=True))[Served.FULL]
    assert "--read-only" in commands(asked(allow_changes=True, read_only=True))[Served.FULL]


def test_what_is_started_draws_for_a_browser() -> None:
    made = environment({"PYTHONPATH": "/elsewhere", "HOME": "/root"})
    assert made["HOME"] == "/root"
    assert made["PYTHONPATH"].endswith(f"{os.pathsep}/elsewhere")
    assert made["TEXTUAL_DRIVER"].endswith(":WebDriver")
