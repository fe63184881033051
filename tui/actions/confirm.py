"""What to ask before an action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.actions.dependants import dependants
from tui.actions.words import VERB_WORD, counted, duration, listed
from tui.domain.action import ActionRequest, Verb
from tui.domain.host import HostView
from tui.domain.instance import Instance, Kind

MOST_NAMED = 12
"""So many objects are named one a line; of more the rest is a number."""

_LOSES = frozenset({Verb.KILL, Verb.RESET})
_STOPS = frozenset({Verb.STOP, Verb.KILL})
_INTERRUPTS = frozenset({Verb.STOP, Verb.KILL, Verb.RESTART, Verb.RESET, Verb.PAUSE})


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question before an action. All texts are unescaped.

    Attributes:
        title: the question ("Stop guest mail01 on kvm01?").
        objects: one line for each object, with kind, state and since when; bounded, the last may be "and 8 more".
        notes: sentences: dependants, units, what is lost.
        danger: something may be lost; show it so.
        type_to_confirm: what must be typed to agree; None when a key press is enough.
        commands: the equivalent command lines; bounded like `objects`.
        confirm_label: word of the button.
        offers_nvram: a guest's firmware variables can be removed too, when asked.
    """

    verb: Verb
    title: str
    objects: tuple[str, ...]
    notes: tuple[str, ...]
    danger: bool
    type_to_confirm: str | None
    commands: tuple[str, ...]
    confirm_label: str
    offers_nvram: bool = False

    @property
    def body(self) -> str:
        """Return objects and notes as one text."""
        return "\n".join([*self.objects, *(("", *self.notes) if self.notes else ())])


def requests_for(
    verb: Verb, instances: Sequence[Instance], *, stop_timeout_seconds: float = 10.0, remove_nvram: bool = False
) -> tuple[ActionRequest, ...]:
    """Return one request for each instance."""
    return tuple(
        ActionRequest(
            verb,
            instance.id,
            timeout_seconds=stop_timeout_seconds,
            remove_nvram=remove_nvram and verb is Verb.DELETE and instance.kind is Kind.GUEST,
        )
        for instance in instances
    )


def confirmation(
    verb: Verb,
    instances: Sequence[Instance],
    view: HostView,
    *,
    command: Callable[[ActionRequest], str] | None = None,
    confirm_delete_count: int = 10,
    stop_timeout_seconds: float = 10.0,
) -> Confirmation | None:
    """Return what to ask, or None when nothing is to be asked: starting, or no instances.

    Args:
        verb: what is to be done.
        instances: what it goes to.
        view: the moment that the screen shows.
        command: gives the equivalent command of a request (`HostSource.command`).
        confirm_delete_count: deleting more than these asks to type their number.
        stop_timeout_seconds: Podman kills a container that has not stopped after it.
    """
    if verb is Verb.START or not instances:
        return None
    many = verb is Verb.DELETE and len(instances) > confirm_delete_count
    named = instances[:MOST_NAMED]
    requests = requests_for(verb, named, stop_timeout_seconds=stop_timeout_seconds)
    rest = [f"and {len(instances) - len(named)} more"] if len(instances) > len(named) else []
    return Confirmation(
        verb=verb,
        title=_title(verb, instances, view),
        objects=(*(_object(instance, view) for instance in named), *rest),
        notes=_notes(verb, instances, view, stop_timeout_seconds),
        danger=verb in _LOSES or verb is Verb.DELETE,
        type_to_confirm=str(len(instances)) if many else None,
        commands=tuple(filter(None, [command(request) for request in requests])) if command else (),
        confirm_label=VERB_WORD[verb],
        offers_nvram=verb is Verb.DELETE and any(instance.guest and instance.guest.has_nvram for instance in instances),
    )


def _title(verb: Verb, instances: Sequence[Instance], view: HostView) -> str:
    what = f"{instances[0].kind} {instances[0].name}" if len(instances) == 1 else counted(instances)
    return f"{_IMPERATIVE.get(verb, VERB_WORD[verb] + ' {}').replace('{}', what)} on {view.host_name}?"


