"""One console stream of libvirt; used from several threads, never freed on the event loop's.

The calls of virStream on a VIR_STREAM_NONBLOCK stream: receiving takes what has arrived and never waits; sending may
wait for the socket to the daemon and belongs on a lane; ending asks the daemon and belongs on a thread that may hang.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, NotFound, SessionBusy
from tui.engines.libvirt.failures import OPERATION_FAILED, OPERATION_INVALID, UNSUPPORTED, run_guarded, sentence
from tui.engines.libvirt.link import Link

CHUNK_BYTES = 64 * 1024
MOST_WAITING_BYTES = 256 * 1024


class ConsoleStream:
    """An open stream on a connection of its own; all it hears is told on libvirt's event thread.

    What has arrived and is not yet `taken` is bounded: past it libvirt is not asked for more. Its own client library
    goes on queueing what the daemon sends, at the speed of a serial line; there is no way to tell the daemon to stop.

    Args:
        link: closed with the stream.
        got: called with bytes.
        room: called when more can be sent.
        ended: called once, with libvirt's text, or "" for a plain end of the stream.
    """

    def __init__(
        self,
        link: Link,
        stream: Any,
        *,
        got: Callable[[bytes], None],
        room: Callable[[], None],
        ended: Callable[[str], None],
    ) -> None:
        self._libvirt = libvirt = link.libvirt
        self._link = link
        self._stream: Any | None = stream
        self._got, self._room, self._ended = got, room, ended
        self._failures = libvirt.VIR_STREAM_EVENT_ERROR | libvirt.VIR_STREAM_EVENT_HANGUP
        self._lock = threading.Lock()  # never held across a call that may wait
        self._waiting_bytes = 0
        self._reads, self._writes, self._over = True, False, False

    def listen(self) -> None:
        """Begin to hear; on a lane's thread."""
        stream = self._stream
        if stream is not None:
            stream.eventAddCallback(self._events, self._happened, None)

    @property
    def _events(self) -> int:
        """Return what to be told of: an event that is wanted and not served would come again at once, for ever."""
        if self._over:
            return 0
        events = self._failures | self._libvirt.VIR_STREAM_EVENT_READABLE if self._reads else 0
        return int(events | (self._libvirt.VIR_STREAM_EVENT_WRITABLE if self._writes else 0))

    def _want(self, *, reads: bool | None = None, writes: bool | None = None) -> None:
        """Change what is told; on any thread, waits for nothing but libvirt's short locks."""
        with self._lock:
            before = self._events
            self._reads = self._reads if reads is None else reads
            self._writes = self._writes if writes is None else writes
            if self._stream is not None and self._events != before:
                try:
                    self._stream.eventUpdateCallback(self._events)
                except self._libvirt.libvirtError:
                    return  # the connection is gone, which is told in its own way

    def _happened(self, stream: Any, events: int, _opaque: object) -> None:
        """Serve an event, on libvirt's event thread; what is raised here would be printed over the screen."""
        if self._over:
            return
        if events & self._libvirt.VIR_STREAM_EVENT_WRITABLE:
            self._want(writes=False)
            self._room()
        if events & (self._libvirt.VIR_STREAM_EVENT_READABLE | self._failures):
            self._receive(stream, failed=bool(events & self._failures))

    def _receive(self, stream: Any, *, failed: bool) -> None:
        try:
            data = stream.recv(CHUNK_BYTES)
        except self._libvirt.libvirtError as error:
            self._finish(sentence(error))
            return
        if isinstance(data, int):  # -2: nothing there
            if failed:
                self._finish("")
        elif not data:
            self._finish("")
        else:
            with self._lock:
                self._waiting_bytes += len(data)
                full = self._waiting_bytes >= MOST_WAITING_BYTES
            if full:
                self._want(reads=False)
            self._got(data)

    def _finish(self, text: str) -> None:
        self._want(reads=False, writes=False)
        self._over = True
        self._ended(text)

    def taken(self, count: int) -> None:
        """Note that so many bytes found their reader, and hear again; on any thread."""
        with self._lock:
            self._waiting_bytes -= count
            hears = self._reads or self._waiting_bytes >= MOST_WAITING_BYTES // 2
        if not hears and not self._over:
            self._want(reads=True)

    def send(self, data: bytes) -> int:
        """Send and return how many bytes were taken; 0 when `room` is to be waited for; on a lane's thread.

        Raises:
            EngineError: the stream or its connection is broken.
        """
        stream = self._stream
        if stream is None or self._over:
            return len(data)
        sent = int(run_guarded(self._libvirt, lambda: stream.send(data)))
        if sent >= 0:
            return sent
        self._want(writes=True)
        return 0

    def settle(self) -> None:
        """Wait until the daemon has few pieces left that the guest did not take; on a lane's thread.

        A daemon stops listening to a connection with five unserved messages, to its keep-alive as well. It answers any
        question in its turn, so that an answer means that the socket between is empty.

        Raises:
            EngineError: the connection is broken.
        """
        if not self._over:
            self._link.run(lambda _, connection: connection.getLibVersion())

    def dispose(self) -> None:
        """End it at the daemon too, so that its console is free; on a thread that may hang."""
        with self._lock:
            stream, self._stream = self._stream, None
            over, self._over = self._over, True
        if stream is None:
            return
        self._got = self._room = self._ended = _nothing
        for step in (stream.eventRemoveCallback, stream.finish if over else stream.abort):
            try:
                step()
            except self._libvirt.libvirtError:  # it is broken already
                continue
        free_stream(stream)
        self._link.close()


