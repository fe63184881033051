"""The virtual machine of the host tests: QEMU without KVM, started from its disk or from its saved state."""

import compileall
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.host.testhost.qemu import command_line
from tests.live.harness.processes import CommandFailedError, Daemon, run
from tests.live.harness.waiting import wait_until
from tests.live.harness.workfolder import make_work_folder, remove_work_folder

PROJECT = Path(__file__).resolve().parents[3]
PACKAGES = ("tui", "widgets")
SHARE_BYTES = 64 << 20
BOOT_SECONDS = 300.0
COMMAND_SECONDS = 90.0


def work_folder() -> Path:
    """Return where build.sh keeps what it made."""
    return Path(os.environ.get("HOSTDECK_TESTHOST") or Path.home() / ".cache" / "hostdeck-testhost")


class Machine:
    """One run of the virtual machine.

    Everything in it is 10 to 20 times slower than outside: use few commands and long deadlines.
    Writes go to a throw-away layer over the disk, so any number of runs start from the same state.
    """

    python = "/opt/venv/bin/python"
    project = "/mnt"
    """Where the project's packages are inside; see push_project."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._run_folder = make_work_folder(os.getpid())
        self._disk = self._run_folder / "disk.qcow2"
        self._share = self._run_folder / "share.raw"
        self._port = _free_port()
        self._qemu: Daemon | None = None
        with self._share.open("wb") as file:
            file.truncate(SHARE_BYTES)

    # life

    def boot(self) -> None:
        """Start from the bare disk: takes a minute."""
        self._make_layer("disk.raw", "raw")
        self._start()

    def restore(self) -> None:
        """Start from the saved state, everything in it alive, with the project's packages inside: takes seconds."""
        self._pack_project()
        self._make_layer("golden.qcow2", "qcow2")
        self._start("-incoming", f"exec:zstd -dcq {self._work}/state.zst")
        self.run(f"date -u -s @{int(time.time())} >/dev/null; mount -o ro /dev/vdb {self.project}")

    def save(self) -> None:
        """Write disk and memory to the work folder and end the machine."""
        self.run("sync; echo 3 >/proc/sys/vm/drop_caches")
        # Under emulation a write that meets the copying is now and then missed, and the restored kernel panics.
        self._monitor("stop")
        self._monitor("migrate-set-parameters", {"max-bandwidth": 8 << 30})
        self._monitor("migrate", {"uri": f"exec:zstd -1 -T2 -q -f -o {self._work}/state.zst"})
        wait_until(lambda: self._migration() == "completed", "state saved", seconds=120)
        self._end_qemu()
        shutil.move(self._disk, self._work / "golden.qcow2")

    def stop(self) -> None:
        """End the machine at once and forget what it wrote."""
        self._end_qemu()
        if self._run_folder.exists():
            remove_work_folder(self._run_folder)

    # use

    def run(self, script: str, *, user: str = "root", seconds: float = COMMAND_SECONDS) -> str:
        """Run a bash script inside and return its output; raise CommandFailedError unless it ends with 0.

        One call costs about a second whatever it does: put many commands into one script.

        Args:
            script: what bash reads, with `set -e` before it.
            user: root, or tester with a user session (XDG_RUNTIME_DIR is set).
            seconds: the deadline.
        """
        command = "bash -es"
        if user != "root":
            command = f"runuser -u {user} -- env XDG_RUNTIME_DIR=/run/user/$(id -u {user}) bash -es"
        # one group, read to its end before it runs: no command in it can swallow the rest as its input
        return run([*self._ssh(), "cd /;", command], text=f"{{\n{script}\n}} </dev/null\n", seconds=seconds)

    def hostdeck(self, arguments: str, *, seconds: float = COMMAND_SECONDS) -> str:
        """Run hostdeck inside, as root, and return its output."""
        return self.run(f"PYTHONPATH={self.project} {self.python} -m tui {arguments}", seconds=seconds)

    def push_project(self) -> None:
        """Put the project's packages as they are now at `.project` inside; `restore` has done it once."""
        self._pack_project()
        self.run(f"umount {self.project}; blockdev --flushbufs /dev/vdb; mount -o ro /dev/vdb {self.project}")

    # inside works

    def _start(self, *extra: str) -> None:
        command = command_line(self._work, self._run_folder, self._disk, self._share, self._port)
        self._qemu = Daemon([*command, *extra], log=self._run_folder / "qemu.log", ready=self._listens, env={})
        try:
            self._qemu.start(seconds=BOOT_SECONDS)
            wait_until(self._answers, "a login to the virtual machine", seconds=BOOT_SECONDS)
        except BaseException:
            sys.stderr.write(self._console_text())
            self.stop()
            raise

    def _console_text(self) -> str:
        path = self._run_folder / "console.log"
        return path.read_text(encoding="utf-8", errors="replace")[-2000:] if path.exists() else ""

    def _make_layer(self, base: str, kind: str) -> None:
        run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", f"{self._work}/{base}", "-F", kind, str(self._disk)])

    def _pack_project(self) -> None:
        """Write the packages into the second disk, in place: the running QEMU has the file open.

        With their byte code: the disk is read-only inside, where each start would compile all of it anew. Another
        version of Python inside passes over it.
        """
        tree = self._run_folder / "project"
        for package in PACKAGES:
            shutil.copytree(PROJECT / package, tree / package)
        compileall.compile_dir(tree, quiet=1)
        run(["mke2fs", "-q", "-t", "ext4", "-F", "-m", "0", "-O", "^has_journal", "-d", str(tree), str(self._share)])
        shutil.rmtree(tree)

    def _ssh(self) -> list[str]:
        """Return ssh with one shared connection: a new one costs seconds under emulation."""
        options = {
            "ControlMaster": "auto",
            "ControlPath": f"{self._run_folder}/ssh.sock",
            "ControlPersist": "3600",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "BatchMode": "yes",
            "ConnectTimeout": "60",
        }
        words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return ["ssh", "-F", "none", "-i", f"{self._work}/key", "-p", str(self._port), *words, "root@127.0.0.1"]

    def _answers(self) -> bool:
        with contextlib.suppress(CommandFailedError):
            return self.run("true") == ""
        return False

    def _listens(self) -> bool:
        """Tell whether sshd sends its greeting; QEMU itself accepts connections long before.

        Patiently: each new attempt costs the machine another sshd, and it never gets far with many at once.
        """
        try:
            with socket.create_connection(("127.0.0.1", self._port), 2) as connection:
                connection.settimeout(60)
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def _migration(self) -> str:
        return str(self._monitor("query-migrate").get("status"))

    def _monitor(self, command: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send one command to QEMU's monitor (QMP) and return its answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(f"{self._run_folder}/qmp.sock")
            answers = _answers(connection)
            next(answers)  # the greeting
            for name, values in (("qmp_capabilities", {}), (command, arguments or {})):
                connection.sendall(json.dumps({"execute": name, "arguments": values}).encode() + b"\n")
                answer = next(item for item in answers if "event" not in item)
            if "error" in answer:
                raise CommandFailedError(f"QEMU: {command}: {answer['error']}")
            value: dict[str, Any] = answer["return"]
            return value

    def _end_qemu(self) -> None:
        with contextlib.suppress(OSError, subprocess.SubprocessError, CommandFailedError):
            run([*self._ssh(), "-O", "exit"], seconds=10)
        if self._qemu is not None:
            self._qemu.stop()


def _answers(connection: socket.socket) -> Iterator[dict[str, Any]]:
    with connection.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
