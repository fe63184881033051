"""What is asked of libvirt only because a person asked for it; everything here blocks."""

from typing import Any

from tui.domain.instance import Address
from tui.engines.libvirt.addresses import read_answer
from tui.engines.libvirt.failures import UNSUPPORTED


def definition(_libvirt: Any, connection: Any, *, uuid: str) -> str:
    """Return the XML, never with its secrets."""
    return str(connection.lookupByUUIDString(uuid).XMLDesc(0))


def agent_addresses(libvirt: Any, connection: Any, *, uuid: str) -> tuple[Address, ...]:
    """Ask the guest agent; () where the guest is defined without one."""
    domain = connection.lookupByUUIDString(uuid)
    try:
        answer = domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
    except libvirt.libvirtError as error:
        if error.get_error_code() in UNSUPPORTED:
            return ()
        raise
    return tuple(Address(ip, "agent") for ips in read_answer(answer).values() for ip in ips)
