"""Two samples cannot judge what takes time: what a recorder knows to stand is taken from its record."""

import asyncio
import tarfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.record_views import moment, record
from tests.unit.scripted import CountingSampler, ScriptedEngine
from tui import snapshot
from tui.bundle.collect import make_bundle
from tui.bundle.materials import Materials
from tui.cli import main
from tui.domain.host import HostUsage, Problem, Severity
from tui.domain.usage import Pressure
from tui.record.past import RecordPast
from tui.sampling.clocks import Clocks
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

SAMPLE_SECONDS = 0.05


class WaitingHost:
    """Waits for processors most of the time."""

    def sample(self, monotonic: float) -> HostUsage:
        return HostUsage(
            cores=4, memory_total_bytes=8 << 30, window_seconds=monotonic and 1.0, pressure=Pressure(cpu_some=95.0)
        )


class HungPast(RecordPast):
    """Reads from a disk that does not answer."""

    async def problems(self, since: float) -> Sequence[Problem]:
        await asyncio.Event().wait()
        return ()


def _recorded(folder: Path, *, age: float) -> float:
    """Record that the host waits since long; return since when."""
    now = time.time() - age
    known = Problem(
        Severity.WARNING, "", "host", "host", "it waits", since_utc_seconds=now - 300, rule="pressure-cpu", value=95.0
    )
    record(folder, [replace(moment(now), problems=(known,))])
    return now - 300


def _source(past: RecordPast) -> LiveSource:
    return LiveSource(
        HostName("host", "kvm01"),
        [ScriptedEngine()],
        CountingSampler(),
        WaitingHost(),
        clocks=Clocks(time.time, time.monotonic),
        interval_seconds=SAMPLE_SECONDS,
        past=past,
    )


async def _taken(past: RecordPast) -> tuple[list[Problem], bool]:
    source = _source(past)
    try:
        view = await snapshot.take(source, SAMPLE_SECONDS, 5.0)
        return [one for one in view.problems if one.rule == "pressure-cpu"], snapshot.is_glance(source, view)
    finally:
        await source.close()


async def test_what_a_recorder_knows_stands_at_once(tmp_path: Path) -> None:
    since = _recorded(tmp_path, age=5.0)
    (problem,), is_glance = await _taken(RecordPast(tmp_path))
    assert problem.since_utc_seconds == pytest.approx(since, abs=0.01)
    assert not is_glance


async def test_a_record_that_ended_long_ago_tells_nothing_of_now(tmp_path: Path) -> None:
    _recorded(tmp_path, age=3600.0)
    assert await _taken(RecordPast(tmp_path)) == ([], True)


async def test_without_a_record_nothing_that_takes_time_is_judged(tmp_path: Path) -> None:
    assert await _taken(RecordPast(tmp_path / "none")) == ([], True)


async def test_a_disk_that_hangs_costs_the_past_and_not_the_figures(tmp_path: Path) -> None:
    assert await _taken(HungPast(tmp_path)) == ([], True)


@pytest.mark.parametrize("has_record", [True, False])
async def test_a_bundle_says_whether_somebody_looked_on(tmp_path: Path, has_record: bool) -> None:
    if has_record:
        _recorded(tmp_path / "record", age=5.0)
    source = _source(RecordPast(tmp_path / "record"))
    try:
        view = await snapshot.take(source, SAMPLE_SECONDS, 5.0)
        materials = Materials(source=source, view=view, is_glance=snapshot.is_glance(source, view))
        bundle = await make_bundle(tmp_path / "b.tar.gz", materials)
    finally:
        await source.close()
    with tarfile.open(bundle.path) as tar:
        files = {one.name: tar.extractfile(one) for one in tar.getmembers()}
        texts = {name: file.read().decode() for name, file in files.items() if file is not None}
    for name in ("b/problems.txt", "b/README.txt"):
        assert ("Rules that take time were not judged" in texts[name]) is not has_record
    assert ("waits for processors 95 %" in texts["b/problems.txt"]) is has_record


@pytest.mark.parametrize("command", ["snapshot", "bundle", "export"])
def test_the_help_says_so(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "only where a recorder runs" in " ".join(capsys.readouterr().out.split())
