"""Every operation that Podman's keeper can carry out."""

from tui.engines.podman.resources import images, pull, transfer
from tui.engines.podman.resources.changes import Table

CHANGES: Table = {
    **images.CHANGES,
    **pull.CHANGES,
    **transfer.CHANGES,
}