def _nothing(*_args: object) -> None:
    """Do nothing."""


def free_stream(stream: Any) -> None:
    """Free libvirt's stream now.

    The binding never drops what it keeps for a stream's callback, and with it the stream and its connection: without
    this, closing a connection that had a console leaves two descriptors open here and one in the daemon.
    """
    with contextlib.suppress(AttributeError):
        del stream.cb  # else __del__ would remove the callback again
    stream.__del__()


def open_stream(
    link: Link,
    *,
    uuid: str,
    alias: str,
    force: bool,
    hear: Callable[[Link, Any], ConsoleStream],
) -> ConsoleStream:
    """Open a guest's console; blocks.

    Args:
        alias: of the device; empty for the guest's first console.
        hear: makes the `ConsoleStream` of (link, stream).

    Raises:
        SessionBusy: another client has it.
        EngineError: with its sentence.
    """

    def work(libvirt: Any, connection: Any) -> ConsoleStream:
        domain = connection.lookupByUUIDString(uuid)
        stream = connection.newStream(libvirt.VIR_STREAM_NONBLOCK)
        flags = libvirt.VIR_DOMAIN_CONSOLE_FORCE if force else 0  # VIR_DOMAIN_CONSOLE_SAFE is not known to every driver
        failure = _attempt(libvirt, lambda: domain.openConsole(alias or None, stream, flags), domain.name())
        if failure is not None:
            free_stream(stream)  # the error travels with this frame in it
            raise failure
        console = hear(link, stream)
        console.listen()
        return console

    return link.run(work)


def _attempt(libvirt: Any, step: Callable[[], object], name: str) -> EngineError | None:
    """Return what libvirt's codes mean for a console; any other error is raised as it is."""
    try:
        step()
    except libvirt.libvirtError as error:
        code, text = error.get_error_code(), sentence(error)
    else:
        return None
    if code == OPERATION_FAILED:
        return SessionBusy("console in use", f"Another client has the console of {name}; libvirt does not tell who.")
    if code in UNSUPPORTED:
        return ActionRefused("no console", f"libvirt opens no console of this kind of guest: {text}")
    if code == OPERATION_INVALID:
        return ActionRefused("not running", f"{name} does not run; its console opens when it starts.")
    if code == libvirt.VIR_ERR_INTERNAL_ERROR:
        return NotFound("no such console", f"The console of {name} cannot be opened: {text}")
    return EngineError("libvirt failed", text)
