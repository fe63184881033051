"""What is said of the host as a whole, and of engines."""

from typing import Any

import pytest

from tests.unit.build import GIB, container, engine_status, host_usage, seen
from tests.unit.rule_bench import Bench, change, lines
from tui.domain.host import DiskErrors, EngineState, FailedUnit, Filesystem, Ledger, PoolFill
from tui.domain.usage import Pressure

MIB = 1 << 20


def disk(path: str, used: float, inodes: float | None = None, *, answers: bool = True) -> Filesystem:
    return Filesystem(path, "ext4", 100 * GIB, 3 * GIB, used, inodes, answers)


def ledger(**more: Any) -> Ledger:
    return Ledger(
        **{
            "cores": 16,
            "vcpus_promised": 10.0,
            "memory_bytes": 64 * GIB,
            "memory_promised_bytes": 10 * GIB,
            "unlimited_cpu": 0,
            "unlimited_memory": 0,
            "unlimited": 0,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        (
            {"host": host_usage(memory_used_bytes=60 * GIB)},
            "critical host-memory host: memory of the host 94 % used",
        ),
        ({"stale": 12.0}, "critical stale host: figures are 12 s old: the kernel did not answer"),
        ({"defect": "hostdeck failed"}, "critical defect host: hostdeck failed"),
        (
            {"host": host_usage(pressure=Pressure(memory_full=61.0))},
            "critical pressure-memory host: waits for memory 61 % of the time",
        ),
        (
            {"host": host_usage(pressure=Pressure(io_some=81.0))},
            "warning pressure-io host: waits for disks 81 % of the time",
        ),
        ({"host": host_usage(steal_percent=12.0)}, "warning steal host: the host below takes 12 % of the processors"),
        (
            {"host": host_usage(filesystems=(disk("/var", 91.0), disk("/", 89.0)))},
            "warning filesystem host: /var 91 % full, 3.0 GiB left",
        ),
        (
            {"host": host_usage(filesystems=(disk("/var", 98.0),))},
            "critical filesystem host: /var 98 % full, 3.0 GiB left",
        ),
        (
            {"host": host_usage(filesystems=(disk("/var", 10.0, 95.0),))},
            "warning filesystem host: /var: 95 % of its inodes used",
        ),
        (
            {"host": host_usage(filesystems=(disk("/mnt", 10.0, answers=False),))},
            "critical filesystem-hangs host: /mnt does not answer",
        ),
        (
            {"host": host_usage(disk_errors=(DiskErrors("md0", "disks of the array missing", 1, persist=True),))},
            "critical disk-errors host: md0: 1 disks of the array missing",
        ),
        (
            {"ledger": ledger(memory_promised_bytes=100 * GIB)},
            "warning overcommit-memory host: 156 % of the memory is promised",
        ),
        (
            {"ledger": ledger(vcpus_promised=160.0)},
            "warning overcommit-cpu host: 1000 % of the processors are promised",
        ),
        (
            {"host": host_usage(failed_units=(FailedUnit("web.service", "", "exit-code"),))},
            "critical unit-failed host: systemd: web.service failed: exit-code",
        ),
        (
            {"sources": [engine_status("pods", EngineState.LOST, message="it is gone")]},
            "critical no-answer pods: it is gone",
        ),
        (
            {"sources": [engine_status("pods", EngineState.REFUSED, required=False, message="join the group")]},
            "warning no-answer pods: join the group",
        ),
        (
            {"sources": [engine_status("vms", pools=(PoolFill("tank", 100, 93), PoolFill("odd", 0, 0)))]},
            "warning pool vms: pool tank 93 % full",
        ),
    ],
)
def test_what_lasts_is_said(moment: dict[str, Any], line: str) -> None:
    bench = Bench()
    bench.at(**moment)
    assert lines(bench.after(600.0, **moment)) == [line]


