"""A little shell that answers a few commands: what a demo session talks to."""

from collections.abc import Callable

from tui.domain.instance import Instance, Kind

PROMPT_ROOT = "#"
NOT_FOUND = 127
MOST_SIGNS = 4095  # of one line, as of a terminal's driver (N_TTY_BUF_SIZE)


class Shell:
    """Takes what is typed, echoes it, and answers lines. Bytes in, bytes out; nothing here waits.

    Args:
        login: ask for a name first, as a serial console does.
    """

    def __init__(self, instance: Instance, *, user: str = "", folder: str = "", login: bool = False) -> None:
        self._instance = instance
        self._user = user or "root"
        self._folder = folder or "/"
        self._line = ""
        self._login = login
        self.columns, self.rows = 80, 24
        self.status = 0
        self.over = False
        """The person left it with `exit` or Ctrl-D."""

    def greet(self) -> str:
        """Return what stands there first."""
        if self._login:
            return f"\r\nDebian GNU/Linux 12 {self._host} ttyS0\r\n\r\n{self._host} login: "
        return self._prompt()

    def feed(self, data: bytes) -> str:
        """Take typed bytes and return the echo and the answers."""
        return "".join(self._sign(sign) for sign in data.decode("utf-8", "replace"))

    def _sign(self, sign: str) -> str:
        if sign in "\r\n":
            line, self._line = self._line, ""
            return "\r\n" + self._answer(line.strip())
        if sign in "\x7f\x08":
            taken, self._line = bool(self._line), self._line[:-1]
            return "\b \b" if taken else ""
        if sign == "\x03":
            self._line = ""
            return "^C\r\n" + self._prompt()
        if sign == "\x04" and not self._line:
            return "\r\n" + self._answer("exit")
        if not sign.isprintable() or len(self._line) >= MOST_SIGNS:
            return ""
        self._line += sign
        return sign

    @property
    def _host(self) -> str:
        return self._instance.name if self._instance.kind is Kind.GUEST else self._instance.id.local[:12]

    def _prompt(self) -> str:
        sign = PROMPT_ROOT if self._user == "root" else "$"
        return f"\x1b[1;32m{self._user}@{self._host}\x1b[0m:\x1b[1;34m{self._folder}\x1b[0m{sign} "

    def _answer(self, line: str) -> str:
        if self._login:
            if not line:
                return f"{self._host} login: "
            self._user, self._login = line, False
            return f"Linux {self._host} 6.1.0-28-amd64 x86_64\r\n{self._prompt()}"
        word, _, rest = line.partition(" ")
        if word in ("exit", "logout"):
            self.over, self.status = True, int(rest) if rest.isdigit() else self.status
            return "exit\r\n"
        answer = self._run(word, rest)
        return (answer.replace("\n", "\r\n") + "\r\n" if answer else "") + self._prompt()

    def _run(self, word: str, rest: str) -> str:
        self.status = 0
        if not word:
            return ""
        command = self._commands().get(word)
        if command is None:
            self.status = NOT_FOUND
            return f"sh: {word}: not found"
        return command(rest)

    def _commands(self) -> dict[str, Callable[[str], str]]:
        return {
            "help": lambda _: "cat cd echo exit hostname id ls ps pwd stty uname",
            "echo": lambda rest: str(self.status) if rest == "$?" else rest,
            "hostname": lambda _: self._host,
            "id": lambda _: "uid=0(root) gid=0(root)" if self._user == "root" else f"uid=1000({self._user})",
            "ls": lambda _: "\x1b[1;34mbin  etc  home  lib  proc  run  sys  tmp  usr  var\x1b[0m",
            "pwd": lambda _: self._folder,
            "cd": self._change_folder,
            "ps": lambda _: f"  PID USER     COMMAND\n    1 root     {self._main_process()}\n   42 {self._user:<8} sh",
            "stty": lambda rest: f"{self.rows} {self.columns}" if rest == "size" else "speed 38400 baud; line = 0;",
            "uname": lambda rest: f"Linux {self._host} 6.1.0-28-amd64 x86_64 GNU/Linux" if rest else "Linux",
            "cat": lambda rest: (
                'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian' if "os-release" in rest else ""
            ),
        }

    def _change_folder(self, rest: str) -> str:
        self._folder = rest or "/"
        return ""

    def _main_process(self) -> str:
        container = self._instance.container
        return container.command if container is not None and container.command else "init"
