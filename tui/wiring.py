"""From what a person asked for to the host that is shown.

Engines are imported when the host is made: the first frame does not wait for them. Samplers are imported for the first
sample, while the engines connect.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config.record import RecordSettings
    from tui.engines.base import Engine
    from tui.engines.watching import Watch
    from tui.record.reading import RecordReader
    from tui.rules.model import Scope
    from tui.sampling.keeps import InterfaceReader
    from tui.sampling.live import LiveSource
    from tui.sampling.source import HostSampler, InstanceSampler
    from tui.sampling.totals import Tally

LIBVIRT_PROGRAMS = ("libvirtd", "virtqemud", "virtlxcd")  # not virsh: a client alone has no guests here
SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/local/sbin"  # daemons are there, and a user's PATH often lacks them


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which host to show, and how.

    Attributes:
        connect: libvirt URIs; empty means those that the environment and the login suggest.
        podman: Podman URLs; empty likewise.
        interval_seconds: time between two samples.
        shells: of containers, the wanted one first; empty means the usual ones.
        rules: what differs from the usual rules, the later over the earlier.
        record_folder: of the record and of what is said about problems; empty for the usual one.
        tally: takes the counters of each sample; None where nobody asks for them.
        is_recorder: figures are rounded as a record keeps them, before anything judges them.
    """

    connect: Sequence[str] = ()
    podman: Sequence[str] = ()
    demo: bool = False
    read_only: bool = False
    interval_seconds: float = 1.0
    shells: Sequence[str] = ()
    rules: Sequence[Scope] = ()
    record_folder: str = ""
    tally: Tally | None = None
    is_recorder: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def make_source(wanted: Wanted) -> LiveSource:
    """Return the demo host where it was asked for, else this host with its engines."""
    return _demo(wanted) if wanted.demo else _this_host(wanted)


def record_opener(
    wanted: Wanted, settings: RecordSettings | None, place: str = ""
) -> Callable[[], tuple[RecordReader, str]]:
    """Return what opens a record and tells where it is; it may raise `RecordError`, and runs on another thread.

    Args:
        settings: of the configuration.
        place: a folder or a day's file; empty is the record of this host.
    """

    def opens() -> tuple[RecordReader, str]:
        from tui.record.handlings import folder_of_viewers
        from tui.record.reading import open_record

        named = place or (settings.folder if settings is not None else "")
        path = folder_of_viewers(os.getuid(), wanted.environ, str(Path(named).expanduser()) if named else "")
        return open_record(path), str(path)

    return opens


def libvirt_uris(wanted: Wanted, uid: int) -> list[str]:
    """Return the libvirt URIs to open: those named, else LIBVIRT_DEFAULT_URI, else the system's and a user's own."""
    if wanted.connect:
        return list(dict.fromkeys(wanted.connect))
    if default := wanted.environ.get("LIBVIRT_DEFAULT_URI"):
        return [default]
    return ["qemu:///system"] if uid == 0 else ["qemu:///system", "qemu:///session"]


def host_id() -> str:
    """Return the machine-id, or the host name where there is none."""
    try:
        text = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    return text or socket.gethostname()


def is_installed(programs: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Tell whether one of the programs is on the PATH or where daemons are kept."""
    path = f"{environ.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}"
    return any(shutil.which(program, path=path) for program in programs)


def _demo(wanted: Wanted) -> LiveSource:
    from tui.engines.demo import DemoHost
    from tui.sampling.handled import MemoryHandlings
    from tui.sampling.host_name import HostName
    from tui.sampling.live import LiveSource

    demo = DemoHost()
    source = LiveSource(
        HostName(demo.host_id, demo.host_name, is_demo=True, read_only=wanted.read_only),
        demo.engines,
        demo.sampler,
        demo.host_sampler,
        interface_reader=demo.interface_reader,
        watches=(demo.watch,),
        interval_seconds=wanted.interval_seconds,
        rules=wanted.rules,
        handlings=MemoryHandlings(),
    )
    source.seed(demo.problems)
    return source


def _this_host(wanted: Wanted) -> LiveSource:
    from tui.engines.podman import Discovery
    from tui.engines.podman.shells import SHELLS
    from tui.record.handlings import HandlingsFile, folder_of_viewers
    from tui.record.past import RecordPast
    from tui.sampling.host_name import HostName
    from tui.sampling.late import LateHostSampler, LateInstanceSampler, LateInterfaceReader
    from tui.sampling.live import LiveSource

    host, uid = host_id(), os.getuid()
    folder = folder_of_viewers(uid, wanted.environ, wanted.record_folder)
    discovery = Discovery(
        wanted.podman,
        host_id=host,
        environ=wanted.environ,
        uid=uid,
        read_only=wanted.read_only,
        shells=wanted.shells or SHELLS,
    )
    return LiveSource(
        HostName(host, socket.gethostname(), read_only=wanted.read_only),
        [*_libvirt_engines(wanted, host, uid), *discovery.find()],
        LateInstanceSampler(lambda: _cgroup_sampler(wanted)),
        LateHostSampler(lambda: _host_sampler(wanted)),
        interval_seconds=wanted.interval_seconds,
        find_more=discovery.find,
        rules=wanted.rules,
        interface_reader=LateInterfaceReader(_interface_reader),
        watches=_watches(),
        past=RecordPast(folder),
        handlings=HandlingsFile(folder),
    )


def _watches() -> Sequence[Watch]:
    """Return what sees things happen beside the engines; they tell of this host only."""
    from tui.engines.kernel import DaemonWatch, KernelWatch
    from tui.jobs.elsewhere import AuditWatch

    return (KernelWatch(), DaemonWatch(), AuditWatch())


def _cgroup_sampler(wanted: Wanted) -> InstanceSampler:
    from tui.sampling.instances import CgroupSampler

    sampler = CgroupSampler()
    if wanted.is_recorder:
        from tui.record.rounding import RoundedInstances

        return RoundedInstances(sampler)
    return sampler if wanted.tally is None else wanted.tally.over_instances(sampler)


def _host_sampler(wanted: Wanted) -> HostSampler:
    from tui.sampling.host import HostSampler
    from tui.sampling.slow_host import SlowHost

    sampler = HostSampler(slow=SlowHost())
    if wanted.is_recorder:
        from tui.record.rounding import RoundedHost

        return RoundedHost(sampler)
    return sampler if wanted.tally is None else wanted.tally.over_host(sampler)


def _interface_reader() -> InterfaceReader:
    from tui.hostnet.reader import HostInterfaces

    return HostInterfaces()


def _libvirt_engines(wanted: Wanted, host: str, uid: int) -> list[Engine]:
    from tui.engines.libvirt import LibvirtEngine

    named = bool(wanted.connect or wanted.environ.get("LIBVIRT_DEFAULT_URI"))
    required = named or is_installed(LIBVIRT_PROGRAMS, wanted.environ)
    return [
        LibvirtEngine(uri, host_id=host, read_only=wanted.read_only, required=required)
        for uri in libvirt_uris(wanted, uid)
    ]
