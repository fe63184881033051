"""The ways to the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.present.timeline import Subject
from tui.screens.deck import DeckScreen

if TYPE_CHECKING:
    from tui.domain.host import HostView
    from tui.screens.deck import Deck


def show_timeline(deck: Deck) -> None:
    """Open the timeline: on a page of an instance of that one, else of the host."""
    from tui.screens.details import DetailsScreen
    from tui.screens.timeline import TimelineScreen

    screen = deck.screen
    key = screen.current_key if isinstance(screen, DeckScreen) else None
    subject = subject_of(deck.view, key) if deck.view is not None and key else None
    is_page = isinstance(screen, DetailsScreen)
    deck.push_screen(TimelineScreen(subject if is_page else None, subject))


def subject_of(view: HostView, key: str) -> Subject | None:
    """Return what a row is about, None where it is no instance or pod."""
    for item in view.instances:
        if item.key == key:
            return Subject(item.instance.name, frozenset({key}), item.instance.stable_key.text)
    pod = next((pod for pod in view.pods if pod.key == key), None)
    return Subject(pod.name, frozenset({key, *pod.member_ids})) if pod is not None else None
