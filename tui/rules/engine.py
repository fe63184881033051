"""Judges one moment after the other and remembers since when each problem stands."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from tui.domain.host import EngineStatus, FailedUnit, InstanceView, Problem
from tui.domain.instance import Instance
from tui.rules.book import Armed, RuleBook
from tui.rules.crowd import Crowd
from tui.rules.glance import is_well
from tui.rules.looks import STATE_RULES
from tui.rules.model import Seen
from tui.rules.scene import ENGINE_LOOKS, HOST_LOOKS, HostPast, Scene
from tui.rules.seats import OUTLIVING, Seat, Seats
from tui.rules.seeds import Seeds
from tui.rules.standing import AGAIN_SECONDS, Entry, Moment, News, Subject
from tui.rules.table import WINDOW_SECONDS

FIRST_SIGHT_SECONDS = 5.0


class RuleEngine:
    """Looks only at what changed, and at what has a time to run out.

    Args:
        book: the rules as a person wants them.
    """

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._began: float | None = None
        self._seats = Seats(book)
        self._seeds = Seeds()
        self._crowd = Crowd()
        self._host = Subject("", "host", "host", "")
        self._past = HostPast()
        self._engines: dict[str, Subject] = {}
        self._troubled: set[Seat] = set()
        self._ghosts: list[Seat] = []
        self._news = News()
        self._is_sown = False
        self._units: tuple[FailedUnit, ...] | None = None
        self._orphans: tuple[tuple[str, str], ...] = ()
        self._kills: Mapping[str, float] | None = None
        self._raised: list[Entry] = []
        self._problems: tuple[Problem, ...] = ()

    def seed(self, problems: Iterable[Problem]) -> None:
        """Take since when, and how bad at its worst, from who looked on before; before or after the first moment."""
        self._seeds.plant(problems)
        self._is_sown = True
        for subject in self._subjects():
            for place, entry in subject.entries.items():
                rule_id, _, of = place.partition(" ")
                seed = self._seeds.take(subject.problem_id(rule_id, of))
                if seed is not None:
                    entry.sow(seed)
                    self._news.moved |= entry.find_place()
                    self._news.told = True

    def judge(
        self, instances: Sequence[InstanceView], changed: Sequence[int], scene: Scene, *, now: float, utc: float
    ) -> tuple[Problem, ...]:
        """Return all problems, critical ones first, then the oldest; the very tuple of before where nothing changed.

        Args:
            changed: places of `instances` that hold another object than at the last moment.
            now: monotonic time.
        """
        if self._began is None:
            self._began = now
        self._seeds.age(now)
        self._crowd.gather(instances, now)
        is_first = now - self._began < FIRST_SIGHT_SECONDS
        moment = Moment(now, utc, is_first, self._seeds, self._crowd.around, self._news)
        changed = self._place(instances, changed, now)
        if scene.host.failed_units is not self._units:
            changed = self._note_units(scene.host.failed_units, changed)
        if scene.kills is not None and scene.kills is not self._kills:
            changed = self._note_kills(scene.kills, changed)
        self._look_at_instances(instances, changed, moment)
        self._look_at_host(scene, moment)
        self._look_at_engines(scene.sources, moment)
        return self._gather(now)

    def _place(self, instances: Sequence[InstanceView], changed: Sequence[int], now: float) -> Sequence[int]:
        """Seat everybody anew where somebody came, went or moved; return the places to look at."""
        placed = self._seats.placed
        if self._is_sown:
            self._is_sown, changed = False, range(len(instances))
        if len(placed) == len(instances) and all(placed[place].key == instances[place].key for place in changed):
            return changed
        for seat in self._seats.place(instances, now):
            self._troubled.discard(seat)
            self._news.moved |= bool(seat.entries)
        self._units = self._kills = None  # to be told anew: who is there is another
        return range(len(instances))

    def _note_units(self, failed: tuple[FailedUnit, ...], changed: Sequence[int]) -> Sequence[int]:
        """Say to each container whether its unit failed; units without a container are the host's."""
        self._units = failed
        words = {(unit.name, unit.user): f"{unit.name} failed" + _because(unit.result) for unit in failed}
        places = set(changed)
        met = set()
        for place, seat in enumerate(self._seats.placed):
            container = seat.instance.container
            unit = (container.unit, seat.instance.user if container.unit_is_user else "") if container else ("", "")
            said = words.get(unit, "") if unit[0] else ""
            if said:
                met.add(unit)
            if said != seat.trend.unit_failed:
                seat.trend.unit_failed, seat.is_quiet = said, False
                places.add(place)
        self._orphans = tuple((name, words[name, user]) for name, user in words if (name, user) not in met)
        return sorted(places)

    def _note_kills(self, kills: Mapping[str, float], changed: Sequence[int]) -> Sequence[int]:
        """Say to each instance when the kernel killed something of it for memory."""
        self._kills = kills
        places = set(changed)
        for place, seat in enumerate(self._seats.placed):
            at = kills.get(seat.key)
            if at != seat.trend.killed_at:
                seat.trend.killed_at = at
                places.add(place)
        return sorted(places)

    def _look_at_instances(self, instances: Sequence[InstanceView], changed: Sequence[int], moment: Moment) -> None:
        placed, now = self._seats.placed, moment.now
        for place in changed:
            view, seat = instances[place], placed[place]
            if seat.instance is not view.instance:
                seat = self._meet(seat, view.instance, now)
            if moment.seeds:
                _recall_restarts(seat, moment)
            if seat.entries or not is_well(view, seat.trend, seat.arms.glance):
                self._look_at(seat, view, moment)
        due = [seat for seat in self._troubled if seat.due <= now]
        if due:
            places = {seat.key: place for place, seat in enumerate(placed)}
            for seat in due:
                if seat.key in places:
                    self._look_at(seat, instances[places[seat.key]], moment)

    def _meet(self, seat: Seat, instance: Instance, now: float) -> Seat:
        met = self._seats.meet(seat, instance, now)
        if met is not seat:
            self._troubled.discard(seat)
            self._news.moved |= bool(seat.entries)
        return met

    def _look_at(self, seat: Seat, view: InstanceView, moment: Moment) -> None:
        trend, entries, now, seeds = seat.trend, seat.entries, moment.now, moment.seeds
        seat.due = inf
        for armed in seat.arms.figures if seat.is_quiet else seat.arms.rules:
            rule, _, floor, asks, figure = armed
            entry = entries.get(rule.id)
            if asks is None or (entry is None and figure is not None and (figure(view.usage) or 0.0) < floor):
                continue
            stands = entry is not None and entry.raised
            if seeds and not stands:
                stands = seat.problem_id(rule.id) in seeds
            seen = asks(view, trend, now, stands)
            if entry is None and (seen is None or (seen.value is not None and seen.value < floor)):
                continue
            seat.weigh(armed, seen, moment)
        seat.is_quiet = not trend.restarts and STATE_RULES.isdisjoint(entries)
        if trend.restarts:
            seat.due = min(seat.due, now + AGAIN_SECONDS)
        if entries or seat.due < inf:
            self._troubled.add(seat)
        else:
            self._troubled.discard(seat)

    def _look_at_host(self, scene: Scene, moment: Moment) -> None:
        if self._orphans:
            scene = Scene(scene.host, scene.sources, scene.ledger, scene.stale_seconds, scene.defect, self._orphans)
        host = self._host
        places: set[str] = set()
        for rule_id, look in HOST_LOOKS.items():
            for seen in look(scene, self._past, moment.now):
                self._weigh_part(host, rule_id, seen, places, moment)
        self._calm_others(host, places, moment)

    def _look_at_engines(self, sources: Sequence[EngineStatus], moment: Moment) -> None:
        for gone in self._engines.keys() - {status.id for status in sources}:
            del self._engines[gone]
            self._news.moved = True
        for status in sources:
            engine = self._engines.get(status.id)
            if engine is None:
                engine = self._engines[status.id] = Subject(status.id, status.id, "engine", status.id)
            places: set[str] = set()
            for rule_id, asks in ENGINE_LOOKS.items():
                for seen in asks(status):
                    self._weigh_part(engine, rule_id, seen, places, moment)
            self._calm_others(engine, places, moment)

    def _weigh_part(self, subject: Subject, rule_id: str, seen: Seen, places: set[str], moment: Moment) -> None:
        armed = self._armed(subject, rule_id, seen.of)
        if armed is not None:
            place = f"{rule_id} {seen.of}"
            places.add(place)
            subject.weigh(armed, seen, moment, place)

    def _armed(self, subject: Subject, rule_id: str, of: str) -> Armed | None:
        """Return a rule as it is wanted for a filesystem, a disk, a unit or a pool by its name, or for the whole."""
        name = of if subject.kind == "host" else of.partition(" ")[2] or subject.name
        return self._book.of(subject.kind, name).by_id.get(rule_id)

    def _calm_others(self, subject: Subject, seen: set[str], moment: Moment) -> None:
        """Take in that nothing was seen of what stood before."""
        nothing: Seen | None = None
        for place in subject.entries.keys() - seen:
            rule_id, _, of = place.partition(" ")
            armed = self._armed(subject, rule_id, of)
            if armed is not None:
                subject.weigh(armed, nothing, moment, place)

    def _subjects(self) -> list[Subject]:
        """Return all for whom something stands or may begin to."""
        return [self._host, *self._engines.values(), *self._troubled]

    def _gather(self, now: float) -> tuple[Problem, ...]:
        news, ghosts = self._news, self._seats.ghosts(now)
        if news.moved or ghosts != self._ghosts:
            entries = [entry for subject in self._subjects() for entry in subject.entries.values() if entry.raised]
            entries += [seat.entries[OUTLIVING] for seat in ghosts]
            self._raised = sorted(entries, key=lambda entry: entry.order or ())
            self._ghosts = ghosts
            news.told = True
        if news.told:
            self._problems = tuple([entry.problem for entry in self._raised if entry.problem is not None])
        news.moved = news.told = False
        return self._problems


def _recall_restarts(seat: Seat, moment: Moment) -> None:
    """Count restarts on where a record left off: else a loop was no problem until it had gone round a few times."""
    seed = moment.seeds.look(seat.problem_id(OUTLIVING))
    if seed is not None and seed.value:
        since = seed.since_utc_seconds
        seat.trend.recall_restarts(int(seed.value), WINDOW_SECONDS if since is None else moment.utc - since, moment.now)


def _because(result: str) -> str:
    return f": {result}" if result else ""
