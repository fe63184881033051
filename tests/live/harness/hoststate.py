"""What private engines still change on the machine beside their own folders, and how it is put back.

Bridges and firewall rules carry names of one run and are searched by them. The engines' common firewall chains, the
routing switches and the empty top cgroups are put back only when nobody else uses them: another run, or the person's
own engines, may have come meanwhile.
"""

import contextlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.live.harness.policy import find_program
from tests.live.harness.processes import CommandFailedError, processes_of, run

# both engines switch routing on for their networks
SWITCHES = ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/ipv6/conf/default/forwarding")
CHAIN_PREFIXES = ("NETAVARK", "LIBVIRT_")
# netavark leaves these behind for ever; any other chain of it belongs to a network in use
NETAVARK_COMMON = ("NETAVARK-HOSTPORT", "NETAVARK_FORWARD", "NETAVARK_INPUT", "NETAVARK_ISOLATION")
CGROUPS = Path("/sys/fs/cgroup")
CGROUP_NAMES = ("libpod_parent/conmon", "libpod_parent", "machine")
TOOLS = tuple((tool, table) for tool in ("iptables", "ip6tables") for table in ("filter", "nat", "mangle"))


@dataclass(frozen=True)
class Shared:
    """What the engines share with others on the machine, as it was before the run."""

    chains: frozenset[str]
    cgroups: frozenset[Path]
    switches: tuple[tuple[str, str], ...]

    @classmethod
    def look(cls) -> "Shared":
        return cls(
            chains=frozenset(f"{tool} {table} {name}" for tool, table in TOOLS for name in _chains(tool, table)),
            cgroups=frozenset(_cgroups()),
            switches=tuple((name, Path("/proc/sys", name).read_text()) for name in SWITCHES),
        )

    def put_back(self) -> None:
        """Take away what came since and nobody uses."""
        for path in _cgroups():
            if path not in self.cgroups:
                with contextlib.suppress(OSError):  # in use: rmdir of a cgroup in use changes nothing
                    os.rmdir(path)
        if any(_in_use(tool, table) for tool, table in TOOLS):
            return
        for tool, table in TOOLS:
            came = {name for name in _chains(tool, table) if f"{tool} {table} {name}" not in self.chains}
            _drop_chains(tool, table, came)
        for name, value in self.switches:
            if Path("/proc/sys", name).read_text() != value:
                Path("/proc/sys", name).write_text(value)


def leftovers(folder: Path, *names: str) -> list[str]:
    """Return what is left of a work folder and of bridges, guests or containers with these names."""
    found = [f"process {pid}" for pid in processes_of(folder)]
    found += [f"folder {folder}"] if folder.exists() else []
    found += [f"mount {line}" for line in _lines("/proc/self/mountinfo") if str(folder) in line]
    found += [f"link {link}" for link in os.listdir("/sys/class/net") if link in names]
    for tool, table in TOOLS:
        found += [f"rule {rule}" for rule in map(shlex.join, _rules(tool, table)) if any(n in rule for n in names)]
    for root, folders, _ in os.walk(CGROUPS):
        found += [f"cgroup {root}/{entry}" for entry in folders if any(name in entry for name in names)]
    return found


def forget_networks(*names: str) -> None:
    """Delete bridges with these names, and firewall rules that mention one of them (or a subnet among them)."""
    for link in set(names).intersection(os.listdir("/sys/class/net")):
        run(["ip", "link", "delete", link])
    for tool, table in TOOLS:
        for words in _rules(tool, table):
            if words[0] == "-A" and set(names).intersection(words):
                run([tool, "-w", "5", "-t", table, "-D", *words[1:]])


def _lines(path: str) -> list[str]:
    return Path(path).read_text(errors="replace").splitlines()


def _cgroups() -> list[Path]:
    """Return the engines' own top cgroups, in a v2 tree and in each tree of v1; children before parents."""
    roots = [CGROUPS, *(path for path in CGROUPS.iterdir() if path.is_dir() and not path.is_symlink())]
    return [root / name for root in roots for name in CGROUP_NAMES if (root / name).is_dir()]


def _rules(tool: str, table: str) -> list[list[str]]:
    if find_program(tool) is None:
        return []
    try:
        return [shlex.split(line) for line in run([tool, "-w", "5", "-t", table, "-S"]).splitlines()]
    except CommandFailedError:  # the kernel may lack a table
        return []


def _chains(tool: str, table: str) -> list[str]:
    rules = _rules(tool, table)
    return [words[1] for words in rules if words[0] == "-N" and words[1].startswith(CHAIN_PREFIXES)]


def _in_use(tool: str, table: str) -> bool:
    """Tell whether some network's rules are there: a chain per network (netavark), rules in common chains (libvirt)."""
    chains = _chains(tool, table)
    if any(name.startswith("NETAVARK") and not name.startswith(NETAVARK_COMMON) for name in chains):
        return True
    rules = [words for words in _rules(tool, table) if words[0] == "-A" and words[1].startswith("LIBVIRT_")]
    return any(not words[-1].startswith("LIBVIRT_") for words in rules)


def _drop_chains(tool: str, table: str, names: set[str]) -> None:
    """Delete chains: first their content, then every rule that jumps into one of them, then themselves."""
    command = [tool, "-w", "5", "-t", table]
    for chain in names:
        run([*command, "-F", chain])
    for words in _rules(tool, table):
        if words[0] == "-A" and names.intersection(words):
            run([*command, "-D", *words[1:]])
    for chain in names:
        run([*command, "-X", chain])
