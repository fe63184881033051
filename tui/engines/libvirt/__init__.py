"""Guests, through libvirt. Only this package imports the `libvirt` module, and only once an engine runs."""

from tui.engines.libvirt.engine import LibvirtEngine

__all__ = ["LibvirtEngine"]
