"""Changes that are no power verbs: images, disks, networks, snapshots, hardware."""

from tui.domain.operation.base import (
    Operation,
    OperationOutcome,
    Preview,
    Progress,
    ProgressPart,
    ProgressSink,
)

__all__ = ["Operation", "OperationOutcome", "Preview", "Progress", "ProgressPart", "ProgressSink"]
