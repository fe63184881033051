"""What the demo host keeps beside instances: the same seam as the real engines', with a dictionary behind it."""

from tui.engines.demo.resources.keeper import DemoKeeper

__all__ = ["DemoKeeper"]
