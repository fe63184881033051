"""Preferences of a person: one TOML file, and the names of keys in it."""
