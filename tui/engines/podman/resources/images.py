"""Tag, untag, remove and prune images."""

from collections.abc import Sequence

from tui.domain.errors import EngineError, NotFound
from tui.domain.image import ContainerImage
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.images import PruneImages, RemoveImage, TagImage, UntagImage
from tui.engines.podman.resources.changes import Change, Done, Table, count_text, refuse, size_text
from tui.engines.podman.resources.desk import Desk, quietly
from tui.engines.podman.resources.layers import freed_bytes
from tui.engines.podman.resources.names import Name, name_of, refusal_of
from tui.engines.podman.resources.scene import Scene, layers_now, look

LAST_NAME = "It has no other name: it stays without one, and a prune would remove it."
NAMED_TOO = "Images with a name go too, and must be got again where they are needed."


def _id(operation: TagImage | UntagImage | RemoveImage) -> str:
    return operation.target.local


def _params(name: Name) -> dict[str, str]:
    return {"repo": name.repository, "tag": name.tag}


async def _tag(desk: Desk, local: str, text: str, verb: str = "tag") -> None:
    if (name := name_of(text)) is not None:
        await desk.change("POST", f"images/{local}/{verb}", _params(name))


# tag


async def preview_tag(desk: Desk, operation: TagImage) -> Preview:
    """Say whose name it was."""
    name = name_of(operation.name)
    if name is None or name.digest:
        return Preview(refusal=refusal_of(operation.name) or "A name with a digest cannot be given.")
    scene = await look(desk)
    image, owner = scene.image(_id(operation)), scene.named(name.local_text)
    if owner is not None and owner.id == image.id:
        return Preview(refusal=f"The image has the name {name.local_text} already.")
    moved = f"Image {owner.short_id} loses the name {name.local_text}." if owner is not None else ""
    return Preview(objects=(f"{image.name} gets the name {name.local_text}",), warnings=(moved,) if moved else ())


async def tag(desk: Desk, operation: TagImage, _progress: ProgressSink) -> Done:
    """Give an image one more name."""
    refuse(await preview_tag(desk, operation))
    await _tag(desk, _id(operation), operation.name)
    return Done()


# untag


async def preview_untag(desk: Desk, operation: UntagImage) -> Preview:
    """Say whether a name is left."""
    image = (await look(desk)).image(_id(operation))
    if operation.name not in image.names:
        return Preview(refusal=f"The image has no name {operation.name}.")
    last = len(image.names) == 1
    return Preview(
        objects=(f"{image.short_id} loses the name {operation.name}",), warnings=(LAST_NAME,) if last else ()
    )


async def untag(desk: Desk, operation: UntagImage, _progress: ProgressSink) -> Done:
    """Take a name away."""
    refuse(await preview_untag(desk, operation))
    await _tag(desk, _id(operation), operation.name, "untag")
    return Done()


# remove


async def preview_remove(desk: Desk, operation: RemoveImage) -> Preview:
    """Name the containers made from it, the images built on it, and what is freed."""
    scene = await look(desk)
    image = scene.image(_id(operation))
    users, children = scene.users_of(image.id), scene.children_of(image.id)
    frees = freed_bytes(await layers_now(desk, scene), [image.id])
    lines = [user.loses("is removed too" if operation.force and not user.runs else "is made from it") for user in users]
    return Preview(
        refusal=_remove_refusal(image, scene, force=operation.force),
        objects=image.names or (f"image {image.short_id}",),
        users=(*lines, *(f"image {child} is built on it" for child in children)),
        warnings=("Images built on it keep its layers: nothing is freed.",) if children else (),
        frees_bytes=0 if children else frees,
    )


def _remove_refusal(image: ContainerImage, scene: Scene, *, force: bool) -> str:
    users = scene.users_of(image.id)
    if image.read_only:
        return "The image is in a read-only store."
    if running := [user.said for user in users if user.runs]:
        return f"It is in use by {', '.join(running)}: stop and remove that first."
    if users and not force:
        said = ", ".join(user.said for user in users)
        return f"It is in use by {said}: remove that first, or choose to remove the stopped containers too."
    if not image.names and scene.children_of(image.id):
        return "Other images are built on it: remove those first."
    return ""


