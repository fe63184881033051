"""What a half-typed `:` line may become."""

import shlex
from collections.abc import Sequence

from tui.actions import Action, Scope, possible
from tui.actions.naming import spellings
from tui.commands.parse import ALIASES, EXPORTS, SWITCH, WORDS, CommandContext

MOST_COMPLETIONS = 50


def complete(text: str, context: CommandContext) -> list[str]:
    """Return whole lines that the text may become, the likeliest first; those that begin with the text come first.

    Names are offered only where the command is possible on them.
    """
    colon = ":" if text.startswith(":") else ""
    line = text.removeprefix(":").lstrip()
    word, blank, rest = line.partition(" ")
    if not blank:
        return [f"{colon}{found}" for found in _matching(word, list(WORDS))]
    action = WORDS.get(ALIASES.get(word, word))
    if action is None:
        return []
    if action.id == "filter":
        return [f"{colon}{word} {entry}" for entry in context.filters if entry.startswith(rest)][:MOST_COMPLETIONS]
    start = _last_word_start(rest)
    before, partial = rest[:start], _unquoted(rest[start:])
    done = _words_before(before)
    if done is None:
        return []
    found = _matching(partial, _candidates(action, done, context))
    return [f"{colon}{word} {before}{shlex.quote(candidate)}" for candidate in found]


_SEVERAL = frozenset({"logs", "shell"})
"""They change nothing, and yet more words may follow the first."""


def _candidates(action: Action, done: list[str], context: CommandContext) -> list[str]:
    """Return what the next word may be."""
    if action.id == "theme":
        return [] if done else list(context.themes)
    if action.id == "sort":
        return list(context.columns) if not done else ["reverse"][len(done) - 1 :]
    if action.id == "columns":
        return [column for column in context.columns if column not in done]
    if action.id == "export":
        return [] if done else list(EXPORTS)
    if action.id == "send_keys" and not done:
        return ["ctrl-alt-del", "sysrq-b", "alt-f1", "alt-f2", "enter"]
    if action.id == "silence" and not done:
        return ["15m", "1h", "8h", "1d", "tomorrow"]
    if action.id == "notify":
        return [] if done else ["test"]
    if action.id == "note":
        return []
    if action.scope is not Scope.INSTANCE or (done and not action.changes and action.id not in _SEVERAL):
        return []
    switches = list(SWITCH) if action.id == "autostart" and not done else []
    return switches + [name for name in _names(action, done, context) if name not in done]


def _names(action: Action, done: list[str], context: CommandContext) -> list[str]:
    if context.view is None:
        return []
    verbs = [verb for verb in (action.verb, action.verb_back) if verb is not None]
    if action.id == "autostart" and done and done[0] in SWITCH:
        verbs = [SWITCH[done[0]]]
    instances = [entry.instance for entry in context.view.instances if entry.instance.kind in action.kinds]
    if verbs:
        instances = [item for item in instances if any(possible(verb, item) is None for verb in verbs)]
    return sorted(spellings(instances, context.view))


def _matching(partial: str, candidates: Sequence[str]) -> list[str]:
    """Return what begins with the text, then what contains it, letters of either size."""
    small = partial.lower()
    begins = [entry for entry in candidates if entry.lower().startswith(small)]
    contains = [entry for entry in candidates if small in entry.lower() and not entry.lower().startswith(small)]
    return (begins + contains)[:MOST_COMPLETIONS]


def _last_word_start(rest: str) -> int:
    """Return where the last word begins, quotation marks and backslashes considered."""
    start, quote, escaped = 0, "", False
    for index, letter in enumerate(rest):
        if escaped:
            escaped = False
        elif letter == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == " ":
            start = index + 1
    return start


def _unquoted(word: str) -> str:
    """Return what a half-typed word says: an open quotation mark counts as closed."""
    for closing in ("", '"', "'"):
        try:
            words = shlex.split(word + closing)
        except ValueError:
            continue
        return words[0] if words else ""
    return word.rstrip("\\")


def _words_before(before: str) -> list[str] | None:
    try:
        return shlex.split(before)
    except ValueError:
        return None
