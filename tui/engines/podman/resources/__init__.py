"""Images, volumes and networks of one Podman service: listed when looked at, changed by typed operations.

`keeper` is what the engine offers; `desk` asks the service for it. `rows`, `users` and `layers` turn answers into
values, `stock`, `weights` and `details` read. Each kind of change has a module of its own (`images`, `pull`,
`transfer`, `run`, `containers`, `limits`, `volumes`, `export`, `networks`, `joining`) with a table from the operation's
type to a `Change`.

Nothing here uses a thread but files, which may hang: the service is asked on the event loop.
"""

from tui.engines.podman.resources.keeper import PodmanKeeper

__all__ = ["PodmanKeeper"]
