"""Where a guest's screen is served."""

from dataclasses import dataclass

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Display:
    """One VNC or SPICE server of a guest; a password, where there is one, is never read.

    Attributes:
        kind: "vnc" or "spice".
        host: the address it listens at; empty when it is a socket, or when the guest does not run.
        port: 0 when it has none.
        tls_port: of SPICE, 0 when it has none.
        socket: path of its Unix socket, else empty.
        listens: False where its definition says that it listens nowhere.
    """

    kind: str
    host: str = ""
    port: int = 0
    tls_port: int = 0
    socket: str = ""
    listens: bool = True

    @property
    def address(self) -> str:
        """Return the address as viewers take it; empty when there is none, as of a guest that does not run."""
        if self.socket:
            return f"{self.kind}+unix://{self.socket}"
        if not (self.port or self.tls_port):
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        tls = f"?tls-port={self.tls_port}" if self.tls_port else ""
        return f"{self.kind}://{host}{f':{self.port}' if self.port else ''}{tls}"

    @property
    def is_open_to_the_network(self) -> bool:
        """Tell whether others than this host may reach it."""
        return bool(self.port or self.tls_port) and self.host not in _LOOPBACK

    @property
    def words(self) -> str:
        """Return where it is, for a person."""
        if self.socket:
            return f"{self.kind} on the socket {self.socket}"
        if self.address:
            return self.address + (", open to the network" if self.is_open_to_the_network else "")
        if not self.listens:
            return f"{self.kind} that listens nowhere: only virt-viewer on its own host opens it"
        return f"{self.kind}, without an address until it runs"
