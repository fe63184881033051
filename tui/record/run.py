"""A run of samples in memory: deltas in, views out."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, Generic, Protocol, TypeVar

from tui.domain.host import EngineStatus, HostUsage, HostView, InstanceView, Problem
from tui.domain.instance import Instance, Pod
from tui.domain.plain import FormatError, Plain, decode
from tui.domain.usage import Usage
from tui.record.delta import Delta, plain_text
from tui.record.resolution import Codes, with_host_codes, with_instance_codes

T = TypeVar("T")

MOST_REMEMBERED = 20_000  # objects that were made from their text, over all runs

_KINDS: Final[dict[str, type]] = {"i": Instance, "a": Usage, "s": EngineStatus, "p": Pod, "b": Problem}
_NO_HOST: Final = {"cores": 0}
_NO_VIEW: Final = {
    "taken_utc_seconds": 0.0,
    "taken_monotonic_seconds": 0.0,
    "tick": 0,
    "usage": _NO_HOST,
}


class Track(Generic[T]):
    """A value that changes now and then."""

    __slots__ = ("samples", "values")

    def __init__(self) -> None:
        self.samples: list[int] = []
        self.values: list[T] = []

    def put(self, sample: int, value: T) -> None:
        """Say what holds from a sample on."""
        self.samples.append(sample)
        self.values.append(value)

    def at(self, sample: int) -> T:
        """Return what holds at a sample.

        Raises:
            FormatError: nothing was said yet.
        """
        place = bisect_right(self.samples, sample) - 1
        if place < 0:
            raise FormatError("incomplete", "a run of samples does not begin with a whole one.")
        return self.values[place]


class Figures(Protocol):
    """The figures of one slot."""

    def at(self, sample: int) -> Codes:
        """Return them as whole numbers."""


class Makes:
    """Makes objects of their plain form; equal ones are the very same object, over runs."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Any] = {}

    def make(self, kind: str, plain: Plain) -> Any:
        """Return the object.

        Raises:
            FormatError: it is of no kind that this hostdeck knows, or does not fit.
        """
        key = (kind, plain_text(plain))
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= MOST_REMEMBERED:
                self._made.clear()
            made = self._made[key] = _make(kind, plain)
        return made


def _make(kind: str, plain: Plain) -> Any:
    if kind == "u":
        return decode(HostUsage, _NO_HOST | plain)
    if kind == "v":
        return decode(HostView, _NO_VIEW | plain)
    if kind not in _KINDS:
        raise FormatError("unknown kind", f"{kind!r} is no kind of object.")
    return decode(_KINDS[kind], plain)


