"""Shells inside the machine, on the real screen and by its keys: one hostdeck for all of them."""

from collections.abc import Iterator

import pytest

from tests.host.inside.keyboard import Keyboard, seated
from tests.host.testhost.machine import Machine

pytestmark = pytest.mark.timeout(900)

LEAVE = "keys C-]; until_shown '^ S start'\n"


@pytest.fixture(scope="module")
def person(testhost: Machine) -> Iterator[Keyboard]:
    with seated(testhost) as keyboard:
        yield keyboard


def test_a_shell_of_a_container_of_root(person: Keyboard) -> None:
    person.do("""
keys 3; until_shown '>3 Containers'; row idle
keys s; until_shown '^/ #'
line 'stty size'; until_shown '^21 80'
line 'exit 4'; until_shown ' idle  shell  The process ended with exit code 4[.]'
keys Escape; until_shown '^ S start'""")


def test_a_shell_of_a_container_of_a_user(person: Keyboard) -> None:
    screen = person.do(f"""
row rl1
keys s; until_shown '^/ #'; until_shown ' tester/rl1  shell'
line 'stty size; cat /proc/self/uid_map'; until_shown '^21 80'; until_shown '^ +0 +1000 +1$'
shown
{LEAVE}""")
    assert "21 80" in screen


def test_a_shell_of_a_member_of_a_pod_and_the_list_of_sessions(person: Keyboard) -> None:
    listed = person.do(f"""
row db
keys s; until_shown '^/ #'; until_shown ' db  shell'
line 'stty size; hostname'; until_shown '^21 80'; until_shown '^pod1$'
line '(sleep 5; echo news) &'; until_shown 'echo news'
{LEAVE}
keys o; until_shown '[*] +[0-9]+ +db +shell +open'; shown
keys Escape; until_shown '^ S start'""")
    assert [line.split()[1:4] for line in listed.splitlines() if " shell " in line and " rl1 " in line]
