"""Which Podman services of this host a person gets to see."""

import os
import pwd
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui.engines.podman.engine import PodmanEngine
from tui.engines.podman.private import PrivateService, is_listening
from tui.engines.podman.shells import SHELLS


@dataclass
class Discovery:
    """Finds engines; asked again, it returns those that appeared since.

    Attributes:
        named_urls: what --podman named; nothing else is looked for then, nor beside CONTAINER_HOST.
        run_root: where /run is.
        installed: whether podman could be started here.
        shells: paths or names of shells to open in containers, the wanted one first.
    """

    named_urls: Sequence[str] = ()
    host_id: str = ""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    uid: int = field(default_factory=os.geteuid)
    run_root: str = "/run"
    read_only: bool = False
    shells: Sequence[str] = SHELLS
    installed: Callable[[], bool] = lambda: shutil.which("podman") is not None
    _known: set[str] = field(default_factory=set)

    def find(self) -> list[PodmanEngine]:
        """Return the engines that were not returned before; costs a few system calls, never waits.

        The first answer has always at least one: where there is no Podman at all, it says so in its status.
        """
        is_first = not self._known
        fresh = [engine for engine in self._candidates(is_first=is_first) if engine.id not in self._known]
        self._known.update(engine.id for engine in fresh)
        return fresh

    def _candidates(self, *, is_first: bool) -> Iterator[PodmanEngine]:
        urls = list(self.named_urls) or [url for url in [self.environ.get("CONTAINER_HOST", "")] if url]
        if urls:
            yield from (self._named(url) for url in dict.fromkeys(urls)) if is_first else ()
            return
        if is_first:
            yield self._own()
        yield from self._others()

    def _named(self, url: str) -> PodmanEngine:
        return PodmanEngine(
            url,
            engine_id=url,
            host_id=self.host_id,
            user=user_of_url(url),
            read_only=self.read_only,
            required=True,
            shells=self.shells,
        )

    def _own(self) -> PodmanEngine:
        """Return the engine of the containers that plain `podman` shows this person."""
        path = self._root_socket if self.uid == 0 else self._own_socket()
        name = "root" if self.uid == 0 else user_name(self.uid)
        engine_id = "podman" if self.uid == 0 else f"podman:{name}"
        installed = self.installed()
        service = PrivateService(environ=self.environ) if installed and not is_listening(path) else None
        return PodmanEngine(
            service.url if service else f"unix://{path}",
            engine_id=engine_id,
            host_id=self.host_id,
            user=name,
            read_only=self.read_only,
            required=installed or is_listening(path),
            is_own=True,
            service=service,
            shells=self.shells,
        )

    def _others(self) -> Iterator[PodmanEngine]:
        """Yield engines of others: every user's for root, root's for a user who may open it."""
        if self.uid != 0:
            if is_listening(self._root_socket):
                yield self._other(self._root_socket, "podman", "root")
            return
        for user_id, path in user_sockets(self.run_root):
            name = user_name(user_id)
            if user_id != 0 and f"podman:{name}" not in self._known and is_listening(path):
                yield self._other(path, f"podman:{name}", name)

    def _other(self, path: Path, engine_id: str, user: str) -> PodmanEngine:
        return PodmanEngine(
            f"unix://{path}",
            engine_id=engine_id,
            host_id=self.host_id,
            user=user,
            read_only=self.read_only,
            required=False,
            shells=self.shells,
        )

    @property
    def _root_socket(self) -> Path:
        return Path(self.run_root, "podman/podman.sock")

    def _own_socket(self) -> Path:
        folder = self.environ.get("XDG_RUNTIME_DIR") or f"{self.run_root}/user/{self.uid}"
        return Path(folder, "podman/podman.sock")


def discover(
    named_urls: Sequence[str] = (),
    *,
    host_id: str,
    environ: Mapping[str, str] | None = None,
    uid: int | None = None,
    run_root: str = "/run",
    read_only: bool = False,
) -> list[PodmanEngine]:
    """Return the engines of this host at this moment; keep a `Discovery` to find later ones too."""
    return Discovery(
        named_urls,
        host_id,
        os.environ if environ is None else environ,
        os.geteuid() if uid is None else uid,
        run_root,
        read_only,
    ).find()


def user_sockets(run_root: str) -> Iterable[tuple[int, Path]]:
    """Return user ids and where their Podman sockets would be, for every user with a runtime folder."""
    for folder in sorted(Path(run_root, "user").glob("[0-9]*")):
        path = folder / "podman/podman.sock"
        if folder.name.isdigit() and path.exists():
            yield int(folder.name), path


def user_name(uid: int) -> str:
    """Return a login name, the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def user_of_url(url: str) -> str:
    """Return whose containers a named URL shows: the owner of a local socket, empty where it cannot be told."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"unix", "http+unix"}:
        return ""
    try:
        return user_name(os.stat(rest).st_uid)
    except OSError:
        return ""
