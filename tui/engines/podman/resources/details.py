"""What is asked for one image, and the registries' search."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.domain.errors import EngineError, NotFound
from tui.domain.event import Document
from tui.domain.image import ContainerImage, FoundImage, ImageDetails, ImageLayer
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman.document import readable
from tui.engines.podman.inventory import NONSENSE
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.rows import image_of
from tui.engines.podman.resources.users import read_users
from tui.engines.podman.rows import Row, seconds_of

SEARCH_SECONDS = 60.0  # registries are far away, and several are asked one after the other
SEARCH_MOST = "50"
_PATHS = {
    ResourceKind.IMAGE: "images/{}/json",
    ResourceKind.VOLUME: "volumes/{}/json",
    ResourceKind.NETWORK: "networks/{}/json",
}


async def read_document(desk: Desk, target: ResourceId) -> Document:
    """Return what `podman inspect` shows, as JSON with the environment's secrets masked.

    Raises:
        EngineError: with its sentence.
    """
    try:
        return Document(readable(await desk.read(_PATHS[target.kind].format(target.local))), "json")
    except KeyError as error:
        raise EngineError("not possible", f"Podman keeps nothing of the kind {target.kind}.") from error
    except NotFound as error:
        raise NotFound("no longer there", "It is no longer there.") from error


async def read_image(desk: Desk, target: ResourceId) -> ImageDetails:
    """Return layers and configuration of an image.

    Raises:
        EngineError: with its sentence.
    """
    place = f"images/{target.local}"
    try:
        document, history, users = await asyncio.gather(
            desk.inspect(f"{place}/json"), desk.rows(f"{place}/history"), read_users(desk)
        )
        image = image_of({**document, "Names": document.get("RepoTags")}, users, None)
        return _details(document, history, image)
    except NotFound as error:
        raise NotFound("no longer there", "The image is no longer there.") from error
    except NONSENSE as error:
        raise EngineError("Podman answered nonsense", "Its description of the image cannot be understood.") from error


def _details(document: Row, history: Sequence[Row], image: ContainerImage) -> ImageDetails:
    config = document.get("Config") or {}
    health = document.get("Healthcheck") or config.get("Healthcheck") or {}
    return ImageDetails(
        image=replace(image, arch=str(document.get("Architecture") or "")),
        layers=layers_of(document, history),
        entrypoint=_words(config.get("Entrypoint")),
        command=_words(config.get("Cmd")),
        environment=_words(config.get("Env")),
        exposed_ports=tuple(config.get("ExposedPorts") or {}),
        volumes=tuple(config.get("Volumes") or {}),
        working_directory=str(config.get("WorkingDir") or ""),
        user=str(config.get("User") or document.get("User") or ""),
        stop_signal=str(config.get("StopSignal") or ""),
        healthcheck=_health(health),
        os=str(document.get("Os") or ""),
        author=str(document.get("Author") or ""),
        digest=str(document.get("Digest") or ""),
    )


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(word) for word in value or ())


def _health(health: Mapping[str, Any]) -> str:
    kind, *words = _words(health.get("Test")) or ("NONE",)
    return "" if kind == "NONE" else " ".join(words if kind in {"CMD", "CMD-SHELL"} else (kind, *words))


def layers_of(document: Row, history: Sequence[Row]) -> tuple[ImageLayer, ...]:
    """Return the steps of an image, the oldest first.

    The document tells which steps made no layer and the digests of those that did; the history tells the sizes.
    """
    steps = list(document.get("History") or ())
    sized = list(reversed(history))
    if len(steps) != len(sized):  # an image without a history has layers all the same
        return tuple(_from_history(sized))
    digests = iter(_words((document.get("RootFS") or {}).get("Layers")))
    return tuple(_layer(step, row, digests) for step, row in zip(steps, sized, strict=True))


def _layer(step: Row, row: Row, digests: Iterator[str]) -> ImageLayer:
    empty = bool(step.get("empty_layer"))
    return ImageLayer(
        command=str(step.get("created_by") or row.get("CreatedBy") or step.get("comment") or ""),
        size_bytes=int(row.get("Size") or 0),
        created_unix_seconds=seconds_of(step.get("created")),
        is_empty=empty,
        digest="" if empty else next(digests, ""),
    )


def _from_history(rows: Sequence[Row]) -> Iterator[ImageLayer]:
    for row in rows:
        size = int(row.get("Size") or 0)
        yield ImageLayer(str(row.get("CreatedBy") or ""), size, seconds_of(row.get("Created")), size == 0)


async def search(desk: Desk, term: str) -> tuple[FoundImage, ...]:
    """Ask the registries that the service is configured with.

    Raises:
        EngineError: with its sentence: no registry, or none that answers.
    """
    if not (wanted := term.strip()):
        return ()
    params = {"term": wanted, "limit": SEARCH_MOST}
    try:
        answer = await desk.patiently(desk.read("images/search", params, timeout=SEARCH_SECONDS))
    except EngineError as error:
        raise type(error)("the search failed", _plain(error.message)) from error
    return tuple(_found(row) for row in answer or () if isinstance(row, dict))


def _plain(message: str) -> str:
    """Return the failures of several registries on one line, without Go's bullets."""
    lines = [line.strip().removeprefix("* ").strip() for line in message.splitlines() if line.strip()]
    told = [line for line in lines if not line.endswith(("error occurred:", "errors occurred:"))]
    return f"The registries could not be searched: {'; '.join(told or lines)}"


def _found(row: Row) -> FoundImage:
    return FoundImage(
        name=str(row.get("Name") or ""),
        description=str(row.get("Description") or ""),
        stars=int(row.get("Stars") or 0),
        official=str(row.get("Official") or "").lower() in {"[ok]", "true", "ok"},
        registry=str(row.get("Index") or ""),
    )
