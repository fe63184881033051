"""Whatever JSON a service sends, nothing here raises on the event loop's thread."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_podman_events import event
from tests.unit.test_podman_rows import ID, INSPECTED, OWNER, ROW_4_3
from tui.engines.podman.document import readable
from tui.engines.podman.errors import error_text
from tui.engines.podman.events import Repeats
from tui.engines.podman.history import heard, line_of
from tui.engines.podman.inventory import Changes, Inventory

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def bent(sample: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Take a true document and replace some of its values by anything."""
    return st.dictionaries(st.sampled_from(sorted(sample)), anything, max_size=4).map(
        lambda changes: {**sample, **changes}
    )


POD = {"Id": "ba5e", "Name": "grp", "Status": "Running", "Containers": [{"Id": ID}], "Labels": {}}


@given(st.lists(bent(ROW_4_3), max_size=3), st.lists(bent(POD), max_size=2))
def test_rows(rows: list[dict[str, Any]], pods: list[dict[str, Any]]) -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=(ROW_4_3, *rows), pods=tuple(pods)))
    for instance in inventory.instances():
        assert instance.container is not None
        assert instance.id.engine == "podman"
    assert len(inventory.pods()) <= len(pods)


@given(bent(INSPECTED), bent(INSPECTED["State"]))
def test_inspections(document: dict[str, Any], state: dict[str, Any]) -> None:
    inventory = Inventory(OWNER)
    inventory.apply(Changes(True, rows=(ROW_4_3,)))
    for bad in (document, {**INSPECTED, "State": state}):
        inventory.apply(Changes(False, inspected=((ID, bad),)))
        assert [instance.id.local for instance in inventory.instances()] == [ID]
        inventory.unexplained()


@given(bent(event("died")), st.dictionaries(st.sampled_from(["ID", "Attributes"]), anything))
def test_events(bad: dict[str, Any], actor: dict[str, Any]) -> None:
    repeats = Repeats()
    for value in (bad, {**event("died"), "Actor": actor}):
        repeats.is_repeat(value)
        told = heard(value)
        if told is not None:
            line = line_of(told, OWNER)
            assert line is None or isinstance(line.name, str)


@given(anything)
def test_documents_and_errors(value: Any) -> None:
    assert isinstance(readable(value), str)
    cause, message = error_text(json.dumps(value).encode())
    assert isinstance(cause, str)
    assert isinstance(message, str)
