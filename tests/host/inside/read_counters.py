"""Read kernel counters of processes' cgroups beside hostdeck and without its code: `read_counters.py NAME=PID...`.

Prints a JSON object a line, for ever: monotonic seconds, then by name the counters of that moment. A directory is where
the process is, or for a guest the scope above.
"""

import json
import sys
import time
from pathlib import Path

PAUSE_SECONDS = 0.4


def directory(pid: str) -> Path:
    path = Path(f"/proc/{pid}/cgroup").read_text().strip().removeprefix("0::")
    if "/machine-qemu" in path:
        path = path[: path.index(".scope") + len(".scope")]
    return Path("/sys/fs/cgroup" + path)


def text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def counters(folder: Path, pid: str) -> dict[str, int]:
    found = {
        f"cpu.{key}": int(value) for key, value in (line.split() for line in text(folder / "cpu.stat").splitlines())
    }
    memory = dict(line.split() for line in text(folder / "memory.stat").splitlines())
    if memory:
        found["memory"] = int(text(folder / "memory.current")) - int(memory["inactive_file"])
    devices = [line.partition(" ")[2].split() for line in text(folder / "io.stat").splitlines() if "rbytes" in line]
    pairs = [pair.split("=") for device in devices for pair in device]
    for key in ("rbytes", "wbytes"):
        found[f"io.{key}"] = sum(int(value) for name, value in pairs if name == key)
    fields = text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    found["process.ticks"] = int(fields[11]) + int(fields[12])
    found |= network(pid)
    found["tasks"] = len([*Path(f"/proc/{pid}/task").iterdir()])
    return found


def network(pid: str) -> dict[str, int]:
    for line in text(Path(f"/proc/{pid}/net/dev")).splitlines()[2:]:
        name, _, fields = line.partition(":")
        if name.strip() == "eth0":
            return {"network.received": int(fields.split()[0])}
    return {}


def main(pairs: list[str]) -> None:
    pids = dict(pair.split("=") for pair in pairs)
    folders = {name: directory(pid) for name, pid in pids.items()}
    while True:
        moment = {"at": time.monotonic(), "of": {name: counters(folders[name], pid) for name, pid in pids.items()}}
        sys.stdout.write(json.dumps(moment) + "\n")
        sys.stdout.flush()
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
