"""Logs of containers, and the journal of a unit, on a cgroup v2 host."""

import re

import pytest

from tests.host.inside.keyboard import Keyboard

pytestmark = pytest.mark.timeout(900)


def test_one_log_of_a_file_and_of_the_journal(person: Keyboard) -> None:
    """Podman 4.3 ends what follows a journal from a moment on: it is read on all the same, and no line is missing."""
    output = person.do("""
keys 3; until_shown '>3 Containers'; keys Escape; until_gone ' of [0-9]+  /'
keys /; until_shown '/ name, !not'; line 'name:talk'; until_shown '2 of [0-9]+  /name:talk'
keys '*'; keys l; until_shown 'talk-file +line [0-9]+[.]'; until_shown 'talk-journal +line [0-9]+[.]'
last() { shown | grep -o "$1 *line [0-9]*" | tail -n 1 | grep -o '[0-9]*$'; }
more() {
    local now=$(last $1) i
    for ((i = 0; i < 100; i++)); do [ $(last $1) -ge $((now + $2)) ] && return; pause; done; never "more of $1"
}
more talk-journal 2; more talk-file 1; shown; echo =====
keys 2; until_shown '^following  1 minute'; more talk-journal 4; more talk-file 1; shown
keys f; until_shown '^only'; line '[05][.]$'
until_gone 'line [0-9]*[1-46-9][.]'; until_shown 'talk-file +line [0-9]*[05][.]'
until_shown 'talk-journal +line [0-9]*[05][.]'
keys q; until_shown '^ S start'
keys Escape; until_gone ' of [0-9]+  /'; keys Escape; until_gone ' marked'""")
    for screen in output.split("====="):
        for name in ("talk-file", "talk-journal"):
            numbers = [int(number) for number in re.findall(rf"{name} +line (\d+)", screen)]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert "ended" not in screen


def test_the_journal_of_a_unit(person: Keyboard) -> None:
    person.do("""
keys 3; until_shown '>3 Containers'; row managed
keys l; until_shown ' managed  log'
keys u; until_shown 'journal of its unit'; until_shown 'Started managed.service'
keys q; until_shown '^ S start'""")
