"""A field to type into that shows foreign text without letting it reach the terminal."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from widgets.escape import mask_controls


class PlainInput(Input):
    """An input whose text may come from elsewhere: a paste, a completed name, a value to be changed.

    Textual draws control characters as they are. Here a `?` is drawn for each; the value keeps them.
    """

    @property
    def _value(self) -> Text:
        """What Textual draws, and measures for scrolling."""
        if self.password:
            return super()._value
        return Text(mask_controls(self.value), no_wrap=True, overflow="ignore", end="")
