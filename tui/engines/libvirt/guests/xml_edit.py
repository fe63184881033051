"""Definitions as trees: read, changed, written and compared.

Name spaces are not resolved: a prefix is part of the tag and its address an attribute, so that what is written again is
what was read. ElementTree's own reader would move the addresses to the root, where libvirt loses those of metadata.
"""

import difflib
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from tui.domain.errors import ActionRefused

Element = ElementTree.Element


def parse(text: str) -> "Element[Any]":
    """Read a definition, comments too.

    Raises:
        ActionRefused: it is no XML, with line and column.
    """
    builder = ElementTree.TreeBuilder(insert_comments=True)
    parser = expat.ParserCreate()  # loads nothing from outside, and bounds what entities may expand to
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.CommentHandler = builder.comment
    try:
        parser.Parse(text, True)
        return builder.close()
    except (expat.ExpatError, ValueError) as error:  # of text that cannot be encoded
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


def text_problem(what: str, text: str) -> str:
    """Say why a text cannot stand in a definition; "" when it can."""
    if all(one.isprintable() or one in "\n\t" for one in text):
        return ""
    return f"The {what} must have no control characters."
