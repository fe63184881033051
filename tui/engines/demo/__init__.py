"""An embedded host for trying hostdeck without a daemon; the same seam as the real engines."""

from tui.engines.demo.engine import DemoEngine
from tui.engines.demo.figures import DemoSampler
from tui.engines.demo.host import DemoHost
from tui.engines.demo.hostfigures import DemoHostSampler

__all__ = ["DemoEngine", "DemoHost", "DemoHostSampler", "DemoSampler"]
