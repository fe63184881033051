"""The columns of the tables: what each shows, how important it is, how it is ordered.

`moment` is what cells read beside their line, `make` makes a column of one kind, `shared` are the columns that stand in
several panes, `instances` puts them together for the panes of guests and containers.
"""

from tui.present.columns.instances import containers, guests, overview
from tui.present.columns.moment import Moment, Shape

__all__ = ["Moment", "Shape", "containers", "guests", "overview"]
