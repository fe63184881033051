"""The few pages there are; nothing of them comes from the internet."""

from __future__ import annotations

from html import escape
from importlib import resources

AGAIN_SECONDS = 5
OWN_FILES = {"page.css": "text/css", "page.js": "text/javascript"}


def own_file(name: str) -> str:
    """Return a file of the page."""
    return (resources.files("tui.web") / "page" / name).read_text(encoding="utf-8")


def terminal_page(title: str, socket_url: str) -> str:
    """Return the page with the terminal; textual-serve's program fills it."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css">
<link rel="stylesheet" href="/page/page.css">
<script src="/static/js/textual.js"></script>
<script src="/page/page.js" defer></script>
</head>
<body>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{escape(socket_url)}" data-font-size="16"></div>
<div id="ended" role="alert"><p id="why"></p><button type="button" id="again">Connect again</button></div>
</body>
</html>
"""


def come_in(path: str) -> str:
    """Return the page that leads on once the token was taken: the address without it is asked for by a page of ours."""
    target = escape(path)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>hostdeck</title>
<meta http-equiv="refresh" content="0;url={target}"></head>
<body><a href="{target}">hostdeck</a></body></html>
"""


def sentence(text: str, *, again: bool = False) -> str:
    """Return a page that says one thing; `again` asks anew every few seconds, because nobody may be there to do it."""
    refresh = f'<meta http-equiv="refresh" content="{AGAIN_SECONDS}">' if again else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>hostdeck</title>
{refresh}<link rel="icon" href="data:,"></head><body><p>{escape(text)}</p></body></html>
"""
