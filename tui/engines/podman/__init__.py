"""Podman: containers and pods of root and of every user, by its REST API and its event stream."""

from tui.engines.podman.discovery import Discovery, discover
from tui.engines.podman.engine import PodmanEngine
from tui.engines.podman.private import PrivateService

__all__ = ["Discovery", "PodmanEngine", "PrivateService", "discover"]
