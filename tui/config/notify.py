"""Read `[notify]` of the configuration."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tui.config.checks import Check, boolean, near, number, shown
from tui.domain.host import Severity
from tui.notify.settings import NotifySettings

__all__ = ["NotifySettings", "read"]

Wrong = Callable[[tuple[str, ...], str], None]  # path below this table, and what is wrong there

DESKTOP = ("off", "osc9", "osc777")
MOST_HEADERS = 20
LONGEST_VALUE = 4096
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # RFC 9110, 5.6.2
_OUR_HEADERS = frozenset({"content-type", "content-length", "host", "connection", "transfer-encoding"})


def read(table: Mapping[str, Any], wrong: Wrong) -> NotifySettings:
    """Return what the table says; everything that is wrong with it is told, secrets left out."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _CHECKS:
            wrong((key,), f"there is no such preference{near(key, _CHECKS)}")
            continue
        try:
            found[key] = _CHECKS[key](value)
        except ValueError as error:
            wrong((key,), str(error))
    if table.get("webhook_headers") and not table.get("webhook"):
        wrong(("webhook_headers",), "there is no webhook to send them to")
    return NotifySettings(**found)


def _one_of(*choices: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            close = near(value, choices) if isinstance(value, str) else ""
            words = ", ".join(f'"{choice}"' for choice in choices)
            raise ValueError(f"must be one of {words}, is {shown(value)}{close}")
        return value

    return check


def _severity(value: Any) -> Severity:
    return Severity(_one_of(*(str(one) for one in Severity))(value))


def _webhook(value: Any) -> str:
    """Accept an address; a wrong one is not shown, because it may hold a secret."""
    if not isinstance(value, str):
        raise ValueError("must be an address in quotation marks")  # noqa: TRY004 - one kind of error for all
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError('must be an address like "https://example.org/hook"')
    if parts.username is not None:
        raise ValueError("may not hold a user and a password: write an Authorization header into webhook_headers")
    return value


def _headers(value: Any) -> Mapping[str, str]:
    """Accept names with their values; no value is ever shown."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError('must be a table of texts like { Authorization = "Bearer ..." }')
    if len(value) > MOST_HEADERS:
        raise ValueError(f"has more than {MOST_HEADERS} headers")
    for name, text in value.items():
        if not name or not set(name) <= _TOKEN:
            raise ValueError(f"{shown(name)} is not the name of a header")
        if name.lower() in _OUR_HEADERS:
            raise ValueError(f"{shown(name)} is set by hostdeck itself")
        if not text.isascii() or not text.isprintable() or len(text) > LONGEST_VALUE:
            raise ValueError(f"the value of {shown(name)} cannot be sent: printable ASCII of {LONGEST_VALUE} at most")
    return MappingProxyType(dict(value))


def _command(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise ValueError(f'must be a list like ["/usr/local/bin/tell", "ops"], is {shown(value)}')
    if not value[0].strip():
        raise ValueError("begins with an empty word: the first is the program")
    if any("\0" in word for word in value):
        raise ValueError("holds a NUL character, which no argument can")
    return tuple(value)


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "severity": _severity,
        "bell": boolean,
        "desktop": _one_of(*DESKTOP),
        "title": boolean,
        "webhook": _webhook,
        "webhook_headers": _headers,
        "command": _command,
        "at_most_per_hour": number(1, 3600, whole=True),
        "repeat_minutes": number(0, 10_080, whole=True),
        "cleared": boolean,
    }
)
