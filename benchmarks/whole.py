"""What watching a whole host costs, beside `podman stats` over the same time on the same machine.

50 running containers, 5 of them active, and 2 guests; one tick a second, 200x50. hostdeck's figure includes what it
makes the Podman service and libvirtd do; theirs while nobody asks is measured first and taken off.

    python -m benchmarks.whole [--seconds 60] [--containers 50] [--json FILE]
"""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.terminal_program import cpu_over, resident_mb, running
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tests.live.harness.workfolder import make_work_folder, remove_work_folder

ACTIVE = 5
BUSY = ("sh", "-c", "while :; do i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; usleep 200000; done")
CPU_LIMIT_OF_STATS = 0.5
MOST_BYTES_PER_SECOND = 3_000
MOST_RESIDENT_MB = 60  # 10^6 bytes


@contextlib.contextmanager
def host(containers: int) -> Iterator[tuple[PodmanHost, LibvirtHost]]:
    """Run the containers and guests for the length of a block."""
    with contextlib.ExitStack() as stack:
        folders = [make_work_folder(os.getpid()) for _ in range(2)]
        for folder in folders:
            stack.callback(remove_work_folder, folder)
        podman = PodmanHost.start(folders[0])
        stack.callback(podman.close)
        libvirt = LibvirtHost.start(folders[1])
        stack.callback(libvirt.close)
        for number in range(2):
            libvirt.define_guest(f"guest-{number}")
            libvirt.start_guest(f"guest-{number}")

        def start(number: int) -> None:
            command = BUSY if number < ACTIVE else ()
            podman.run(f"ctr-{number:02}", *command, options=["--network", "none"])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(start, range(containers)))
        yield podman, libvirt


def measure(podman: PodmanHost, libvirt: LibvirtHost, seconds: float) -> dict[str, Any]:
    """Return the figures of one run."""
    daemons = {"podman service": podman.service_pid, "libvirtd": libvirt.daemon_pid}
    at_rest = cpu_over(daemons, min(seconds, 20))
    argv = [sys.executable, "-m", "tui", "--connect", libvirt.uri, "--podman", podman.url]
    with running(argv, watch=b"ctr-00") as deck:
        deck.seconds_until(b"ctr-00")
        with running(["podman", "stats", "-i", "1"], env=podman.env) as stats:
            cpu_over({}, 5)  # both have settled
            drawn = (deck.drawn, stats.drawn)
            used = cpu_over({"hostdeck": deck.process.pid, "podman stats": stats.process.pid, **daemons}, seconds)
            bytes_drawn = ((deck.drawn - drawn[0]) / seconds, (stats.drawn - drawn[1]) / seconds)
            resident = (resident_mb(deck.process.pid), resident_mb(stats.process.pid))
    asked = {name: max(used[name] - at_rest[name], 0) for name in daemons}
    whole = used["hostdeck"] + sum(asked.values())
    return {
        "seconds": seconds,
        "hostdeck_cpu_percent": used["hostdeck"],
        "podman_service_cpu_percent": asked["podman service"],
        "libvirtd_cpu_percent": asked["libvirtd"],
        "hostdeck_whole_cpu_percent": whole,
        "podman_stats_cpu_percent": used["podman stats"],
        "ratio": whole / used["podman stats"],
        "hostdeck_bytes_per_second": bytes_drawn[0],
        "podman_stats_bytes_per_second": bytes_drawn[1],
        "hostdeck_resident_mb": resident[0][0],
        "hostdeck_unshared_mb": resident[0][1],
        "podman_stats_resident_mb": resident[1][0],
        "podman_stats_unshared_mb": resident[1][1],
    }


def table(result: dict[str, Any]) -> str:
    """Return the figures for people, each beside its target."""
    rows = [
        ("", "hostdeck", "podman stats -i 1", "target"),
        (
            "CPU, % of a core, with daemons",
            f"{result['hostdeck_whole_cpu_percent']:.2f}",
            f"{result['podman_stats_cpu_percent']:.2f}",
            f"ratio {result['ratio']:.2f}, at most {CPU_LIMIT_OF_STATS}",
        ),
        ("  of it its own process", f"{result['hostdeck_cpu_percent']:.2f}", "", ""),
        ("  the Podman service", f"{result['podman_service_cpu_percent']:.2f}", "", ""),
        ("  libvirtd", f"{result['libvirtd_cpu_percent']:.2f}", "", ""),
        (
            "drawn, bytes a second",
            f"{result['hostdeck_bytes_per_second']:.0f}",
            f"{result['podman_stats_bytes_per_second']:.0f}",
            f"at most {MOST_BYTES_PER_SECOND}",
        ),
        (
            "resident, MB (10^6 bytes)",
            f"{result['hostdeck_resident_mb']:.0f}",
            f"{result['podman_stats_resident_mb']:.0f}",
            f"at most {MOST_RESIDENT_MB}",
        ),
        (
            "  of it shared with nobody",
            f"{result['hostdeck_unshared_mb']:.0f}",
            f"{result['podman_stats_unshared_mb']:.0f}",
            "",
        ),
    ]
    return "\n".join(f"{name:<32}{ours:>12}{theirs:>20}   {target}" for name, ours, theirs, target in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--containers", type=int, default=50)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with host(arguments.containers) as (podman, libvirt):
        result = measure(podman, libvirt, arguments.seconds)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
