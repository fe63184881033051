"""Pictures of the screens about one guest."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, until
from tui.app import HostdeckApp
from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.domain.identity import InstanceId
from tui.domain.snapshot import GuestSnapshot, GuestSnapshots
from tui.screens.guest_screen import GuestScreen
from tui.screens.hardware import HardwareScreen
from tui.screens.snapshots import SnapshotsScreen

SIZES = [(80, 24), (200, 50)]
DAY = 86_400.0
BEGIN = 1_760_000_000.0
OVERLAY = "/var/lib/libvirt/images/gitlab.after-disk-swap"

TREE = (
    GuestSnapshot("installed", "", "Debian 12, nothing else", BEGIN - 400 * DAY, "shutoff", children=2),
    GuestSnapshot("before-16.11", "installed", "before the upgrade", BEGIN - 63 * DAY, "running", has_memory=True,
                  children=1),
    GuestSnapshot("before-17.0", "before-16.11", "before the upgrade", BEGIN - 9 * DAY, "running", has_memory=True),
    GuestSnapshot("after-disk-swap", "installed", "", BEGIN - 3600, "disk-snapshot", external=True, current=True,
                  files=(OVERLAY,)),
)  # fmt: skip


class RichHost(StillHost):
    """A host one of whose guests has a tree of snapshots, and hardware that is another one at its next start."""

    def keeper(self, engine: str) -> Any:
        return _RichKeeper(super().keeper(engine))


class _RichKeeper:
    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keeper, name)

    async def disk_details(self, target: Any) -> Any:
        return await self._keeper.disk_details(target)

    async def snapshots(self, target: InstanceId) -> GuestSnapshots:
        found: GuestSnapshots = await self._keeper.snapshots(target)
        return replace(found, snapshots=TREE, has_managed_save=True)

    async def hardware(self, target: InstanceId) -> GuestHardware:
        found: GuestHardware = await self._keeper.hardware(target)
        disks = (
            GuestDisk("vdb", "/srv/data/gitlab-data.raw", "raw", "virtio", live=True),
            GuestDisk("sda", "", "", "sata", "cdrom", live=True, stored=True),
        )
        card = GuestInterface("52:54:00:aa:bb:cc", "bridge:br0", "virtio", stored=True)
        return replace(
            found, vcpus=6, boot=("hd", "network"), disks=(*found.disks, *disks), interfaces=(*found.interfaces, card)
        )


def pictured(screen: type[GuestScreen[Any, Any]], *keys: str) -> Callable[[Pilot[None]], Any]:
    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, HostdeckApp)
        await ready(pilot, app)
        opened = screen(named(app.source, "gitlab"))  # type: ignore[arg-type]
        app.push_screen(opened)
        await until(pilot, lambda: opened.found is not None and opened.line is not None)
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", SIZES)
def test_snapshots(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(make_app(RichHost()), terminal_size=size, run_before=pictured(SnapshotsScreen))


@pytest.mark.parametrize("size", SIZES)
def test_hardware(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    run_before = pictured(HardwareScreen, *["j"] * 6)
    assert snap_compare(make_app(RichHost()), terminal_size=size, run_before=run_before)
