"""Change what a container may use while it runs."""

from typing import Any

from tui.domain.errors import EngineError, EngineLost, EngineTimeout, NotFound
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.images import UpdateLimits
from tui.engines.podman.resources.changes import Change, Done, Table, refuse, size_text
from tui.engines.podman.resources.containers import container_now, state_in
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.spec import limits, limits_refusal

UPDATE_SINCE = (4, 3)


def update_objection(desk: Desk) -> str:
    """Return why limits cannot be changed here."""
    if (0, 0) < desk.release < UPDATE_SINCE:
        return f"Podman {desk.version} cannot change limits of a container that is there; 4.3 and newer can."
    return ""


async def preview_update(desk: Desk, operation: UpdateLimits) -> Preview:
    """Look at its state, and whether it uses more memory than it would get."""
    refusal = limits_refusal(operation.cpus, operation.memory_bytes, operation.pids)
    wanted = limits(operation.cpus, operation.memory_bytes, operation.pids)
    if refusal or not wanted:
        return Preview(refusal=refusal or "No limit is told.")
    document = await container_now(desk, operation.target.local)
    if not state_in(document).is_active:
        return Preview(refusal="It does not run: limits are changed while it runs.")
    return Preview(objects=tuple(_lines(operation)), warnings=tuple(await _memory_warning(desk, operation)))


def _lines(operation: UpdateLimits) -> list[str]:
    told = []
    if operation.cpus is not None:
        told.append(f"processors: {operation.cpus:g}" if operation.cpus else "processors: no limit")
    if operation.memory_bytes is not None:
        told.append(f"memory: {size_text(operation.memory_bytes)}" if operation.memory_bytes else "memory: no limit")
    if operation.pids is not None:
        told.append(f"processes: {operation.pids}" if operation.pids else "processes: no limit")
    return told


async def _memory_warning(desk: Desk, operation: UpdateLimits) -> list[str]:
    if not operation.memory_bytes:
        return []
    params = {"containers": operation.target.local, "stream": "false"}
    try:
        answer = await desk.read("containers/stats", params)
        used = int(answer["Stats"][0]["MemUsage"])
    except (EngineError, LookupError, TypeError, ValueError):
        return []
    if used <= operation.memory_bytes:
        return []
    return [f"It uses {size_text(used)} now: the kernel may refuse the limit, or kill processes of it."]


async def update(desk: Desk, operation: UpdateLimits, _progress: ProgressSink) -> Done:
    """Change limits of a running container, and tell whether Podman keeps them."""
    refuse(await preview_update(desk, operation))
    wanted = limits(operation.cpus, operation.memory_bytes, operation.pids)
    try:
        await desk.change("POST", f"containers/{operation.target.local}/update", body=wanted)
    except (EngineTimeout, EngineLost, NotFound):
        raise
    except EngineError as error:
        raise EngineError(error.title, _update_sentence(operation, error.message)) from error
    kept = _is_kept(await container_now(desk, operation.target.local), operation)
    return Done("" if kept else f"Podman {desk.version} forgets it at the next start.")


def _update_sentence(operation: UpdateLimits, message: str) -> str:
    """Return a sentence for the runtime's "exit status 1"."""
    if "exit status" not in message:
        return message
    hint = " It may use more memory than that now." if operation.memory_bytes else ""
    return f"The container runtime refused the limits.{hint} ({message.rpartition(': ')[2]})"


def _is_kept(document: dict[str, Any], operation: UpdateLimits) -> bool:
    """Tell whether the description has the new limits, from which the next start takes them."""
    config = document.get("HostConfig") or {}
    pairs = [(config.get("Memory"), operation.memory_bytes), (config.get("PidsLimit"), operation.pids)]
    if operation.cpus is not None:
        pairs.append((config.get("NanoCpus"), round(operation.cpus * 1e9)))
    # no limit is written as 0, as -1 or not at all
    return all(wanted is None or max(0, int(has or 0)) == wanted for has, wanted in pairs)


def _update_words(desk: Desk, operation: UpdateLimits) -> list[str]:
    words = ["update"]
    if operation.cpus is not None:
        words += ["--cpus", f"{operation.cpus:g}"] if operation.cpus else ["--cpu-quota", "-1"]
    if operation.memory_bytes is not None:
        words += ["--memory", str(operation.memory_bytes or -1)]
    if operation.pids is not None:
        words += ["--pids-limit", str(operation.pids or -1)]
    return [*words, desk.name_of(operation.target.local)]


CHANGES: Table = {UpdateLimits: Change(preview_update, update, _update_words, update_objection)}
