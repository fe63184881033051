"""One moment of the host as a page of metrics."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tui.domain.host import HostView
from tui.domain.past import RecordStatus
from tui.export.prometheus import host, instances, storage
from tui.export.prometheus.sheet import OPENMETRICS, PLAIN, Family, written
from tui.sampling.totals import Tally


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent; `content_type` is `PLAIN` or `OPENMETRICS`."""

    content_type: str
    body: bytes


class Press:
    """Makes pages. One thread at a time; what was made once for a moment is not made again.

    Args:
        tally: the counters of the newest sample.
        most: instances with series of their own.
        clock: seconds, for how long it took.
    """

    def __init__(
        self,
        tally: Tally,
        *,
        most: int = instances.MOST_INSTANCES,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._tally = tally
        self._most = most
        self._clock = clock
        self._seconds: float | None = None
        self._made_from: tuple[HostView, RecordStatus | None] | None = None
        self._pages: dict[str, Page] = {}

    def page(self, view: HostView, record: RecordStatus | None, content_type: str) -> Page:
        """Return a moment as a page."""
        if self._made_from is None or self._made_from[0] is not view or self._made_from[1] is not record:
            self._made_from, self._pages = (view, record), {}
        page = self._pages.get(content_type)
        if page is None:
            page = self._pages[content_type] = self._print(view, record, content_type)
        return page

    def _print(self, view: HostView, record: RecordStatus | None, content_type: str) -> Page:
        began = self._clock()
        page = Page(content_type, written(self._families(view, record), content_type))
        self._seconds = self._clock() - began
        return page

    def _families(self, view: HostView, record: RecordStatus | None) -> list[Family]:
        subjects, left_out = instances.chosen(view, self._tally.instances, self._most)
        return [
            *host.own_families(view, record, self._seconds),
            *host.host_families(view, self._tally.host),
            *storage.storage_families(view),
            *host.ledger_families(view),
            *host.engine_families(view),
            *host.count_families(view, left_out),
            *instances.instance_families(view, subjects),
        ]


def wanted_type(accept: str) -> str:
    """Return what to send for an Accept header: OpenMetrics where it is named with no lower weight than plain text."""
    weights = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for entry in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        if kind in weights:
            weights[kind] = max(weights[kind], _weight(parameters))
    best = weights["application/openmetrics-text"]
    return OPENMETRICS if best > 0 and best >= weights["text/plain"] else PLAIN


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
