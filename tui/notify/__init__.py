"""Tells persons who look elsewhere: a webhook, a command, the terminal."""
