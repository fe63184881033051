"""One look at everything that runs inside, and an independent reader's counters over the same time."""

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.host.inside import CALM, FOLDER, SECONDS, python, sent
from tests.host.testhost.machine import Machine

INTERVAL = 12
READ_BESIDE = ("web", "writer", "holder", "q1")

# What an idle machine lacks: 64 MiB that are held; and while the figures are taken, a guest that has something to do
# (it boots anew), and a broadcast every tenth of a second on the bridge of `web`.
HOLDER = """
podman run -d --name holder --network none --tmpfs /hold:size=96m --memory 128m localhost/bb \
    sh -c 'dd if=/dev/zero of=/hold/x bs=1M count=64 2>/dev/null; sleep 1000000' >/dev/null
"""
HOOK = """
echo 0 >/sys/fs/cgroup/machine.slice/libpod-$(podman inspect -f '{{.Id}}' web).scope/cgroup.freeze
virsh -q resume q1
virsh -q reset q1
python3 - <<'END' &
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
while True:
    sender.sendto(bytes(1000), ("10.88.255.255", 9))
    time.sleep(0.1)
END
echo $! >BESIDE
READER $(cat PIDS) >COUNTERS &
echo $! >>BESIDE
for _ in $(seq 240); do [ -s COUNTERS ] && break; sleep 0.5; done
"""
# The reader goes on until it has passed the view's end and what `bounds` adds to it: a reading every 0.4 s at most, of
# which the first may have begun before.
READ_ON = f"""
lines=$(wc -l <{FOLDER}/counters)
for _ in $(seq 240); do [ $(wc -l <{FOLDER}/counters) -ge $((lines + 4)) ] && break; sleep 0.5; done
"""


@dataclass(frozen=True)
class Window:
    """A stretch of time, as hostdeck says it."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Counters:
    """What the independent reader wrote down."""

    def __init__(self, lines: str) -> None:
        whole = lines[: lines.rfind("\n") + 1]  # it was ended in the middle of a line
        self._moments = [json.loads(line) for line in whole.splitlines()]

    def at(self, name: str, counter: str, when: float) -> float:
        """Return a counter at a moment, by a straight line between the readings around it."""
        for before, after in pairwise(self._moments):
            if before["at"] <= when <= after["at"]:
                low, high = (float(moment["of"][name][counter]) for moment in (before, after))
                share: float = (when - before["at"]) / (after["at"] - before["at"])
                return low + (high - low) * share
        raise AssertionError(f"nothing was read at {when}: {[moment['at'] for moment in self._moments]}")

    def grown(self, name: str, counter: str, window: Window) -> float:
        return self.at(name, counter, window.end) - self.at(name, counter, window.start)

    def bounds(self, name: str, counter: str, window: Window, slack: float) -> tuple[float, float]:
        """Return the least and the most that a counter grew a second, were both ends of the window off by `slack`."""
        inner = Window(window.start + slack, window.end - slack)
        outer = Window(window.start - slack, window.end + slack)
        return tuple(self.grown(name, counter, part) / window.seconds for part in (inner, outer))  # type: ignore[return-value]


@dataclass(frozen=True)
class Observed:
    """A host as `hostdeck snapshot --json` prints it, and the counters beside it."""

    view: dict[str, Any]
    counters: Counters
    pids: dict[str, str]

    def one(self, name: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = [one for one in self.view["instances"] if one["name"] == name]
        assert len(found) == 1, [one["name"] for one in self.view["instances"]]
        return found[0]

    def window(self, name: str) -> Window:
        end = self.view["taken_monotonic_seconds"]
        return Window(end - self.one(name)["window_seconds"], end)

    def cgroup(self, name: str) -> str:
        """Return what /proc/PID/cgroup says of an instance's main process."""
        return self.pids[name]


@pytest.fixture(scope="session")
def observed(testhost: Machine) -> Observed:
    hook = HOOK.replace("READER", f"{testhost.python} {FOLDER}/read_counters.py")
    for word in ("BESIDE", "PIDS", "COUNTERS"):
        hook = hook.replace(word, f"{FOLDER}/{word.lower()}")
    script = f"""{CALM}{sent("look.py", "read_counters.py")}{HOLDER}
cat >{FOLDER}/hook <<'END-OF-HOOK'
exec >/dev/null 2>&1
{hook}
END-OF-HOOK
pids="$(podman ps --format '{{{{.Names}}}}={{{{.Pid}}}}') q1=$(cat /run/libvirt/qemu/q1.pid)"
pids="$pids $(runuser -u tester -- env XDG_RUNTIME_DIR=/run/user/1000 podman ps --format '{{{{.Names}}}}={{{{.Pid}}}}')"
tr ' ' '\\n' <<<$pids | grep -E '^({"|".join(READ_BESIDE)})=' >{FOLDER}/pids
{python(testhost, "look.py")} {INTERVAL} {FOLDER}/hook qemu:///system lxc:///system >{FOLDER}/view
{READ_ON}
kill $(cat {FOLDER}/beside)
for pair in $pids; do echo "${{pair%=*}} $(cat /proc/${{pair#*=}}/cgroup)"; done >{FOLDER}/cgroups
{CALM}
podman rm -f -t 0 holder >/dev/null
for file in view counters cgroups; do cat {FOLDER}/$file; echo ===; done
"""
    view, lines, cgroups, _ = testhost.run(script, seconds=SECONDS).split("===\n")
    pids = {name: path.strip() for name, _, path in (line.partition(" 0::") for line in cgroups.splitlines())}
    return Observed(json.loads(view), Counters(lines), pids)
