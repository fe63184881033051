"""The screen itself, in a terminal of 80x24 inside: figures, an action from the keyboard, and the way out."""

import json
from collections.abc import Iterator

import pytest

from tests.host.inside import CALM, SECONDS
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

SHELL = r"""
shown() { tmux -L hostdeck capture-pane -p -t 0; }
until_shown() {
    for _ in $(seq 120); do shown | grep -Eq "$1" && return; sleep 0.5; done
    echo "never: $1"; shown; exit 1
}
keys() { tmux -L hostdeck send-keys -t 0 "$@"; }
until_told() {
    for _ in $(seq 120); do
        grep '"result"' /root/.local/state/hostdeck/audit.jsonl | tail -n 1 | grep -q "$1" && return
        sleep 0.5
    done
    echo "never told: $1"; shown; exit 1
}
"""


@pytest.fixture(scope="module")
def terminal(testhost: Machine) -> Iterator[Machine]:
    start = f"""
tmux -L hostdeck -f /dev/null new-session -d -x 80 -y 24 -s 0 \
    "cd /root; PYTHONPATH={testhost.project} {testhost.python} -m tui; echo EXIT-\\$?; sleep 1000"
"""
    testhost.run(CALM + SHELL + start + "until_shown 'writer .* 0[.]'", seconds=SECONDS)
    try:
        yield testhost
    finally:
        testhost.run("tmux -L hostdeck kill-server 2>/dev/null || true")


def test_the_host_is_on_the_screen(terminal: Machine) -> None:
    lines = terminal.run(SHELL + "shown").splitlines()
    assert lines[0].lstrip().startswith("testhost")
    assert any("writer" in line and "running" in line for line in lines)
    assert len(lines) <= 24


def test_a_container_of_a_user_is_stopped_from_the_keyboard(terminal: Machine) -> None:
    output = terminal.run(
        f"""{SHELL}
keys 3; keys / rl2 Enter; until_shown 'rl2 .*running'
keys T; until_shown 'rl2.*[?]'; shown; echo =====
keys y; until_shown 'rl2 .*stopped'; until_told '"stop"'
runuser -u tester -- env XDG_RUNTIME_DIR=/run/user/1000 bash -c "cd; podman inspect -f '{{{{.State.Status}}}}' rl2"
keys S; until_shown 'rl2 .*running'; until_told '"start"'
tail -n 4 /root/.local/state/hostdeck/audit.jsonl""",
        seconds=SECONDS,
    )
    question, _, rest = output.partition("=====\n")
    status, *audit = rest.splitlines()
    assert "testhost" in question
    assert status == "exited"
    lines = [json.loads(line) for line in audit]
    assert [(line["action"], line["phase"]) for line in lines if line["phase"] == "result"] == [
        ("stop", "result"),
        ("start", "result"),
    ]


def test_q_ends_it_and_leaves_the_terminal_in_order(terminal: Machine) -> None:
    # one by one: Escape and q that arrive together are Alt+q
    screen = terminal.run(
        SHELL + "keys Escape; until_shown writer; keys q; until_shown 'EXIT-'; shown", seconds=SECONDS
    )
    assert "EXIT-0" in screen
    assert "writer" not in screen  # the alternate screen is gone
