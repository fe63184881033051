"""What the screen looked like last: kept between two starts, never needed."""

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

MOST_FILTERS = 50
MOST_FORMS = 50
LARGEST_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneState:
    """How a pane was looked at.

    Attributes:
        columns: names of the chosen columns, None for the usual ones.
        sort: name of the sort column, empty for the usual one.
        descending: the greatest value on top.
        wide: all columns.
    """

    columns: tuple[str, ...] | None = None
    sort: str = ""
    descending: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UiState:
    """All that is kept.

    Attributes:
        theme: name of the chosen theme, empty for the usual one.
        pane: name of the pane that was open.
        panes: by name of the pane.
        filters: what was typed into the filter, the newest first.
        commands: what was typed after `:`, the newest first.
        folded: row keys of the groups that are closed.
        forms: what was typed into forms that are filled in alike again, by name and field, the newest last; no secrets.
    """

    theme: str = ""
    pane: str = ""
    panes: Mapping[str, PaneState] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    folded: frozenset[str] = frozenset()
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def remembered(history: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return a history with a text at its front, once and bounded; blank texts are not remembered."""
    text = text.strip()
    if not text:
        return history
    return (text, *(entry for entry in history if entry != text))[:MOST_FILTERS]


def default_path() -> Path:
    """Return the file in $XDG_STATE_HOME."""
    return user_state_path("hostdeck", appauthor=False) / "state.json"


class StateFile:
    """Read and replace the file; never raises for what is wrong with it.

    A damaged file is kept beside as `state.json.bad` and the defaults count. Where nothing can be written the screen
    works without memory, and the person is told once.

    Args:
        path: the file; its folder is made for the person alone.
        on_problem: called with a sentence.
    """

    def __init__(self, path: Path | None = None, *, on_problem: Callable[[str], None] | None = None) -> None:
        self.path = path or default_path()
        self.on_problem = on_problem
        self._told = False
        self._kept: UiState | None = None

    def load(self) -> UiState:
        """Return what was kept, or the defaults."""
        try:
            with self.path.open("rb") as file:
                content = file.read(LARGEST_FILE_BYTES)
        except FileNotFoundError:
            return UiState()
        except OSError as error:
            self._tell(f"The state file {self.path} cannot be read: {error.strerror}. The usual settings count.")
            return UiState()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            self._put_aside()
            return UiState()
        self._kept = _from_document(document)
        return self._kept

    def save(self, state: UiState) -> bool:
        """Replace the file in one step, so that a crash leaves the old or the new one; False when that failed."""
        if state == self._kept:
            return True
        try:
            self._replace(json.dumps(_to_document(state), indent=1).encode("ascii") + b"\n")
        except OSError as error:
            self._tell(f"The state file {self.path} cannot be written: {error.strerror}. Nothing is kept.")
            return False
        self._kept = state
        return True

    def _replace(self, content: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".state-", dir=self.path.parent)  # made with mode 0600
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _put_aside(self) -> None:
        bad = self.path.with_name(self.path.name + ".bad")
        try:
            self.path.replace(bad)
        except OSError:
            kept = ""
        else:
            kept = f" It is kept as {bad}."
        self._tell(f"The state file {self.path} is damaged: the usual settings count.{kept}")

    def _tell(self, sentence: str) -> None:
        if not self._told and self.on_problem is not None:
            self.on_problem(sentence)
        self._told = True


def _to_document(state: UiState) -> dict[str, Any]:
    return {
        "version": 1,
        "theme": state.theme,
        "pane": state.pane,
        "panes": {name: asdict(pane) for name, pane in state.panes.items()},
        "filters": list(state.filters),
        "commands": list(state.commands),
        "folded": sorted(state.folded),
        "forms": {name: dict(values) for name, values in list(state.forms.items())[-MOST_FORMS:]},
    }


def _from_document(document: Mapping[str, Any]) -> UiState:
    """Take every field that has the right type; one that has not counts as absent."""
    panes = document.get("panes")
    return UiState(
        theme=_text(document.get("theme")),
        pane=_text(document.get("pane")),
        panes={name: _pane(value) for name, value in panes.items()} if isinstance(panes, dict) else {},
        filters=_texts(document.get("filters"))[:MOST_FILTERS],
        commands=_texts(document.get("commands"))[:MOST_FILTERS],
        folded=frozenset(_texts(document.get("folded"))),
        forms=_forms(document.get("forms")),
    )


def _forms(value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        return {}
    found = {name: _words(values) for name, values in value.items() if isinstance(values, dict)}
    return dict(list(found.items())[-MOST_FORMS:])


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in values.items() if isinstance(text, str)}


def _pane(value: Any) -> PaneState:
    if not isinstance(value, dict):
        return PaneState()
    columns = _texts(value.get("columns"))
    return PaneState(
        columns=columns or None,
        sort=_text(value.get("sort")),
        descending=value.get("descending") is True,
        wide=value.get("wide") is True,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()
