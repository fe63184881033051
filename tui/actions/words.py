"""Words for verbs, kinds and spans of time in sentences."""

from collections.abc import Sequence

from tui.domain.action import Verb
from tui.domain.instance import Instance, Kind

VERB_WORD: dict[Verb, str] = {
    Verb.START: "Start",
    Verb.STOP: "Stop",
    Verb.KILL: "Kill",
    Verb.RESTART: "Restart",
    Verb.RESET: "Reset",
    Verb.PAUSE: "Pause",
    Verb.RESUME: "Resume",
    Verb.DELETE: "Delete",
    Verb.AUTOSTART_ON: "Autostart on",
    Verb.AUTOSTART_OFF: "Autostart off",
}


def duration(seconds: float) -> str:
    """Return a span in its two largest units: `41 d 3 h`, `12 min`, `7 s`; below 0 counts as 0."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, last = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{last} s"


def counted(instances: Sequence[Instance]) -> str:
    """Return how many there are of what: `12 containers`, `2 guests and 1 container`."""
    guests = sum([instance.kind is Kind.GUEST for instance in instances])
    parts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((guests, "guest"), (len(instances) - guests, "container"))
        if count
    ]
    return " and ".join(parts) or "nothing"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return names separated by commas, the rest as a number: `a, b and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return ", ".join(names)
