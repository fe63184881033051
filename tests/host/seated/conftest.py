"""One hostdeck for all that is done by keys: each start under emulation costs a minute.

They share its screen: each test leaves it on a pane, the one that the next test of its file goes on from.
"""

from collections.abc import Iterator

import pytest

from tests.host.inside import SECONDS
from tests.host.inside.keyboard import Keyboard, seated
from tests.host.testhost.machine import Machine

# Two that talk, one to a file and one to the journal, one without a shell; and a shell on the console of l1.
SETTING = r"""
talk='i=0; while :; do i=$((i+1)); echo line $i.; sleep 2; done'
podman run -d --name talk-file --network none --log-driver k8s-file localhost/bb sh -c "$talk" >/dev/null
podman run -d --name talk-journal --network none --log-driver journald localhost/bb sh -c "$talk" >/dev/null
podman run -d --name bare --network none localhost/bb sh -c 'rm -f /bin/sh; exec /bin/sleep 1000000' >/dev/null
init=$(pgrep -P $(virsh -q -c lxc:///system domid l1))
echo '::respawn:-/bin/sh' >/var/lib/libvirt/l1/etc/inittab
kill -HUP $init
pkill -P $init || true
"""
UNDONE = r"""
systemctl kill -s CONT podman.service 2>/dev/null || true
systemctl start podman.socket
virsh -q suspend q1 2>/dev/null || true
podman rm -f -t 0 talk-file talk-journal bare >/dev/null
"""


@pytest.fixture(scope="package")
def person(testhost: Machine) -> Iterator[Keyboard]:
    testhost.run(SETTING, seconds=SECONDS)
    try:
        with seated(testhost, "--interval 4 --connect qemu:///system --connect lxc:///system") as keyboard:
            yield keyboard
    finally:
        testhost.run(UNDONE, seconds=SECONDS)
