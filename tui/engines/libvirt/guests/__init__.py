"""How guests are built, and every change of them beyond their power.

Reads are `read_guest` and what makes values of it (`hardware`, `snapshots`). Each other module is one kind of change,
as `tui.engines.libvirt.resources.handler` describes; `changes.HANDLERS` is all of them.
"""
