"""The line that tells what is promised against what is there."""

from __future__ import annotations

from tui.domain.host import Ledger
from tui.present import figures
from tui.present.roles import Spans

CPU_WARN_RATIO = 8.0
MEMORY_WARN_RATIO = 1.0


def ledger_line(ledger: Ledger) -> Spans:
    """Return `promised 44 vCPU on 16 cores (2.8x)  51G of 64G memory  6 without a limit`."""
    if not ledger.cores or not ledger.memory_bytes:
        return (("promised: not known yet", "dim"),)
    cpu_ratio = ledger.vcpus_promised / ledger.cores
    memory_ratio = ledger.memory_promised_bytes / ledger.memory_bytes
    promised = f"{ledger.vcpus_promised:.1f}".removesuffix(".0")
    return (
        ("promised ", "dim"),
        (f"{promised} vCPU", "normal"),
        (f" on {ledger.cores} cores ", "dim"),
        (f"({cpu_ratio:.1f}x)", "warn" if cpu_ratio > CPU_WARN_RATIO else "normal"),
        ("  ", "dim"),
        (figures.size(ledger.memory_promised_bytes), "warn" if memory_ratio > MEMORY_WARN_RATIO else "normal"),
        (f" of {figures.size(ledger.memory_bytes)} memory  ", "dim"),
        (str(ledger.unlimited), "normal"),
        (" without a limit", "dim"),
    )
