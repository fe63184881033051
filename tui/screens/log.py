"""The log of one or several instances; digits choose how far back it goes, the other keys are the log's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.actions import Scope
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Kind
from tui.domain.session import LogChunk, LogRequest
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.roles import Span
from tui.screens.browsed import NO_FILE
from tui.screens.deck import DeckScreen
from tui.screens.log_reader import LogReader
from tui.screens.span_lines import SpanLines
from widgets.key_footer import KeyFooter
from widgets.log_view import LogStore, LogView

TAIL_LINES = 1000
HEAD_LINES = 20_000


class Reach(NamedTuple):
    """How far back a log is shown: `seconds` None for a number of lines, `is_head` from the first line on."""

    label: str
    seconds: float | None = None
    is_head: bool = False


TAIL = Reach(f"last {TAIL_LINES:,} lines")
REACHES = {
    "log_tail": TAIL,
    "log_head": Reach(f"first {HEAD_LINES:,} lines", is_head=True),
    "log_minute": Reach("1 minute", 60),
    "log_minutes_5": Reach("5 minutes", 300),
    "log_minutes_15": Reach("15 minutes", 900),
    "log_minutes_30": Reach("30 minutes", 1800),
    "log_hour": Reach("1 hour", 3600),
}


class LogScreen(DeckScreen):
    """One log of everything that was asked for, in the order of time.

    Args:
        instances: whose logs.
        memory_bytes: for the lines; the oldest are dropped, and the screen tells how many.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.LOG,)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.deck('back')", "Leave", show=False, id="log_leave"),
        Binding("u", "units", "Unit's journal", show=False, id="log_unit"),
        *[
            Binding(str(digit), f"reach('{name}')", show=False, id=name)
            for digit, name in enumerate(REACHES)
        ],
    ]  # fmt: skip

    def __init__(self, instances: Sequence[Instance], *, memory_bytes: int = 64 << 20) -> None:
        super().__init__()
        self._instances = list(instances)
        self._log = LogView(store=LogStore(max_bytes=memory_bytes), id="log")
        self._readers: list[LogReader] = []
        self._said_of: dict[str, str] = {}
        self._of_units = False
        self._reach = "log_tail"

    def compose(self) -> ComposeResult:
        """Place the bar, the title, the lines and the keys."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield SpanLines(((),), id="title")
        yield self._log
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Begin to read."""
        self._log.ascii_only = self.deck.ascii_only
        if self.deck.only_looks_on:
            self._log.why_no_file = NO_FILE
        self._log.focus()
        self.query_one(KeyFooter).set_keys(self._keys())
        self.action_reach("log_tail")
        if self.deck.view is not None:
            self.show_view(self.deck.view)

    def on_unmount(self) -> None:
        """Read no further."""
        self._stop()

    def _keys(self) -> list[tuple[str, str]]:
        label = self.deck.label_of
        shown = ("search", "filter", "copy", "wrap", "times", "mark", "json", "save")
        words = {action.id: action.help for action in self.deck.table_of_actions if action.scope is Scope.LOG}
        keys = [(label(f"log_{name}"), words[f"log_{name}"]) for name in shown]
        digits = [
            (label("back"), "back"),
            (f"{label('log_tail')} {label('log_head')}", "tail, head"),
            (f"{label('log_minute')}..{label('log_hour')}", "1 min to 1 h"),
        ]
        return [*digits, *keys, ("G", "follow")]

    # What is shown

    def show_view(self, view: HostView) -> None:
        """Draw the host bar, and read on where an instance that had ended runs again."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])
        ended = {reader.target: reader for reader in self._readers if reader.has_ended}
        if ended:
            self._go_on(view, ended)
            known = {item.instance.id for item in view.instances}
            for target, reader in ended.items():
                if target not in known:
                    reader.gone()

    def _go_on(self, view: HostView, ended: dict[InstanceId, LogReader]) -> None:
        started = {item.instance.id: item.instance.started_unix_seconds for item in view.instances}
        for number, instance in enumerate(self._instances):
            reader = ended.get(instance.id)
            now = next((item.instance for item in view.instances if item.instance.id == instance.id), None)
            if reader is None or now is None or not now.state.is_active or reader.is_partial:
                continue
            if not instance.state.is_active or instance.started_unix_seconds != started[instance.id]:
                self._instances[number] = now
                reader.go_on()

    def show_said(self) -> None:
        """Show or take away the last message."""
        self._show_title()

    def _show_title(self) -> None:
        said = [(name, text) for name, text in self._said_of.items() if text]
        names = ", ".join(reader.name for reader in self._readers)
        notes: list[Span] = [(f"  {name}: {text}" if len(self._readers) > 1 else f"  {text}", "warn")
                             for name, text in said[:3]]  # fmt: skip
        if self.deck.said is not None:
            notes = [("  ", "normal"), self.deck.said]
        kind = (
            "journal of its unit"
            if self._of_units
            else "log of QEMU"
            if all(one.kind is Kind.GUEST for one in self._instances)
            else "log"
        )
        self.query_one("#title", SpanLines).show([((f" {names}", "accent"), (f"  {kind}", "dim"), *notes)])

    def _say_of(self, name: str, text: str) -> None:
        self._said_of[name] = text
        if self.is_mounted:
            self._show_title()

    # Reading

    def action_reach(self, name: str) -> None:
        """Read anew, from another moment on."""
        self._reach = name
        reach = REACHES[self._reach]
        self._stop()
        self._log.clear()
        self._log.set_span_label(reach.label)
        names = _names(self._instances)
        self._log.expect(names)
        self._said_of = {}
        request = self._request(reach)
        for instance, called in zip(self._instances, names, strict=True):
            reader = LogReader(
                called,
                instance.id,
                self._read,
                self._log,
                say=self._say_of,
                most_lines=HEAD_LINES if reach.is_head else None,
                waits_for_engine=not self._of_units,
            )
            self._readers.append(reader)
            reader.start(request)
        if reach.is_head:
            self._log.action_top()
        self._show_title()

    def _read(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        source = self.deck.source
        return (
            source.container_help(target).read_unit_log(target, request)
            if self._of_units
            else source.read_log(target, request)
        )

    def action_units(self) -> None:
        """Read the journals of the units that manage the containers, or their own logs again."""
        if not any(one.container is not None and one.container.unit for one in self._instances):
            self.deck.say("No systemd unit manages it: there is no journal of one.", "warn")
            return
        self._of_units = not self._of_units
        self.action_reach(self._reach)

    def _request(self, reach: Reach) -> LogRequest:
        if reach.is_head:
            return LogRequest(tail=None, follow=False)
        if reach.seconds is None:
            return LogRequest(tail=TAIL_LINES)
        now = self.deck.view.taken_utc_seconds if self.deck.view is not None else 0.0
        return LogRequest(since_utc_seconds=now - reach.seconds, tail=None)

    def _stop(self) -> None:
        for reader in self._readers:
            reader.stop()
        self._readers.clear()


def _names(instances: Sequence[Instance]) -> list[str]:
    """Return names that tell instances apart."""
    counted = Counter(instance.name for instance in instances)
    return [
        instance.name if counted[instance.name] == 1 else f"{instance.user or instance.id.engine}/{instance.name}"
        for instance in instances
    ]
