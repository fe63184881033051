"""The keeper of one Podman service's images, volumes and networks; see `tui.engines.resources`."""

import shlex
from collections.abc import Callable

from tui.domain.action import Result
from tui.domain.errors import ActionRefused, EngineError, EngineLost, EngineTimeout
from tui.domain.event import Document
from tui.domain.image import FoundImage, ImageDetails
from tui.domain.operation import Operation, OperationOutcome, Preview, ProgressSink
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.resources import details
from tui.engines.podman.resources.changes import Change, Done, Table
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.stock import KINDS, read_stock
from tui.engines.podman.resources.tables import CHANGES
from tui.engines.podman.resources.weights import DEADLINE_SECONDS, Scales

READ_ONLY = "hostdeck runs with --read-only: nothing is changed."
UNKNOWN = "What became of it is not known: list again before you repeat it."


class PodmanKeeper:
    """What one service keeps beside containers.

    Args:
        events: returns a number that grows with events about images, volumes and networks.
        command_url: as in `Desk`.
        look_again: asks for a fresh look at a container.
    """

    def __init__(
        self,
        url: str,
        inventory: Inventory,
        *,
        events: Callable[[], int] = int,
        command_url: str | None = None,
        read_only: bool = False,
        look_again: Callable[[str], None] = lambda _local: None,
        changes: Table = CHANGES,
    ) -> None:
        self._desk = Desk(url, inventory, command_url=command_url)
        self._events = events
        self._own_changes = 0
        self._read_only = read_only
        self._look_again = look_again
        self._changes = changes
        self._scales = Scales(lambda: self._desk.read("system/df", timeout=DEADLINE_SECONDS), self._note_change)

    @property
    def kinds(self) -> frozenset[ResourceKind]:
        """Return what Podman keeps."""
        return KINDS

    @property
    def changed(self) -> int:
        """Return a number that grows with every change that was heard of or made here."""
        return self._events() + self._own_changes

    def _note_change(self) -> None:
        self._own_changes += 1

    async def stock(self, kinds: frozenset[ResourceKind]) -> Stock:
        """List everything of some kinds; see `ResourceKeeper.stock`.

        Sizes that take Podman long are left out; `changed` grows when they have arrived.

        Raises:
            EngineError: nothing could be read.
        """
        return await read_stock(self._desk, kinds, self._scales)

    async def document(self, target: ResourceId) -> Document:
        """Return what `podman inspect` shows, as JSON with the environment's secrets masked.

        Raises:
            EngineError: with its sentence.
        """
        return await details.read_document(self._desk, target)

    async def image_details(self, target: ResourceId) -> ImageDetails:
        """Return layers and configuration of an image.

        Raises:
            EngineError: with its sentence.
        """
        return await details.read_image(self._desk, target)

    async def search_images(self, term: str) -> tuple[FoundImage, ...]:
        """Ask the registries that the service is configured with.

        Raises:
            EngineError: with its sentence.
        """
        return await details.search(self._desk, term)

    async def preview(self, operation: Operation) -> Preview:
        """Say what an operation would touch; changes nothing.

        Raises:
            EngineError: it cannot be found out.
        """
        if objection := self.supports(type(operation)):
            return Preview(refusal=objection)
        return await self._change(operation).preview(self._desk, operation)

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation; raises only for a cancellation."""
        try:
            done = await self._operate(operation, progress)
        except ActionRefused as error:
            return OperationOutcome(operation, Result.REFUSED, error.message)
        except (EngineTimeout, EngineLost) as error:
            return OperationOutcome(operation, Result.UNKNOWN, f"{error.message} {UNKNOWN}")
        except EngineError as error:
            return OperationOutcome(operation, Result.FAILED, error.message)
        else:
            return OperationOutcome(operation, Result.DONE, done.message, done.made)
        finally:
            self._scales.outdated()
            self._note_change()
            if not isinstance(operation.target, ResourceId):
                self._look_again(operation.target.local)

    async def _operate(self, operation: Operation, progress: ProgressSink) -> Done:
        if self._read_only:
            raise ActionRefused("read-only", READ_ONLY)
        if objection := self.supports(type(operation)):
            raise ActionRefused("not possible", objection)
        return await self._change(operation).carry_out(self._desk, operation, progress)

    def _change(self, operation: Operation) -> Change:
        return self._changes[type(operation)]

    def command(self, operation: Operation) -> str:
        """Return the podman command line, quoted for a shell, secrets masked; empty where there is none."""
        change = self._changes.get(type(operation))
        if change is None:
            return ""
        url = self._desk.command_url
        return shlex.join(["podman", *(["--url", url] if url else []), *change.words(self._desk, operation)])

    def supports(self, operation: type[Operation]) -> str:
        """Return why an operation is not possible with this service; empty when it is."""
        change = self._changes.get(operation)
        if change is None:
            return f"Podman cannot {operation.title or 'do that'}."
        return change.objection(self._desk)

    async def close(self) -> None:
        """End what is asked in the background."""
        await self._scales.close()
