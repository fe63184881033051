"""Believable logs that are the same for the same clock."""

from tui.domain.instance import Instance, Kind
from tui.engines.demo.load import identity

EVERY_SECONDS = 7

Line = tuple[float | None, bool, bytes]

_CONTAINER = (
    "GET /health 200 1ms",
    'level=info msg="request done" path=/api/v1/items status=200 duration=12ms',
    '{"level":"info","msg":"cache refreshed","entries":1284,"took_ms":7}',
    "WARN  slow query: 812 ms SELECT count(*) FROM orders WHERE state = 'open'",
    "POST /login 302 31ms",
    "\x1b[32mINFO\x1b[0m worker [3] took job mail/4711",
    "ERROR connection reset by peer 10.88.0.14:51022",
)
_GUEST = (
    "qemu-system-x86_64: info: block job finished",
    "2024-01-01T00:00:00.000000Z qemu-system-x86_64: -device virtio-net-pci: link is up",
    "qemu-system-x86_64: warning: guest updated active QH",
)


def lines_between(instance: Instance, since: float, until: float, most: int) -> tuple[Line, ...]:
    """Return the newest lines after `since` up to `until`, both in seconds since the epoch; at most `most`."""
    texts = _GUEST if instance.kind is Kind.GUEST else _CONTAINER
    last = int(until // EVERY_SECONDS)
    first = max(int(since // EVERY_SECONDS) + 1, last - most + 1)
    return tuple(_line(instance, texts, number) for number in range(first, last + 1))


def _line(instance: Instance, texts: tuple[str, ...], number: int) -> Line:
    chosen = identity(f"{instance.name}/{number}")
    text = texts[chosen % len(texts)]
    return float(number * EVERY_SECONDS + chosen % EVERY_SECONDS), text.startswith("ERROR"), text.encode()
