"""Names of images, taken apart as Podman does; pure."""

import re
from dataclasses import dataclass

DOCKER = "docker://"
ARCHIVES = ("oci-archive", "docker-archive")
FOLDERS = ("oci", "dir")

_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?P<repository>(?:(?P<host>{_HOST})/)?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?"
)
_HINT = 'Write it as "name", "name:tag" or "registry/name:tag", in small letters.'


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an image.

    Attributes:
        repository: with the registry where one is named.
        tag: "latest" unless another or a digest is told.
        qualified: it says which registry is meant.
    """

    repository: str
    tag: str
    digest: str
    qualified: bool

    @property
    def text(self) -> str:
        """Return it whole."""
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    @property
    def local_text(self) -> str:
        """Return the name under which Podman keeps an image that gets this one."""
        return self.text if self.qualified else f"localhost/{self.text}"


def name_of(text: str) -> Name | None:
    """Take a name apart; None for what is none."""
    found = _REFERENCE.fullmatch(text)
    if found is None or len(found["repository"]) > 255:
        return None
    first = found["repository"].partition("/")[0]
    qualified = "/" in found["repository"] and ("." in first or ":" in first or first == "localhost")
    tag = found["tag"] or ("" if found["digest"] else "latest")
    return Name(found["repository"], tag, found["digest"] or "", qualified)


def refusal_of(text: str) -> str:
    """Return why a text cannot name an image; empty when it can."""
    if not text.strip():
        return f"A name is needed. {_HINT}"
    return "" if name_of(text) is not None else f"This is no name for an image. {_HINT}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image is to be got from: a registry by `name`, or a file or folder of this machine by `path`."""

    transport: str
    name: Name | None = None
    path: str = ""


def source_of(reference: str) -> Source | str:
    """Take a reference apart.

    Returns:
        The source, or a sentence that says why there is none.
    """
    transport, colon, rest = reference.partition(":")
    if colon and transport in ARCHIVES:
        # a name may follow the path; the archive's own names are taken instead
        return Source(transport, path=rest) if rest.startswith("/") else _needs_path(transport)
    if colon and transport in FOLDERS:
        return Source(transport, path=rest) if rest.startswith("/") else _needs_path(transport)
    plain = reference.removeprefix(DOCKER)
    name = name_of(plain)
    if name is None:
        return refusal_of(plain)
    return Source("docker", name)


def _needs_path(transport: str) -> str:
    return f"{transport}: needs a path that starts with a slash, like {transport}:/tmp/image."
