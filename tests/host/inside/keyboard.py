"""hostdeck's own screen inside the machine, in tmux at 80x24, and a person's keys.

`Keyboard.do(script)` runs bash lines, with these words before them, and returns what they print:

    shown               the screen
    until_shown RE      wait until a line of the screen matches; prints the screen and fails after a while
    until_gone RE       wait until no line matches
    until_answered RE   press Enter until a line matches: what is still booting loses keys
    keys NAME...        keys by tmux's names; never one behind Escape without waiting: together they are Alt and the key
    line TEXT           a text and Enter
    row NAME            on a pane: put the cursor on the one row of that name
    until_told RE       wait until the newest result in the audit file matches
"""

import contextlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.host.inside import CALM, FOLDER, SECONDS
from tests.host.testhost.machine import Machine

AUDIT = PurePosixPath("/root/.local/state/hostdeck/audit.jsonl")

# Each process is dear under emulation: the loops start one a second.
WORDS = rf"""
exec 8<>{FOLDER}/silence
pause() {{ read -rt 1 -u 8 || true; }}
shown() {{ tmux -L hostdeck capture-pane -p -t 0; }}
never() {{ echo "never: $1"; shown; exit 1; }}
seen() {{ local text; while IFS= read -r text; do [[ $text =~ $1 ]] && return; done < <(shown); return 1; }}
until_shown() {{ local i; for ((i = 0; i < 100; i++)); do seen "$1" && return; pause; done; never "$1"; }}
until_answered() {{
    local i; for ((i = 0; i < 120; i++)); do keys Enter; pause; pause; seen "$1" && return; done; never "$1"
}}
until_gone() {{ local i; for ((i = 0; i < 100; i++)); do seen "$1" || return 0; pause; done; never "no $1"; }}
keys() {{ tmux -L hostdeck send-keys -t 0 "$@"; }}
line() {{ tmux -L hostdeck send-keys -t 0 -l "$1" \; send-keys -t 0 Enter; }}
row() {{
    keys Escape; until_gone ' of [0-9]+  /'
    keys /; until_shown '/ name, !not'
    line "name:$1"; until_shown " of [0-9]+  /name:$1"
    keys G
}}
until_told() {{
    local i; for ((i = 0; i < 100; i++)); do
        [[ $(grep '"result"' {AUDIT} | tail -n 1) =~ $1 ]] && return; pause
    done; never "$1"
}}
"""


class Keyboard:
    """Types into the hostdeck that runs inside; see the module."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def do(self, script: str) -> str:
        """Run bash lines with the module's words and return what they print."""
        return self.machine.run(WORDS + script, seconds=SECONDS)


@contextlib.contextmanager
def seated(machine: Machine, options: str = "") -> Iterator[Keyboard]:
    """Start hostdeck in a terminal inside, wait for the first figures, and end the terminal at last."""
    program = f"PYTHONPATH={machine.project} {machine.python} -m tui {options}"
    start = f"""{CALM}
rm -f {AUDIT.parent}/state.json
mkdir -p {FOLDER}; [ -p {FOLDER}/silence ] || mkfifo {FOLDER}/silence
tmux -L hostdeck -f /dev/null new-session -d -x 80 -y 24 -s 0 "cd /root; {program}; echo EXIT-\\$?; sleep 1000"
"""
    machine.run(start, seconds=SECONDS)
    keyboard = Keyboard(machine)
    try:
        keyboard.do("until_shown 'writer .* 0[.]'")
        yield keyboard
    finally:
        machine.run("tmux -L hostdeck kill-server 2>/dev/null || true")
