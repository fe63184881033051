"""What an entry of the timeline says of an event whose instance no view knows."""

import pytest

from tests.unit.build import instance_id
from tui.domain.event import Event
from tui.sampling.entries import of_event

KINDS = {"unix:///x/podman.sock": "podman", "test:///default": "libvirt", "podman": "podman"}


@pytest.mark.parametrize(
    ("engine", "kind"),
    [
        ("unix:///x/podman.sock", "container"),
        ("podman", "container"),
        ("podman:anna", "container"),
        ("test:///default", "guest"),
        ("qemu:///session", "guest"),
    ],
)
def test_an_event_of_what_is_gone_says_what_kind_it_was(engine: str, kind: str) -> None:
    entry = of_event(Event(1.0, engine, instance_id("web"), "web", "died", "exit 3"), None, KINDS)
    assert (entry.subject_kind, entry.lasting) == (kind, "")
