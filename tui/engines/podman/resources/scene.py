"""All images and containers at the moment of a change, for its preview and to tell afterwards what it did."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tui.domain.errors import NotFound
from tui.domain.image import ContainerImage
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.layers import Layers, weigh_layers
from tui.engines.podman.resources.rows import image_of, parsed
from tui.engines.podman.resources.users import User, read_users
from tui.engines.podman.rows import Row


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is.

    Attributes:
        rows: every image as Podman lists it, those between others too.
        images: without those between others.
    """

    rows: Sequence[Row]
    images: Sequence[ContainerImage]
    users: Sequence[User]

    def image(self, local: str) -> ContainerImage:
        """Return an image.

        Raises:
            NotFound: it is gone.
        """
        for image in self.images:
            if image.id == local:
                return image
        for row in self.rows:
            if row.get("Id") == local:
                return image_of(row, self.users, None)
        raise NotFound("no longer there", "The image is no longer there.")

    def named(self, text: str) -> ContainerImage | None:
        """Return the image that has a whole name."""
        return next((image for image in self.images if text in image.names), None)

    def users_of(self, local: str) -> tuple[User, ...]:
        """Return the containers that were made from an image."""
        return tuple(user for user in self.users if user.image_id == local)

    def children_of(self, local: str) -> tuple[str, ...]:
        """Return names, or short ids where there is none, of the images that are built on an image, however far."""
        found: list[str] = []
        wanted = [local]
        seen = {local}
        while wanted:
            parent = wanted.pop()
            children = [row for row in self.rows if row.get("ParentId") == parent and str(row.get("Id")) not in seen]
            seen.update(str(row.get("Id")) for row in children)
            wanted += [str(row.get("Id")) for row in children]
            shown = [image for image in self.images if image.id in {row.get("Id") for row in children}]
            found += [image.name for image in shown]
        return tuple(found)


async def look(desk: Desk) -> Scene:
    """List images and containers.

    Raises:
        EngineError: with its sentence.
    """
    rows, shown, users = await asyncio.gather(
        desk.rows("images/json", {"all": "true"}), desk.rows("images/json", {"all": "false"}), read_users(desk)
    )
    return Scene(rows, parsed(partial(image_of, users=users, weights=None), shown), users)


async def layers_now(desk: Desk, scene: Scene) -> Mapping[str, Layers]:
    """Return the layers of all images; {} where they cannot be told."""
    return await weigh_layers(desk, [image.id for image in scene.images])
