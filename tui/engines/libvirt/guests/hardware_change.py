"""Processors, memory, boot order and the words about a guest: at its next start, and now where that is possible."""

from collections.abc import Callable
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import ChangeHardware
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.capabilities import host_memory
from tui.engines.libvirt.guests.definitions import replace
from tui.engines.libvirt.guests.hardware import boot_order, bytes_in, device_boots, vcpus_of
from tui.engines.libvirt.guests.hardware_edit import KIB, memory_of, put_boot, put_memory, put_vcpus
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.xml_edit import Element, diff, drop, parse, pretty, put, text_problem
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.words import script, size

BOOT_KINDS = frozenset({"hd", "cdrom", "network", "fd"})
LEAST_MEMORY_BYTES = 1 << 20


class Plan:
    """What is known before hardware is changed."""

    def __init__(self, operation: ChangeHardware, guest: Guest, host_memory_bytes: int) -> None:
        self.operation = operation
        self.guest = guest
        self.host_memory_bytes = host_memory_bytes
        self.stored = parse(guest.stored) if guest.stored else None

    @property
    def live(self) -> bool:
        """Tell whether something changes now."""
        return self.operation.live and self.guest.active

    def problem(self) -> str:
        """Say why it cannot be; "" when it can."""
        operation, guest = self.operation, self.guest
        if operation.live and not guest.active:
            return f"{guest.name} does not run: the change holds from its next start on, not now."
        if self.stored is None:
            return f"{guest.name} is gone when it stops: it has no definition for a next start."
        if not self.lines():
            return "Nothing would change."
        if "\n" in (operation.title_text or ""):
            return "The title must be one line."
        for what, text in (("title", operation.title_text), ("description", operation.description)):
            if problem := text_problem(what, text or ""):
                return problem
        if unknown := [word for word in operation.boot or () if word not in BOOT_KINDS]:
            return f'Guests boot from "hd", "cdrom", "network" or "fd", not from "{unknown[0]}".'
        return self._vcpus_problem(self.stored) or self._memory_problem(self.stored)

    def _vcpus_problem(self, stored: Element) -> str:
        wanted = self.operation.vcpus
        if wanted is None:
            return ""
        if wanted < 1:
            return "A guest needs at least one vCPU."
        if wanted > vcpus_of(stored)[1] and stored.find("cpu/topology") is not None:
            return (
                f"{self.guest.name} has a topology of sockets and cores for {vcpus_of(stored)[1]} vCPUs: "
                "change it in the definition."
            )
        most = vcpus_of(self.guest.now)[1]
        if self.live and wanted > most:
            return f"{self.guest.name} can have {most} vCPUs while it runs; more only from its next start on."
        return ""

    def _memory_problem(self, stored: Element) -> str:
        wanted = self.operation.memory_bytes
        if wanted is None:
            return ""
        if wanted < LEAST_MEMORY_BYTES:
            return "A guest needs at least 1 MiB of memory."
        if stored.find("cpu/numa") is not None:
            return f"{self.guest.name} has its memory spread over NUMA cells: change it in the definition."
        if self.host_memory_bytes and wanted > self.host_memory_bytes:
            return f"The host has {size(self.host_memory_bytes)} of memory, less than {size(wanted)}."
        most = bytes_in(self.guest.now, "memory")
        if self.live and wanted > most:
            return f"{self.guest.name} can have {size(most)} while it runs; more only from its next start on."
        return ""

    def lines(self) -> tuple[str, ...]:
        """Say what becomes what."""
        operation, stored = self.operation, self.guest.next
        pairs: list[tuple[str, str, str | None]] = [
            ("vCPUs", str(vcpus_of(stored)[0]), None if operation.vcpus is None else str(operation.vcpus)),
            (
                "memory",
                size(memory_of(stored)),
                None if operation.memory_bytes is None else size(operation.memory_bytes),
            ),
            ("boot order", _order(boot_order(stored)), None if operation.boot is None else _order(operation.boot)),
            ("title", stored.findtext("title", ""), operation.title_text),
            ("description", stored.findtext("description", ""), operation.description),
        ]
        lives = self.live and (operation.vcpus is not None or operation.memory_bytes is not None)
        return tuple(
            f"{what}: {old or 'none'} becomes {new or 'none'}"
            for what, old, new in pairs
            if new is not None and (new != old or (lives and what in {"vCPUs", "memory"}))
        )

    def after(self) -> str:
        """Return the new definition."""
        root = parse(self.guest.stored)
        operation = self.operation
        if operation.vcpus is not None:
            put_vcpus(root, operation.vcpus)
        if operation.memory_bytes is not None:
            put_memory(root, operation.memory_bytes)
        if operation.boot is not None:
            put_boot(root, operation.boot)
        for tag, text, after in (
            ("title", operation.title_text, ("name", "uuid", "genid")),
            ("description", operation.description, ("name", "uuid", "genid", "title")),
        ):
            if text:
                put(root, tag, text, after=after)
            elif text is not None:
                drop(root, tag)
        return pretty(root)

    def warnings(self) -> tuple[str, ...]:
        """Say what a person must know."""
        lines = []
        if self.guest.active and not self.operation.live:
            lines.append(f"{self.guest.name} runs: it gets this at its next start.")
        if self.live and self.operation.boot is not None:
            lines.append("The boot order holds from the next start on.")
        if self.live and self.operation.memory_bytes is not None:
            lines.append("Its memory changes when the guest's balloon obeys; without a driver in it nothing happens.")
        if self.operation.boot is not None and device_boots(self.guest.next):
            lines.append("The order of single devices that the definition has gives way to the order of kinds.")
        return tuple(lines)


