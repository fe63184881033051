from tests.unit.build import GIB, container, guest, host_usage, seen
from tui.domain.instance import State
from tui.domain.usage import CpuUsage, MemoryUsage, Usage
from tui.sampling.ledger import make_ledger


def limits(cores: float | None, memory: int | None) -> Usage:
    return Usage(cpu=CpuUsage(limit_cores=cores), memory=MemoryUsage(limit_bytes=memory))


def test_guests_promise_vcpus_and_containers_their_limits() -> None:
    ledger = make_ledger(
        [seen(guest(vcpus=4, memory_max_bytes=8 * GIB)), seen(container(), limits(0.5, GIB))], host_usage()
    )
    assert (ledger.cores, ledger.memory_bytes) == (16, 64 * GIB)
    assert (ledger.vcpus_promised, ledger.memory_promised_bytes) == (4.5, 9 * GIB)
    assert (ledger.unlimited, ledger.unlimited_cpu, ledger.unlimited_memory) == (0, 0, 0)


def test_a_container_without_one_limit_is_counted_once() -> None:
    ledger = make_ledger(
        [seen(container("a"), limits(None, None)), seen(container("b"), limits(1, None))], host_usage()
    )
    assert (ledger.unlimited, ledger.unlimited_cpu, ledger.unlimited_memory) == (2, 1, 2)


def test_what_does_not_run_promises_nothing() -> None:
    ledger = make_ledger(
        [
            seen(guest(state=State.STOPPED)),
            seen(container("gone", state=State.STOPPED), limits(None, None)),
            seen(container("infra", is_infra=True), limits(None, None)),
            seen(guest("far", local=False)),
        ],
        host_usage(),
    )
    assert (ledger.vcpus_promised, ledger.memory_promised_bytes, ledger.unlimited) == (0, 0, 0)
