"""Send a message to an address by HTTP: certificates checked, no redirect followed, every wait bounded."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPException
from http.client import responses as reasons
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from tui.domain.errors import EngineTimeout
from tui.engines.lane import Lane
from widgets.escape import escape_controls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage
    from typing import IO

    from tui.notify.settings import NotifySettings

DEADLINE_SECONDS = 10.0
MOST_READ_BYTES = 4096
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt; `again`: another attempt may succeed."""

    ok: bool
    text: str
    again: bool = False


class _NoRedirect(HTTPRedirectHandler):
    """Give a redirect back as it is: what is told is for the address that was written down, and for no other."""

    def redirect_request(  # noqa: PLR0917 - the signature of the library
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""


class Webhook:
    """Posts JSON; the address and the headers are shown nowhere.

    Args:
        deadline_seconds: for one attempt as a whole.
        context: TLS settings; None for the system's certificates.
    """

    name = "webhook"

    def __init__(
        self,
        settings: NotifySettings,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = settings.webhook
        self._headers = dict(settings.webhook_headers)
        self._deadline = deadline_seconds
        self._context = context
        self._lane = Lane(f"webhook {settings.webhook_shown}")
        self.shown = settings.webhook_shown

    async def send(self, body: bytes, _environment: Mapping[str, str]) -> Outcome:
        """Post once; never raises."""
        try:
            return await self._lane.call(self._post, body, deadline=self._deadline)
        except EngineTimeout:
            return Outcome(ok=False, text=f"no answer within {self._deadline:g} s", again=True)
        except (OSError, HTTPException, ValueError) as error:
            return _failure(error)

    def close(self) -> None:
        """Let the thread go."""
        self._lane.close()

    def _post(self, body: bytes) -> Outcome:
        """Run on the lane's thread."""
        opener = build_opener(_NoRedirect, HTTPSHandler(context=self._context or ssl.create_default_context()))
        headers = {"Content-Type": "application/json", "User-Agent": "hostdeck", **self._headers}
        request = Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310 - http(s) by the check
        try:
            with opener.open(request, timeout=self._deadline) as answer:
                answer.read(MOST_READ_BYTES)
                return Outcome(ok=True, text=f"answered {answer.status}")
        except HTTPError as error:
            with error:
                return _refusal(error.code, str(error.headers.get("Location", "")))


def _refusal(code: int, location: str) -> Outcome:
    if 300 <= code < 400:
        to = _host_of(location)
        where = f" to {escape_controls(to)}" if to else ""
        return Outcome(
            ok=False, text=f"answered {code}, a redirect{where}, which is not followed: write the right address"
        )
    words = f" {reasons[code]}" if code in reasons else ""
    return Outcome(ok=False, text=f"answered {code}{words}", again=code in _WORTH_ANOTHER_TRY)


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return ""


def _failure(error: Exception) -> Outcome:
    reason: object = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Outcome(ok=False, text=f"its certificate is not trusted: {escape_controls(reason.verify_message)}")
    if isinstance(reason, ssl.SSLError):
        return Outcome(ok=False, text=f"TLS failed: {escape_controls(str(reason.reason or reason))}")
    if isinstance(reason, TimeoutError):
        return Outcome(ok=False, text="no answer in time", again=True)
    if isinstance(reason, OSError):
        return Outcome(ok=False, text=escape_controls(reason.strerror or str(reason)), again=True)
    if isinstance(reason, HTTPException):
        return Outcome(ok=False, text="what it answered is not HTTP", again=True)
    return Outcome(ok=False, text=escape_controls(str(reason)))
