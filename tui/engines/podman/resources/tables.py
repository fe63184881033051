"""Every operation that Podman's keeper can carry out."""

from tui.engines.podman.resources import (
    containers,
    export,
    images,
    joining,
    limits,
    networks,
    pull,
    run,
    transfer,
    volumes,
)
from tui.engines.podman.resources.changes import Table

CHANGES: Table = {
    **images.CHANGES,
    **pull.CHANGES,
    **transfer.CHANGES,
    **run.CHANGES,
    **containers.CHANGES,
    **limits.CHANGES,
    **volumes.CHANGES,
    **export.CHANGES,
    **networks.CHANGES,
    **joining.CHANGES,
}