_IMPERATIVE = {
    Verb.AUTOSTART_ON: "Switch autostart of {} on",
    Verb.AUTOSTART_OFF: "Switch autostart of {} off",
}


def _object(instance: Instance, view: HostView) -> str:
    """Return one line: name, kind, whose it is, state with reason, and how long it runs."""
    owner = f" of {instance.user}" if instance.user and instance.user != "root" else ""
    state = f"{instance.state}: {instance.reason}" if instance.reason else str(instance.state)
    since = ""
    if instance.state.is_active and instance.started_unix_seconds is not None:
        since = f", up {duration(view.taken_utc_seconds - instance.started_unix_seconds)}"
    return f"{instance.name}  {instance.kind}{owner} ({instance.id.engine})  {state}{since}"


def _notes(verb: Verb, instances: Sequence[Instance], view: HostView, timeout: float) -> tuple[str, ...]:
    """Return what is worth knowing, each sentence once."""
    together = {instance.key for instance in instances}
    notes = [_loss(verb, instances)]
    if verb in _INTERRUPTS:
        felt: dict[str, list[str]] = {}
        for instance in instances[:MOST_NAMED]:
            for sentence in dependants(instance, view, together):
                felt.setdefault(sentence, []).append(instance.name)
        single = len(instances) == 1
        notes += [sentence if single else f"{listed(names)}: {sentence}" for sentence, names in felt.items()]
    notes += [_units(verb, instances), _vanishing(verb, instances), _saved(verb, instances)]
    notes.append(_patience(verb, instances, timeout))
    return tuple(dict.fromkeys(filter(None, notes)))


def _loss(verb: Verb, instances: Sequence[Instance]) -> str:
    guests = any(instance.kind is Kind.GUEST for instance in instances)
    if verb is Verb.DELETE:
        sentences = ["Disks stay; the definition of a guest is gone."] if guests else []
        if any(instance.guest and instance.guest.has_nvram for instance in instances):
            sentences.append("Its firmware's variables (NVRAM) stay too, unless you tick the box.")
        if any(instance.kind is Kind.CONTAINER for instance in instances):
            sentences.append("What a container wrote outside of volumes is lost.")
        return " ".join(sentences)
    if verb in _LOSES:
        how = "as when the plug is pulled" if guests and verb is Verb.KILL else "at once, without a warning to it"
        return f"It ends {how}: what is not written yet is lost."
    return ""


def _units(verb: Verb, instances: Sequence[Instance]) -> str:
    """Tell about the systemd units that manage containers."""
    units = [instance.container.unit for instance in instances if instance.container and instance.container.unit]
    if not units:
        return ""
    names = listed(sorted(set(units)))
    if verb in {Verb.STOP, Verb.RESTART}:
        return f"Managed by systemd: done through {names}."
    if verb is Verb.KILL:
        return f"Managed by systemd: {names} may start it again."
    if verb is Verb.DELETE:
        return f"Managed by systemd: {names} makes it anew at its next start."
    return ""


def _vanishing(verb: Verb, instances: Sequence[Instance]) -> str:
    names = [instance.name for instance in instances if instance.guest and not instance.guest.persistent]
    if not names or verb not in _STOPS:
        return ""
    return f"Transient, it vanishes when it stops: {listed(names)}."


def _saved(verb: Verb, instances: Sequence[Instance]) -> str:
    names = [instance.name for instance in instances if instance.guest and instance.guest.has_managed_save]
    if not names or verb is not Verb.DELETE:
        return ""
    return f"Has a saved memory image: {listed(names)}."


def _patience(verb: Verb, instances: Sequence[Instance], timeout: float) -> str:
    """Tell what follows when a graceful request is not obeyed."""
    if verb not in {Verb.STOP, Verb.RESTART}:
        return ""
    sentences = []
    if any(instance.kind is Kind.CONTAINER and not _unit(instance) for instance in instances):
        sentences.append(f"Podman kills a container that has not stopped after {timeout:g} s.")
    if any(instance.kind is Kind.GUEST for instance in instances):
        sentences.append("A guest is asked to shut down; it may take long, or not obey.")
    return " ".join(sentences)


def _unit(instance: Instance) -> str:
    return instance.container.unit if instance.container else ""
