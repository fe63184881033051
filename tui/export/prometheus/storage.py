"""What is exported of the host's filesystems, disks, units and pools."""

from itertools import islice

from tui.domain.host import HostView
from tui.export.prometheus.sheet import Family, label, label_text

MOST_EACH = 200


def storage_families(view: HostView) -> list[Family]:
    """Return how full things are, and what failed."""
    errors = Family("gauge", "hostdeck_host_disk_errors", "Errors that the kernel counted, where there are any.")
    for one in view.usage.disk_errors[:MOST_EACH]:
        errors.put(one.count, label_text({"device": label(one.name), "what": label(one.what)}))
    units = Family("gauge", "hostdeck_host_failed_units", "systemd units of containers that failed, by owner.")
    owners = [unit.user for unit in view.usage.failed_units]
    for owner in sorted(set(owners))[:MOST_EACH]:
        units.put(owners.count(owner), label_text({"user": label(owner)}))
    return [*_filesystems(view), errors, units, *_pools(view)]


def _filesystems(view: HostView) -> list[Family]:
    name = "hostdeck_host_filesystem"
    size = Family("gauge", f"{name}_bytes", "Size of a mounted local filesystem.", "bytes")
    free = Family("gauge", f"{name}_free_bytes", "What may still be written by who is not root.", "bytes")
    inodes = Family(
        "gauge", f"{name}_inodes_used_ratio", "Used share of its inodes, where their number is fixed.", "ratio"
    )
    answers = Family("gauge", f"{name}_answers", "0 while a question about it hangs, else 1.")
    for one in sorted(view.usage.filesystems, key=lambda one: one.path)[:MOST_EACH]:
        labels = label_text({"mountpoint": label(one.path), "fstype": label(one.kind)})
        size.put(one.total_bytes or None, labels)
        free.put(one.free_bytes if one.total_bytes else None, labels)
        inodes.put(one.inodes_percent / 100 if one.inodes_percent is not None else None, labels)
        answers.put(one.answers, labels)
    return [size, free, inodes, answers]


def _pools(view: HostView) -> list[Family]:
    text = "Size of a storage pool that is on no filesystem of the host."
    size = Family("gauge", "hostdeck_pool_bytes", text, "bytes")
    used = Family("gauge", "hostdeck_pool_used_bytes", "What is taken of such a pool.", "bytes")
    pools = ((source.id, pool) for source in view.sources for pool in source.pools)
    for engine, pool in islice(pools, MOST_EACH):
        labels = label_text({"engine": label(engine), "pool": label(pool.name)})
        size.put(pool.total_bytes, labels)
        used.put(pool.used_bytes, labels)
    return [size, used]
