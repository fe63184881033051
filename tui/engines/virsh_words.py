"""What virsh calls each verb; shown by the real engine and by the demo host."""

from tui.domain.action import Verb

VIRSH_WORDS = {
    Verb.START: ("start",),
    Verb.STOP: ("shutdown",),
    Verb.KILL: ("destroy",),
    Verb.RESTART: ("reboot",),
    Verb.RESET: ("reset",),
    Verb.PAUSE: ("suspend",),
    Verb.RESUME: ("resume",),
    Verb.DELETE: ("undefine",),
    Verb.AUTOSTART_ON: ("autostart",),
    Verb.AUTOSTART_OFF: ("autostart", "--disable"),
}
