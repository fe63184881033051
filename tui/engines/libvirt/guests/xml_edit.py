"""Definitions as trees: read, changed, written and compared.

A tree keeps the name spaces' prefixes that it was read with: libvirt looks at their addresses alone, but a person who
reads "ns0" where "libosinfo" stood believes that something was lost.
"""

import difflib
import io
import re
from xml.etree import ElementTree

from tui.domain.errors import ActionRefused

Element = ElementTree.Element
_MADE_UP = re.compile(r"ns\d+$|xml", re.IGNORECASE)


def parse(text: str) -> Element:
    """Read a definition.

    Raises:
        ActionRefused: it is no XML, with line and column.
    """
    try:
        for _, (prefix, address) in ElementTree.iterparse(io.StringIO(text), events=("start-ns",)):  # noqa: S314 - expat bounds entities
            if prefix and not _MADE_UP.match(prefix):
                ElementTree.register_namespace(prefix, address)
        return ElementTree.fromstring(text)  # noqa: S314 - the same
    except ElementTree.ParseError as error:
        failure = ActionRefused("no XML", f"The text is no well-formed XML: {error}.")
    raise failure


def text_of(root: Element) -> str:
    """Write a definition."""
    return ElementTree.tostring(root, encoding="unicode")


def pretty(root: Element) -> str:
    """Write a definition, each element on a line of its own."""
    ElementTree.indent(root)
    return text_of(root) + "\n"


def diff(before: str, after: str) -> str:
    """Return a unified diff; empty when nothing changes."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="")
    return "\n".join(lines)


def child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Add an element at the end."""
    made = ElementTree.SubElement(parent, tag, attributes)
    made.text = text
    return made


def put(root: Element, tag: str, text: str, *, after: tuple[str, ...]) -> Element:
    """Set the text of a child; a new one stands behind the last of those named `after`."""
    found = root.find(tag)
    if found is None:
        places = [number for number, one in enumerate(root) if one.tag in after]
        found = ElementTree.Element(tag)
        place = places[-1] if places else -1
        found.tail = root[place].tail if places else root.text
        root.insert(place + 1, found)
    found.text = text
    return found


def drop(root: Element, path: str) -> int:
    """Remove every element that a path names; return how many there were."""
    parents = {one: parent for parent in root.iter() for one in parent}
    found = root.findall(path)
    for one in found:
        parents[one].remove(one)
    return len(found)


def attribute(element: Element | None, name: str) -> str:
    """Return an attribute; empty for none, and for no element."""
    return "" if element is None else element.get(name, "")
