"""An image in a folder ("dir:", "oci:") as one archive, made while it is sent: a service takes nothing else."""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.domain.errors import ActionRefused

PIECE_BYTES = 1 << 20
BLOCK_BYTES = 512
MOST_DOCUMENT_BYTES = 4 << 20
REF_NAME = "org.opencontainers.image.ref.name"
_BLOB = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: its content, or where it is."""

    name: str
    size: int
    content: bytes | None = None
    path: Path | None = None


def entries_of(transport: str, path: str) -> list[Entry]:
    """Return the files of an OCI archive that has what a folder has. Blocks.

    Raises:
        ActionRefused: the folder is none of an image.
        OSError: it cannot be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise ActionRefused("no such folder", f"There is no folder {path}.")
    try:
        return _of_oci(folder) if transport == "oci" else _of_dir(folder)
    except (ValueError, KeyError, TypeError, FileNotFoundError) as error:
        raise ActionRefused("no image", f"{path} has no image as {transport}: keeps it.") from error


def _of_oci(folder: Path) -> list[Entry]:
    documents = [_document(folder / name, name) for name in ("oci-layout", "index.json")]
    blobs = sorted(one for one in (folder / "blobs" / "sha256").iterdir() if _is_blob(one))
    return [*documents, *(_file(blob, f"blobs/sha256/{blob.name}") for blob in blobs)]


def _of_dir(folder: Path) -> list[Entry]:
    """Make an index for the one manifest of the folder; its blobs are named by their digests."""
    manifest = _document(folder / "manifest.json", "manifest.json").content or b""
    value = json.loads(manifest)
    digest = hashlib.sha256(manifest).hexdigest()
    descriptor: dict[str, Any] = {
        "mediaType": value.get("mediaType") or "application/vnd.oci.image.manifest.v1+json",
        "digest": f"sha256:{digest}",
        "size": len(manifest),
        "annotations": {REF_NAME: f"localhost{folder}".lower()},
    }
    wanted = [value["config"]["digest"], *(layer["digest"] for layer in value["layers"])]
    names = [str(one).removeprefix("sha256:") for one in dict.fromkeys(wanted)]
    if not all(_BLOB.fullmatch(name) for name in names):
        raise ValueError("a digest of another kind")
    return [
        _text("oci-layout", {"imageLayoutVersion": "1.0.0"}),
        _text("index.json", {"schemaVersion": 2, "manifests": [descriptor]}),
        Entry(f"blobs/sha256/{digest}", len(manifest), manifest),
        *(_file(folder / name, f"blobs/sha256/{name}") for name in names),
    ]


def _is_blob(path: Path) -> bool:
    return _BLOB.fullmatch(path.name) is not None and path.is_file()


def _text(name: str, value: Any) -> Entry:
    content = json.dumps(value).encode()
    return Entry(name, len(content), content)


def _document(path: Path, name: str) -> Entry:
    with path.open("rb") as file:
        content = file.read(MOST_DOCUMENT_BYTES + 1)
    if len(content) > MOST_DOCUMENT_BYTES:
        raise ValueError("too long")
    return Entry(name, len(content), content)


def _file(path: Path, name: str) -> Entry:
    return Entry(name, path.stat().st_size, path=path)


def archive_bytes(entries: list[Entry]) -> int:
    """Return how long the archive will be."""
    padded = sum(-(-entry.size // BLOCK_BYTES) * BLOCK_BYTES for entry in entries)
    return padded + BLOCK_BYTES * (sum(len(_head(entry)) // BLOCK_BYTES for entry in entries) + 2)


def _head(entry: Entry) -> bytes:
    info = tarfile.TarInfo(entry.name)
    info.size = entry.size
    return info.tobuf(tarfile.PAX_FORMAT)


def archive(entries: list[Entry]) -> Generator[bytes, None, None]:
    """Yield the archive. Blocks.

    Raises:
        OSError: a file cannot be read, or is shorter than it was.
    """
    for entry in entries:
        yield _head(entry)
        left = entry.size
        with entry.path.open("rb") if entry.path is not None else io.BytesIO(entry.content or b"") as file:
            while left:
                data = file.read(min(left, PIECE_BYTES))
                if not data:
                    raise OSError(0, f"{entry.name} became shorter")
                left -= len(data)
                yield data
        if padding := -entry.size % BLOCK_BYTES:
            yield b"\0" * padding
    yield b"\0" * (2 * BLOCK_BYTES)
