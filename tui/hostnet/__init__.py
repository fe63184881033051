"""The host's network interfaces: from the kernel's own list to values, to their owners, to a map.

`netlink` asks the kernel, `links` reads its answers, `reader` makes rates and finds owners, `chart` joins interfaces,
networks and instances to one tree. Nothing here needs Textual or an engine.
"""
