"""Metric families and how they are written.

What is escaped and how a family begins comes from the client library, once for each set of labels and each family; then
a line costs little more than its value: a thousand instances have thirty thousand of them.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from prometheus_client import exposition
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
)
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

from widgets.escape import escape_controls

LONGEST_LABEL = 256
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Labels = Mapping[str, str]
LabelText = str  # as it stands behind the name: {kind="guest",name="vm"}
FamilyKind = Literal["gauge", "counter", "info", "stateset"]

_CLASSES: Mapping[str, type[Metric]] = {
    "gauge": GaugeMetricFamily,
    "counter": CounterMetricFamily,
    "info": InfoMetricFamily,
    "stateset": StateSetMetricFamily,
}
_ENDINGS = {"counter": "_total", "info": "_info"}
_END = "# EOF\n"  # of a page of OpenMetrics


def label(text: str) -> str:
    """Return foreign text as a label's value: bounded, valid UTF-8, without control characters.

    The library escapes quotes and backslashes, but a NUL would end the page for who reads it.
    """
    return escape_controls(text[:LONGEST_LABEL])


def label_text(labels: Labels) -> LabelText:
    """Return labels as they are written; their values must have gone through `label`."""
    return _label_text(tuple(labels.items()))


@lru_cache(maxsize=10_000)
def _label_text(labels: tuple[tuple[str, str], ...]) -> LabelText:
    family = GaugeMetricFamily("x", "")
    family.samples.append(Sample("x", dict(labels), 0.0))
    return _written(family, PLAIN).splitlines()[-1].removeprefix("x").removesuffix(" 0.0")


def with_label(text: LabelText, name: str, value: str) -> LabelText:
    """Return the labels of an instance with one more, which is one of a few."""
    return f"{text[:-1]},{_label_text(((name, value),))[1:]}"


class Family:
    """One metric.

    Args:
        name: with the prefix, without the ending that its kind has (_total, _info).
        unit: must be the last word of the name; OpenMetrics knows none for states and facts.
    """

    def __init__(self, kind: FamilyKind, name: str, text: str, unit: str = "") -> None:
        self._definition = (kind, name, text, unit)
        self._sample_name = name + _ENDINGS.get(kind, "")
        self.lines: list[str] = []

    def put(self, value: float | None, labels: LabelText = "") -> None:
        """Add a sample; None adds nothing."""
        if value is not None:
            self.lines.append(f"{self._sample_name}{labels} {_number(value)}\n")

    def state(self, is_now: str, states: Iterable[str], labels: LabelText) -> None:
        """Add a sample for each state: 1 for the one that it is in, 0 for the others."""
        for state in states:
            self.put(1.0 if state == is_now else 0.0, with_label(labels, self._sample_name, state))

    def head(self, content_type: str) -> str:
        """Return the lines that say what it is."""
        return _head(*self._definition, content_type)


def written(families: Iterable[Family], content_type: str) -> bytes:
    """Return a page; families without samples are left out."""
    parts: list[str] = []
    for family in families:
        if family.lines:
            parts.append(family.head(content_type))
            parts.extend(family.lines)
    if content_type == OPENMETRICS:
        parts.append(_END)
    return "".join(parts).encode("utf-8")


@lru_cache(maxsize=500)
def _head(kind: FamilyKind, name: str, text: str, unit: str, content_type: str) -> str:
    metric = _CLASSES[kind](name, text, **({"unit": unit} if unit else {}))
    if metric.name != name:
        raise ValueError(f"the name {name} does not end with its unit")
    return _written(metric, content_type).removesuffix(_END)


class _Alone(Collector):
    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        return (self._metric,)


def _number(value: float) -> str:
    return floatToGoString(value)  # type: ignore[no-untyped-call,no-any-return]


def _written(metric: Metric, content_type: str) -> str:
    make = openmetrics.generate_latest if content_type == OPENMETRICS else exposition.generate_latest
    return make(_Alone(metric)).decode("utf-8")
