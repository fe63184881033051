"""All changes of guests, from the modules that make them."""

from typing import Any

from tui.domain.operation import Operation
from tui.engines.libvirt.guests import (
    clone,
    create,
    definitions,
    guest_disks,
    guest_interfaces,
    hardware_change,
    saves,
    snapshot_new,
    snapshot_old,
)
from tui.engines.libvirt.resources.handler import Handler

HANDLERS: dict[type[Operation], Handler[Any]] = {
    **create.HANDLERS,
    **clone.HANDLERS,
    **guest_disks.HANDLERS,
    **guest_interfaces.HANDLERS,
    **hardware_change.HANDLERS,
    **definitions.HANDLERS,
    **snapshot_new.HANDLERS,
    **snapshot_old.HANDLERS,
    **saves.HANDLERS,
}
