"""What an operation would do, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from humanize import naturalsize

from tui.domain.host import HostView
from tui.domain.operation import Operation, Preview
from tui.jobs.seam import name_of

MOST_LINES = 12
MOST_COMMANDS = 3


def question_title(operations: Sequence[Operation], host: str, view: HostView | None = None) -> str:
    """Return the question in one line: what, to whom, on which host.

    Args:
        view: knows the names of instances.
    """
    titles = list(dict.fromkeys(operation.title for operation in operations))
    whom = name_of(operations[0], view) if len(operations) == 1 else f"{len(operations)} of them"
    if len(titles) > 1:
        titles = [f"{title} ({sum(one.title == title for one in operations)})" for title in titles]
        whom = f"{len(operations)} things"
    what = ", ".join(titles)
    return f"{what[:1].upper()}{what[1:]}: {whom} on {host}?"


def question_of(
    allowed: Sequence[tuple[Operation, Preview]],
    refused: Sequence[tuple[Operation, Preview]],
    command: Callable[[Operation], str],
    view: HostView | None = None,
) -> str:
    """Return the body of a question: objects, who loses something, what is lost or freed, the document, the command.

    Args:
        view: knows the names of instances.
    """
    previews = [preview for _, preview in allowed]
    lines = _bounded([line for preview in previews for line in preview.objects])
    lines += [f"not {name_of(operation, view)}: {preview.refusal}" for operation, preview in refused]
    users = _bounded(list(dict.fromkeys(line for preview in previews for line in preview.users)))
    lines += ["", *users] if users else []
    warnings = list(dict.fromkeys(line for preview in previews for line in preview.warnings))
    lines += ["", *(f"! {warning}" for warning in warnings)] if warnings else []
    lines += _bytes_line(previews)
    for preview in previews[:1]:
        text = preview.diff or preview.document
        lines += ["", *text.splitlines()] if text else []
    commands = commands_of([operation for operation, _ in allowed], command)
    lines += ["", commands] if commands else []
    return "\n".join(lines).strip("\n")


def commands_of(operations: Sequence[Operation], command: Callable[[Operation], str]) -> str:
    """Return the equivalent command lines, the rest of many as a number."""
    lines = [line for line in map(command, operations) if line]
    more = len(lines) - MOST_COMMANDS
    return "\n".join([*lines[:MOST_COMMANDS], *([f"and {more} more like it"] if more > 0 else [])])


def sentence_of(refused: Sequence[tuple[Operation, Preview]]) -> str:
    """Return why nothing is done, or why some are left out, in one line."""
    sentences = list(dict.fromkeys(preview.refusal for _, preview in refused))
    return sentences[0] if len(sentences) == 1 else f"{sentences[0]} And {len(sentences) - 1} more."


def _bytes_line(previews: Sequence[Preview]) -> list[str]:
    freed = [preview.frees_bytes for preview in previews if preview.frees_bytes is not None]
    needed = [preview.needs_bytes for preview in previews if preview.needs_bytes is not None]
    lines = []
    if freed:
        about = "" if len(freed) == len(previews) else "at least "
        lines.append(f"frees {about}{naturalsize(sum(freed), binary=True)}")
    if needed:
        lines.append(f"takes {naturalsize(sum(needed), binary=True)}")
    return ["", *lines] if lines else []


def _bounded(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], f"and {len(lines) - MOST_LINES + 1} more"]
