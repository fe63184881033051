"""What may be in the way of a new guest, its disk and its seed apart."""

import os
from functools import partial
from typing import Any

from tui.domain.operation.guests import CreateGuest
from tui.engines.libvirt.guests.capabilities import Capabilities
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.hardware_change import LEAST_MEMORY_BYTES
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import tidy
from tui.engines.libvirt.resources.failures import NO_NETWORK
from tui.engines.libvirt.resources.survey import Survey
from tui.engines.libvirt.resources.words import size


def size_problem(operation: CreateGuest, can: Capabilities) -> str:
    """Say why the host cannot give it what it wants; "" when it can."""
    if operation.vcpus < 1:
        return "A guest needs at least one vCPU."
    if can.vcpus_max and operation.vcpus > can.vcpus_max:
        return f"A guest can have {can.vcpus_max} vCPUs here, not {operation.vcpus}."
    if operation.memory_bytes < LEAST_MEMORY_BYTES:
        return "A guest needs at least 1 MiB of memory."
    if can.memory_bytes and operation.memory_bytes > can.memory_bytes:
        return f"The host has {size(can.memory_bytes)} of memory, less than {size(operation.memory_bytes)}."
    if operation.firmware not in {"bios", "uefi"}:
        return f'The firmware is "bios" or "uefi", not "{operation.firmware}".'
    if operation.firmware == "uefi" and not can.uefi:
        return "There is no UEFI firmware for guests on this host (package ovmf, or edk2-ovmf)."
    return ""


async def network_problem(around: Surroundings, operation: CreateGuest) -> str:
    """Say why a guest cannot be plugged into its network; "" when it can."""
    return await problem_of_network(around, operation.network, runs=operation.start)


async def problem_of_network(around: Surroundings, network: str, *, runs: bool) -> str:
    """Say why a network cannot be plugged into; "" when it can.

    Args:
        runs: now, not at some later start.
    """
    bridge = network.removeprefix("bridge:")
    if bridge != network:
        if around.has_files_here and not await on_files(around, partial(_is_bridge, bridge)):
            return f"There is no bridge {bridge} on this host."
        return ""
    if not network:
        return ""
    active = await around.ask(around.networks, partial(_network_state, name=network))
    if active is None:
        return f"There is no network {network}."
    return f"Network {network} is off. Start it first." if runs and not active else ""


def _is_bridge(name: str) -> bool:
    return "/" not in name and os.path.isdir(f"/sys/class/net/{name}/bridge")


def _network_state(libvirt: Any, connection: Any, *, name: str) -> bool | None:
    try:
        return bool(connection.networkLookupByName(name).isActive())
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_NETWORK:
            return None
        raise


async def iso_problem(around: Surroundings, operation: CreateGuest, seen: Survey) -> str:
    """Say why a guest cannot boot from an image; "" when it can."""
    path = operation.iso
    if not path or tidy(path) in seen.shelf.by_path:
        return ""
    if not path.startswith("/"):
        return f"{path} is no absolute path."
    if around.has_files_here and not await on_files(around, partial(os.path.isfile, path)):
        return f"There is no file {path}."
    return ""
