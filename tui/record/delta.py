"""From one view to the next: what is different, as plain values.

A delta is a JSON object; a key that is absent says that nothing changed there:

    t   [UTC, monotonic seconds, tick]
    h   figures of the host, as whole numbers (see `resolution`)
    f   [[slot, figures of the instance], ...]
    o   [[kind, plain value], ...]: objects that are new; the first of a run has number 0
    i   [[slot, number of its `Instance`], ...]
    a   [[slot, number of what else its `Usage` says], ...]
    n   slots of the instances, in order
    s   numbers of the sources, in order; p of the pods, b of the problems
    u   number of what else the `HostUsage` says; v of what else the view says

A slot is one instance under one name. A run of deltas begins with one that has everything.
"""

from collections.abc import Callable, Mapping, Sequence
from json import dumps
from operator import attrgetter
from typing import Any, Final

from tui.domain.host import HostUsage, HostView, InstanceView
from tui.domain.instance import Instance
from tui.domain.plain import Plain, encode, names_of
from tui.domain.usage import Usage
from tui.record.resolution import HOST_FIGURES, INSTANCE_FIGURES, Codes, host_codes, instance_codes
from tui.sampling.changes import changed_places

Delta = dict[str, Plain]


def _others(kind: type, known: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names_of(kind) if name not in known)


_LISTS: Final = (("s", "sources"), ("p", "pods"), ("b", "problems"))
_OF_A_SAMPLE: Final = {"taken_utc_seconds", "taken_monotonic_seconds", "tick"}
VIEW_REST: Final = _others(HostView, _OF_A_SAMPLE | {"usage", "instances"} | {name for _, name in _LISTS})
HOST_REST: Final = _others(HostUsage, {path.partition(".")[0] for path, _ in HOST_FIGURES})
USAGE_REST: Final = _others(Usage, {path.partition(".")[0] for path, _ in INSTANCE_FIGURES})


def _values_of(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: [getattr(value, name) for name in names]


_view_rest = _values_of(VIEW_REST)
_host_rest = _values_of(HOST_REST)
_usage_rest = _values_of(USAGE_REST)


def plain_text(value: Plain) -> str:
    """Return JSON without blanks."""
    return dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


class _Objects:
    """Numbers what is written as an object: each that is equal to one before has its number."""

    def __init__(self) -> None:
        self.fresh: list[Plain] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._by_value: dict[Any, int] = {}

    def number(self, kind: str, value: Plain) -> int:
        """Return the number of a plain value."""
        key = (kind, plain_text(value))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            self.fresh.append([kind, value])
        return number

    def number_of(self, kind: str, value: Any) -> int:
        """Return the number of a frozen value, which is made plain only once."""
        number = self._by_value.get(value)
        if number is None:
            number = self._by_value[value] = self.number(kind, encode(value))
        return number


class _Slot:
    """What was written last of one instance."""

    __slots__ = ("codes", "instance", "instance_number", "number", "rest", "rest_number", "usage")

    def __init__(self, number: int) -> None:
        self.number = number
        self.instance: Instance | None = None
        self.instance_number = -1
        self.usage: Usage | None = None
        self.rest: Sequence[Any] = ()
        self.rest_number = -1
        self.codes: Codes = ()


class Differ:
    """Gives the deltas of one run."""

    def __init__(self) -> None:
        self._objects = _Objects()
        self._slots: dict[tuple[object, object], _Slot] = {}
        self._placed: list[_Slot] = []
        self._views: Sequence[InstanceView] = ()
        self._order: list[int] | None = None
        self._lists: dict[str, tuple[Sequence[Any], list[int] | None]] = {}
        self._rests: dict[str, Sequence[Any]] = {}
        self._host: Codes = ()

    @property
    def objects(self) -> int:
        """Return how many objects the run has."""
        return len(self._objects._numbers)

    def take(self, view: HostView) -> Delta:
        """Return what is different from the view before."""
        delta: Delta = {"t": [view.taken_utc_seconds, view.taken_monotonic_seconds, view.tick]}
        codes = host_codes(view.usage)
        if codes != self._host:
            self._host = delta["h"] = codes
        self._take_rest(delta, "u", HOST_REST, _host_rest(view.usage))
        self._take_rest(delta, "v", VIEW_REST, _view_rest(view))
        for key, name in _LISTS:
            self._take_list(delta, key, getattr(view, name))
        if view.instances is not self._views or self._order is None:
            self._take_instances(delta, view.instances)
        if self._objects.fresh:
            delta["o"], self._objects.fresh = self._objects.fresh, []
        return delta

    def _take_rest(self, delta: Delta, key: str, names: Sequence[str], values: Sequence[Any]) -> None:
        before = self._rests.get(key)
        if before is None or before != values:
            self._rests[key] = values
            plain = {name: encode(value) for name, value in zip(names, values, strict=True)}
            delta[key] = self._objects.number(key, plain)

    def _take_list(self, delta: Delta, key: str, values: Sequence[Any]) -> None:
        before, numbers = self._lists.get(key, ((), None))
        if values is before and numbers is not None:
            return
        now = [self._objects.number_of(key, value) for value in values]
        if now != numbers:
            delta[key] = now
        self._lists[key] = (values, now)

    def _take_instances(self, delta: Delta, views: Sequence[InstanceView]) -> None:
        instances: list[list[int]] = []
        rests: list[list[int]] = []
        figures: list[list[Any]] = []
        if len(views) != len(self._placed):
            self._views, self._placed = (), [self._slot(view.instance) for view in views]
        for place in changed_places(self._views, views):
            view = views[place]
            slot = self._placed[place]
            if slot.instance is not view.instance:
                slot = self._placed[place] = self._slot(view.instance)
                self._take_instance(slot, view.instance, instances)
            if slot.usage is not view.usage:
                self._take_usage(slot, view.usage, rests, figures)
        order = [slot.number for slot in self._placed]
        if order != self._order:
            self._order = delta["n"] = order
        self._views = views
        delta.update({key: value for key, value in (("i", instances), ("a", rests), ("f", figures)) if value})

    def _slot(self, instance: Instance) -> _Slot:
        key = (instance.id, instance.stable_key)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot(len(self._slots))
        return slot

    def _take_instance(self, slot: _Slot, instance: Instance, changed: list[list[int]]) -> None:
        if slot.instance != instance:
            number = self._objects.number("i", encode(instance))
            if number != slot.instance_number:
                slot.instance_number = number
                changed.append([slot.number, number])
        slot.instance = instance

    def _take_usage(self, slot: _Slot, usage: Usage, rests: list[list[int]], figures: list[list[Any]]) -> None:
        slot.usage = usage
        rest = _usage_rest(usage)
        if slot.rest_number < 0 or rest != slot.rest:
            slot.rest = rest
            number = self._objects.number("a", _plain_rest(rest))
            if number != slot.rest_number:
                slot.rest_number = number
                rests.append([slot.number, number])
        codes = instance_codes(usage)
        if codes != slot.codes:
            slot.codes = codes
            figures.append([slot.number, codes])


def _plain_rest(values: Sequence[Any]) -> Mapping[str, Plain]:
    return {name: encode(value) for name, value in zip(USAGE_REST, values, strict=True)}
