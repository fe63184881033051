"""README.txt of a bundle: what is what."""

from tui import __version__
from tui.bundle.materials import MOST_INSTANCES, Materials
from tui.export.tables import time_text
from widgets.escape import escape_controls

_TEXT = """\
Incident bundle of {host}, taken {time} by hostdeck {version}.

  problems.txt      what needed a person then, the most urgent first: begin here
  errors.txt        what could not be had, and why; not there where nothing is missing
  screen.svg        the screen, as a picture for a browser
  view.json         all figures and states of that moment, as `hostdeck snapshot --json` prints them
  history.csv       figures of each instance over the last minutes, one row a sample, times in UTC
  record.csv        figures of each instance over the last 24 h, the last of each minute, where a recorder runs
  timeline.jsonl    what happened in the last 24 h: events, states, problems, actions
  instances/        XML of guests and JSON of containers that had a problem or ended by an error ({most} at most)
  logs/             the end of their logs; of a guest that is the log of QEMU. E is standard error. Times in UTC
  doctor.txt        what hostdeck found missing on this host
  config.json       the preferences of hostdeck
  audit.jsonl       what was last done with hostdeck, by whom
  versions.txt      what runs here

The host's own figures are in view.json, of that moment alone; where a recorder runs,
`hostdeck export csv host --from "-24h"` writes those of the time before.
{glance}
An empty figure is one that was not known; 0 was measured. What is not there did not exist or is in errors.txt.

Before you send this to somebody: values that are named like secrets (passwords, tokens, keys) are replaced by
{mask}, in every file. That goes by names. A secret without such a name, in a log line for example, is still there;
so are the names of hosts, users, images and addresses. Look through it first.
"""


_GLANCE = """\
Rules that take time were not judged: hostdeck took two samples, and no recorder looked on before.
"""


def readme(materials: Materials) -> bytes:
    """Return the text."""
    from tui.domain.secrets import MASK

    view = materials.view
    return _TEXT.format(
        host=escape_controls(view.host_name) + (" (the demo host)" if view.is_demo else ""),
        time=time_text(view.taken_utc_seconds),
        version=__version__,
        most=MOST_INSTANCES,
        mask=MASK,
        glance=_GLANCE if materials.is_glance else "",
    ).encode("utf-8")


def problems(materials: Materials) -> bytes:
    """Return the problems, a line each."""
    lines = []
    for one in materials.view.problems:
        since = f"since {time_text(one.since_utc_seconds)}" if one.since_utc_seconds is not None else ""
        who = f"acknowledged by {one.acknowledged_by}" if one.acknowledged_by else ""
        note = f"note: {one.note}" if one.note else ""
        words = (one.severity.value, one.kind, one.name, one.text, since, who, note)
        lines.append("  ".join(escape_controls(word) for word in words if word))
    text = "\n".join(lines or ["nothing needed a person"]) + "\n"
    return (text + (f"\n{_GLANCE}" if materials.is_glance else "")).encode("utf-8")
