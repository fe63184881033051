import json
from pathlib import Path

import pytest

from tui.state import MOST_FILTERS, MOST_FORMS, PaneState, StateFile, UiState, default_path, remembered

STATE = UiState(
    theme="nord",
    pane="guests",
    panes={"guests": PaneState(columns=("name", "cores"), sort="cores", descending=True, wide=True)},
    filters=("state:running", "!web"),
    commands=("theme nord",),
    folded=frozenset({"host/podman/pod"}),
    forms={"run/localhost/web": {"ports": "8080:80", "memory": "512M"}},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hostdeck" / "state.json"


def test_what_is_kept_comes_back(path: Path) -> None:
    assert StateFile(path).save(STATE)
    assert StateFile(path).load() == STATE


def test_without_a_file_the_defaults_count(path: Path) -> None:
    assert StateFile(path).load() == UiState()


def test_file_and_folder_are_for_the_person_alone(path: Path) -> None:
    StateFile(path).save(STATE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_replaced_in_one_step_and_nothing_else_is_left(path: Path) -> None:
    file = StateFile(path)
    file.save(STATE)
    before = path.stat().st_ino
    file.save(UiState(theme="other"))
    assert path.stat().st_ino != before
    assert [entry.name for entry in path.parent.iterdir()] == ["state.json"]


def test_what_did_not_change_is_not_written_again(path: Path) -> None:
    file = StateFile(path)
    file.save(STATE)
    before = path.stat().st_ino
    assert file.save(STATE)
    assert path.stat().st_ino == before


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 200_000])
def test_a_damaged_file_is_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    told: list[str] = []
    assert StateFile(path, on_problem=told.append).load() == UiState()
    assert path.with_name("state.json.bad").read_bytes() == content
    assert not path.exists()
    assert "is damaged" in told[0]
    assert "state.json.bad" in told[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"theme": 3, "pane": None, "panes": [], "filters": "abc", "commands": {}, "folded": 1},
        {"panes": {"guests": 1}, "filters": [1, None], "folded": [[]]},
        {"panes": {"guests": {"columns": "name", "sort": 1, "descending": "yes", "wide": 1}}},
        {"version": 9, "new": "thing"},
    ],
)
def test_fields_of_a_wrong_type_count_as_absent(path: Path, fields: dict[str, object]) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps(fields), encoding="ascii")
    loaded = StateFile(path).load()
    assert loaded in (UiState(), UiState(panes={"guests": PaneState()}))


def test_one_wrong_field_costs_only_itself(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"theme": "nord", "filters": [1, "web"], "panes": 3}', encoding="ascii")
    assert StateFile(path).load() == UiState(theme="nord", filters=("web",))


def test_a_place_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="ascii")
    told: list[str] = []
    file = StateFile(blocked / "state.json", on_problem=told.append)
    assert file.load() == UiState()
    assert not file.save(STATE)
    assert not file.save(STATE)
    assert len(told) == 1


def test_a_failed_write_leaves_the_old_file(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "x").write_text("", encoding="ascii")
    told: list[str] = []
    assert not StateFile(path, on_problem=told.append).save(STATE)
    assert "cannot be written" in told[0]
    assert [entry.name for entry in path.parent.iterdir()] == ["state.json"]


def test_foreign_text_survives(path: Path) -> None:
    state = UiState(filters=("\x1b[31m\udcff[b]",))
    StateFile(path).save(state)
    assert StateFile(path).load() == state


def test_a_history_is_bounded_and_has_no_repeats() -> None:
    history: tuple[str, ...] = ()
    for number in range(MOST_FILTERS + 10):
        history = remembered(history, f"f{number}")
    assert len(history) == MOST_FILTERS
    assert history[0] == f"f{MOST_FILTERS + 9}"
    assert remembered(("a", "b"), " b ") == ("b", "a")
    assert remembered(("a",), "  ") == ("a",)


def test_the_usual_place_is_in_xdg_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_path() == tmp_path / "hostdeck" / "state.json"


def test_forms_of_another_shape_count_as_absent_and_their_number_is_bounded(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"forms": {"a": {"x": 1, "y": "z"}, "b": 3}}))
    assert StateFile(path).load().forms == {"a": {"y": "z"}}
    many = {f"run/{number}": {"x": str(number)} for number in range(MOST_FORMS + 1)}
    StateFile(path).save(UiState(forms=many))
    assert list(StateFile(path).load().forms) == list(many)[1:]
