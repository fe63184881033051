"""Errors that a person may see.

HostdeckError
+-- ConfigError         a preference that cannot be read, with file, line and key
+-- EngineError         an engine did not do what was asked
    +-- EngineAbsent    not installed, or nothing listens
    +-- EngineRefused   no permission
    +-- EngineLost      the connection broke
    +-- EngineTimeout   no answer within the deadline; the outcome is not known
    +-- NotFound        the instance is gone
    +-- ActionRefused   the engine or hostdeck says no to this action
"""


class HostdeckError(Exception):
    """The root: a title and a message for a person.

    Args:
        title: a few words ("libvirt does not answer").
        message: the whole sentence, with what helps; may repeat foreign text, which is escaped where it is shown.
    """

    def __init__(self, title: str, message: str = "") -> None:
        super().__init__(f"{title}: {message}" if message else title)
        self.title = title
        self.message = message or title


class ConfigError(HostdeckError):
    """A preference cannot be read or has a value that makes no sense."""


class EngineError(HostdeckError):
    """An engine did not do what was asked."""


class EngineAbsent(EngineError):  # noqa: N818 - named for what is the case, as in the picture above
    """Not installed, or nothing listens at the address."""


class EngineRefused(EngineError):  # noqa: N818 - the same
    """The person may not use this engine."""


class EngineLost(EngineError):  # noqa: N818 - the same
    """The connection broke."""


class EngineTimeout(EngineError):  # noqa: N818 - the same
    """No answer within the deadline."""


class NotFound(EngineError):  # noqa: N818 - the same
    """The instance is gone."""


class ActionRefused(EngineError):  # noqa: N818 - the same
    """This action is not possible, or not allowed."""


class SessionBusy(EngineError):  # noqa: N818 - the same
    """Another client has the console; libvirt does not tell who."""


class NoShell(EngineError):  # noqa: N818 - the same
    """None of the wanted shells exists in the container."""
