"""The networks of both worlds and the host's interfaces as lines of a table, a map and a page."""
