"""Consoles of guests, and a container without a shell, on a cgroup v2 host."""

import pytest

from tests.host.inside.keyboard import Keyboard

pytestmark = pytest.mark.timeout(900)

LEAVE = "keys C-]; until_shown '^ S start'\n"


def test_an_image_without_a_shell_is_entered_with_the_hosts_own(person: Keyboard) -> None:
    person.do("""
row bare
keys s; until_shown 'Enter bare with this host'; until_shown nsenter
keys y; until_shown '^(root@|#)'
line 'stty size; hostname | wc -c; exit 4'; until_shown '^21 80'; until_shown '^13$'
until_shown 'exit code 4[.]'
keys Escape; until_shown '^ S start'""")


def test_a_guests_console(person: Keyboard) -> None:
    """Left alone it goes on, and a guest that stops leaves its text to be read and is attached to again."""
    person.do(f"""
virsh -q resume q1
keys Escape; until_gone ' of [0-9]+  /'; keys 2; until_shown '>2 Guests'; row q1
until_shown ' q1 .*running'
keys c; until_shown ' q1  console'; until_shown 'leave, it goes on'
until_answered '# *$'
line 'stty -echo; echo it is $((6 * 7)); stty size; stty echo'; until_shown 'it is 42'
{LEAVE}
keys o; until_shown ' q1 +console serial0 +open'
keys Escape; until_shown '^ S start'
keys q; until_shown 'sessions? '; keys n; until_shown '^ S start'
keys c; until_shown 'it is 42'
virsh -q destroy q1; until_shown 'Opened again when it runs[.]'; until_shown 'it is 42'
virsh -q start q1; until_shown 'opened again'
virsh -q suspend q1
{LEAVE}""")


def test_the_console_of_a_libvirt_container(person: Keyboard) -> None:
    person.do(f"""
row l1
keys c; until_shown ' l1  console'; until_shown 'leave, it goes on'
until_answered '# *$'
line 'echo it is $((6 * 7))'; until_shown '^it is 42'
{LEAVE}""")
