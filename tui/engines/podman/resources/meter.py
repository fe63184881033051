"""Progress as it is told to a person: a few times a second, however many pieces there are."""

import asyncio

from tui.domain.operation import Progress, ProgressPart, ProgressSink

GAP_SECONDS = 0.2


class Meter:
    """Counts bytes.

    Args:
        total: bytes in all; None where it is not known.
    """

    def __init__(self, sink: ProgressSink, *, total: float | None = None, text: str = "") -> None:
        self._sink = sink
        self._total = total
        self._text = text
        self._done = 0.0
        self._told_at = -GAP_SECONDS
        sink(Progress(0.0, total, text))

    def add(self, size: int) -> None:
        """Count more bytes."""
        self._done += size
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= GAP_SECONDS:
            self._told_at = now
            self.tell()

    def tell(self) -> None:
        """Tell how far it is."""
        self._sink(Progress(self._done, self._total, self._text))


class Parts:
    """Layers of an image that come at the same time, from the lines of Docker's pull."""

    def __init__(self, sink: ProgressSink) -> None:
        self._sink = sink
        self._parts: dict[str, ProgressPart] = {}
        self._told_at = -GAP_SECONDS

    def take(self, name: str, text: str, done: float | None, total: float | None) -> None:
        """Note the newest word about one layer; sizes None where they were not told."""
        known = self._parts.get(name, ProgressPart(name))
        size = total if total is not None else known.total
        at = done if done is not None else known.done
        if text in {"Download complete", "Pull complete"} and size is not None:
            at = size
        self._parts[name] = ProgressPart(name, at, size, text)
        now = asyncio.get_running_loop().time()
        if text != known.text or now - self._told_at >= GAP_SECONDS:
            self._told_at = now
            self._sink(self._progress(text))

    def _progress(self, text: str) -> Progress:
        """Add up; the total is known only when no layer's size is still to be told."""
        parts = tuple(self._parts.values())
        open_ended = any(part.total is None and part.text == "Pulling fs layer" for part in parts)
        sizes = [part.total for part in parts if part.total is not None]
        if not sizes:
            return Progress(None, None, text, parts)
        total = None if open_ended else float(sum(sizes))
        return Progress(float(sum(part.done for part in parts)), total, text, parts)
