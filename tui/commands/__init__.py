"""The line after `:`: from text to an action, and what may come next in it."""

from tui.commands.complete import complete
from tui.commands.parse import ALIASES, WORDS, Command, CommandContext, CommandError, parse

__all__ = ["ALIASES", "WORDS", "Command", "CommandContext", "CommandError", "complete", "parse"]
