"""What the texts of forms mean."""

import os
from pathlib import Path

import pytest

from tui.domain.instance import Port
from tui.domain.operation.images import Mount
from tui.screens.network_forms import (
    bridge_problem,
    cidr_problem,
    container_network_problem,
    guest_network_problem,
    ip_problem,
    range_problem,
)
from tui.screens.stock_forms import (
    disk_name_problem,
    file_problem,
    name_problem,
    new_file_problem,
    problem_of,
    read_assignments,
    read_command,
    read_count,
    read_mounts,
    read_number,
    read_path,
    read_ports,
    read_reference,
    read_size,
)
from tui.screens.storage_forms import guest_problem, read_key

GIB = 1 << 30


@pytest.mark.parametrize(
    ("text", "size"), [("20G", 20 * GIB), ("1.5 GiB", 3 * GIB // 2), ("1,5g", 3 * GIB // 2), ("512", 512), ("0", 0)]
)
def test_a_size(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "G", "-1G", "20 Gigabyte", "1e9", "9" * 400, "2000P", "1.2.3G"])
def test_no_size(text: str) -> None:
    with pytest.raises(ValueError, match=r"size|more than"):
        read_size(text)


def test_ports() -> None:
    assert read_ports("8080:80, 127.0.0.1:53:53/udp [::1]:90:9") == (
        Port("", 8080, 80, "tcp"),
        Port("127.0.0.1", 53, 53, "udp"),
        Port("::1", 90, 9, "tcp"),
    )
    assert read_ports("80") == (Port("", 80, 80, "tcp"),)
    assert read_ports(" ") == ()


@pytest.mark.parametrize("text", ["x:80", "0:80", "80:65536", "80:80/icmp", "300.1.1.1:80:80", "web:80:80", ":", "80:"])
def test_no_ports(text: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:CONTAINER|65535|protocol|IP address"):
        read_ports(text)


def test_mounts() -> None:
    assert read_mounts("data:/var/lib/data, /srv/www:/www:ro,Z cache:/c") == (
        Mount("data", "/var/lib/data"),
        Mount("/srv/www", "/www", "ro,Z"),
        Mount("cache", "/c"),
    )


@pytest.mark.parametrize("text", ["data", ":/x", "data:x", "a:/b:ro:more"])
def test_no_mounts(text: str) -> None:
    with pytest.raises(ValueError, match="write VOLUME"):
        read_mounts(text)


def test_assignments_and_commands_are_quoted_as_in_a_shell() -> None:
    assert read_assignments("A=1 'B=x y' C=") == ("A=1", "B=x y", "C=")
    assert read_command("sh -c 'echo $HOME; ls'") == ("sh", "-c", "echo $HOME; ls")


@pytest.mark.parametrize("text", ["A", "=1", "'A B=1'", "A='"])
def test_no_assignments(text: str) -> None:
    with pytest.raises(ValueError, match=r"NAME=VALUE|quotes"):
        read_assignments(text)


def test_a_command_with_an_open_quote_is_told() -> None:
    with pytest.raises(ValueError, match="quotes do not match"):
        read_command("sh -c 'x")


def test_numbers() -> None:
    assert read_number("0,5") == 0.5
    assert read_count("4") == 4


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x", "1e300"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|above|more than"):
        read_number(text)


@pytest.mark.parametrize("text", ["0", "1.5", "-1", "²", "", "9" * 5000])
def test_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        read_count(text)


def test_a_check_says_the_sentence_of_its_reader() -> None:
    check = problem_of(read_count)
    assert check("2") == ""
    assert "whole number" in check("x")


@pytest.mark.parametrize(("text", "is_name"), [("web-1.a_b", True), ("-web", False), ("a b", False), ("[b]", False)])
def test_names(text: str, is_name: bool) -> None:
    assert (name_problem(text) == "") is is_name


@pytest.mark.parametrize(("text", "is_name"), [("my disk.qcow2", True), ("a/b", False), (" a", False), ("..", False)])
def test_names_of_disks(text: str, is_name: bool) -> None:
    assert (disk_name_problem(text) == "") is is_name


def test_a_path_begins_at_the_root_or_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert read_path("~/a") == "/home/me/a"
    assert read_path("~nobody-of-that-name/a") == "~nobody-of-that-name/a"
    assert read_reference("oci-archive:~/web.tar") == "oci-archive:/home/me/web.tar"
    assert read_reference("docker.io/nginx:1") == "docker.io/nginx:1"
    assert read_mounts("~/www:/www") == (Mount("/home/me/www", "/www"),)


def test_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "there").touch()
    assert new_file_problem(f"{tmp_path}/new") == ""
    assert new_file_problem("~/new") == ""
    assert "exists already" in new_file_problem("~/there")
    assert "does not exist" in new_file_problem(f"{tmp_path}/no/new")
    assert "whole path" in new_file_problem("new")
    assert "whole path" in new_file_problem("~nobody-of-that-name/new")
    assert "cannot be looked at" in new_file_problem("/" + "x" * 5000)


