"""Lines as kernels write them, taken from real logs."""

import pytest

from tests.unit.build import container, guest, seen
from tests.unit.views import view_of
from tui.domain.host import HostView, Severity
from tui.domain.usage import Usage
from tui.engines.kernel.findings import Finder, Finding
from tui.engines.kernel.oom import OomKill, OomReader
from tui.engines.kernel.placing import cgroup_words, place
from tui.engines.kernel.records import KernelRecord, from_journal, from_kmsg
from tui.engines.kernel.trouble import trouble_of

ID = "62e25865fe43c6562ee8865774261b55559a2d7dbab2e09e891bb7d7dc92cb31"
SCOPE = f"/machine.slice/libpod-{ID}.scope"
QEMU = r"/machine.slice/machine-qemu\x2d3\x2dmail01.scope"

V2_PODMAN = [
    "tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    "memory: usage 24576kB, limit 24576kB, failcnt 41",
    f"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=container,mems_allowed=0,oom_memcg={SCOPE},"
    f"task_memcg={SCOPE}/container,task=tail,pid=12892,uid=0",
    "Memory cgroup out of memory: Killed process 12892 (tail) total-vm:26216kB, anon-rss:24064kB, file-rss:1296kB, "
    "shmem-rss:0kB, UID:0 pgtables:88kB oom_score_adj:0",
    "oom_reaper: reaped process 12892 (tail), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
]
V1_PODMAN = [
    f"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=libpod-{ID},mems_allowed=0,"
    f"oom_memcg=/libpod_parent/libpod-{ID},task_memcg=/libpod_parent/libpod-{ID},task=stress,pid=77,uid=1000",
    "Memory cgroup out of memory: Killed process 77 (stress) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:4kB, "
    "UID:1000 pgtables:40kB oom_score_adj:0",
]
V1_OLD = [
    "Task in /machine.slice/a killed as a result of limit of /machine.slice",
    "Memory cgroup out of memory: Kill process 5 (java) score 1001 or sacrifice child",
    "Killed process 5 (java) total-vm:900kB, anon-rss:640kB, file-rss:0kB, shmem-rss:0kB",
]
GLOBAL_GUEST = [
    "kworker/u16:1 invoked oom-killer: gfp_mask=0x1100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
    "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
    rf"task_memcg={QEMU}/libvirt/emulator,task=qemu-system-x86,pid=3021,uid=64055",
    "Out of memory: Killed process 3021 (qemu-system-x86) total-vm:9437184kB, anon-rss:4194304kB, file-rss:0kB, "
    "shmem-rss:0kB, UID:64055 pgtables:9000kB oom_score_adj:0",
]


def kills(lines: list[str]) -> list[OomKill]:
    reader = OomReader()
    return [kill for line in lines if (kill := reader.take(line)) is not None]


def test_a_container_at_its_limit_on_v2() -> None:
    assert kills(V2_PODMAN) == [OomKill(12892, "tail", f"{SCOPE}/container", SCOPE, 25_360 * 1024)]


def test_a_container_at_its_limit_on_v1() -> None:
    path = f"/libpod_parent/libpod-{ID}"
    assert kills(V1_PODMAN) == [OomKill(77, "stress", path, path, 8 * 1024)]


def test_the_words_of_kernels_before_4_19() -> None:
    assert kills(V1_OLD) == [OomKill(5, "java", "/machine.slice/a", "/machine.slice", 640 * 1024)]


def test_a_guest_when_the_whole_host_runs_out() -> None:
    assert kills(GLOBAL_GUEST) == [OomKill(3021, "qemu-system-x86", f"{QEMU}/libvirt/emulator", "", 4 << 30)]


def test_a_group_that_dies_together_is_in_one_cgroup() -> None:
    second = V2_PODMAN[3].replace("12892 (tail)", "12893 (sh)")
    assert [kill.cgroup for kill in kills([*V2_PODMAN, second])] == [f"{SCOPE}/container"] * 2


def test_a_task_may_have_any_name() -> None:
    evil = V2_PODMAN[2].replace("task=tail", "task=a,pid=1,uid=0")
    assert kills([evil, V2_PODMAN[3]])[0].cgroup == f"{SCOPE}/container"


def test_a_kill_elsewhere_does_not_take_the_cgroup_of_the_one_before() -> None:
    other = GLOBAL_GUEST[2].replace("3021 (qemu-system-x86)", "9 (cron)")
    assert kills([V2_PODMAN[2], other]) == [OomKill(9, "cron", "", "", 4 << 30)]


@pytest.mark.parametrize("line", ["", "oom-kill:", "oom-kill:constraint=X", "Killed process", "Task in /a", *V2_PODMAN])
def test_a_line_alone_never_fails(line: str) -> None:
    assert len(kills([line])) == line.count("Killed process 1")


