"""What the engines change on the machine beside their own folders: seen before, put back after."""

import contextlib
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.harness.policy import find_program
from tests.live.harness.processes import CommandFailedError, run

# both engines switch routing on for their networks
SWITCHES = (
    "net/ipv4/ip_forward",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/conf/default/forwarding",
    "net/ipv4/conf/all/route_localnet",
)
CHAIN_PREFIXES = ("NETAVARK", "LIBVIRT_")
CGROUPS = Path("/sys/fs/cgroup")
CGROUP_NAMES = ("libpod_parent", "machine", "libpod")


@dataclass(frozen=True)
class HostState:
    """One look at the machine; two looks that are equal mean that nothing was left behind."""

    mounts: frozenset[str]
    links: frozenset[str]
    chains: frozenset[str]
    cgroups: frozenset[str]
    switches: dict[str, str] = field(hash=False)

    @classmethod
    def look(cls) -> "HostState":
        return cls(
            mounts=frozenset(line.split()[4] for line in _lines("/proc/self/mountinfo")),
            links=frozenset(os.listdir("/sys/class/net")),
            chains=frozenset(_chains()),
            cgroups=frozenset(str(path) for path in _engine_cgroups()),
            switches={
                name: Path("/proc/sys", name).read_text() for name in SWITCHES if Path("/proc/sys", name).exists()
            },
        )

    def put_back(self) -> None:
        """Take away the mounts, links, chains and empty cgroups that came since, and set the switches again."""
        now = HostState.look()
        for mount in sorted(now.mounts - self.mounts, reverse=True):
            with contextlib.suppress(CommandFailedError):
                run(["umount", "--lazy", mount])
        for link in now.links - self.links:
            with contextlib.suppress(CommandFailedError):
                run(["ip", "link", "delete", link])
        _drop_chains(now.chains - self.chains)
        for path in _engine_cgroups():
            if str(path) not in self.cgroups:
                _remove_cgroup(path)
        for name, value in self.switches.items():
            if now.switches.get(name) != value:
                Path("/proc/sys", name).write_text(value)


def _lines(path: str) -> list[str]:
    return Path(path).read_text(errors="replace").splitlines()


def _engine_cgroups() -> Iterator[Path]:
    """Yield the engines' own top cgroups, in a v2 tree and in each tree of v1."""
    roots = [CGROUPS, *(path for path in CGROUPS.iterdir() if path.is_dir() and not path.is_symlink())]
    yield from (root / name for root in roots for name in CGROUP_NAMES if (root / name).is_dir())


def _remove_cgroup(path: Path) -> None:
    for folder, _, _ in os.walk(path, topdown=False):
        with contextlib.suppress(OSError):  # something of somebody else still lives there
            os.rmdir(folder)


def _chains() -> Iterator[str]:
    """Yield "TOOL TABLE CHAIN" of the chains that the engines' network drivers make."""
    for tool in ("iptables", "ip6tables"):
        for table in ("filter", "nat", "mangle") if find_program(tool) else ():
            for words in _rules(tool, table):
                if words[0] == "-N" and words[1].startswith(CHAIN_PREFIXES):
                    yield f"{tool} {table} {words[1]}"


def _rules(tool: str, table: str) -> list[list[str]]:
    try:
        return [shlex.split(line) for line in run([tool, "-w", "5", "-t", table, "-S"]).splitlines()]
    except CommandFailedError:  # the kernel may lack a table
        return []


def _drop_chains(chains: frozenset[str]) -> None:
    """Delete chains: first every rule that jumps into one of them, then their content, then themselves."""
    for tool, table in sorted({(name.split()[0], name.split()[1]) for name in chains}):
        names = {name.split()[2] for name in chains if name.startswith(f"{tool} {table} ")}
        command = [tool, "-w", "5", "-t", table]
        for chain in names:
            run([*command, "-F", chain])
        for words in _rules(tool, table):
            if words[0] == "-A" and names.intersection(words):
                run([*command, "-D", *words[1:]])
        for chain in names:
            run([*command, "-X", chain])
