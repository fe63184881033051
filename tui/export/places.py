"""Where a record is looked for."""

import os
from pathlib import Path

from platformdirs import user_state_path

OF_ROOT = Path("/var/lib/hostdeck")


def record_folder(named: str = "") -> Path:
    """Return the folder that is named, else the user's own where it is there, else that of root."""
    if named:
        return Path(named).expanduser()
    own = user_state_path("hostdeck", appauthor=False) / "record"
    return own if os.geteuid() != 0 and own.is_dir() else OF_ROOT
