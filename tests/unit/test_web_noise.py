"""What strangers send to the web page is no news for who runs it."""

import logging

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from tui.web.serving import server_log


def test_what_is_no_request_is_not_logged_and_our_defects_are(caplog: pytest.LogCaptureFixture) -> None:
    log = server_log()
    for error in (BadHttpMessage("\x1b]0;noise\a"), RuntimeError("ours")):
        log.error("Error handling request", exc_info=error)
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info and record.exc_info[1]] == [
        ("ours",)
    ]
    assert log is not logging.getLogger()