@pytest.mark.parametrize(
    ("line", "what", "part", "severity"),
    [
        ("I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2", "disk error", "sdb",
         Severity.CRITICAL),
        ("blk_update_request: I/O error, dev nvme0n1, sector 99", "disk error", "nvme0n1", Severity.CRITICAL),
        ("Buffer I/O error on dev dm-0, logical block 12, lost async page write", "disk error", "dm-0",
         Severity.CRITICAL),
        ("critical medium error, dev sda, sector 5 op 0x0:(READ) flags 0x0", "disk error", "sda", Severity.CRITICAL),
        ("EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0",
         "filesystem error", "sda1", Severity.CRITICAL),
        ("EXT4-fs (sda1): Remounting filesystem read-only", "filesystem became read-only", "sda1", Severity.CRITICAL),
        ("XFS (dm-3): Corruption detected. Unmount and run xfs_repair", "filesystem error", "dm-3", Severity.CRITICAL),
        ("BTRFS error (device sdc1): parent transid verify failed", "filesystem error", "sdc1", Severity.CRITICAL),
        ("md/raid1:md0: Disk failure on sdb1, disabling device.", "disk failed in an array", "md0", Severity.CRITICAL),
        ("nvme nvme0: I/O 12 QID 3 timeout, aborting", "disk does not answer", "nvme0", Severity.CRITICAL),
        ("INFO: task qemu-system-x86:4711 blocked for more than 120 seconds.", "task hangs", "qemu-system-x86",
         Severity.WARNING),
        ("watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kworker/3:1:88]", "processor is stuck", "3",
         Severity.CRITICAL),
        ("EDAC MC0: 1 CE memory read error on CPU_SrcID#0", "memory error, corrected", "MC0", Severity.WARNING),
        ("ata3.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen", "disk link error", "ata3.00",
         Severity.WARNING),
    ],
)  # fmt: skip
def test_trouble(line: str, what: str, part: str, severity: Severity) -> None:
    found = trouble_of(line)
    assert found is not None
    assert (found.what, found.part, found.severity, found.detail) == (what, part, severity, line)


@pytest.mark.parametrize(
    "line",
    [
        "veth0: entered promiscuous mode",
        "audit: type=1400 apparmor=DENIED operation=open error=-13",
        "EXT4-fs (sda1): mounted filesystem with ordered data mode",
        "evil[1]: I/O error, device sda",
        "systemd[1]: Shutting down.",
    ],
)
def test_what_is_no_trouble(line: str) -> None:
    assert trouble_of(line) is None


def test_records_of_kmsg() -> None:
    raw = (
        rb"3,5868,25617955169,-;task_memcg=/machine.slice/machine-qemu\x5cx2d1\x5cx2d\xc3\xbc.scope" + b"\n DEVICE=x\n"
    )
    record = from_kmsg(raw)
    assert record == KernelRecord(r"task_memcg=/machine.slice/machine-qemu\x2d1\x2dü.scope", 5868, 25617.955169)


@pytest.mark.parametrize(
    "raw",
    [b"", b"no record", b"12,1,2,-;a daemon of user space wrote it", b"x,1,2,-;text", b"4,1;short", b"4,1,-2,-;text"],
)
def test_what_the_kernel_did_not_write_is_no_record(raw: bytes) -> None:
    assert from_kmsg(raw) is None


def test_records_of_the_journal() -> None:
    fields = {"_TRANSPORT": "kernel", "SYSLOG_FACILITY": "0", "MESSAGE": "hello", "__REALTIME_TIMESTAMP": "1500000"}
    assert from_journal(fields) == KernelRecord("hello", utc_seconds=1.5)
    assert from_journal({**fields, "MESSAGE": [104, 105]}) == KernelRecord("hi", utc_seconds=1.5)
    assert from_journal({**fields, "_TRANSPORT": "syslog"}) is None
    assert from_journal({**fields, "SYSLOG_FACILITY": "3"}) is None


def host() -> HostView:
    web, vm = container(ID, pid=100), guest("mail01", pid=3021)
    user = container("rootless", pid=5)
    return view_of(
        instances=(
            seen(web, Usage(cgroup=f"{SCOPE}/container")),
            seen(vm, Usage(cgroup=QEMU)),
            seen(user, Usage(cgroup="/user.slice/web.service/libpod-payload-x")),
        )
    )


@pytest.mark.parametrize(
    ("cgroup", "pid", "name"),
    [
        (f"{SCOPE}/container", 12892, ID),
        (f"/somewhere/else/libpod-{ID}", None, ID),
        (f"{QEMU}/libvirt/emulator", 3021, "mail01"),
        (QEMU, 1, "mail01"),
        ("/user.slice/web.service/libpod-payload-x/inner", None, "rootless"),
        ("/", 3021, "mail01"),
        ("", 5, "rootless"),
        (SCOPE.replace("62e2", "aaaa"), 100, None),
        ("/system.slice/cron.service", 9, None),
        ("/", None, None),
    ],
)
def test_whose_process_it_was(cgroup: str, pid: int | None, name: str | None) -> None:
    found = place(host(), cgroup, pid)
    assert (found.name if found is not None else None) == name


def found(lines: list[str]) -> Finding:
    finder = Finder()
    return next(finding for line in lines if (finding := finder.take(KernelRecord(line), 7.0)) is not None)


def test_a_kill_becomes_an_entry_of_its_container() -> None:
    entry = found(V2_PODMAN).placed(host())
    assert entry is not None
    assert (entry.utc_seconds, entry.what, entry.name, entry.subject_kind) == (
        7.0,
        "killed for memory",
        ID,
        "container",
    )
    assert entry.detail == "tail (process 12892, 25 MiB): it reached its limit"
    assert entry.subject == container(ID).key
    assert entry.lasting == container(ID).stable_key.text


def test_what_belongs_to_no_instance_is_of_the_host() -> None:
    finding = found(GLOBAL_GUEST)
    assert finding.entry.detail == "qemu-system-x86 (process 3021, 4096 MiB): the host ran out of memory"
    assert finding.entry.name == r"machine-qemu\x2d3\x2dmail01.scope"
    assert finding.placed(view_of()) is None


def test_names_of_cgroups() -> None:
    assert cgroup_words(f"{SCOPE}/container") == "container 62e25865fe43"
    assert cgroup_words("/system.slice/cron.service") == "cron.service"
    assert cgroup_words("/a/b") == "b"
