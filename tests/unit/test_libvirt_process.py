from pathlib import Path

import pytest

from tui.engines.libvirt.guest_process import ProcessFinder
from tui.engines.libvirt.target import Target

UUID = "8eb4a104-7656-4fbe-85aa-86e99eea5c44"
OTHER = "11111111-7656-4fbe-85aa-86e99eea5c44"
BOOT = 1_700_000_000


class Machine:
    """A proc file system and a run folder in a temporary place."""

    def __init__(self, folder: Path, *, driver: str = "qemu", session: bool = False) -> None:
        self.proc = folder / "proc"
        self.run = folder / "run"
        self.proc.mkdir()
        (self.proc / "stat").write_text(f"cpu 1 2 3\nbtime {BOOT}\nprocesses 5\n")
        self.target = Target("x", "x", driver, session, True, "", (self.run,))

    def finder(self) -> ProcessFinder:
        return ProcessFinder(self.target, proc=self.proc)

    def process(self, pid: int, *words: str, ticks: int = 4200, children: str = "") -> None:
        folder = self.proc / str(pid)
        (folder / "task" / str(pid)).mkdir(parents=True)
        (folder / "cmdline").write_bytes(b"\0".join(word.encode() for word in words) + b"\0")
        (folder / "stat").write_text(f"{pid} (qemu) odd) name) S {' '.join(['0'] * 18)} {ticks} 0 0\n")
        (folder / "task" / str(pid) / "children").write_text(children)

    def qemu(self, pid: int, uuid: str = UUID, ticks: int = 4200) -> None:
        self.process(pid, "qemu-system-x86_64", "-name", "guest=vm,debug-threads=on", "-uuid", uuid, ticks=ticks)

    def pid_file(self, name: str, text: str, below: str = "qemu") -> None:
        path = self.run / below / f"{name}.pid"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_believes_a_pid_file_that_names_the_guest(machine: Machine) -> None:
    machine.qemu(77)
    machine.pid_file("vm", "77\n")

    process = machine.finder().find("vm", UUID)

    assert process is not None
    assert (process.pid, process.started_ticks) == (77, 4200)
    assert process.started_unix_seconds > BOOT


def test_a_stale_pid_file_does_not_lie(machine: Machine) -> None:
    machine.process(77, "sleep", "1")
    machine.pid_file("vm", "77")

    assert machine.finder().find("vm", UUID) is None


def test_another_guest_under_the_old_pid_is_not_taken(machine: Machine) -> None:
    machine.qemu(77, OTHER)
    machine.qemu(78)
    machine.pid_file("vm", "77")

    process = machine.finder().find("vm", UUID)

    assert process is not None
    assert process.pid == 78


@pytest.mark.parametrize("text", ["", "x", "99999"])
def test_searches_when_the_pid_file_is_of_no_use(machine: Machine, text: str) -> None:
    machine.pid_file("vm", text)
    machine.qemu(78)

    process = machine.finder().find("vm", UUID)

    assert process is not None
    assert process.pid == 78


def test_a_program_that_only_mentions_the_uuid_is_not_the_guest(machine: Machine) -> None:
    machine.process(79, "virsh", "domuuid", UUID)
    machine.process(80, "grep", "-uuid", UUID)

    assert machine.finder().find("vm", UUID) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "a\0b", "..", "é 'x'\n"])
def test_hostile_names_stay_in_the_folder(machine: Machine, name: str) -> None:
    (machine.run / "qemu").mkdir(parents=True)
    machine.qemu(81)

    process = machine.finder().find(name, UUID)

    assert process is not None
    assert process.pid == 81


def test_a_session_keeps_its_files_elsewhere(tmp_path: Path) -> None:
    machine = Machine(tmp_path, session=True)
    machine.qemu(77)
    machine.pid_file("vm", "77", below="qemu/run")

    assert machine.finder().find("vm", UUID) is not None


def test_a_container_is_the_child_of_its_controller(tmp_path: Path) -> None:
    machine = Machine(tmp_path, driver="lxc")
    machine.process(50, "/usr/lib/libvirt/libvirt_lxc", "--name", "box", "--console", "22", children="51 ")
    machine.process(51, "/sbin/init")
    machine.pid_file("box", "50", below="lxc")

    process = machine.finder().find("box", UUID)

    assert process is not None
    assert process.pid == 51
    assert machine.finder().find("other", UUID) is None


def test_a_process_that_is_made_anew_is_another_one(machine: Machine) -> None:
    machine.qemu(77)
    process = machine.finder().find("vm", UUID)
    assert process is not None
    assert machine.finder().still(process)

    (machine.proc / "77" / "stat").write_text(f"77 (qemu) S {' '.join(['0'] * 18)} 9999 0 0\n")
    assert not machine.finder().still(process)
    (machine.proc / "77" / "stat").unlink()
    assert not machine.finder().still(process)
