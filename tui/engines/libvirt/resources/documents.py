"""The raw XML of what libvirt keeps."""

from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.event import Document
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.libvirt.resources.around import Surroundings


async def definition(around: Surroundings, target: ResourceId) -> Document:
    """Return the definition of a pool, disk, network or snapshot.

    Raises:
        EngineError: with its sentence.
    """
    question = _QUESTIONS.get(target.kind)
    if question is None:
        raise ActionRefused("no document", f"libvirt keeps no {target.kind}.")
    async with around.line(f"document of {target.local}") as line:  # a pool may hang
        return Document(await around.ask(line, partial(question, local=target.local), deadline=10.0), "xml")


def volume_of(connection: Any, local: str) -> Any:
    """Find a volume by POOL/NAME."""
    pool, _, name = local.partition("/")
    return connection.storagePoolLookupByName(pool).storageVolLookupByName(name)


def _pool(_libvirt: Any, connection: Any, *, local: str) -> str:
    return str(connection.storagePoolLookupByName(local).XMLDesc(0))


def _disk(_libvirt: Any, connection: Any, *, local: str) -> str:
    return str(volume_of(connection, local).XMLDesc(0))


def _network(_libvirt: Any, connection: Any, *, local: str) -> str:
    return str(connection.networkLookupByName(local).XMLDesc(0))


def _snapshot(_libvirt: Any, connection: Any, *, local: str) -> str:
    uuid, _, name = local.partition("/")
    return str(connection.lookupByUUIDString(uuid).snapshotLookupByName(name, 0).getXMLDesc(0))


_QUESTIONS = {
    ResourceKind.POOL: _pool,
    ResourceKind.DISK: _disk,
    ResourceKind.NETWORK: _network,
    ResourceKind.SNAPSHOT: _snapshot,
}
