"""Pools whose filling nobody else tells."""

from types import SimpleNamespace
from typing import Any

import pytest

from tui.domain.host import EngineState, EngineStatus, PoolFill
from tui.engines.libvirt.failures import UNSUPPORTED
from tui.engines.libvirt.pool_fills import read_fills, type_of
from tui.engines.libvirt.status import StatusBoard


class LibvirtError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    def get_error_code(self) -> int:
        return self.code


LIBVIRT = SimpleNamespace(libvirtError=LibvirtError, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE=2)


class Pool:
    def __init__(self, name: str, kind: str, *, state: int = 2, capacity: int = 1000, gone: bool = False) -> None:
        self._name, self._kind, self._state, self._capacity, self._gone = name, kind, state, capacity, gone

    def name(self) -> str:
        return self._name

    def XMLDesc(self, _flags: int) -> str:  # noqa: N802 - libvirt's own name
        if self._gone:
            raise LibvirtError(49)
        return f"<pool type='{self._kind}'><name>{self._name}</name></pool>"

    def info(self) -> tuple[int, int, int, int]:
        return self._state, self._capacity, 930, 70


def connection(*pools: Pool, code: int = 0) -> Any:
    def listed(flags: int) -> list[Pool]:
        assert flags == 2
        if code:
            raise LibvirtError(code)
        return list(pools)

    return SimpleNamespace(listAllStoragePools=listed)


def test_pools_of_other_hosts_and_of_zfs_are_told() -> None:
    pools = [
        Pool("zeta", "netfs"),
        Pool("images", "dir"),
        Pool("vg", "logical"),
        Pool("ceph", "rbd"),
        Pool("odd", "zfs", capacity=0),
        Pool("broken", "rbd", state=3),
        Pool("gone", "rbd", gone=True),
    ]
    assert read_fills(LIBVIRT, connection(*pools)) == (PoolFill("ceph", 1000, 930), PoolFill("zeta", 1000, 930))


def test_a_driver_without_storage_has_none_and_other_errors_are_raised() -> None:
    assert read_fills(LIBVIRT, connection(code=next(iter(UNSUPPORTED)))) == ()
    with pytest.raises(LibvirtError):
        read_fills(LIBVIRT, connection(code=38))


@pytest.mark.parametrize("text", ["", "<pool", "<pool/>"])
def test_a_definition_that_tells_no_type(text: str) -> None:
    assert type_of(text) == ""


def test_a_status_carries_them_through_its_changes() -> None:
    board = StatusBoard(EngineStatus("qemu:///system", "libvirt", "qemu:///system", EngineState.CONNECTING))
    board.fills((PoolFill("ceph", 1000, 930),))
    board.answered(version="9.0", abandoned=0)
    assert board.status.pools == (PoolFill("ceph", 1000, 930),)
