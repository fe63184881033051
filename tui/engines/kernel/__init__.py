"""What the kernel and the journal tell that no engine does: kills for memory, failing disks, tasks that hang, daemons.

Messages come from /dev/kmsg where it may be read, else from `journalctl`. Only what the kernel itself wrote counts: any
process of root may write into the same buffer under another facility.
"""

from tui.engines.kernel.daemons import DaemonWatch
from tui.engines.kernel.watch import KernelWatch

__all__ = ["DaemonWatch", "KernelWatch"]
