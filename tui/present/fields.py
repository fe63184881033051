"""What a filter finds a line by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.present.entry import Entry
from tui.present.state import pod_word, state_word

_SHARED_KEYS = ("state", "kind", "engine", "user", "ip", "name", "title", "problem")
GUEST_KEYS = (*_SHARED_KEYS, "os")
CONTAINER_KEYS = (*_SHARED_KEYS, "pod", "image", "unit")
FILTER_KEYS = (*_SHARED_KEYS, "pod", "image", "unit", "os")
"""What may stand before the colon: `state:paused`."""


def filter_fields(entry: Entry) -> Mapping[str, Sequence[str]]:
    """Return the texts of a line by the key a person may name: `state:paused`, `user:anna`, `image:postgres`."""
    instance = entry.instance
    if instance is None:
        fields = {"name": entry.name, "state": pod_word(entry), "kind": "pod", "pod": entry.name}
        fields |= {"user": entry.user, "engine": entry.engine}
        return {key: (text,) for key, text in fields.items()}
    found: dict[str, Sequence[str]] = {
        "name": (instance.name,),
        "state": (state_word(instance), instance.state.value),
        "kind": (instance.kind.value,),
        "engine": (instance.id.engine,),
        "user": (instance.user,),
        "ip": tuple(address.ip for address in instance.addresses),
        "title": (instance.title,),
    }
    if instance.container is not None:
        found["pod"] = (entry.pod_name,)
        found["image"] = (instance.container.image,)
        found["unit"] = (instance.container.unit,)
    if instance.guest is not None:
        found["os"] = (instance.guest.os,)
    if entry.problem is not None:
        found["problem"] = (entry.problem.text,)
    return found