class Run:
    """Samples of one run, without a gap and in the order of time.

    Args:
        makes: shared by the runs of a reader.
        load: gives the figures of a slot that no delta brought; None where all come with deltas.
    """

    def __init__(self, makes: Makes, load: Callable[[int], Figures] | None = None) -> None:
        self.times = array("d")
        self.monotonic = array("d")
        self.ticks = array("q")
        self.host: Figures = Track()
        self.orders: Track[Sequence[int]] = Track()
        self.instances: dict[int, Track[int]] = {}
        self.figures: dict[int, Figures] = {}
        self._load = load
        self._rests: dict[int, Track[int]] = {}
        self._lists: dict[str, Track[Sequence[int]]] = {"s": Track(), "p": Track(), "b": Track()}
        self._others: dict[str, Track[int]] = {"u": Track(), "v": Track()}
        self._objects: list[tuple[str, Plain]] = []
        self._made: dict[int, Any] = {}
        self._makes = makes
        self._seen: dict[int, tuple[object, object, object, InstanceView]] = {}
        self._tuples: dict[str, tuple[Sequence[int], tuple[Any, ...]]] = {}

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.times)

    def add(self, delta: Delta) -> None:
        """Add a sample.

        Raises:
            FormatError: the delta is none.
        """
        try:
            utc, monotonic, tick = delta["t"]
            self.times.append(utc)
            self.monotonic.append(monotonic)
            self.ticks.append(tick)
            sample = len(self.times) - 1
            self._add_figures(sample, delta)
            self.add_structure(sample, delta)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise FormatError("no sample", f"a sample cannot be read: {error!r}.") from error

    def _add_figures(self, sample: int, delta: Delta) -> None:
        if "h" in delta and isinstance(self.host, Track):
            self.host.put(sample, tuple(delta["h"]))
        for slot, codes in delta.get("f", ()):
            track = self.figures.setdefault(slot, Track())
            if isinstance(track, Track):
                track.put(sample, tuple(codes))

    def add_structure(self, sample: int, delta: Delta) -> None:
        """Add what a delta says besides time and figures."""
        self._objects.extend((kind, plain) for kind, plain in delta.get("o", ()))
        for slot, number in delta.get("i", ()):
            self.instances.setdefault(slot, Track()).put(sample, number)
        for slot, number in delta.get("a", ()):
            self._rests.setdefault(slot, Track()).put(sample, number)
        if "n" in delta:
            self.orders.put(sample, tuple(delta["n"]))
        for key, track in self._lists.items():
            if key in delta:
                track.put(sample, tuple(delta[key]))
        for key, other in self._others.items():
            if key in delta:
                other.put(sample, delta[key])

    def present(self) -> Sequence[frozenset[int]]:
        """Return for each sample which slots were there.

        Raises:
            FormatError: that is not known of the first one.
        """
        if len(self) and self.orders.samples[:1] != [0]:
            raise FormatError("incomplete", "a run of samples does not begin with a whole one.")
        there: list[frozenset[int]] = []
        ends = [*self.orders.samples[1:], len(self)]
        for end, order in zip(ends, self.orders.values, strict=True):
            there.extend([frozenset(order)] * (end - len(there)))
        return there

    def figures_of(self, slot: int) -> Figures:
        """Return the figures of a slot."""
        found = self.figures.get(slot)
        if found is None:
            if self._load is None:
                raise FormatError("incomplete", f"slot {slot} has no figures.")
            found = self.figures[slot] = self._load(slot)
        return found

    def instance(self, slot: int, sample: int | None = None) -> Instance:
        """Return what the engine said of an instance: at a sample, else first."""
        track = self.instances[slot]
        made: Instance = self._object(track.values[0] if sample is None else track.at(sample))
        return made

    def view(self, sample: int) -> HostView:
        """Return the whole view of a sample.

        Raises:
            FormatError: something is missing or does not fit.
        """
        try:
            return self._view(sample)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise FormatError("no sample", f"a sample cannot be read: {error!r}.") from error

    def _view(self, sample: int) -> HostView:
        template: HostView = self._object(self._others["v"].at(sample))
        return replace(
            template,
            taken_utc_seconds=self.times[sample],
            taken_monotonic_seconds=self.monotonic[sample],
            tick=self.ticks[sample],
            usage=with_host_codes(self.host.at(sample), self._object(self._others["u"].at(sample))),
            instances=tuple([self._instance_view(slot, sample) for slot in self.orders.at(sample)]),
            sources=self._list("s", sample),
            pods=self._list("p", sample),
            problems=self._list("b", sample),
        )

    def _instance_view(self, slot: int, sample: int) -> InstanceView:
        instance = self.instance(slot, sample)
        rest = self._object(self._rests[slot].at(sample))
        codes = self.figures_of(slot).at(sample)
        seen = self._seen.get(slot)
        if seen is not None and seen[0] is instance and seen[1] is rest and seen[2] == codes:
            return seen[3]
        view = InstanceView(instance, with_instance_codes(codes, rest))
        self._seen[slot] = (instance, rest, codes, view)
        return view

    def _list(self, key: str, sample: int) -> tuple[Any, ...]:
        numbers = self._lists[key].at(sample)
        known = self._tuples.get(key)
        if known is None or known[0] is not numbers:
            known = self._tuples[key] = (numbers, tuple([self._object(number) for number in numbers]))
        return known[1]

    def _object(self, number: int) -> Any:
        made = self._made.get(number)
        if made is None:
            kind, plain = self._objects[number]
            made = self._made[number] = self._makes.make(kind, plain)
        return made
