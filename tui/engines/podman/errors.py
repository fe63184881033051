"""Foreign failures of one HTTP exchange to domain errors with sentences."""

import http.client
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tui.domain.errors import EngineAbsent, EngineError, EngineLost, EngineRefused, EngineTimeout, NotFound
from tui.engines.process import has_systemd


class ConflictError(EngineError):
    """Podman says that the object's state does not allow it (409, or 500 with "container state improper")."""


class ConnectionGoneError(EngineLost):
    """The other side had closed the connection before it answered anything."""


@contextmanager
def connecting(url: str) -> Iterator[None]:
    """Translate what goes wrong before anything was asked."""
    try:
        yield
    except PermissionError as error:
        raise EngineRefused("no permission for Podman", f"No permission to open {url}. {help_to_open(url)}") from error
    except FileNotFoundError as error:
        raise EngineAbsent("no Podman socket", f"{url} does not exist. {help_to_start(url)}") from error
    except ConnectionRefusedError as error:
        raise EngineAbsent("Podman does not listen", f"Nothing listens at {url}. {help_to_start(url)}") from error
    except TimeoutError as error:
        raise EngineTimeout("Podman does not answer", f"{url} did not accept a connection in time.") from error
    except OSError as error:
        raise EngineAbsent("Podman cannot be reached", f"{url}: {error.strerror or error}.") from error


@contextmanager
def exchanging(url: str) -> Iterator[None]:
    """Translate what goes wrong once a request is on its way: from here on its outcome may be unknown."""
    try:
        yield
    except TimeoutError as error:
        raise EngineTimeout("Podman does not answer", f"{url} did not answer in time.") from error
    except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
        raise ConnectionGoneError("the connection to Podman broke", f"{url} closed the connection.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineLost("the connection to Podman broke", f"{url}: {error or type(error).__name__}.") from error


def raise_for_status(status: int, body: bytes) -> None:
    """Raise what an error answer means; 3xx is Podman's "nothing to do".

    Raises:
        NotFound: 404.
        ConflictError: the object's state does not allow it.
        EngineError: any other.
    """
    if status < 400:
        return
    cause, message = error_text(body)
    text = message or cause or f"HTTP status {status}"
    if status == 404:
        raise NotFound("no longer there", text)
    if status == 409 or "state improper" in cause:
        raise ConflictError("not possible in this state", text)
    raise EngineError("Podman failed", text)


def error_text(body: bytes) -> tuple[str, str]:
    """Return (cause, message) of an error answer: {"cause", "message", "response"}, or a pod's {"Errs": [...]}."""
    try:
        value = json.loads(body)
    except ValueError:
        return "", body.decode(errors="replace").strip()[:500]
    if not isinstance(value, dict):
        return "", ""
    errors = value.get("Errs")
    if isinstance(errors, list) and errors:
        return "", "; ".join(str(error) for error in errors)
    return str(value.get("cause") or ""), str(value.get("message") or "")


def help_to_start(url: str) -> str:
    """Return the command that makes a service listen at a usual place."""
    if url.startswith(("unix:", "http+unix:")) and shutil.which("podman") is None:
        return "Podman is not installed here: sudo apt install podman, or sudo dnf install podman."
    if url.startswith(("unix:", "http+unix:")) and not has_systemd():
        return f"Start it: podman system service --time=0 {url}"
    if "/run/user/" in url:
        return "Start it: systemctl --user enable --now podman.socket"
    if url.startswith(("unix:", "http+unix:")):
        return "Start it: sudo systemctl enable --now podman.socket"
    return "Start it there: podman system service --time=0 tcp:HOST:PORT"


def help_to_open(url: str) -> str:
    """Return what lets a person in."""
    if "/run/user/" in url:
        return "It belongs to another user: run hostdeck as that user or with sudo."
    return (
        "Run hostdeck with sudo, or let a group in by a drop-in of podman.socket: SocketMode=0660, SocketGroup=GROUP, "
        "and the folder open to it."
    )
