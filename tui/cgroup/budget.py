"""How many descriptors the reader may keep."""

import contextlib
import resource

RESERVED_DESCRIPTORS = 256  # for connections, logs and the terminal
MOST_DESCRIPTORS = 32_768  # the kernel keeps a page of text for each: 128 MiB is enough


class Budget:
    """How many descriptors may still be kept: for files, and apart from them for directories of files that got none.

    Past both, files are opened by their path for each reading.
    """

    def __init__(self, allowed: int) -> None:
        self.directories = max(0, allowed) // 8
        self.files = max(0, allowed) - self.directories

    @classmethod
    def of_process(cls) -> "Budget":
        """Raise the soft RLIMIT_NOFILE to the hard one and leave the reserve to others."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != hard:
            with contextlib.suppress(ValueError, OSError):  # refused: then the soft limit is what there is
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
                soft = hard
        allowed = MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(MOST_DESCRIPTORS, soft)
        return cls(allowed - RESERVED_DESCRIPTORS)
