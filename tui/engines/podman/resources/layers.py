"""What a removal of images really gives back: the layers that no other image has."""

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from tui.domain.errors import EngineError
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.details import layers_of
from tui.engines.podman.rows import Row

MOST_IMAGES = 300  # above that it is not found out: two questions an image
AT_ONCE = 4

Layers = Mapping[str, int]
"""What a layer is on disk, itself and all below it, to its bytes."""


async def weigh_layers(desk: Desk, images: Collection[str]) -> Mapping[str, Layers]:
    """Return the layers of images; {} when one cannot be read or they are too many.

    Args:
        images: full ids.
    """
    if len(images) > MOST_IMAGES:
        return {}
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(local: str) -> Layers:
        async with turns:
            document, history = await asyncio.gather(
                desk.inspect(f"images/{local}/json"), desk.rows(f"images/{local}/history")
            )
            return chained(document, history)

    try:
        return dict(zip(images, await asyncio.gather(*map(one, images)), strict=True))
    except EngineError:
        return {}


def chained(document: Row, history: Sequence[Row]) -> Layers:
    """Return the layers of one image: the same changes on another base are another layer on disk."""
    chain = ""
    found: dict[str, int] = {}
    for layer in layers_of(document, history):
        if layer.digest:
            chain = hashlib.sha256(f"{chain} {layer.digest}".encode()).hexdigest()
            found[chain] = layer.size_bytes
    return found


def freed_bytes(layers: Mapping[str, Layers], removed: Iterable[str]) -> int | None:
    """Return what is gone when only these images are; None where the layers of one are not known."""
    gone = set(removed)
    if not gone <= layers.keys():
        return None
    kept = {chain for local, chains in layers.items() if local not in gone for chain in chains}
    lost = {chain: size for local in gone for chain, size in layers[local].items() if chain not in kept}
    return sum(lost.values())
