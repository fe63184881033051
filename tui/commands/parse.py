"""From the text of a `:` line to an action."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tui.actions import ACTIONS, Action, Scope, verb_for
from tui.actions.naming import find_named
from tui.domain.action import Verb
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.domain.instance import Instance

WORDS: dict[str, Action] = {action.command: action for action in ACTIONS if action.command}
"""Every command word with its action."""

ALIASES = {"q": "quit", "h": "help", "?": "help"}
EXPORTS = ("csv", "jsonl")
SWITCH = {"on": Verb.AUTOSTART_ON, "off": Verb.AUTOSTART_OFF}


class CommandError(HostdeckError):
    """The line makes no sense; `message` is the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """What the names in a line may mean.

    Attributes:
        view: the moment the screen shows, None before the first.
        themes: names of the themes.
        columns: names of the columns of the open pane.
        filters: what was typed into the filter before, the newest first.
    """

    view: HostView | None = None
    themes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A line that makes sense.

    Attributes:
        action: what to do.
        arguments: text of the filter, name of the theme, column and "reverse", columns; () when none was given.
        instances: what the line names; None when it names nothing and the marked rows or the cursor count.
        verb: what the line asks of an engine, None when the action's own verb has to be chosen by its targets
            (`verb_for`) or there is none.
    """

    action: Action
    arguments: tuple[str, ...] = ()
    instances: tuple[Instance, ...] | None = None
    verb: Verb | None = None


def parse(text: str, context: CommandContext) -> Command:
    """Read a line, with or without its colon.

    Raises:
        CommandError: with a sentence.
        HostdeckError: when a name means nothing or more than one.
    """
    line = text.strip().removeprefix(":").strip()
    word, _, rest = line.partition(" ")
    if not word:
        raise CommandError("Nothing to do", "Type a command; Tab shows what there is.")
    action = WORDS.get(ALIASES.get(word, word))
    if action is None:
        raise CommandError("No such command", f'There is no command "{word}".{_near(word, list(WORDS))}')
    if action.id in {"filter", "note"}:  # words as they are typed
        return Command(action, (rest.strip(),) if rest.strip() else ())
    return _READERS.get(action.id, _read_plain)(action, _split(rest), context)


def _split(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError as error:
        raise CommandError(
            "A quotation mark is open", 'A quotation mark is open: close it, or write \\" for it.'
        ) from error


def _read_plain(action: Action, words: list[str], context: CommandContext) -> Command:
    """Read names for what is done to instances; other commands take nothing."""
    if action.scope is not Scope.INSTANCE:
        if words:
            raise CommandError("Too many words", f'"{action.command}" stands alone: "{words[0]}" means nothing there.')
        return Command(action)
    if not words:
        return Command(action, verb=None if action.verb_back else action.verb)
    instances = _named(words, context)
    if not action.changes and len(instances) > 1:
        raise CommandError("Too many names", f'"{action.command}" takes one name.')
    return Command(action, instances=instances, verb=verb_for(action, instances))


def _read_autostart(action: Action, words: list[str], context: CommandContext) -> Command:
    verb = SWITCH.get(words[0]) if words else None
    names = words[1:] if verb else words
    if not names:
        return Command(action, verb=verb)
    instances = _named(names, context)
    return Command(action, instances=instances, verb=verb or verb_for(action, instances))


def _read_theme(action: Action, words: list[str], context: CommandContext) -> Command:
    if len(words) > 1:
        raise CommandError("Too many words", '"theme" takes one name.')
    if words and words[0] not in context.themes:
        raise CommandError("No such theme", f'There is no theme "{words[0]}".{_near(words[0], context.themes)}')
    return Command(action, tuple(words))


def _read_sort(action: Action, words: list[str], context: CommandContext) -> Command:
    if not words:
        raise CommandError("No column", f'"sort" needs a column: {", ".join(context.columns)}.')
    _known_column(words[0], context)
    if words[1:] not in ([], ["reverse"]):
        raise CommandError("Too many words", 'After the column only "reverse" may follow.')
    return Command(action, tuple(words))


def _read_columns(action: Action, words: list[str], context: CommandContext) -> Command:
    columns = [column for word in words for column in word.split(",") if column]
    for column in columns:
        _known_column(column, context)
    return Command(action, tuple(dict.fromkeys(columns)))


def _read_shell(action: Action, words: list[str], context: CommandContext) -> Command:
    """Read a name, `--user U` and `--dir D` in any order; the arguments are user and folder."""
    chosen = {"--user": "", "--dir": ""}
    names: list[str] = []
    rest = iter(words)
    for word in rest:
        option, given, value = word.partition("=")
        if option not in chosen:
            names.append(word)
            continue
        chosen[option] = value if given else next(rest, "")
        if not chosen[option]:
            raise CommandError("A word is missing", f'"{option}" needs a word behind it.')
    if len(names) > 1:
        raise CommandError("Too many names", f'"{action.command}" takes one name.')
    instances = _named(names, context) if names else None
    if instances is not None and len(instances) > 1:
        raise CommandError("Not one", f'"{names[0]}" is a pod: name one of its containers.')
    return Command(action, tuple(chosen.values()), instances=instances)


def _read_at(action: Action, words: list[str], _context: CommandContext) -> Command:
    return Command(action, (" ".join(words),) if words else ())


def _read_names(action: Action, words: list[str], context: CommandContext) -> Command:
    return Command(action, instances=_named(words, context) if words else None)


def _read_keys(action: Action, words: list[str], context: CommandContext) -> Command:
    if not words:
        return Command(action)
    if len(words) > 2:
        raise CommandError("Too many words", "Write the keys with - between them, then the name of a guest.")
    return Command(action, (words[0],), instances=_named(words[1:], context) if words[1:] else None)


def _read_silence(action: Action, words: list[str], context: CommandContext) -> Command:
    if not words:
        return Command(action)
    return Command(action, (words[0],), instances=_named(words[1:], context) if words[1:] else None)


def _read_notify(action: Action, words: list[str], context: CommandContext) -> Command:  # noqa: ARG001 - one kind of reader
    if words not in ([], ["test"]):
        raise CommandError("What about it", '"notify" takes one word: "notify test" sends a test.')
    return Command(action, ("test",))


def _read_export(action: Action, words: list[str], context: CommandContext) -> Command:  # noqa: ARG001 - names nothing
    if len(words) > 1 or words[:1] not in ([], *([name] for name in EXPORTS)):
        raise CommandError("No such format", f'After "export" comes {" or ".join(EXPORTS)}, and nothing more.')
    return Command(action, tuple(words))


_Reader = Callable[[Action, list[str], CommandContext], Command]

_READERS: dict[str, _Reader] = {
    "autostart": _read_autostart,
    "theme": _read_theme,
    "sort": _read_sort,
    "replay_at": _read_at,
    "columns": _read_columns,
    "shell": _read_shell,
    "logs": _read_names,
    "send_keys": _read_keys,
    "silence": _read_silence,
    "notify": _read_notify,
    "export": _read_export,
}


def _known_column(name: str, context: CommandContext) -> None:
    if name not in context.columns:
        raise CommandError("No such column", f'This pane has no column "{name}".{_near(name, context.columns)}')


def _named(names: Sequence[str], context: CommandContext) -> tuple[Instance, ...]:
    """Return the instances of all names, each once."""
    if context.view is None:
        raise CommandError("Nothing is listed yet", "No engine has answered yet: nothing has a name.")
    found: dict[str, Instance] = {}
    for name in names:
        found.update({instance.key: instance for instance in find_named(name, context.view)})
    return tuple(found.values())


def _near(text: str, known: Sequence[str]) -> str:
    close = get_close_matches(text, known, n=1)
    return f' Did you mean "{close[0]}"?' if close else ""
