"""All changes that libvirt's keeper can make, from the modules that make them."""

from typing import Any

from tui.domain.operation import Operation
from tui.engines.libvirt.guests import changes as guests
from tui.engines.libvirt.resources import clones, disks, networks, pools, transfer
from tui.engines.libvirt.resources.handler import Handler

HANDLERS: dict[type[Operation], Handler[Any]] = {
    **pools.HANDLERS,
    **disks.HANDLERS,
    **clones.HANDLERS,
    **transfer.HANDLERS,
    **networks.HANDLERS,
    **guests.HANDLERS,
}
