"""Definitions that take the place of others, all at once: what is refused has changed nothing."""

import re
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import DefineXml
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest, stored_xml
from tui.engines.libvirt.guests.xml_edit import diff, parse
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler

CHANGED = "The definition of {} was changed meanwhile by somebody else. Read it again."
INVALID, XML_ERROR, XML_DETAIL, UNSUPPORTED, SCHEMA = 10, 27, 35, 67, 92  # of what is wrong with a definition
_WRONG = frozenset({8, INVALID, XML_ERROR, XML_DETAIL, UNSUPPORTED, SCHEMA})  # 8: an invalid argument
_WHERE = re.compile(r"(XML document failed to validate against schema: )?Unable to validate doc against \S+ ")


async def replace(around: Surroundings, guest: Guest, before: str, after: str) -> None:
    """Define a guest anew, checked by libvirt's schema, if its stored definition is still what it was.

    Raises:
        ActionRefused: it is another one by now, or libvirt does not take the new one.
    """
    try:
        await jobs.quick(around, f"guest {guest.name}", partial(_replace, uuid=guest.uuid, before=before, after=after))
    finally:
        around.touched(guest.uuid)


def _replace(libvirt: Any, connection: Any, *, uuid: str, before: str, after: str) -> None:
    domain = connection.lookupByUUIDString(uuid)
    if stored_xml(libvirt, domain) != before:
        raise ActionRefused("changed meanwhile", CHANGED.format(domain.name()))
    define(libvirt, connection, after)


def define(libvirt: Any, connection: Any, text: str) -> Any:
    """Define a guest, checked by libvirt's schema.

    Raises:
        ActionRefused: libvirt does not take it, with its words.
    """
    try:
        return connection.defineXMLFlags(text, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
    except libvirt.libvirtError as error:
        if error.get_error_code() not in _WRONG:
            raise
        failure = ActionRefused("not valid", f"libvirt does not take the definition: {_words(error)}")
    raise failure


def _words(error: Any) -> str:
    """Return libvirt's complaint on one line; its schema's has several, and names the schema's file first."""
    text = _WHERE.sub("", " ".join(str(error.get_error_message()).split()))
    return text if text.endswith(".") else f"{text}."


def _problem(operation: DefineXml, guest: Guest) -> str:
    if not guest.persistent:
        return f"{guest.name} is gone when it stops: it has no definition for a next start."
    if guest.stored != operation.before:
        return CHANGED.format(guest.name)
    root = parse(operation.xml)
    if root.tag != "domain":
        return f'A definition is a "domain"; this one is a "{root.tag}".'
    name, uuid = root.findtext("name", "").strip(), root.findtext("uuid", "").strip()
    if name != guest.name:
        return f'The name was changed to "{name}": that would define another guest. The name must stay {guest.name}.'
    if uuid.lower() != guest.uuid.lower():
        return f"The UUID was changed: that would define another guest. It must stay {guest.uuid}."
    if operation.xml.strip() == operation.before.strip():
        return "Nothing was changed."
    return ""


async def preview(around: Surroundings, operation: DefineXml) -> Preview:
    """Show what changes; libvirt's schema speaks when it is applied, which is all or nothing."""
    guest = await read_guest(around, guest_of(operation))
    waits = (f"{guest.name} runs: it gets this at its next start.",) if guest.active else ()
    return Preview(
        refusal=_problem(operation, guest),
        objects=(f"definition of guest {guest.name}",),
        warnings=waits,
        document=operation.xml,
        language="xml",
        diff=diff(operation.before, operation.xml),
    )


async def operate(around: Surroundings, operation: DefineXml, _progress: ProgressSink) -> Done:
    """Take the new definition."""
    guest = await read_guest(around, guest_of(operation))
    if problem := _problem(operation, guest):
        raise ActionRefused("not possible", problem)
    await replace(around, guest, operation.before, operation.xml)
    return Done("It holds from the next start on." if guest.active else "")


def words(around: Surroundings, operation: DefineXml) -> tuple[str, ...]:
    """Return virsh's command, which opens an editor of its own."""
    uuid = guest_of(operation).local
    return ("edit", guest_word(around.name_of(uuid), uuid))


HANDLERS: dict[type[Operation], Handler[Any]] = {DefineXml: Handler(preview, operate, words)}
