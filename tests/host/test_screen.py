"""The screen itself, in a terminal of 80x24 inside: figures, an action from the keyboard, and the way out."""

import json
from collections.abc import Iterator

import pytest

from tests.host.inside.keyboard import AUDIT, Keyboard, seated
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def person(testhost: Machine) -> Iterator[Keyboard]:
    with seated(testhost) as keyboard:
        yield keyboard


def test_the_host_is_on_the_screen(person: Keyboard) -> None:
    lines = person.do("shown").splitlines()
    assert lines[0].lstrip().startswith("testhost")
    assert any("writer" in line and "running" in line for line in lines)
    assert len(lines) <= 24


def test_a_container_of_a_user_is_stopped_from_the_keyboard(person: Keyboard) -> None:
    output = person.do(f"""
keys 3; until_shown '>3 Containers'; row rl2; until_shown 'rl2 +running'
keys T; until_shown 'rl2.*[?]'; shown; echo =====
keys y; until_shown 'rl2 +stopped'; until_told '"stop"'
runuser -u tester -- env XDG_RUNTIME_DIR=/run/user/1000 bash -c "cd; podman inspect -f '{{{{.State.Status}}}}' rl2"
keys S; until_shown 'rl2 +running'; until_told '"start"'
tail -n 4 {AUDIT}""")
    question, _, rest = output.partition("=====\n")
    status, *audit = rest.splitlines()
    assert "testhost" in question
    assert status == "exited"
    lines = [json.loads(line) for line in audit]
    assert [(line["action"], line["phase"]) for line in lines if line["phase"] == "result"] == [
        ("stop", "result"),
        ("start", "result"),
    ]


def test_q_ends_it_and_leaves_the_terminal_in_order(person: Keyboard) -> None:
    screen = person.do("keys Escape; until_shown writer; keys q; until_shown EXIT-; shown")
    assert "EXIT-0" in screen
    assert "writer" not in screen  # the alternate screen is gone
