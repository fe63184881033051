"""Three questions to the kernel's routing socket: all links, all addresses, the number of a process's namespace.

One dump answers for every interface with kind, master, peer and 64-bit counters; /sys/class/net would take ten files
each, and tells no kind. See rtnetlink(7), and linux/rtnetlink.h, linux/if_link.h and linux/net_namespace.h for numbers.
"""

import os
import socket
import struct
from collections.abc import Iterator

RTM_NEWLINK = 16
RTM_GETLINK = 18
RTM_NEWADDR = 20
RTM_GETADDR = 22
RTM_NEWNSID = 88
RTM_GETNSID = 90
_NLM_F_REQUEST = 0x1
_NLM_F_DUMP = 0x300
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_NETNSA_NSID = 1
_NETNSA_PID = 2
_NETNSA_FD = 3
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_RECEIVE_BYTES = 1 << 16  # above the 32 KiB that the kernel fills at most
_DEADLINE_SECONDS = 2.0
_TYPE_MASK = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

Attributes = dict[int, bytes]


class Netlink:
    """An open routing socket. Calls block for as long as the kernel takes: some hundred microseconds.

    Raises:
        OSError: from every call, when the kernel says no.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._socket.settimeout(_DEADLINE_SECONDS)
        self._socket.bind((0, 0))
        self._sequence = 0

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()

    def links(self) -> list[bytes]:
        """Return one message body (struct ifinfomsg and attributes) for each interface of this namespace."""
        return self._ask(RTM_GETLINK, struct.pack("=BxHiII", socket.AF_UNSPEC, 0, 0, 0, 0), RTM_NEWLINK, dump=True)

    def addresses(self) -> list[bytes]:
        """Return one message body (struct ifaddrmsg and attributes) for each address of this namespace."""
        return self._ask(RTM_GETADDR, struct.pack("=BBBBi", socket.AF_UNSPEC, 0, 0, 0, 0), RTM_NEWADDR, dump=True)

    def namespace_of(self, pid: int) -> int | None:
        """Return the number by which links of this namespace name the namespace of a process.

        Returns:
            None where the kernel gave it no number (no link leads there), the process is gone, or it is our own.
        """
        return self._namespace(_NETNSA_PID, pid)

    def namespace_at(self, descriptor: int) -> int | None:
        """Return the same of a namespace that is open: a file of /run/netns."""
        return self._namespace(_NETNSA_FD, descriptor)

    def _namespace(self, how: int, value: int) -> int | None:
        attribute = _ATTRIBUTE.pack(8, how) + struct.pack("=I", value)
        try:
            bodies = self._ask(RTM_GETNSID, struct.pack("=B3x", socket.AF_UNSPEC) + attribute, RTM_NEWNSID, dump=False)
        except OSError:
            return None
        for body in bodies:
            number = attributes(body[4:]).get(_NETNSA_NSID)
            if number is not None:
                found: int = struct.unpack("=i", number)[0]
                return found if found >= 0 else None
        return None

    def _ask(self, kind: int, body: bytes, answer: int, *, dump: bool) -> list[bytes]:
        self._sequence += 1
        flags = _NLM_F_REQUEST | (_NLM_F_DUMP if dump else 0)
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, self._sequence, 0) + body)
        found: list[bytes] = []
        while True:
            for got, sequence, content in messages(self._socket.recv(_RECEIVE_BYTES)):
                if sequence != self._sequence:
                    continue  # the rest of an answer that was given up
                if got == _NLMSG_DONE:
                    return found
                if got == _NLMSG_ERROR:
                    _raise(content)
                    return found
                if got == answer:
                    found.append(content)
            if found and not dump:
                return found


def messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Return type, sequence and body of each message in one datagram; what is torn at the end is left out."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _, sequence, _ = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            return
        yield kind, sequence, data[offset + _HEADER.size : offset + length]
        offset += (length + 3) & ~3


def attributes(data: bytes) -> Attributes:
    """Return attributes by their number; of those that come twice the last, and nothing of a torn one."""
    found: Attributes = {}
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size or offset + length > len(data):
            break
        found[kind & _TYPE_MASK] = data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return found


def _raise(content: bytes) -> None:
    code = -int(struct.unpack_from("=i", content)[0])
    if code:
        raise OSError(code, os.strerror(code))
