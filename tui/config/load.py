"""From a file to preferences, or to all that is wrong with it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from platformdirs import user_config_path

from tui.config.bindings import Bindable, find_conflicts, keys_of
from tui.config.checks import (
    Check,
    auto_or_boolean,
    boolean,
    names,
    near,
    number,
    printable,
    shells,
    shown,
    texts,
    word,
)
from tui.config.lines import error_line, key_lines, line_of
from tui.config.model import PANES, Config
from tui.domain.errors import ConfigError

LONGEST_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong: `key` is dotted and empty when the whole file is meant, `line` counts from 1 or is 0."""

    line: int
    key: str
    text: str


class InvalidConfig(ConfigError):  # noqa: N818 - named for what is the case, as its siblings
    """All that is wrong with a file, one line each: `PATH:LINE: KEY: what`."""

    def __init__(self, path: Path, problems: Sequence[ConfigProblem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("The configuration cannot be used", "\n".join(map(self._line, self.problems)))

    def _line(self, problem: ConfigProblem) -> str:
        place = f"{self.path}:{problem.line}" if problem.line else str(self.path)
        parts = [place, printable(problem.key), problem.text]
        return ": ".join([part for part in parts if part])


def default_path() -> Path:
    """Return the file in $XDG_CONFIG_HOME."""
    return user_config_path("hostdeck", appauthor=False) / "config.toml"


class Known(NamedTuple):
    """What names may stand in a file.

    Attributes:
        actions: the table of actions, for `[keys]`.
        columns: known columns by pane; None accepts all names.
        themes: known themes; None accepts all names.
    """

    actions: Sequence[Bindable] = ()
    columns: Mapping[str, Collection[str]] | None = None
    themes: Collection[str] | None = None


def load_config(path: Path | None = None, *, known: Callable[[Collection[str]], Known] = lambda _: Known()) -> Config:
    """Read the preferences; the defaults when the usual file is not there.

    Args:
        path: a file that a person named and that must be there; None for the usual one.
        known: gives what names may stand there; called with the keys of a file that has any.

    Raises:
        InvalidConfig: with everything that is wrong.
    """
    place = path or default_path()
    return parse_config(_read(place, required=path is not None), place, known=known)


def parse_config(text: str, path: Path, *, known: Callable[[Collection[str]], Known] = lambda _: Known()) -> Config:
    """Return the preferences a text has; arguments and errors as for `load_config`."""
    if not text.strip():
        return Config()
    import tomllib  # heavy for those who have no file

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = error_line(str(error), text)
        reason = str(error).split(" (at ")[0]
        raise InvalidConfig(path, [ConfigProblem(line, "", f"this is not TOML: {reason}")]) from error
    actions, columns, themes = known(document)
    reader = _Reader(key_lines(text))
    reader.read_values(document, themes)
    reader.read_log(reader.table(document, "log"))
    reader.read_bindings(reader.table(document, "keys"), actions)
    reader.read_columns(reader.table(document, "columns"), columns)
    for name in _LATE_TABLES:
        if name in document:
            reader.read_late(name, reader.table(document, name))
    if reader.problems:
        raise InvalidConfig(path, reader.problems)
    return Config(**reader.values)


def _read(path: Path, *, required: bool) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE_BYTES + 1)
    except FileNotFoundError as error:
        if not required:
            return ""
        raise InvalidConfig(path, [ConfigProblem(0, "", "there is no such file")]) from error
    except OSError as error:
        raise InvalidConfig(path, [ConfigProblem(0, "", f"cannot be read: {error.strerror}")]) from error
    if len(content) > LONGEST_FILE_BYTES:
        raise InvalidConfig(path, [ConfigProblem(0, "", "is too large to be a configuration")])
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidConfig(path, [ConfigProblem(line, "", "this is not UTF-8 text")]) from error


def _checks(themes: Collection[str] | None) -> dict[str, Check]:
    return {
        "connect": texts,
        "podman": texts,
        "interval_seconds": number(0.5, 60),
        "theme": word(themes),
        "ascii_only": auto_or_boolean,
        "stop_timeout_seconds": number(0, 3600),
        "stop_patience_seconds": number(1, 3600),
        "read_only": boolean,
        "confirm_delete_count": number(1, 1000, whole=True),
        "shells": shells,
        "low_bandwidth": boolean,
    }


_LOG_CHECKS: Mapping[str, Check] = MappingProxyType({"memory_mib": number(1, 4096, whole=True)})
_LATE_TABLES = ("rules", "notify", "record")  # each is read by the module of its name
_TABLES = ("keys", "columns", "log", *_LATE_TABLES)


class _Reader:
    """Collects values and problems of one document."""

    def __init__(self, lines: dict[tuple[str, ...], int]) -> None:
        self.values: dict[str, Any] = {}
        self.problems: list[ConfigProblem] = []
        self._lines = lines

    def read_values(self, document: Mapping[str, Any], themes: Collection[str] | None) -> None:
        """Read what stands outside of tables."""
        checks = _checks(themes)
        for key, value in document.items():
            if key in _TABLES:
                continue
            if key not in checks:
                self._wrong((key,), f"there is no such preference{near(key, [*checks, *_TABLES])}")
                continue
            self._check((key,), value, checks[key], self.values)

    def table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return a table, empty when it is absent or no table."""
        table = document.get(name, {})
        if isinstance(table, dict):
            return table
        self._wrong((name,), f"must be a table [{name}], is {shown(table)}")
        return {}

    def read_log(self, table: Mapping[str, Any]) -> None:
        """Read `[log]`."""
        chosen: dict[str, Any] = {}
        for key, value in table.items():
            if key in _LOG_CHECKS:
                self._check(("log", key), value, _LOG_CHECKS[key], chosen)
            else:
                self._wrong(("log", key), f"there is no such preference{near(key, _LOG_CHECKS)}")
        self.values |= {f"log_{key}": value for key, value in chosen.items()}

    def read_bindings(self, table: Mapping[str, Any], actions: Sequence[Bindable]) -> None:
        """Read `[keys]`."""
        chosen: dict[str, tuple[str, ...]] = {}
        for action_id, value in table.items():
            self._check(("keys", action_id), value, keys_of(action_id, actions), chosen)
        for action_id, what in find_conflicts(chosen, actions).items():
            self._wrong(("keys", action_id), what)
        self.values["keys"] = MappingProxyType(chosen)

    def read_columns(self, table: Mapping[str, Any], known: Mapping[str, Collection[str]] | None) -> None:
        """Read `[columns]`."""
        chosen: dict[str, tuple[str, ...]] = {}
        for pane, value in table.items():
            if pane not in PANES:
                self._wrong(("columns", pane), f"there is no such pane{near(pane, PANES)}")
                continue
            self._check(("columns", pane), value, names(known.get(pane) if known is not None else None), chosen)
        self.values["columns"] = MappingProxyType(chosen)

    def read_late(self, name: str, table: Mapping[str, Any]) -> None:
        """Read a table by its own module: `read(table, wrong)` returns the value and calls `wrong(path, text)`."""
        module = import_module(f"tui.config.{name}")
        self.values[name] = module.read(table, lambda path, text: self._wrong((name, *path), text))

    def _check(self, path: tuple[str, ...], value: Any, check: Check, into: dict[str, Any]) -> None:
        try:
            into[path[-1]] = check(value)
        except ValueError as error:
            self._wrong(path, str(error))

    def _wrong(self, path: tuple[str, ...], text: str) -> None:
        self.problems.append(ConfigProblem(line_of(self._lines, path), ".".join(path), text))
