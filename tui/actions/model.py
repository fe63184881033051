"""What an action is."""

from dataclasses import dataclass
from enum import StrEnum

from tui.config.keys import key_label
from tui.domain.action import Verb
from tui.domain.instance import Kind

BOTH = frozenset({Kind.GUEST, Kind.CONTAINER})


class Scope(StrEnum):
    """Where an action means something."""

    APP = "app"  # everywhere
    TABLE = "table"  # a list with cursor, marks, filter and columns
    INSTANCE = "instance"  # a guest or container: the row under the cursor, the marked ones, or an open details screen
    CHARTS = "charts"  # a page with charts
    REPLAY = "replay"  # the past on the screen, on top of what else means something there
    JOBS = "jobs"  # the list of jobs
    LOG = "log"  # an open log: every key is its own
    TIMELINE = "timeline"  # the line of time: digits choose kinds there
    SESSIONS = "sessions"  # the list of sessions
    SESSION = "session"  # an open session: every key is its own, except these


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that a person may ask for.

    Attributes:
        id: name of its key binding; `[keys]` of the configuration uses it.
        name: a few words for the command palette and the help.
        keys: names of its keys in the terminal library's spelling, the first one is shown; () when it has none.
        help: one or two words for the footer.
        description: a sentence for the help.
        changes: it changes something outside the screen, so it asks first (starting asks nothing).
        opens_input: it opens what can be typed into, which is refused where nothing may be changed.
        verb: what it asks of an engine; None for an action of the screen.
        verb_back: the opposite, for an action that toggles.
        kinds: what it may be done to.
        footer_priority: the higher the number, the sooner the footer leaves it out; None never shows it there.
        footer_with: id of its counterpart, whose key stands before its own in the footer; empty without one.
        command: its word after `:`; empty when there is none.
        by_widget: the widget that has the focus carries it out; nothing is to be bound for it.
        reserved: its keys are kept for a later version; it is shown nowhere and does nothing.
    """

    id: str
    name: str
    help: str
    description: str
    scope: Scope
    keys: tuple[str, ...] = ()
    changes: bool = False
    opens_input: bool = False
    verb: Verb | None = None
    verb_back: Verb | None = None
    kinds: frozenset[Kind] = BOTH
    footer_priority: int | None = None
    footer_with: str = ""
    command: str = ""
    by_widget: bool = False
    reserved: bool = False

    @property
    def needs_write(self) -> bool:
        """Tell whether it is refused with --read-only."""
        return self.changes or self.opens_input

    @property
    def label(self) -> str:
        """Return its first key as shown; empty when it has none."""
        return key_label(self.keys[0]) if self.keys else ""

    @property
    def labels(self) -> str:
        """Return all its keys as shown, separated by blanks."""
        return " ".join([key_label(key) for key in self.keys])
