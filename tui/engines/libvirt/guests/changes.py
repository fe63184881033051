"""All changes of guests, from the modules that make them."""

from typing import Any

from tui.domain.operation import Operation
from tui.engines.libvirt.guests import definitions, hardware_change, saves, snapshot_new, snapshot_old
from tui.engines.libvirt.resources.handler import Handler

HANDLERS: dict[type[Operation], Handler[Any]] = {
    **hardware_change.HANDLERS,
    **definitions.HANDLERS,
    **snapshot_new.HANDLERS,
    **snapshot_old.HANDLERS,
    **saves.HANDLERS,
}
