"""hostdeck: guests and containers of a Linux host on one terminal screen."""

__version__ = "0.1.0"
