"""Problems that are made to happen where systemd is in charge: each is raised once and cleared once."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.host.inside import SECONDS, drive
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

NO_NETWORK = ["--network", "none", "localhost/bb"]
EATER = "sleep 12; dd if=/dev/zero of=/dev/null bs=100M count=1; sleep 1000000"
LIMITS = ["--memory", "24m", "--memory-swap", "24m"]
FILL = """
room=$(df --output=avail -k /srv/small | tail -1); size=$((room * 96 / 100))k
virsh vol-create-as small big $size --allocation $size
"""
UNIT = """[Service]
ExecStart=/usr/bin/podman run --rm --name guarded --label PODMAN_SYSTEMD_UNIT=guarded.service --network none \\
    localhost/bb sleep 1000000
"""
SETTING = f"""
cat >/etc/systemd/system/guarded.service <<'X'
{UNIT}X
systemctl daemon-reload; systemctl start guarded.service
truncate -s 40M /var/tmp/small.img && mkfs.ext4 -q -m 0 -O ^has_journal /var/tmp/small.img && mkdir -p /srv/small &&
mount -o loop /var/tmp/small.img /srv/small && virsh pool-create-as small dir --target /srv/small
"""
AFTERWARDS = """
podman rm -f -t 0 eater guarded >/dev/null 2>&1
systemctl stop guarded.service; systemctl reset-failed guarded.service 2>/dev/null
rm -f /etc/systemd/system/guarded.service; systemctl daemon-reload
virsh pool-destroy small; umount /srv/small; rm -rf /srv/small /var/tmp/small.img
"""
STEPS: dict[str, dict[str, Any]] = {
    "there": {"until": "guarded", "are": {"state": "running"}},
    "eat": {"run": ["podman", "run", "-d", "--name", "eater", *LIMITS, *NO_NETWORK, "sh", "-c", EATER]},
    "oom": {"raised": ["eater", "oom"]},
    "kernel": {"kernel": "eater"},
    "fill the pool": {"run": ["sh", "-c", FILL]},
    "full": {"raised": ["host", "filesystem"]},
    "empty the pool": {"run": ["virsh", "vol-delete", "big", "small"]},
    "full over": {"cleared": ["host", "filesystem"]},
    "told full": {"told": ["host", "filesystem"]},
    "kill the unit": {"run": ["systemctl", "kill", "--kill-who=main", "--signal=KILL", "guarded.service"]},
    "failed": {"raised": ["guarded", "unit-failed"]},
    # its container outlived the unit, which runs it by name
    "mend": {"run": ["sh", "-c", "podman rm -f -t 0 eater guarded; systemctl restart guarded.service"]},
    "oom over": {"cleared": ["eater", "oom"]},
    "unit over": {"cleared": ["guarded", "unit-failed"]},
    "told oom": {"told": ["eater", "oom"]},
    "told unit": {"told": ["guarded", "unit-failed"]},
}


@pytest.fixture(scope="module")
def done(testhost: Machine) -> Iterator[dict[str, Any]]:
    """Take all steps at one go and give what each one gave."""
    testhost.run(SETTING, seconds=SECONDS)
    try:
        yield dict(zip(STEPS, drive(testhost, list(STEPS.values())), strict=True))
    finally:
        testhost.run(AFTERWARDS, seconds=SECONDS)


def test_a_kill_for_memory_is_a_problem_and_named_by_the_kernel(done: dict[str, Any]) -> None:
    assert "out of memory" in done["oom"]["text"]
    assert done["oom"]["severity"] == "critical"
    assert done["kernel"]["name"] == "eater"
    assert done["told oom"] == ["raised", "cleared"]


def test_a_unit_whose_process_was_killed_has_failed(done: dict[str, Any]) -> None:
    assert "systemd" in done["failed"]["text"]
    assert done["told unit"] == ["raised", "cleared"]


def test_a_pool_that_fills_up_and_is_emptied(done: dict[str, Any]) -> None:
    assert done["full"]["lasting"] == "/srv/small", done["fill the pool"]
    assert "/srv/small" in done["full"]["text"]
    assert done["told full"] == ["raised", "cleared"]
