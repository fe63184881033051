"""Actions as data: what there is, on what it is possible, what to ask before, and whom it goes to."""

from tui.actions.confirm import Confirmation, confirmation, requests_for
from tui.actions.model import Action, Scope
from tui.actions.possible import READ_ONLY, possible
from tui.actions.table import ACTIONS, BY_ID, BY_VERB, bound, default_keys, footer, palette, remapped, shown
from tui.actions.targets import Plan, Targets, plan, resolve_targets, verb_for
from tui.actions.words import VERB_WORD

__all__ = [
    "ACTIONS",
    "BY_ID",
    "BY_VERB",
    "READ_ONLY",
    "VERB_WORD",
    "Action",
    "Confirmation",
    "Plan",
    "Scope",
    "Targets",
    "bound",
    "confirmation",
    "default_keys",
    "footer",
    "palette",
    "plan",
    "possible",
    "remapped",
    "requests_for",
    "resolve_targets",
    "shown",
    "verb_for",
]
