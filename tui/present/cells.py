"""Cells of a line that are more than one figure."""

from __future__ import annotations

from tui.domain.instance import Health, Port
from tui.domain.usage import Pressure
from tui.present import figures
from tui.present.entry import Entry
from widgets.live_table.model import Cell, Role
from widgets.meter import meter

BAR_CELLS = 5
THROTTLED_WARN_PERCENT = 25.0
PRESSURE_WARN_PERCENT = 40.0
MEMORY_WARN_PERCENT = 90.0

_KINDS = {"guest": "guest", "container": "ctr", "pod": "pod"}
_NOTHING = Cell("", "dim")
_DASH = Cell(figures.UNKNOWN, "dim")


def quiet(value: float | None, least: float) -> Role:
    """Return "dim" for what is not known or next to nothing."""
    return "dim" if value is None or value < least else "normal"


def name(entry: Entry) -> Cell:
    """Return the name: dim where nothing runs, so that what runs stands out."""
    return Cell(entry.name, "dim" if is_infra(entry) or not entry.is_active else "normal")


def name_rank(entry: Entry) -> tuple[bool, str]:
    """Return what the column NAME is ordered by: infra containers come last in their pods."""
    return (is_infra(entry), entry.name.lower())


def is_infra(entry: Entry) -> bool:
    """Tell whether it only holds a pod together."""
    return entry.instance is not None and entry.instance.container is not None and entry.instance.container.is_infra


def kind(entry: Entry) -> Cell:
    """Return the kind in at most five letters."""
    return Cell(_KINDS[entry.kind], "dim")


def memory(entry: Entry, *, ascii_only: bool) -> Cell:
    """Return the working set and, where there is a limit, a bar of it."""
    used = entry.usage.memory.working_set_bytes
    if used is None:
        return Cell.of((f"{figures.UNKNOWN:>4}", "dim"), (" " * (BAR_CELLS + 1), "dim"))
    limit = memory_limit(entry)
    percent = 100 * used / limit if limit else None
    role: Role = "dim"
    if percent is not None and percent >= MEMORY_WARN_PERCENT and entry.kind == "container":
        role = "warn"
    drawn = meter(used / limit, BAR_CELLS, ascii_only=ascii_only) if limit else " " * BAR_CELLS
    return Cell.of((f"{figures.size(used):>4}", "normal"), (f" {drawn}", role))


def memory_limit(entry: Entry) -> int | None:
    """Return the limit of the cgroup, of a guest without one its maximum memory; None for unlimited."""
    limit = entry.usage.memory.limit_bytes
    if limit is None and entry.instance is not None and entry.instance.guest is not None:
        return entry.instance.guest.memory_max_bytes or None
    return limit


def throttled(entry: Entry) -> Cell:
    """Return the share of throttled periods."""
    value = entry.usage.cpu.throttled_percent
    if value is None:
        return _DASH
    text = figures.percent(value)
    return Cell(text, "warn" if value >= THROTTLED_WARN_PERCENT else "dim" if text == "0" else "normal")


def worst_pressure(entry: Entry) -> float | None:
    """Return the greatest of the three pressures."""
    return worst(entry.usage.pressure)


def worst(pressure: Pressure) -> float | None:
    """Return the greatest of the three; None when none is known."""
    known = [value for value in (pressure.cpu_some, pressure.memory_some, pressure.io_some) if value is not None]
    return max(known) if known else None


def pressure(entry: Entry) -> Cell:
    """Return the greatest of the three pressures."""
    value = worst_pressure(entry)
    if value is None:
        return _DASH
    text = figures.percent(value)
    return Cell(text, "warn" if value >= PRESSURE_WARN_PERCENT else "dim" if text == "0" else "normal")


def out_of_memory(entry: Entry) -> Cell:
    """Return how many processes the kernel killed."""
    value = entry.usage.memory.oom_kills
    if value is None:
        return _DASH
    return Cell(figures.count(value), "crit" if value else "dim")


def vcpus(entry: Entry) -> Cell:
    """Return the virtual processors of a guest."""
    guest = entry.instance.guest if entry.instance is not None else None
    return Cell(str(guest.vcpus), "dim") if guest is not None else _NOTHING


def restarts(entry: Entry) -> Cell:
    """Return how often the restart policy acted."""
    facts = entry.instance.container if entry.instance is not None else None
    if facts is None:
        return _NOTHING
    return Cell(figures.count(facts.restarts), "warn" if facts.restarts else "dim")


def exit_code(entry: Entry) -> Cell:
    """Return the code of the last stop, nothing while it never stopped or runs."""
    facts = entry.instance.container if entry.instance is not None else None
    if facts is None or facts.exit_code is None or entry.is_active:
        return _NOTHING
    return Cell(str(facts.exit_code), "dim" if facts.exit_code == 0 else "normal")


def autostart(entry: Entry) -> Cell:
    """Return whether the daemon starts the guest at boot."""
    guest = entry.instance.guest if entry.instance is not None else None
    return Cell("auto" if guest is not None and guest.autostart else "", "dim")


def autostart_rank(entry: Entry) -> bool | None:
    """Return what the column AUTO is ordered by."""
    guest = entry.instance.guest if entry.instance is not None else None
    return not guest.autostart if guest is not None else None


def address(entry: Entry) -> str:
    """Return the first address and how many more there are."""
    addresses = entry.instance.addresses if entry.instance is not None else ()
    if not addresses:
        return ""
    return addresses[0].ip + (f" +{len(addresses) - 1}" if len(addresses) > 1 else "")


def system(entry: Entry) -> str:
    """Return the operating system of a guest."""
    guest = entry.instance.guest if entry.instance is not None else None
    return guest.os if guest is not None else ""


def image(entry: Entry) -> str:
    """Return the image without the registry, which is the same for most."""
    facts = entry.instance.container if entry.instance is not None else None
    if facts is None:
        return ""
    host, _, rest = facts.image.partition("/")
    return rest if rest and ("." in host or ":" in host or host == "localhost") else facts.image


def ports(entry: Entry) -> str:
    """Return the published ports."""
    facts = entry.instance.container if entry.instance is not None else None
    return " ".join([port_text(port) for port in facts.ports]) if facts is not None else ""


def port_text(port: Port) -> str:
    """Return `8080>80`, with the address where it is not all of them and the protocol where it is not TCP."""
    where = f"{port.host_ip}:" if port.host_ip not in {"", "0.0.0.0", "::"} else ""  # noqa: S104 - compared, not bound
    protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
    return f"{where}{port.host_port}>{port.container_port}{protocol}"


def unit(entry: Entry) -> str:
    """Return the systemd unit that manages a container."""
    facts = entry.instance.container if entry.instance is not None else None
    return facts.unit if facts is not None else ""


def health(entry: Entry) -> str:
    """Return what the health check says."""
    facts = entry.instance.container if entry.instance is not None else None
    found: Health | None = facts.health if facts is not None else None
    return found.value if found is not None else ""


def as_number(cell: Cell) -> float | None:
    """Return the number a cell shows, None where it shows none."""
    try:
        return float(cell.text)
    except ValueError:
        return None