def test_a_sound_host_is_quiet() -> None:
    bench = Bench()
    sound = host_usage(
        steal_percent=9.0,
        swap_used_bytes=8 * GIB,
        pressure=Pressure(79.0, 90.0, 79.0, 59.0),
        filesystems=(disk("/", 89.0, 89.0),),
        disk_errors=(DiskErrors("sda", "I/O errors", 2),),  # since its first day
    )
    engines = [engine_status("pods", EngineState.ABSENT, required=False), engine_status("vms", EngineState.CONNECTING)]
    for _ in range(10):
        assert bench.after(60.0, host=sound, sources=engines, ledger=ledger(), stale=9.0) == ()


def test_two_full_filesystems_are_two_problems_with_an_id_each() -> None:
    bench = Bench()
    problems = bench.at(host=host_usage(filesystems=(disk("/var", 91.0), disk("/srv", 95.0))))
    assert {one.id for one in problems} == {"host|/var|filesystem", "host|/srv|filesystem"}
    (left,) = bench.after(1.0, host=host_usage(filesystems=(disk("/var", 88.0), disk("/srv", 80.0))))
    assert left.text.startswith("/var 88 %")
    assert bench.after(1.0, host=host_usage(filesystems=())) == ()


def test_a_filesystem_does_not_waver_between_warning_and_critical() -> None:
    bench = Bench()

    def severity(used: float) -> str:
        (problem,) = bench.after(30.0, host=host_usage(filesystems=(disk("/var", used),)))
        return problem.severity.value

    assert [severity(used) for used in (96.9, 97.0, 96.0, 94.1, 93.9)] == [
        "warning",
        "critical",
        "critical",
        "critical",
        "warning",
    ]


def test_a_disk_that_counts_more_errors_is_a_problem_for_a_day() -> None:
    bench = Bench()

    def counted(seconds: float, count: int) -> list[str]:
        return lines(bench.after(seconds, host=host_usage(disk_errors=(DiskErrors("sda", "I/O errors", count),))))

    assert counted(1.0, 2) == []
    assert counted(1.0, 5) == ["critical disk-errors host: sda: 3 new I/O errors"]
    assert counted(86_000.0, 5) == ["critical disk-errors host: sda: 3 new I/O errors"]
    assert counted(600.0, 5) == []
    assert counted(1.0, 6) == ["critical disk-errors host: sda: 1 new I/O errors"]
    assert counted(1.0, 0) == []  # another disk


def test_swap_of_the_host_that_grows() -> None:
    bench = Bench()
    problems: list[str] = []
    for step in range(20):
        problems = lines(bench.after(10.0, host=host_usage(swap_used_bytes=(step * 40) * MIB)))
    assert problems == ["warning swap host: swap grew by 760 MiB in 5 min"]


def test_a_failed_unit_is_its_container_s_where_there_is_one() -> None:
    bench = Bench()
    web = seen(container("web", unit="web.service"))
    failed = host_usage(failed_units=(FailedUnit("web.service", "", "exit-code"), FailedUnit("db.service", "")))
    bench.at(web)
    problems = bench.after(1.0, web, host=failed)
    assert [(one.kind, one.name, one.text, one.lasting) for one in problems] == [
        ("host", "host", "systemd: db.service failed", "db.service"),
        ("container", "web", "systemd: web.service failed: exit-code", web.instance.stable_key.text),
    ]
    gone = bench.after(1.0, host=failed)
    assert sorted(one.lasting for one in gone) == ["db.service", "web.service"]
    assert bench.after(1.0, web, host=host_usage()) == ()


def test_an_engine_that_left_takes_its_problems_along() -> None:
    bench = Bench()
    assert len(bench.at(sources=[engine_status("a", EngineState.LOST)])) == 1
    assert bench.after(1.0, sources=[]) == ()


def test_a_chosen_severity_goes_before_the_one_that_depends() -> None:
    bench = Bench([change("no-answer", severity=None, enabled=False)])
    assert bench.at(sources=[engine_status("a", EngineState.LOST)]) == ()
