"""Meanings turned into terminal styles: theme colours, and attributes where there are no colours."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

_NEUTRAL_ON_CURSOR = frozenset({"normal", "dim", "accent", "mark"})
"""Roles that take the cursor's own text colour, which is the one that is readable on its background."""


class StyleBook:
    """The styles of a table, worked out once for a theme and kept until `clear`."""

    def __init__(self, widget: Widget, prefix: str) -> None:
        self._widget = widget
        self._prefix = prefix
        self._styles: dict[tuple[str, str], Style] = {}

    def clear(self) -> None:
        """Forget everything; the theme, the focus or the stylesheet changed."""
        self._styles.clear()

    def style_of(self, kind: str, role: str) -> Style:
        """Return the style of a role on a line of a kind: "" (plain), "cursor", "marked" or "header"."""
        style = self._styles.get((kind, role))
        if style is None:
            style = self._styles[kind, role] = self._filtered(self._compute(kind, role))
        return style

    def _compute(self, kind: str, role: str) -> Style:
        base = self._widget.rich_style
        if kind == "header":
            return base + self._component("header") + (self._component("sorted") if role == "sorted" else Style.null())
        if kind == "cursor":
            return self._on_cursor(base, role)
        if kind == "marked" and role == "normal":
            return base + self._component("marked")
        return base + self._component("marked" if role == "mark" else role)

    def _component(self, name: str) -> Style:
        """Return what a component class says, blended with the background: a terminal knows no transparency."""
        styles = self._widget.get_component_styles(f"{self._prefix}--{name}")
        behind = self._widget.background_colors[1]
        style = styles.text_style
        if styles.has_rule("background") and styles.background.a > 0:
            behind = behind + styles.background
            style += Style(bgcolor=behind.rich_color)
        if styles.has_rule("color") and styles.color.a > 0:
            faint = styles.color.ansi is not None and styles.color.a < 1
            style += Style(color=(behind + styles.color).rich_color, dim=True if faint else None)
        return style

    def _on_cursor(self, base: Style, role: str) -> Style:
        if self._few_colours():
            # Colours of the roles would be reversed with the rest and tear the line apart: attributes alone remain.
            cursor = Style(reverse=True) if self._widget.has_focus else Style(underline=True)
            return base + cursor + Style(bold=self._component(role).bold if role not in _NEUTRAL_ON_CURSOR else None)
        base = base + self._component("cursor")
        return base if role in _NEUTRAL_ON_CURSOR else base + self._component(role)

    def _few_colours(self) -> bool:
        """Tell whether background colours cannot be trusted to differ: no colour, or only the sixteen."""
        app = self._widget.app
        if app.no_color or app.native_ansi_color:
            return True
        # Without a screen (pictures, tests) the surrounding terminal does not matter.
        return app.console.color_system == "standard" and not app.is_headless

    def _filtered(self, style: Style) -> Style:
        """Put the style through the app's filters (monochrome and the like) here, once, instead of on every line."""
        segments = [Segment("x", style)]
        background = self._widget.background_colors[1]
        for line_filter in self._widget.app.get_line_filters():
            segments = line_filter.apply(segments, background)
        return segments[0].style or Style.null()
