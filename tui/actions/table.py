"""Every action there is: footer, help, command palette, `:` line and key bindings are made from this one table."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from tui.actions.model import Action, Scope
from tui.domain.action import Verb
from tui.domain.instance import Kind

_GUESTS = frozenset({Kind.GUEST})
_CONTAINERS = frozenset({Kind.CONTAINER})

_APP = (
    Action(id="pane_overview", name="Overview", keys=("1",), help="overview", command="overview", scope=Scope.APP,
           description="Problems first, then the biggest consumers of both kinds."),
    Action(id="pane_guests", name="Guests", keys=("2",), help="guests", command="guests", scope=Scope.APP,
           description="All libvirt guests."),
    Action(id="pane_containers", name="Containers", keys=("3",), help="containers", command="containers",
           scope=Scope.APP, description="All Podman containers, grouped by pod."),
    Action(id="pane_images", name="Images", keys=("4",), help="images", command="images", scope=Scope.APP,
           description="Images and volumes of containers; pools and disks of guests."),
    Action(id="pane_networks", name="Networks", keys=("5",), help="networks", command="networks", scope=Scope.APP,
           description="Networks of both worlds, and the interfaces of this host."),
    Action(id="network_map", name="Map of the networks", keys=("m",), help="map", command="map", scope=Scope.APP,
           footer_priority=92, description="What hangs on what: network, bridge, interface, instance, address, port."),
    Action(id="command", name="Command line", keys=("colon",), help="command", scope=Scope.APP, footer_priority=20,
           description="Type a command; Tab completes it."),
    Action(id="help", name="Help", keys=("question_mark", "f1"), help="help", command="help", scope=Scope.APP,
           footer_priority=10, description="All keys and commands."),
    Action(id="jobs", name="Jobs", keys=("b",), help="jobs", command="jobs", scope=Scope.APP, footer_priority=60,
           description="What was asked of the engines, how it goes and what failed."),
    Action(id="sessions", name="Sessions", keys=("o",), help="sessions", command="sessions", scope=Scope.APP,
           footer_priority=62, description="Open consoles and shells, and what they said since; Enter goes there."),
    Action(id="timeline", name="Timeline", keys=("t",), help="timeline", command="timeline", scope=Scope.APP,
           footer_priority=61,
           description="What happened, the newest first: events, states, problems, actions, kernel, engines."),
    Action(id="replay", name="Back in time", keys=("h",), help="history", command="replay", scope=Scope.APP,
           footer_priority=64, description="The same screen fed from the record of this host; again: back to live."),
    Action(id="replay_at", name="Go to a time", help="at", command="at", scope=Scope.APP,
           description="Show a time from the record: :at 03:00, :at yesterday 03:00, :at -2h, :at 2026-11-23 03:00."),
    Action(id="bundle", name="Incident bundle", keys=("B",), help="bundle", command="bundle", scope=Scope.APP,
           footer_priority=135,
           description="Put all that tells what is wrong here into one file: figures, history, timeline, logs, XML."),
    Action(id="freeze", name="Freeze", keys=("z",), help="freeze", command="freeze", scope=Scope.APP,
           footer_priority=110, description="Hold the screen still; sampling goes on."),
    Action(id="theme", name="Theme", help="theme", command="theme", scope=Scope.APP,
           description="Choose the colours; kept for the next start."),
    Action(id="notify", name="Try the notifications", help="notify", command="notify", scope=Scope.APP,
           description="Send a test by every way that is configured, and tell what came of each: :notify test."),
    Action(id="back", name="Back", keys=("escape",), help="back", scope=Scope.APP, footer_priority=30,
           description="Close what is on top: a screen, the filter, the marks."),
    Action(id="quit", name="Quit", keys=("q", "ctrl+q"), help="quit", command="quit", scope=Scope.APP,
           footer_priority=70, description="Leave hostdeck; guests and containers go on."),
)  # fmt: skip

_TABLE = (
    Action(id="filter", name="Filter", keys=("slash",), help="filter", command="filter", scope=Scope.TABLE,
           footer_priority=15,
           description="Show rows that match: words, !inverse, state: engine: user: pod: image: and other keys."),
    Action(id="mark", name="Mark", keys=("space",), help="mark", scope=Scope.TABLE, footer_priority=55,
           description="Mark the row under the cursor; actions then go to the marked rows that are in view."),
    Action(id="mark_invert", name="Invert marks", keys=("asterisk",), help="invert", scope=Scope.TABLE,
           command="invert", footer_priority=120, description="Mark what is not marked among the rows in view."),
    Action(id="sort_left", name="Sort by the column to the left", keys=("less_than_sign", "comma"), help="sort",
           scope=Scope.TABLE, description="Choose the sort column one to the left."),
    Action(id="sort_right", name="Sort by the column to the right", keys=("greater_than_sign", "full_stop"),
           help="sort", scope=Scope.TABLE, footer_priority=100, description="Choose the sort column one to the right."),
    Action(id="sort", name="Sort by a column", help="sort", command="sort", scope=Scope.TABLE,
           description="Sort by the named column."),
    Action(id="sort_reverse", name="Reverse the order", keys=("r",), help="reverse", command="reverse",
           scope=Scope.TABLE, footer_priority=105, description="Turn the sort order round."),
    Action(id="wide", name="Wide", keys=("w",), help="wide", command="wide", scope=Scope.TABLE, footer_priority=95,
           description="Show all columns, or those that fit."),
    Action(id="columns", name="Columns", help="columns", command="columns", scope=Scope.TABLE,
           description="Choose the columns of this pane; without names the usual ones come back."),
    Action(id="export", name="Write the table to a file", help="export", command="export", scope=Scope.TABLE,
           description="The rows and columns that are shown, as a new file: :export csv, :export jsonl."),
    Action(id="problems", name="Problems only", keys=("p",), help="problems", command="problems", scope=Scope.TABLE,
           footer_priority=80, description="Show only what needs a person."),
    Action(id="engines", name="Host and engines", help="host", command="host", scope=Scope.TABLE,
           description="All figures of the host; what hostdeck is connected to, and why something does not answer."),
    Action(id="problems_list", name="Into the list of problems and back", keys=("tab",), help="problems",
           scope=Scope.TABLE, by_widget=True, description="Move between the list of problems and the table below it."),
    Action(id="fold", name="Fold", keys=("f",), help="fold", command="fold", scope=Scope.TABLE, footer_priority=90,
           description="Close or open the group under the cursor."),
    Action(id="fold_close", name="Close a group", keys=("left",), help="close", scope=Scope.TABLE, by_widget=True,
           description="Close the group under the cursor; where all columns are shown, scroll left."),
    Action(id="fold_open", name="Open a group", keys=("right",), help="open", scope=Scope.TABLE, by_widget=True,
           description="Open the group under the cursor; where all columns are shown, scroll right."),
    Action(id="move_down", name="Down", keys=("j", "down"), help="down", scope=Scope.TABLE, by_widget=True,
           description="One row down."),
    Action(id="move_up", name="Up", keys=("k", "up"), help="up", scope=Scope.TABLE, by_widget=True,
           description="One row up."),
    Action(id="move_half_down", name="Half a screen down", keys=("ctrl+d",), help="down", scope=Scope.TABLE,
           by_widget=True, description="Half a screen down."),
    Action(id="move_half_up", name="Half a screen up", keys=("ctrl+u",), help="up", scope=Scope.TABLE,
           by_widget=True, description="Half a screen up."),
    Action(id="move_page_down", name="A screen down", keys=("pagedown",), help="down", scope=Scope.TABLE,
           by_widget=True, description="A screen down."),
    Action(id="move_page_up", name="A screen up", keys=("pageup",), help="up", scope=Scope.TABLE, by_widget=True,
           description="A screen up."),
    Action(id="move_top", name="First row", keys=("g", "home"), help="top", scope=Scope.TABLE, by_widget=True,
           description="To the first row."),
    Action(id="move_bottom", name="Last row", keys=("G", "end"), help="bottom", scope=Scope.TABLE, by_widget=True,
           description="To the last row."),
)  # fmt: skip

_CHARTS = (
    Action(id="charts_span", name="Time that charts show", keys=("d",), help="span", command="span",
           scope=Scope.CHARTS, footer_priority=24,
           description="The last 15 minutes as they are sampled; 1 h, 6 h, 24 h and 7 days from the record."),
)  # fmt: skip

_REPLAY = (
    Action(id="replay_back", name="A sample back", keys=("left_square_bracket",), help="step", scope=Scope.REPLAY,
           description="The sample before this one."),
    Action(id="replay_on", name="A sample on", keys=("right_square_bracket",), help="step", scope=Scope.REPLAY,
           footer_priority=-9, footer_with="replay_back", description="The next sample."),
    Action(id="replay_mark_back", name="Back to the mark before", keys=("left_parenthesis",), help="jump",
           scope=Scope.REPLAY, description="To the problem or event before this moment."),
    Action(id="replay_mark_on", name="On to the next mark", keys=("right_parenthesis",), help="jump",
           scope=Scope.REPLAY, footer_priority=-8, footer_with="replay_mark_back",
           description="To the next problem or event."),
    Action(id="replay_play", name="Play or pause", keys=("v",), help="play", scope=Scope.REPLAY, footer_priority=-7,
           description="Let time go on, or stand still."),
    Action(id="replay_speed", name="Speed", keys=("x",), help="speed", scope=Scope.REPLAY, footer_priority=-6,
           description="Play 1, 2, 10 or 60 times as fast."),
    Action(id="replay_closer", name="Closer", keys=("plus",), help="closer", scope=Scope.REPLAY,
           description="Less time on the ruler."),
    Action(id="replay_wider", name="Wider", keys=("minus",), help="zoom", scope=Scope.REPLAY, footer_priority=-4,
           footer_with="replay_closer",
           description="More time on the ruler."),
)  # fmt: skip

_INSTANCE = (
    Action(id="start", name="Start", keys=("S",), help="start", command="start", scope=Scope.INSTANCE, changes=True,
           verb=Verb.START, footer_priority=1, description="Start it; asks nothing."),
    Action(id="stop", name="Stop", keys=("T",), help="stop", command="stop", scope=Scope.INSTANCE, changes=True,
           verb=Verb.STOP, footer_priority=2,
           description="Stop it gracefully; what does not obey in time may then be killed."),
    Action(id="kill", name="Kill", keys=("K",), help="kill", command="kill", scope=Scope.INSTANCE, changes=True,
           verb=Verb.KILL, footer_priority=40, description="End it at once; what it has not written is lost."),
    Action(id="restart", name="Restart", keys=("R",), help="restart", command="restart", scope=Scope.INSTANCE,
           changes=True, verb=Verb.RESTART, footer_priority=35,
           description="Reboot a guest from inside, stop and start a container."),
    Action(id="pause", name="Pause or resume", keys=("P",), help="pause", command="pause", scope=Scope.INSTANCE,
           changes=True, verb=Verb.PAUSE, verb_back=Verb.RESUME, footer_priority=45,
           description="Freeze it in memory, or let it go on."),
    Action(id="resume", name="Resume", help="resume", command="resume", scope=Scope.INSTANCE, changes=True,
           verb=Verb.RESUME, description="Let what is paused go on."),
    Action(id="reset", name="Reset", keys=("X",), help="reset", command="reset", scope=Scope.INSTANCE, changes=True,
           verb=Verb.RESET, kinds=_GUESTS, footer_priority=85,
           description="Press the reset button of a guest; what it has not written is lost."),
    Action(id="delete", name="Delete", keys=("D",), help="delete", command="delete", scope=Scope.INSTANCE,
           changes=True, verb=Verb.DELETE, footer_priority=50,
           description="Delete a stopped container, or the definition of a stopped guest; its disks stay."),
    Action(id="autostart", name="Autostart", keys=("A",), help="autostart", command="autostart",
           scope=Scope.INSTANCE, changes=True, verb=Verb.AUTOSTART_ON, verb_back=Verb.AUTOSTART_OFF, kinds=_GUESTS,
           footer_priority=88, description="Start a guest together with the host, or stop doing so."),
    Action(id="agent", name="Ask the guest agent", keys=("I",), help="agent", command="agent", scope=Scope.INSTANCE,
           changes=True, kinds=_GUESTS, footer_priority=130,
           description="Ask a guest's agent for its addresses; libvirt marks the guest as tainted from then on."),
    Action(id="actions", name="Everything that can be done", keys=("a",), help="actions", command="actions",
           scope=Scope.INSTANCE, footer_priority=27,
           description="A list of all that can be done with what is under the cursor: snapshots, hardware, limits."),
    Action(id="new", name="Make something new", keys=("N",), help="new", command="new", scope=Scope.INSTANCE,
           changes=True, footer_priority=29,
           description="A new guest, container, image, volume, disk, pool or network; asks which, then for the rest."),
    Action(id="edit", name="Edit the definition", keys=("E",), help="edit", command="edit", scope=Scope.INSTANCE,
           changes=True, kinds=_GUESTS, footer_priority=132,
           description="The XML of a guest in your editor; the difference is shown before anything is changed."),
    Action(id="handle", name="Handle a problem", keys=("H",), help="handle", command="handle", scope=Scope.INSTANCE,
           changes=True, footer_priority=57,
           description="Say that a problem was seen, silence it for a time, write a note beside it, or take that "
                       "back."),
    Action(id="ack", name="Acknowledge a problem", help="ack", command="ack", scope=Scope.INSTANCE, changes=True,
           description="Say that a problem was seen: it steps back, for all viewers, until it is over."),
    Action(id="silence", name="Silence a problem", help="silence", command="silence", scope=Scope.INSTANCE,
           changes=True, description="Keep a problem quiet: :silence 1h, :silence 08:00, :silence 2d NAME."),
    Action(id="note", name="Note beside a problem", help="note", command="note", scope=Scope.INSTANCE, changes=True,
           description="Write what is known beside a problem: :note disk is on its way."),
    Action(id="open", name="Open", keys=("enter",), help="open", command="open", scope=Scope.INSTANCE,
           footer_priority=25, description="Open what is under the cursor: facts, charts, events."),
    Action(id="details", name="Details", keys=("i",), help="details", command="details", scope=Scope.INSTANCE,
           footer_priority=65, description="Facts, charts and events of an instance."),
    Action(id="raw", name="Raw description", keys=("y",), help="raw", command="raw", scope=Scope.INSTANCE,
           footer_priority=75, description="The XML of a guest, the JSON of a container."),
    Action(id="events", name="Events", keys=("e",), help="events", command="events", scope=Scope.INSTANCE,
           footer_priority=72, description="What its engine told about it."),
    Action(id="logs", name="Logs", keys=("l",), help="logs", command="logs", scope=Scope.INSTANCE, footer_priority=21,
           description="Follow its log; with marks or a pod one log merged by time. A guest's is that of QEMU."),
    Action(id="shell", name="Shell", keys=("s",), help="shell", command="shell", scope=Scope.INSTANCE,
           kinds=_CONTAINERS, opens_input=True, footer_priority=22,
           description="A shell in a container, here on the screen. :shell NAME --user U --dir D opens another one."),
    Action(id="console", name="Console or attach", keys=("c",), help="console", command="console",
           scope=Scope.INSTANCE, opens_input=True, footer_priority=23,
           description="A guest's serial console, or the main process of a container."),
    Action(id="send_keys", name="Send keys", help="keys", command="keys", scope=Scope.INSTANCE, kinds=_GUESTS,
           changes=True, description="Press keys of a guest's keyboard: :keys ctrl-alt-del, :keys alt-sysrq-b NAME."),
    Action(id="guest_screen", name="Screen of a guest", help="screen", command="screen", scope=Scope.INSTANCE,
           kinds=_GUESTS, opens_input=True,
           description="A still picture of a guest's screen, drawn in blocks; keys you press there go to the guest."),
)  # fmt: skip


def _reserved(action_id: str, *keys: str, scope: Scope = Scope.INSTANCE) -> Action:
    return Action(id=action_id, name=action_id, help="", description="", scope=scope, keys=keys, reserved=True)


_RESERVED = (*(_reserved(f"pane_{digit}", str(digit), scope=Scope.APP) for digit in range(6, 10)),)

_JOBS = (
    Action(id="jobs_cancel", name="Cancel a job", keys=("C",), help="cancel", scope=Scope.JOBS, changes=True,
           footer_priority=4,
           description="End the copy, download or other long work under the cursor; nothing half-made is left."),
    Action(id="jobs_clear", name="Clear finished jobs", keys=("x",), help="clear", scope=Scope.JOBS,
           footer_priority=5, description="Take finished jobs from the list; the audit file keeps them."),
)  # fmt: skip

_TIMELINE = (
    *(Action(id=f"timeline_{group}", name=f"Timeline: {group}", keys=(str(number),), help=group, scope=Scope.TIMELINE,
             by_widget=True, description=f"Show {words}; again: not any more. Several may be chosen.")
      for number, (group, words) in enumerate((
          ("events", "what engines told"), ("states", "changes of state that no event told"),
          ("problems", "problems that began, ended or were handled"), ("actions", "what persons did with hostdeck"),
          ("kernel", "what the kernel told: kills for memory, disk errors"),
          ("engines", "engines and recorders that came and went")), start=1)),
    Action(id="timeline_all", name="Timeline: all kinds", keys=("0",), help="all", scope=Scope.TIMELINE,
           by_widget=True, description="Show all kinds again."),
    Action(id="timeline_only", name="Timeline: only this one", keys=("f",), help="only this", scope=Scope.TIMELINE,
           by_widget=True, footer_priority=3, description="Show only what is under the cursor; again: everything."),
    Action(id="timeline_login", name="Timeline: since my last login", keys=("u",), help="since login",
           scope=Scope.TIMELINE, by_widget=True, footer_priority=4,
           description="Show what happened since you logged in the time before this one."),
)  # fmt: skip

_SESSION = (
    Action(id="session_leave", name="Leave a session", keys=("ctrl+right_square_bracket",), help="leave, it goes on",
           scope=Scope.SESSION, by_widget=True,
           description="Go back; the session stays open and is read on."),
    Action(id="session_menu", name="More in a session", keys=("f12",), help="more", scope=Scope.SESSION,
           by_widget=True, description="Search, save, record, send keys, end it."),
    Action(id="sessions_close", name="Close a session", keys=("x",), help="close", scope=Scope.SESSIONS,
           footer_priority=5, description="Close the session under the cursor; asks what becomes of its process."),
)  # fmt: skip

_LOG = (
    Action(id="log_leave", name="Leave a log", keys=("q",), help="leave", scope=Scope.LOG, by_widget=True,
           description="Go back; Esc does too."),
    Action(id="log_tail", name="Tail", keys=("0",), help="tail", scope=Scope.LOG, by_widget=True,
           description="The last lines, and what follows."),
    Action(id="log_head", name="Head", keys=("1",), help="head", scope=Scope.LOG, by_widget=True,
           description="From the first line on, as many as fit."),
    Action(id="log_minute", name="Last minute", keys=("2",), help="1 min", scope=Scope.LOG, by_widget=True,
           description="The last minute, and what follows."),
    Action(id="log_minutes_5", name="Last 5 minutes", keys=("3",), help="5 min", scope=Scope.LOG, by_widget=True,
           description="The last 5 minutes, and what follows."),
    Action(id="log_minutes_15", name="Last 15 minutes", keys=("4",), help="15 min", scope=Scope.LOG, by_widget=True,
           description="The last 15 minutes, and what follows."),
    Action(id="log_minutes_30", name="Last 30 minutes", keys=("5",), help="30 min", scope=Scope.LOG, by_widget=True,
           description="The last 30 minutes, and what follows."),
    Action(id="log_hour", name="Last hour", keys=("6",), help="1 h", scope=Scope.LOG, by_widget=True,
           description="The last hour, and what follows."),
    Action(id="log_search", name="Search a log", keys=("slash",), help="search", scope=Scope.LOG, by_widget=True,
           description="Look for a regular expression; n and N go on."),
    Action(id="log_filter", name="Filter a log", keys=("f",), help="filter", scope=Scope.LOG, by_widget=True,
           description="Show only lines that match; v hides those that match."),
    Action(id="log_wrap", name="Wrap", keys=("w",), help="wrap", scope=Scope.LOG, by_widget=True,
           description="Continue long lines in the next row, or cut them."),
    Action(id="log_times", name="Times", keys=("t",), help="times", scope=Scope.LOG, by_widget=True,
           description="No times, local times, UTC."),
    Action(id="log_mark", name="Draw a mark", keys=("m",), help="mark", scope=Scope.LOG, by_widget=True,
           description="Draw a line below the last row; ' and \" go from one to the next."),
    Action(id="log_json", name="Fold JSON open", keys=("o",), help="JSON", scope=Scope.LOG, by_widget=True,
           description="Show each value of a line of JSON on a row of its own."),
    Action(id="log_unit", name="Journal of the unit", keys=("u",), help="unit", scope=Scope.LOG, by_widget=True,
           description="The journal of the systemd unit that manages a container, or its own log again."),
    Action(id="log_copy", name="Copy lines of a log", keys=("y",), help="copy", scope=Scope.LOG, by_widget=True,
           description="To your terminal's clipboard: lines picked with the mouse or J and K, else the last one."),
    Action(id="log_save", name="Save a log", keys=("S",), help="save", scope=Scope.LOG, by_widget=True,
           description="Write the lines shown to a new file."),
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    *_APP,
    *_TABLE,
    *_INSTANCE,
    *_CHARTS,
    *_REPLAY,
    *_JOBS,
    *_TIMELINE,
    *_SESSION,
    *_LOG,
    *_RESERVED,
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

BY_VERB: Mapping[Verb, Action] = {
    **{action.verb_back: action for action in ACTIONS if action.verb_back},
    **{action.verb: action for action in ACTIONS if action.verb},
}


def shown(scopes: Collection[Scope] = tuple(Scope), actions: Collection[Action] = ACTIONS) -> tuple[Action, ...]:
    """Return the actions of some scopes for the help, in the table's order; reserved ones are left out."""
    return tuple(action for action in actions if action.scope in scopes and not action.reserved)


def footer(scopes: Collection[Scope], actions: Collection[Action] = ACTIONS) -> tuple[Action, ...]:
    """Return what the footer may show, the most important first: cut it where the width ends."""
    found = [action for action in shown(scopes, actions) if action.footer_priority is not None and action.keys]
    return tuple(sorted(found, key=lambda action: action.footer_priority or 0))


def bound(scopes: Collection[Scope] = tuple(Scope), actions: Collection[Action] = ACTIONS) -> tuple[Action, ...]:
    """Return the actions a screen binds keys for: with keys, not reserved, not carried out by a widget."""
    return tuple(action for action in shown(scopes, actions) if action.keys and not action.by_widget)


def palette(scopes: Collection[Scope] = tuple(Scope), actions: Collection[Action] = ACTIONS) -> tuple[Action, ...]:
    """Return what the command palette offers: everything shown but moving the cursor."""
    return tuple(action for action in shown(scopes, actions) if not action.by_widget)


def default_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of every action by its id, reserved ones included: what a configuration is checked against."""
    return {action.id: action.keys for action in ACTIONS}


def remapped(keys: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    """Return the table with the keys of a configuration in the place of the defaults."""
    return tuple(replace(action, keys=keys.get(action.id, action.keys)) for action in ACTIONS)
