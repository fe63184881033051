"""Where a guest's screen can be reached over the network, from its definition."""

from xml.etree import ElementTree

from tui.domain.display import Display


def read_graphics(text: str) -> tuple[Display, ...]:
    """Return the VNC and SPICE servers of a definition; only a running guest's has ports."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    except ElementTree.ParseError:
        return ()
    return displays_of(root)


def displays_of(root: ElementTree.Element) -> tuple[Display, ...]:
    """Return the VNC and SPICE servers of a definition that is parsed already."""
    found = root.iterfind("devices/graphics")
    return tuple(_display(element) for element in found if element.get("type") in {"vnc", "spice"})


def _display(element: ElementTree.Element) -> Display:
    listen = element.find("listen")
    listen = ElementTree.Element("listen") if listen is None else listen
    socket = element.get("socket") or listen.get("socket") or ""
    return Display(
        kind=element.get("type", ""),
        host="" if socket else element.get("listen") or listen.get("address") or "",
        port=_port(element.get("port")),
        tls_port=_port(element.get("tlsPort")),
        socket=socket,
        listens=listen.get("type") != "none",
    )


def _port(text: str | None) -> int:
    """Read a port; -1 means that libvirt chooses one at the start."""
    return int(text) if text and text.isdigit() else 0