async def remove(desk: Desk, operation: RemoveImage, _progress: ProgressSink) -> Done:
    """Remove an image; its names are given back when that fails."""
    scene = await look(desk)
    image = scene.image(_id(operation))
    refuse(Preview(refusal=_remove_refusal(image, scene, force=operation.force)))
    before = await layers_now(desk, scene)
    for user in scene.users_of(image.id):
        # without Podman's own force, which would end one that was started meanwhile
        await desk.change("DELETE", f"containers/{user.local}", {"force": "false", "v": "false"})
    await _remove_names(desk, image)
    gone = await _gone(desk, [image])
    if not gone:
        return Done("Its names are gone; its layers stay, because other images are built on it.")
    freed = freed_bytes(before, [one.id for one in gone])
    if freed == 0:
        return Done("Nothing is freed: other images have its layers too.")
    return Done("" if freed is None else f"{size_text(freed)} freed.")


async def _remove_names(desk: Desk, image: ContainerImage) -> None:
    """Remove an image with all its names: Podman wants force for more than one, and force ends containers."""
    untagged: list[str] = []
    try:
        for name in image.names[1:]:
            await _tag(desk, image.id, name, "untag")
            untagged.append(name)
        await desk.change("DELETE", f"images/{image.id}", {"force": "false"})
    except NotFound:
        raise NotFound("no longer there", "The image is no longer there.") from None
    except BaseException:
        for name in untagged:
            await quietly(_tag(desk, image.id, name))
        raise


async def _gone(desk: Desk, images: Sequence[ContainerImage]) -> list[ContainerImage]:
    """Return those of some images that are not there any more."""
    left = {str(row.get("Id")) for row in await desk.rows("images/json", {"all": "true"})}
    return [image for image in images if image.id not in left]


# prune


def prunable(scene: Scene, *, every: bool) -> tuple[ContainerImage, ...]:
    """Return the images that a prune would remove."""
    unused = (image for image in scene.images if not image.container_ids and not image.read_only)
    return tuple(image for image in unused if every or image.dangling)


def _prune_refusal(images: Sequence[ContainerImage], *, every: bool) -> str:
    if images:
        return ""
    return "Every image is used by a container." if every else "There is no unused image without a name."


async def preview_prune(desk: Desk, operation: PruneImages) -> Preview:
    """List what would go."""
    scene = await look(desk)
    images = prunable(scene, every=operation.every)
    layers = await layers_now(desk, scene) if images else {}
    return Preview(
        refusal=_prune_refusal(images, every=operation.every),
        objects=tuple(f"{image.name} ({size_text(image.size_bytes)})" for image in images),
        warnings=("Images with a name go too, and must be got again where they are needed.",)
        if operation.every
        else (),
        frees_bytes=freed_bytes(layers, [image.id for image in images]),
    )


async def prune(desk: Desk, operation: PruneImages, _progress: ProgressSink) -> Done:
    """Remove unused images, and tell what really went."""
    scene = await look(desk)
    images = prunable(scene, every=operation.every)
    refuse(Preview(refusal=_prune_refusal(images, every=operation.every)))
    layers = await layers_now(desk, scene)
    answer = (await desk.change("POST", "images/prune", {"all": "true" if operation.every else "false"})).json()
    gone = await _gone(desk, scene.images)
    failures = [str(row.get("Err")) for row in answer or () if isinstance(row, dict) and row.get("Err")]
    if failures and not gone:
        raise EngineError("Podman failed", f"Nothing was removed: {'; '.join(failures)}")
    freed = freed_bytes(layers, [image.id for image in gone])
    parts = [f"{count_text(len(gone), 'image')} removed", *([f"{size_text(freed)} freed"] if freed is not None else ())]
    return Done(f"{', '.join(parts)}." + (f" Not removed: {'; '.join(failures)}" if failures else ""))


def _prune_words(_desk: Desk, operation: PruneImages) -> list[str]:
    return ["image", "prune", "--force", *(["--all"] if operation.every else [])]


def _remove_words(_desk: Desk, operation: RemoveImage) -> list[str]:
    return ["image", "rm", *(["--force"] if operation.force else []), operation.target.local[:12]]


CHANGES: Table = {
    TagImage: Change(preview_tag, tag, lambda _desk, operation: ["tag", _id(operation)[:12], operation.name]),
    UntagImage: Change(preview_untag, untag, lambda _desk, operation: ["untag", _id(operation)[:12], operation.name]),
    RemoveImage: Change(preview_remove, remove, _remove_words),
    PruneImages: Change(preview_prune, prune, _prune_words),
}
