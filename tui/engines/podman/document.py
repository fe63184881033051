"""The raw description of a container or pod for reading, secrets of its environment masked."""

import json
import re
from typing import Any

MASK = "•••"

# NAME=VALUE as in Config.Env, or as an argument of CreateCommand: -eNAME=VALUE, --env=NAME=VALUE
_ASSIGNMENT = re.compile(r"\A((?:-e|--env=)?)([A-Za-z_][A-Za-z0-9_.-]*)=(.*)\Z", re.DOTALL)
_SECRET = re.compile(r"PASS|PWD\Z|_PW\Z|TOKEN|SECRET|KEY|CREDENTIAL|AUTH|COOKIE|DSN\Z|CONNECTION_STRING", re.IGNORECASE)
_PLAIN = frozenset({"PWD", "OLDPWD", "GPG_KEY", "SSH_AUTH_SOCK"})  # look like secrets and are none


def readable(document: Any) -> str:
    """Return a document as indented JSON, with masks for values whose names look like secrets."""
    return json.dumps(_masked(document), indent=2, ensure_ascii=False)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mask_assignment(inner) if isinstance(inner, str) else _masked(inner) for inner in value]
    return value


def _mask_assignment(text: str) -> str:
    found = _ASSIGNMENT.match(text)
    if found is None or not found[3] or not looks_secret(found[2]):
        return text
    return f"{found[1]}{found[2]}={MASK}"


def looks_secret(name: str) -> bool:
    """Tell whether the name of an environment variable says that its value is a secret."""
    return name.upper() not in _PLAIN and _SECRET.search(name) is not None
