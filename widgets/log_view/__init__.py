r"""A log on the screen: followed, filtered and searched while it goes on, in bounded memory.

    view = LogView(store=LogStore(max_bytes=32 << 20))
    view.expect(["api-1", "api-2"])                      # whose lines are merged by their times

    splitter = LineSplitter()                            # one for each stream of bytes
    for text, end in splitter.feed(chunk):
        lines.append(LogLine("api-1", text, utc_seconds, "stdout", end))
    view.feed(lines)                                     # never blocks
    await view.drained()                                 # stays in step when more comes than can be taken in

Text is kept as received. Escape sequences are drawn as styles, left out or spelled out, never executed.
"""

from widgets.log_view.line import LogLine, StoredLine
from widgets.log_view.merge import Merger
from widgets.log_view.messages import FollowChanged, Saved
from widgets.log_view.splitter import LineSplitter
from widgets.log_view.store import LogStore
from widgets.log_view.view import LogView

__all__ = ["FollowChanged", "LineSplitter", "LogLine", "LogStore", "LogView", "Merger", "Saved", "StoredLine"]
