"""`hostdeck bundle` and `hostdeck export csv|jsonl` on real engines."""

import csv
import io
import json
import os
import sys
import tarfile
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tests.live.harness.processes import CommandFailedError, Daemon, run
from tui.record.reading import RecordError, open_record

PRECIOUS = "s3cr3t-value"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return variables for a program that keeps nothing outside of the test's folder."""
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "state")}


def _hostdeck(home: dict[str, str], *arguments: str, seconds: float = 120) -> str:
    return run((sys.executable, "-m", "tui", *arguments, "--config", os.devnull), env=home, seconds=seconds)


def _unpacked(path: Path) -> dict[str, str]:
    with tarfile.open(path) as tar:
        found = {}
        for entry in tar.getmembers():
            file = tar.extractfile(entry)
            assert file is not None
            found[entry.name.partition("/")[2]] = file.read().decode()
    return found


def test_bundle_of_real_trouble_without_its_secrets(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path, home: dict[str, str]
) -> None:
    words = f"echo 'login with password: {PRECIOUS}'; echo to-standard-error >&2; exit 3"
    clean_podman.run("fell", "sh", "-c", words, options=["--env", f"DB_PASSWORD={PRECIOUS}", "--label", "team=ops"])
    clean_podman.wait_state("fell", "exited")
    clean_podman.run("well", "sleep", "1000")
    clean_libvirt.define_guest("vm")
    clean_libvirt.virsh("autostart", "vm")
    place = tmp_path / "out"
    place.mkdir()
    engines = ("--podman", clean_podman.url, "--connect", clean_libvirt.uri)
    printed = _hostdeck(home, "bundle", "-o", str(place), *engines)
    (path,) = place.iterdir()
    assert printed.strip() == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    content = _unpacked(path)
    assert [name for name, text in content.items() if PRECIOUS in text] == []
    assert "guest  vm  " in content["problems.txt"]  # it is to start by itself, and does not run
    assert "DB_PASSWORD=********" in content["instances/container-fell.json"]
    assert "to-standard-error" in content["logs/container-fell.log"]
    assert "password: ********" in content["logs/container-fell.log"]
    assert "<name>vm</name>" in content["instances/guest-vm.xml"]
    assert "instances/container-well.json" not in content
    assert {one["name"] for one in json.loads(content["view.json"])["instances"]} == {"fell", "well", "vm"}
    assert "<svg" in content["screen.svg"]
    assert "fell" in content["screen.svg"]
    assert "libvirt" in content["doctor.txt"]
    assert "kernel" in content["versions.txt"]


def test_hung_engine_costs_its_own_part(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path, home: dict[str, str]
) -> None:
    clean_libvirt.define_guest("vm")
    clean_libvirt.virsh("autostart", "vm")
    clean_podman.hang_service()
    path = tmp_path / "bundle.tar.gz"
    engines = ("--podman", clean_podman.url, "--connect", clean_libvirt.uri)
    _hostdeck(home, "bundle", "-o", str(path), *engines, seconds=150)
    content = _unpacked(path)
    assert "instances/guest-vm.xml" in content
    states = {one["id"]: one["state"] for one in json.loads(content["view.json"])["sources"]}
    assert states[clean_libvirt.uri] == "ready"
    assert states[clean_podman.url] != "ready"
    assert clean_podman.url in content["problems.txt"]


def test_no_room_leaves_nothing(clean_podman: PodmanHost, tmp_path: Path, home: dict[str, str]) -> None:
    full = tmp_path / "full"
    full.mkdir()
    run(("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(full)))
    try:
        with pytest.raises(CommandFailedError, match="no space left") as raised:
            _hostdeck(home, "bundle", "-o", str(full), "--podman", clean_podman.url, "--connect", "test:///default")
        assert "exit 2" in str(raised.value)
        assert list(full.iterdir()) == []
    finally:
        run(("umount", str(full)))


def test_tables_of_now(clean_podman: PodmanHost, tmp_path: Path, home: dict[str, str]) -> None:
    clean_podman.run("one", "sleep", "1000", options=["--memory=64m"])
    engines = ("--podman", clean_podman.url, "--connect", "test:///default")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(_hostdeck(home, "export", "csv", *engines)))}
    assert rows["one"]["memory_limit_bytes"] == str(64 << 20)
    assert rows["test"]["kind"] == "guest"
    path = tmp_path / "sources.jsonl"
    assert _hostdeck(home, "export", "jsonl", "sources", "-o", str(path), *engines) == ""
    assert path.stat().st_mode & 0o777 == 0o600
    assert {json.loads(line)["state"] for line in path.read_text().splitlines()} == {"ready"}
    with pytest.raises(CommandFailedError, match="nothing is overwritten"):
        _hostdeck(home, "export", "jsonl", "sources", "-o", str(path), *engines)


def test_time_range_out_of_a_real_record(clean_podman: PodmanHost, tmp_path: Path, home: dict[str, str]) -> None:
    clean_podman.run("one", "sleep", "1000", options=["--memory=64m"])
    folder = tmp_path / "record"
    config = tmp_path / "config.toml"
    config.write_text(f'[record]\nfolder = "{folder}"\ninterval_seconds = 1\n')
    engines = ("--podman", clean_podman.url, "--connect", "test:///default")
    variables = {**home, "PYTHONPATH": str(Path(__file__).parents[2])}
    argv = (sys.executable, "-m", "tui", "record", "--config", str(config), *engines)
    recorder = Daemon(argv, log=tmp_path / "log", ready=lambda: _moments(folder) >= 4, env=variables)
    recorder.start(seconds=60)
    try:
        rows = _rows(_hostdeck(home, "export", "csv", "instances", "--from", "-1h", "--record", str(folder)))
        assert str(64 << 20) in {row["memory_limit_bytes"] for row in rows if row["name"] == "one"}
        times = [row["time"] for row in rows if row["name"] == "test"]
        assert len(times) >= 3
        assert times == sorted(set(times))
        lines = _hostdeck(home, "export", "jsonl", "timeline", "--from", "-1h", "--record", str(folder))
        assert all(json.loads(line)["time"].endswith("Z") for line in lines.splitlines())
        with pytest.raises(CommandFailedError, match="the record goes from"):
            _hostdeck(home, "export", "csv", "--from", "2001-01-01", "--to", "2001-01-02", "--record", str(folder))
        path = tmp_path / "bundle.tar.gz"
        run((sys.executable, "-m", "tui", "bundle", "-o", str(path), "--config", str(config), *engines), env=home)
        assert "one" in {row["name"] for row in _rows(_unpacked(path)["record.csv"])}
    finally:
        recorder.stop()


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _moments(folder: Path) -> int:
    """Return how many samples a record holds by now."""
    try:
        reader = open_record(folder)
    except RecordError:
        return 0
    try:
        return len(reader.moments(0, 1e11))
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("export", "csv", "--listen", "9750"), "--listen does not go with"),
        (("export", "prometheus", "instances"), "a table does not go with"),
        (("export", "prometheus", "--once", "--listen", "9750"), "--once serves nothing"),
        (("export", "prometheus", "--listen", "0.0.0.0:9750"), "--allow-remote"),
        (("export", "prometheus", "--textfile", "/tmp/x.txt"), "must end with .prom"),
        (("export", "csv", "timeline"), "say from when"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], says: str, home: dict[str, str]) -> None:
    with pytest.raises(CommandFailedError, match="exit 2") as raised:
        _hostdeck(home, *arguments, "--podman", "unix:///nonexistent/x", "--connect", "test:///default")
    assert says in str(raised.value)