def _order(boot: tuple[str, ...]) -> str:
    return ", ".join(boot)


async def _plan(around: Surroundings, operation: ChangeHardware) -> Plan:
    guest = await read_guest(around, guest_of(operation))
    memory = await host_memory(around) if operation.memory_bytes is not None else 0
    return Plan(operation, guest, memory)


async def preview(around: Surroundings, operation: ChangeHardware) -> Preview:
    """Say what becomes what."""
    plan = await _plan(around, operation)
    refusal = plan.problem()
    when = "now and at its next start" if plan.live else "at its next start" if plan.guest.active else "stored"
    return Preview(
        refusal=refusal,
        objects=(f"guest {plan.guest.name}, {when}", *plan.lines()),
        warnings=plan.warnings(),
        diff="" if refusal else diff(pretty(parse(plan.guest.stored)), plan.after()),
    )


async def operate(around: Surroundings, operation: ChangeHardware, _progress: ProgressSink) -> Done:
    """Change it now first, where that is asked: what the guest refuses is not stored either."""
    plan = await _plan(around, operation)
    if problem := plan.problem():
        raise ActionRefused("not possible", problem)
    if plan.live:
        await jobs.quick(around, f"guest {plan.guest.name}", _live(plan))
    after = plan.after()
    if after != pretty(parse(plan.guest.stored)):
        await replace(around, plan.guest, plan.guest.stored, after)
    around.touched(plan.guest.uuid)
    return Done("It holds from the next start on." if plan.guest.active and not plan.live else "")


def _live(plan: Plan) -> Callable[[Any, Any], None]:
    operation, uuid = plan.operation, plan.guest.uuid

    def change(libvirt: Any, connection: Any) -> None:
        domain = connection.lookupByUUIDString(uuid)
        now = libvirt.VIR_DOMAIN_AFFECT_LIVE
        if operation.vcpus is not None and operation.vcpus != vcpus_of(plan.guest.now)[0]:
            domain.setVcpusFlags(operation.vcpus, now)
        if operation.memory_bytes is not None:
            domain.setMemoryFlags(operation.memory_bytes // KIB, now)
        if operation.title_text is not None:
            domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, operation.title_text or None, None, None, now)
        if operation.description is not None:
            domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_DESCRIPTION, operation.description or None, None, None, now)

    return change


def words(around: Surroundings, operation: ChangeHardware) -> tuple[str, ...]:
    """Return virsh's commands; the boot order is changed in an editor."""
    uuid = guest_of(operation).local
    guest = guest_word(around.name_of(uuid), uuid)
    flags = ("--config", "--live") if operation.live else ("--config",)
    lines: list[tuple[str, ...]] = []
    if operation.vcpus is not None:
        lines.append(("setvcpus", guest, str(operation.vcpus), *flags))
    if operation.memory_bytes is not None:
        lines.append(("setmem", guest, f"{operation.memory_bytes // KIB}KiB", *flags))
    for option, text in (("--title", operation.title_text), (None, operation.description)):
        if text is not None:
            lines.append(("desc", guest, *((option,) if option else ()), *flags, "--new-desc", text))
    if operation.boot is not None:
        lines.append(("edit", guest))
    return lines[0] if len(lines) == 1 else script(*lines)


HANDLERS: dict[type[Operation], Handler[Any]] = {ChangeHardware: Handler(preview, operate, words)}
