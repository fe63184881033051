"""All that can be done with guests and containers, as a menu, and what new things can be made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.actions import BY_ID, Targets, possible, verb_for
from tui.actions.words import counted
from tui.domain.errors import EngineError
from tui.domain.instance import Instance, Kind
from tui.domain.operation.guests import (
    CloneGuest,
    CreateSnapshot,
    DefineXml,
    ManagedSave,
    RemoveManagedSave,
)
from tui.domain.operation.images import (
    CheckpointContainer,
    CommitContainer,
    RestoreContainer,
    UpdateLimits,
)
from tui.screens import container_ways, guest_forms, image_forms, xml_edit
from tui.screens.acting import ask_and_submit
from tui.screens.operating import Offer, propose, show_menu

if TYPE_CHECKING:
    from tui.domain.operation import Operation
    from tui.screens.deck import Deck

POWER = ("start", "stop", "restart", "pause", "kill", "reset", "autostart", "delete")
NOWHERE = "Put the cursor on a guest or container."


def show_actions(deck: Deck, targets: Targets) -> None:
    """List all that can be done with what is under the cursor, or with all that is marked."""
    instances = targets.instances
    if not instances:
        deck.say(targets.note or NOWHERE, "warn")
    elif len(instances) == 1:
        show_menu(
            deck, f"{instances[0].kind} {instances[0].name}, {instances[0].state}", offers_for(deck, instances[0])
        )
    else:
        show_menu(deck, counted(instances), offers_for_several(deck, targets))


def offers_for(deck: Deck, instance: Instance) -> list[Offer]:
    """Return all that can be done with one guest or container."""
    own = _for_guest(deck, instance) if instance.guest is not None else _for_container(deck, instance)
    usual = [*_looking(deck, instance), *_power(deck, Targets((instance,)))]
    keys = {offer.key for offer in usual}  # a person may have given these the letters of the others
    return [*(replace(offer, key="" if offer.key in keys else offer.key) for offer in own), *usual]


def offers_for_several(deck: Deck, targets: Targets) -> list[Offer]:
    """Return what makes sense for several at once."""
    instances = targets.instances
    guests = [one for one in instances if one.guest is not None]
    containers = [one for one in instances if one.container is not None]
    found = []
    if guests:
        off = _objection(deck, guests[0], CreateSnapshot)
        text = f"take a snapshot of each of {counted(guests)}"
        found.append(Offer(text, lambda: guest_forms.take_snapshot(deck, *guests), "n", off))
    if containers:
        off = _objection(deck, containers[0], UpdateLimits)
        text = f"limits of {counted(containers)}"
        found.append(Offer(text, lambda: image_forms.limits(deck, *containers), "L", off))
    found.append(Offer("one log of all", lambda: deck.inside.logs(targets), _letter(deck, "logs"), changes=False))
    return [*found, *_power(deck, targets)]


def _power(deck: Deck, targets: Targets) -> list[Offer]:
    """Return the power verbs that at least one of them can obey in its state."""
    found = []
    for action_id in POWER:
        action = BY_ID[action_id]
        verb = verb_for(action, targets.instances)
        if verb is None or all(possible(verb, one) is not None for one in targets.instances):
            continue
        word = str(verb).replace("-", " ")
        start = _with(ask_and_submit, deck, action, targets, verb)
        found.append(Offer(word, start, _letter(deck, action_id)))
    return found


def _looking(deck: Deck, instance: Instance) -> list[Offer]:
    """Return what only looks, or goes inside."""
    from tui.screens.on_instance import open_details, open_raw

    targets, inside = Targets((instance,)), deck.inside
    is_guest = instance.kind is Kind.GUEST
    found = [
        Offer("console" if is_guest else "attach to its main process", lambda: inside.console(targets),
              _letter(deck, "console"), _idle(instance)),
    ]  # fmt: skip
    if is_guest:
        displays = instance.guest.displays if instance.guest is not None else ()
        found += [
            Offer("a still of its screen", lambda: inside.guest_screen(targets), "v",
                  _idle(instance) or ("" if displays else f"{instance.name} has no screen.")),
            Offer("press keys on its keyboard", lambda: inside.ask_keys(targets), "b", _idle(instance)),
        ]  # fmt: skip
    else:
        found.append(Offer("shell", lambda: inside.shell(targets), _letter(deck, "shell"), _idle(instance)))
    return [
        *found,
        Offer("log", lambda: inside.logs(targets), _letter(deck, "logs"), changes=False),
        Offer("raw description", lambda: open_raw(deck, instance), _letter(deck, "raw"), changes=False),
        Offer("details", lambda: open_details(deck, instance.key), _letter(deck, "details"), changes=False),
        Offer("where it is on the map of the networks", lambda: open_map(deck, instance),
              _letter(deck, "network_map"), changes=False),
    ]  # fmt: skip


def _for_guest(deck: Deck, instance: Instance) -> list[Offer]:
    saved = instance.guest is not None and instance.guest.has_managed_save
    runs = instance.state.is_active
    return [
        Offer("snapshots ...", lambda: open_snapshots(deck, instance), "n", _unknown(deck, instance), changes=False),
        Offer("take a snapshot", lambda: guest_forms.take_snapshot(deck, instance), "N",
              _objection(deck, instance, CreateSnapshot)),
        Offer("hardware ...", lambda: open_hardware(deck, instance), "h", _unknown(deck, instance), changes=False),
        Offer("edit the XML in your editor", lambda: xml_edit.edit(deck, instance), _letter(deck, "edit"),
              _objection(deck, instance, DefineXml)),
        Offer("clone", lambda: guest_forms.clone(deck, instance), "C",
              _objection(deck, instance, CloneGuest)
              or (f"{instance.name} runs: shut it off before it is cloned." if runs else "")),
        Offer("save its memory and stop it", _proposing(deck, ManagedSave(target=instance.id)), "W",
              _objection(deck, instance, ManagedSave) or _idle(instance)),
        Offer("throw its saved memory away", _proposing(deck, RemoveManagedSave(target=instance.id)), "F",
              _objection(deck, instance, RemoveManagedSave)
              or ("" if saved else f"No memory of {instance.name} is saved.")),
    ]  # fmt: skip


def _for_container(deck: Deck, instance: Instance) -> list[Offer]:
    return [
        Offer("limits: cores, memory, tasks", lambda: image_forms.limits(deck, instance), "L",
              _objection(deck, instance, UpdateLimits)),
        Offer("make an image of it", lambda: image_forms.commit(deck, instance), "M",
              _objection(deck, instance, CommitContainer)),
        Offer("connect it to a network", lambda: container_ways.connecting(deck, instance), "N",
              _unknown(deck, instance)),
        Offer("disconnect it from a network", lambda: container_ways.disconnecting(deck, instance), "X",
              _unknown(deck, instance)),
        Offer("checkpoint: write it to disk as it runs", lambda: container_ways.checkpoint(deck, instance), "W",
              _objection(deck, instance, CheckpointContainer) or _idle(instance)),
        Offer("restore it from its checkpoint", _proposing(deck, RestoreContainer(target=instance.id)), "V",
              _objection(deck, instance, RestoreContainer)
              or (f"{instance.name} runs." if instance.state.is_active else "")),
    ]  # fmt: skip


def open_snapshots(deck: Deck, instance: Instance) -> None:
    """Show the snapshots of a guest."""
    from tui.screens.snapshots import SnapshotsScreen

    deck.push_screen(SnapshotsScreen(instance))


def open_hardware(deck: Deck, instance: Instance) -> None:
    """Show what a guest is built of."""
    from tui.screens.hardware import HardwareScreen

    deck.push_screen(HardwareScreen(instance))


def open_map(deck: Deck, instance: Instance) -> None:
    """Show the map of the networks at a guest or container."""
    from tui.screens.network_map import NetworkMap

    deck.push_screen(NetworkMap(instance.key))


def _idle(instance: Instance) -> str:
    return "" if instance.state.is_active else f"{instance.name} does not run."


def _unknown(deck: Deck, instance: Instance) -> str:
    """Return why an engine is not known to keep anything beside its instances."""
    try:
        deck.source.keeper(instance.id.engine)
    except EngineError as error:
        return error.message
    return ""


def _objection(deck: Deck, instance: Instance, operation: type[Operation]) -> str:
    """Return why an operation is not possible with an engine's version; empty when it is."""
    try:
        keeper = deck.source.keeper(instance.id.engine)
    except EngineError as error:
        return error.message
    return keeper.supports(operation)


def _proposing(deck: Deck, operation: Operation) -> Callable[[], None]:
    return lambda: propose(deck, [operation])


def _letter(deck: Deck, action_id: str) -> str:
    """Return the key of an action where it is one letter: a menu is chosen from by letters."""
    label = deck.label_of(action_id)
    return label if len(label) == 1 else ""


def _with(function: Callable[..., Awaitable[None] | None], *args: object) -> Callable[[], Awaitable[None] | None]:
    return lambda: function(*args)
