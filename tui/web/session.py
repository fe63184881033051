"""One browser and the process it looks at."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

STOP_SECONDS = 5.0
LEAST_SIZE = (10, 5)
MOST_SIZE = (1000, 400)


class Session(AppService):
    """A process that draws for a browser; it ends with the connection.

    Textual-serve starts a command through a shell, adds to its environment what the address said, and lets it hand
    files to the browser. Here an argument list is started as it is, and of what it says beside its drawing only its end
    is heard.

    Args:
        argv: what is started.
        environ: its whole environment.
        write: sends what it drew to the browser.
        close: ends the connection.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        *,
        write: Callable[[bytes], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__(
            "", write_bytes=write, write_str=_nowhere, close=self._close, download_manager=DownloadManager()
        )
        self._close_socket = close
        self._argv = tuple(argv)
        self._environ = dict(environ)

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        size = {"COLUMNS": str(int(width)), "ROWS": str(int(height))}
        process = await asyncio.create_subprocess_exec(
            *self._argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=self._environ | size, start_new_session=True
        )
        if process.stdin is None:  # never, with a pipe
            raise RuntimeError("no way to the process")
        self._process, self._stdin = process, process.stdin
        return process

    async def _close(self) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._close_socket()

    @property
    def is_started(self) -> bool:
        """Tell whether the process was started: the page has told its size."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """Return the process id, None before the start."""
        return self._process.pid if self._process is not None else None

    async def run(self) -> None:
        """Pass on what is drawn until the process ends; then the browser is told, however it ended."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def on_meta(self, data: bytes) -> None:
        """Hear that it ends, and nothing else."""
        if b'"exit"' in data:
            await self.remote_close()

    async def on_packed(self, payload: bytes) -> None:
        """Take no files."""

    async def resize(self, width: object, height: object) -> None:
        """Take the size of the page, within bounds; the first one starts the process. Nonsense is not passed on.

        Started before, it would draw for a size of its own first, and may take that for the newer one.
        """
        if type(width) is not int or type(height) is not int:
            return
        width = max(LEAST_SIZE[0], min(MOST_SIZE[0], width))
        height = max(LEAST_SIZE[1], min(MOST_SIZE[1], height))
        if self._process is None:
            await self.start(width, height)
        else:
            await self.set_terminal_size(width, height)

    async def stop(self) -> None:
        """End the process: asked first, killed with all it started where that takes too long."""
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await super().stop()
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()


async def _nowhere(_text: str) -> None:
    """Send nothing: only drawings go to the browser."""
