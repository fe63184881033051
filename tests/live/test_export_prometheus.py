"""`hostdeck export prometheus` on real engines, read by the distribution's own Prometheus."""

import json
import os
import signal
import socket
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from sys import executable
from typing import Any

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import SPIN, PodmanHost
from tests.live.harness.policy import require_programs
from tests.live.harness.processes import run
from tests.live.harness.waiting import wait_until

CONFIG = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: hostdeck
    static_configs: [{{targets: ["{target}"]}}]
"""


@pytest.fixture(autouse=True, scope="module")
def tools() -> None:
    require_programs("what checks an export", "prometheus", "promtool")


@contextmanager
def running(*argv: str) -> Iterator[Popen[str]]:
    process = Popen(argv, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _export(*arguments: str) -> tuple[str, ...]:
    return (executable, "-m", "tui", "export", "prometheus", "--config", os.devnull, *arguments)


def _address_said_by(process: Popen[str]) -> str:
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "http://127.0.0.1:" in line, line + process.stderr.read()
    return line.partition("http://")[2].partition("/")[0]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _query(port: int, expression: str) -> list[dict[str, Any]]:
    """Return what a query finds; nothing while Prometheus is not up."""
    url = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    except OSError:
        return []
    return found


def _value(port: int, expression: str) -> Callable[[], list[float]]:
    return lambda: [float(one["value"][1]) for one in _query(port, expression)]


def test_real_prometheus_scrapes_real_instances(
    clean_podman: PodmanHost, clean_libvirt: LibvirtHost, tmp_path: Path
) -> None:
    clean_podman.run("spin", *SPIN, options=["--cpus=0.5", "--memory=256m"])
    clean_podman.run("idle", "sleep", "1000")
    clean_libvirt.define_guest("vm")
    rules = tmp_path / "rules.yml"
    rules.write_text(run(_export("--print-rules")))
    engines = ("--podman", clean_podman.url, "--connect", clean_libvirt.uri)
    with running(*_export("--listen", "127.0.0.1:0", "--interval", "1", *engines)) as exporter:
        address, port = _address_said_by(exporter), _free_port()
        config = tmp_path / "prometheus.yml"
        config.write_text(CONFIG.format(rules=rules, target=address))
        argv = (
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
        )  # fmt: skip
        with running(*argv):
            _look_at(port)
    assert exporter.returncode == 128 + signal.SIGTERM


def _look_at(port: int) -> None:
    spin = '{kind="container",name="spin",user="root"}'
    rate = wait_until(
        _value(port, f"rate(hostdeck_instance_cpu_seconds_total{spin}[10s])"), "a rate of the container", seconds=60
    )
    assert 0 < rate[0] < 0.7
    assert _value(port, f"hostdeck_instance_memory_limit_bytes{spin}")() == [256 << 20]
    assert _value(port, f"hostdeck_instance_cpu_limit_cores{spin}")() == [0.5]
    assert _value(port, f'hostdeck_instance_state{spin[:-1]},hostdeck_instance_state="running"}}')() == [1]
    assert _value(port, 'hostdeck_instance_up{name="vm",kind="guest"}')() == [0]
    assert _value(port, 'hostdeck_instance_memory_limit_bytes{name="idle"}')() == []
    assert _value(port, "min(hostdeck_engine_up)")() == [1]
    assert _value(port, "count(hostdeck_instance_up)")() == [3]
    assert _value(port, "rate(hostdeck_host_cpu_busy_seconds_total[10s])")()[0] > 0
    (metadata,) = _query(port, f"hostdeck_instance_network_receive_bytes_total{spin}")
    assert metadata["metric"]["job"] == "hostdeck"


def test_page_and_rules_please_promtool(clean_podman: PodmanHost, tmp_path: Path) -> None:
    clean_podman.run("one", "sleep", "1000")
    page = tmp_path / "host.prom"
    nowhere = "test:///default"
    run(_export("--once", "--textfile", str(page), "--podman", clean_podman.url, "--connect", nowhere))
    assert page.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["host.prom"]
    assert 'name="one"' in page.read_text()
    assert run(("promtool", "check", "metrics"), text=page.read_text()) == ""
    rules = tmp_path / "rules.yml"
    rules.write_text(run(_export("--print-rules")))
    assert "SUCCESS" in run(("promtool", "check", "rules", str(rules)))
    assert json.loads(run(_export("--print-dashboard")))["title"] == "hostdeck"


def test_textfile_is_renewed_and_goes_with_its_exporter(clean_podman: PodmanHost, tmp_path: Path) -> None:
    page = tmp_path / "host.prom"
    (tmp_path / ".host.prom.new").write_text("what a killed run left")
    arguments = (
        "--textfile",
        str(page),
        "--interval",
        "1",
        "--podman",
        clean_podman.url,
        "--connect",
        "test:///default",
    )
    with running(*_export(*arguments)) as exporter:
        wait_until(page.exists, "a page", seconds=30)
        first = page.stat().st_ino
        wait_until(lambda: page.stat().st_ino != first, "the next page", seconds=30)
    assert exporter.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
