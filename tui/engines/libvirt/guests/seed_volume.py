"""The seed for cloud-init as a volume of a pool."""

import os
from functools import partial

from tui.domain.storage import StoragePool
from tui.engines.libvirt.guests.steps import Steps
from tui.engines.libvirt.resources import streams
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.survey import FOLDERS
from tui.engines.libvirt.resources.volumes import make_volume, refresh_pool, remove_volume, volume_xml

DEADLINE_SECONDS = 60.0


async def make_seed(around: Surroundings, steps: Steps, pool: StoragePool, name: str, data: bytes) -> str:
    """Make a volume of these bytes, noted in `steps`, and return its path; they touch no other file."""
    files = pool.type in FOLDERS
    text = volume_xml(
        name, capacity_bytes=len(data), form="raw" if files else "", allocation_bytes=len(data) if files else None
    )
    path = await make_volume(around, pool.name, text)
    steps.made(partial(remove_volume, around, pool.name, name))
    descriptor = os.memfd_create("seed", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        send = partial(
            streams.upload,
            local=f"{pool.name}/{name}",
            descriptor=descriptor,
            length=len(data),
            meter=streams.Meter(lambda _done: None),
        )
        async with around.line(f"disk {name}") as line:
            await around.change(line, send, deadline=DEADLINE_SECONDS)
    finally:
        os.close(descriptor)
    await refresh_pool(around, pool.name)  # libvirt learns what it is
    return path
