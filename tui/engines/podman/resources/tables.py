"""Every operation that Podman's keeper can carry out."""

from tui.engines.podman.resources.changes import Table

CHANGES: Table = {}
