"""QEMU's command line: a saved state fits only the machine that saved it, so one line serves both."""

from pathlib import Path

MEMORY_MIB = 2048


def command_line(work: Path, run_folder: Path, disk: Path, share: Path, port: int) -> list[str]:
    """Return the command of a machine without KVM, with a network of QEMU's own.

    Args:
        work: the folder with the kernel.
        run_folder: takes the console's text and the monitor's socket.
        disk: the system's disk, qcow2.
        share: a second disk, raw and of fixed size, which the machine only reads.
        port: the port on loopback that leads to the machine's sshd.
    """
    return [
        *("qemu-system-x86_64", "-name", "hostdeck-testhost", "-nodefaults", "-no-user-config", "-display", "none"),
        *("-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", str(MEMORY_MIB), "-smp", "2"),
        *("-drive", f"file={disk},if=none,id=d0,format=qcow2,cache=unsafe,discard=unmap"),
        *("-device", "virtio-blk-pci,drive=d0"),
        *("-netdev", f"user,id=n0,hostfwd=tcp:127.0.0.1:{port}-:22"),
        *("-device", "virtio-net-pci,netdev=n0", "-device", "virtio-rng-pci"),
        *("-drive", f"file={share},if=none,id=d1,format=raw,readonly=on,cache=unsafe"),
        *("-device", "virtio-blk-pci,drive=d1"),
        *("-serial", f"file:{run_folder}/console.log", "-qmp", f"unix:{run_folder}/qmp.sock,server=on,wait=off"),
        *("-kernel", f"{work}/vmlinuz", "-initrd", f"{work}/initrd.img", "-append"),
        "console=ttyS0 root=/dev/vda rw quiet mitigations=off systemd.show_status=0",
        # saved standing still, restored running: whether it ran is no part of the state
        *("-global", "migration.store-global-state=off"),
    ]
