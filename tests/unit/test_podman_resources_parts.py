"""The pure parts of Podman's keeper: names, new containers as JSON and as a command line, layers, archives."""

import hashlib
import io
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import ActionRefused
from tui.domain.instance import Port
from tui.domain.operation.images import Mount, RunContainer
from tui.domain.operation.networks import CreateContainerNetwork
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman.resources.details import layers_of
from tui.engines.podman.resources.folder_tar import Archiver, Stopped
from tui.engines.podman.resources.folders import archive, archive_bytes, entries_of
from tui.engines.podman.resources.layers import chained, freed_bytes
from tui.engines.podman.resources.names import Source, name_of, source_of
from tui.engines.podman.resources.networks import body_of
from tui.engines.podman.resources.spec import limits, refusal_of, spec_of, words_of

PLACE = ResourceId("h", "podman", ResourceKind.IMAGE, "")
PLAIN = RunContainer(target=PLACE, image="localhost/web:1")
DIGEST = "sha256:" + "a" * 64


# names


@pytest.mark.parametrize(
    ("text", "repository", "tag", "qualified"),
    [
        ("web", "web", "latest", False),
        ("library/web:1", "library/web", "1", False),
        ("localhost/web", "localhost/web", "latest", True),
        ("localhost:5000/web", "localhost:5000/web", "latest", True),
        ("quay.io/a/b:V1.2", "quay.io/a/b", "V1.2", True),
        ("[::1]:5000/web", "[::1]:5000/web", "latest", True),
        (f"quay.io/web@{DIGEST}", "quay.io/web", "", True),
    ],
)
def test_a_name_is_taken_apart(text: str, repository: str, tag: str, *, qualified: bool) -> None:
    name = name_of(text)
    assert name is not None
    assert (name.repository, name.tag, name.qualified) == (repository, tag, qualified)


@pytest.mark.parametrize(
    "text", ["", " ", "Web", "a b", "a/../b", "../a", "a:", "a/", "/a", "a\nb", "a:b:c", "-a", "a?b", "a&b=c"]
)
def test_what_is_no_name(text: str) -> None:
    assert name_of(text) is None
    assert isinstance(source_of(text), str)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    found = source_of(text)
    assert isinstance(found, str | Source)
    if isinstance(found, Source) and found.name is not None:
        assert ".." not in found.name.repository
        assert name_of(found.name.text) == found.name


def test_where_an_image_comes_from() -> None:
    assert source_of("oci-archive:/tmp/a.tar") == Source("oci-archive", path="/tmp/a.tar")
    assert source_of("dir:/tmp/a") == Source("dir", path="/tmp/a")
    assert source_of("docker://quay.io/a/b") == source_of("quay.io/a/b")
    assert "starts with a slash" in str(source_of("dir:relative"))


# new containers


def test_only_what_is_told_is_asked_for() -> None:
    assert spec_of(PLAIN) == {"image": "localhost/web:1"}
    assert words_of(PLAIN) == ["run", "--detach", "localhost/web:1"]


def test_networks_of_a_new_container() -> None:
    assert spec_of(replace(PLAIN, networks=("none",)))["netns"] == {"nsmode": "none"}
    two = spec_of(replace(PLAIN, networks=("a", "b")))
    assert (two["netns"], two["networks"]) == ({"nsmode": "bridge"}, {"a": {}, "b": {}})
    assert "stand alone" in refusal_of(replace(PLAIN, networks=("host", "b")))


def test_secrets_are_in_what_is_asked_and_not_in_what_is_shown() -> None:
    operation = replace(PLAIN, environment=("API_TOKEN=abc=d", "A="))
    assert spec_of(operation)["env"] == {"API_TOKEN": "abc=d", "A": ""}
    assert words_of(operation)[2:6] == ["--env", "API_TOKEN=***", "--env", "A="]
    assert "abc" not in refusal_of(replace(PLAIN, environment=("BAD TOKEN=abc",)))


def test_ports_as_podman_writes_them() -> None:
    ports = (
        Port("", 8080, 80, "tcp"),
        Port("::1", 8080, 80, "udp"),
        Port("", 0, 80, "tcp"),
        Port("127.0.0.1", 0, 1, ""),
    )
    words = words_of(replace(PLAIN, ports=ports))
    assert words[3:10:2] == ["8080:80", "[::1]:8080:80/udp", "80", "127.0.0.1::1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pod": "p", "ports": (Port("", 1, 1, "tcp"),)}, "ports are the pod's"),
        ({"mounts": (Mount("files", "data"),)}, "must start with a slash"),
        ({"mounts": (Mount("../x", "/data"),)}, "neither a folder"),
        ({"memory_bytes": 1000}, "6 MiB or more"),
        ({"cpus": -1.0}, "0.01 or more"),
        ({"pids": -1}, "no negative number"),
        ({"restart_policy": "maybe"}, "restart policy"),
        ({"restart_policy": "always", "remove_when_ended": True}, "cannot be started again"),
        ({"ports": (Port("", 1, 70000, "tcp"),)}, "from 1 to 65535"),
    ],
)
def test_what_makes_no_container(changes: dict[str, Any], words: str) -> None:
    assert words in refusal_of(replace(PLAIN, **changes))


