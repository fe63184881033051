"""Preferences of a person: one TOML file, and the names of keys in it."""

from tui.config.bindings import Bindable
from tui.config.keys import key_label, parse_key
from tui.config.load import ConfigProblem, InvalidConfig, Known, default_path, load_config, parse_config
from tui.config.model import PANES, Config

__all__ = [
    "PANES",
    "Bindable",
    "Config",
    "ConfigProblem",
    "InvalidConfig",
    "Known",
    "default_path",
    "key_label",
    "load_config",
    "parse_config",
    "parse_key",
]
