"""What looks like a secret in foreign text, and the text without it.

Found by names alone: `PASSWORD=x`, `--token x`, a password in a URL, `"Authorization": "Bearer x"`. What is secret and
carries no such name stays, so that whoever hands a text on has to look at it.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from tui.domain.plain import Plain

MASK = "********"

_SECRET = re.compile(
    r"pass|pwd|_pw\Z|secret|token|key|credential|auth(?!or)|private|cookie|dsn\Z|connection_string|webhook",
    re.IGNORECASE,
)
_PLAIN = frozenset({"PWD", "OLDPWD", "GPG_KEY", "SSH_AUTH_SOCK"})  # sound like secrets and are none
_XML_SECRET = re.compile(r"passw|passphrase|secretvalue|token|credential", re.IGNORECASE)  # keymap and auth are none

# NAME=VALUE as in an environment, or as an argument: -eNAME=VALUE, --env=NAME=VALUE, --token=VALUE
_ASSIGNMENT = re.compile(r"\A((?:-e|--env=|--build-arg=|--)?)([A-Za-z_][A-Za-z0-9_.-]*)=(.*)\Z", re.DOTALL)
_OPTION = re.compile(r"\A--?([A-Za-z][A-Za-z0-9_-]*)\Z")
_ASSIGNED = re.compile(r"""([A-Za-z_][A-Za-z0-9_.-]*)=("[^"]*"|'[^']*'|[^\s"']+)""")
_NAMED = r"[A-Za-z0-9_.-]*(?:passw|passphrase|secret|token|api[_-]?key)[A-Za-z0-9_.-]*"
_WORD = r"""("[^"]*"|'[^']*'|[^\s"',}-][^\s"',}]*)"""
_AFTER_COLON = re.compile(rf"""(["']?{_NAMED}["']?\s*:\s*){_WORD}""", re.IGNORECASE)  # "auth: failed" is no secret
_AFTER_OPTION = re.compile(rf"(--{_NAMED}\s+){_WORD}", re.IGNORECASE)
_LOGIN = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_PEM = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)

for _prefix, _space in (  # else they are written as ns0 and ns1
    ("qemu", "http://libvirt.org/schemas/domain/qemu/1.0"),
    ("libosinfo", "http://libosinfo.org/xmlns/libvirt/domain/1.0"),
):
    ElementTree.register_namespace(_prefix, _space)


def looks_secret(name: str) -> bool:
    """Tell whether the name of a variable, option or key says that its value is a secret."""
    return _SECRET.search(name) is not None and name.upper() not in _PLAIN


def masked_assignment(text: str, mask: str = MASK) -> str:
    """Return NAME=VALUE with the value hidden where the name sounds secret, else with the password of a URL hidden."""
    found = _ASSIGNMENT.match(text)
    if found is not None and found[3] and looks_secret(found[2]):
        return f"{found[1]}{found[2]}={mask}"
    return _LOGIN.sub(rf"\1:{mask}@", text)


def masked_text(text: str, mask: str = MASK) -> str:
    """Return a command line or sentence with every secret that is assigned in it hidden."""

    def assigned(found: re.Match[str]) -> str:
        return f"{found[1]}={mask}" if looks_secret(found[1]) else found[0]

    return _LOGIN.sub(rf"\1:{mask}@", _ASSIGNED.sub(assigned, text))


def masked_line(text: str, mask: str = MASK) -> str:
    """Return a line of a log, of YAML or of a command with what looks secret hidden; hides more than `masked_text`."""
    text = _BEARER.sub(rf"\1 {mask}", _PEM.sub(rf"\1{mask}\2", text))
    return _AFTER_COLON.sub(rf"\1{mask}", _AFTER_OPTION.sub(rf"\1{mask}", masked_text(text, mask)))


def masked_document(value: Plain, mask: str = MASK) -> Plain:
    """Return a JSON value with masks for what is named like a secret.

    That are values of keys, assignments in lists, and words behind an option.
    """
    if isinstance(value, Mapping):
        return {key: _masked_under(str(key), inner, mask) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return _masked_list(value, mask)
    return masked_line(value, mask) if isinstance(value, str) else value


def _masked_under(key: str, value: Plain, mask: str) -> Plain:
    if isinstance(value, str) and value and looks_secret(key):
        return mask
    return masked_document(value, mask)


def _masked_list(values: "list[Plain] | tuple[Plain, ...]", mask: str) -> list[Plain]:
    found: list[Plain] = []
    is_next = False  # the word before was an option with a name like a secret
    for value in values:
        if not isinstance(value, str):
            found.append(masked_document(value, mask))
            is_next = False
            continue
        option = _OPTION.match(value)
        found.append(mask if is_next and option is None else masked_line(masked_assignment(value, mask), mask))
        is_next = option is not None and looks_secret(option[1])
    return found


def masked_xml(text: str, mask: str = MASK) -> str:
    """Return an XML document with passwords hidden; of what is no XML the lines as those of a log."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - from libvirt, which has parsed it before; expat bounds entities
    except ElementTree.ParseError:
        return "\n".join(masked_line(line, mask) for line in text.split("\n"))
    for element in root.iter():
        _mask_element(element, mask)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _mask_element(element: ElementTree.Element, mask: str) -> None:
    """Hide passwd='...' of displays, variables of qemu:env, arguments of qemu:arg, SMBIOS strings and the like."""
    tag = element.tag.rpartition("}")[2]
    named = element.get("name", "")
    for key, value in list(element.attrib.items()):
        is_value_of_secret = key == "value" and looks_secret(named)
        hidden = mask if _XML_SECRET.search(key) or is_value_of_secret else masked_line(value, mask)
        if hidden != value:
            element.set(key, hidden)
    if element.text and element.text.strip():
        is_secret = _XML_SECRET.search(tag) or (tag == "entry" and looks_secret(named))
        element.text = mask if is_secret else masked_line(element.text, mask)