def test_limits_that_are_taken_away() -> None:
    assert limits(None, None, None) == {}
    assert limits(0, 0, 0) == {
        "cpu": {"period": 100_000, "quota": -1},
        "memory": {"limit": -1, "swap": -1},
        "pids": {"limit": -1},
    }


def test_a_network_asks_for_what_is_told() -> None:
    plain = CreateContainerNetwork(target=PLACE, name="n")
    assert body_of(plain) == {"name": "n", "driver": "bridge", "dns_enabled": True}
    full = replace(plain, driver="macvlan", subnet="10.1.0.0/24", gateway="10.1.0.1", parent="eth0", dns=False)
    assert body_of(full)["subnets"] == [{"subnet": "10.1.0.0/24", "gateway": "10.1.0.1"}]
    assert (body_of(full)["network_interface"], body_of(full)["dns_enabled"]) == ("eth0", False)


# layers

HISTORY = [{"CreatedBy": "CMD", "Size": 0}, {"CreatedBy": "COPY", "Size": 50}, {"CreatedBy": "BASE", "Size": 70}]


def document_of(*layers: str) -> dict[str, Any]:
    steps = [{"created_by": "BASE"}, {"created_by": "COPY"}, {"created_by": "CMD", "empty_layer": True}]
    return {"History": steps, "RootFS": {"Layers": list(layers)}}


def test_layers_have_digest_and_size_the_oldest_first() -> None:
    layers = layers_of(document_of("d1", "d2"), HISTORY)
    assert [(one.command, one.size_bytes, one.digest, one.is_empty) for one in layers] == [
        ("BASE", 70, "d1", False),
        ("COPY", 50, "d2", False),
        ("CMD", 0, "", True),
    ]
    assert [one.command for one in layers_of({}, HISTORY)] == ["BASE", "COPY", "CMD"]


def test_only_what_no_other_image_has_is_freed() -> None:
    layers = {name: chained(document_of("base", name), HISTORY) for name in ("a", "b", "c")}
    assert freed_bytes(layers, ["a"]) == 50
    assert freed_bytes(layers, ["a", "b", "c"]) == 70 + 3 * 50
    assert freed_bytes(layers, ["unknown"]) is None
    # the same changes on another base are another layer
    other = {"x": chained(document_of("one", "same"), HISTORY), "y": chained(document_of("two", "same"), HISTORY)}
    assert freed_bytes(other, ["x"]) == 120


# images in folders


def test_a_folder_becomes_an_archive_that_has_its_manifest(tmp_path: Path) -> None:
    layer, config = b"layer" * 300, b"{}"
    names = {data: hashlib.sha256(data).hexdigest() for data in (layer, config)}
    manifest = {"config": {"digest": f"sha256:{names[config]}"}, "layers": [{"digest": f"sha256:{names[layer]}"}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    for data, name in names.items():
        (tmp_path / name).write_bytes(data)
    entries = entries_of("dir", str(tmp_path))
    whole = b"".join(archive(entries))
    assert len(whole) == archive_bytes(entries)
    with tarfile.open(fileobj=io.BytesIO(whole)) as opened:
        index = json.loads((opened.extractfile("index.json") or io.BytesIO()).read())
        digest = index["manifests"][0]["digest"].removeprefix("sha256:")
        found = (opened.extractfile(f"blobs/sha256/{digest}") or io.BytesIO()).read()
        assert json.loads(found) == manifest
        assert (opened.extractfile(f"blobs/sha256/{names[layer]}") or io.BytesIO()).read() == layer


@pytest.mark.parametrize("digest", ["../../etc/passwd", "sha256:../x", "sha256:" + "z" * 64, ""])
def test_a_manifest_names_no_other_files(tmp_path: Path, digest: str) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"config": {"digest": digest}, "layers": []}))
    with pytest.raises(ActionRefused, match="has no image"):
        entries_of("dir", str(tmp_path))


# volumes as archives


def test_a_file_that_becomes_shorter_is_filled_up(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 200_000)

    def cut(size: int) -> None:
        if size:
            os.truncate(tmp_path / "big", 1000)

    into = io.BytesIO()
    archiver = Archiver(cut)
    archiver.write(str(tmp_path), into)
    into.seek(0)
    with tarfile.open(fileobj=into) as opened:
        assert opened.getmember("big").size == 200_000
    assert archiver.changed == 1


def test_a_folder_that_becomes_a_link_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("hidden")
    volume = tmp_path / "volume"
    (volume / "sub").mkdir(parents=True)
    swapped = False

    def swap(_size: int) -> None:
        nonlocal swapped
        if not swapped:
            (volume / "sub").rmdir()
            (volume / "sub").symlink_to(secret)
            swapped = True

    into = io.BytesIO()
    Archiver(swap).write(str(volume), into)
    assert b"hidden" not in into.getvalue()
    assert swapped


def test_an_archive_ends_when_nobody_wants_it(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")

    def stop(_size: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        Archiver(stop).write(str(tmp_path), io.BytesIO())
