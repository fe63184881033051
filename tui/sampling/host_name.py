"""Which host it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostName:
    """Who the host is: `id` its machine-id, `name` for persons."""

    id: str
    name: str
    is_demo: bool = False
    read_only: bool = False
