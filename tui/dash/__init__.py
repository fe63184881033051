"""A screen to be looked at from afar."""