def test_a_file_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    assert file_problem(f"{tmp_path}/there") == ""
    assert file_problem(f"{tmp_path}/no") == "there is no such file"
    assert file_problem(str(tmp_path)) == "there is no such file"
    assert "whole path" in file_problem("there")
    assert "cannot be looked at" in file_problem("/" + "x" * 5000)


@pytest.mark.parametrize(("text", "problem"), [("10.1.0.1/24", ""), ("10.1.0.1", "prefix"), ("10.1/24", "no IP")])
def test_an_address_with_its_prefix(text: str, problem: str) -> None:
    assert (cidr_problem(text) == "") is (problem == "")
    assert problem in cidr_problem(text)


def test_addresses_ranges_and_bridges() -> None:
    assert ip_problem("10.1.0.1") == ""
    assert ip_problem("10.1.0") == "is no IP address"
    assert range_problem("10.1.0.0/24") == ""
    assert "no range" in range_problem("10.1.0.1/24")
    assert bridge_problem("br0") == ""
    assert bridge_problem("a-name-that-is-too-long") != ""


GUEST_NETWORK = {"mode": "nat", "bridge": "", "address": "10.1.0.1/24", "first": "10.1.0.2", "last": "10.1.0.9"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"first": "", "last": ""}, ""),
        ({"mode": "bridge", "bridge": "br0"}, ""),
        ({"mode": "bridge"}, "Which bridge"),
        ({"last": ""}, "both ends"),
        ({"address": ""}, "needs an address"),
        ({"last": "10.2.0.9"}, "outside"),
        ({"first": "10.1.0.9", "last": "10.1.0.2"}, "ends before it begins"),
        ({"first": "fd00::1", "last": "10.1.0.2"}, "outside"),
    ],
)
def test_a_network_of_guests(change: dict[str, str], problem: str) -> None:
    found = guest_network_problem({**GUEST_NETWORK, **change})
    assert problem in found
    assert bool(found) is bool(problem)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"subnet": "10.5.0.0/24", "gateway": "10.5.0.1"}, ""),
        ({"driver": "macvlan"}, "Which interface"),
        ({"gateway": "10.5.0.1"}, "needs its range"),
        ({"subnet": "10.5.0.0/24", "gateway": "10.6.0.1"}, "outside"),
    ],
)
def test_a_network_of_containers(change: dict[str, str], problem: str) -> None:
    found = container_network_problem({"driver": "bridge", "subnet": "", "gateway": "", "parent": "", **change})
    assert problem in found
    assert bool(found) is bool(problem)


NEW_GUEST = {
    "base": "/img/b.qcow2",
    "size": "",
    "seed": "yes",
    "user_data": "",
    "user": "me",
    "key": "k",
    "password": "",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"seed": "", "user": ""}, ""),
        ({"user_data": "/tmp/x", "user": "", "key": ""}, ""),
        ({"base": "", "seed": ""}, "needs a size"),
        ({"key": ""}, "nobody can log in"),
        ({"user": ""}, "nobody can log in"),
    ],
)
def test_a_new_guest(change: dict[str, str], problem: str) -> None:
    found = guest_problem({**NEW_GUEST, **change})
    assert problem in found
    assert bool(found) is bool(problem)


def test_a_key_is_typed_or_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "id.pub").write_text("ssh-ed25519 AAAA me\n")
    (tmp_path / "id").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    os.mkfifo(tmp_path / "pipe")
    assert read_key("ssh-ed25519 BBBB you") == "ssh-ed25519 BBBB you"
    assert read_key("~/id.pub") == "ssh-ed25519 AAAA me"
    for text, problem in (
        ("~/id", "is a private key"),
        ("~/pipe", "there is no such file"),
        ("~/no.pub", "there is no such file"),
        ("~nobody-of-that-name/id.pub", "whole path"),
        ("AAAA", "whole path"),
    ):
        with pytest.raises(ValueError, match=problem):
            read_key(text)


def test_ranges_are_compared_as_numbers() -> None:
    assert guest_network_problem({**GUEST_NETWORK, "first": "10.1.0.9", "last": "10.1.0.10"}) == ""
