"""A registry of the tests' own on loopback, a gate before it that stops in the midst, and a Podman that trusts both."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.live.harness.podman import PodmanHost
from tests.live.harness.policy import find_program, require_programs
from tests.live.harness.processes import Daemon, run

BIG_BYTES = 6 << 20
CONFIGURATION = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: "{folder}/images"}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
TRUST = """\
unqualified-search-registries = ["127.0.0.1:{port}"]
[[registry]]
location = "127.0.0.1:{port}"
insecure = true
[[registry]]
location = "127.0.0.1:{gate}"
insecure = true
"""
CONTAINERFILE = """\
FROM localhost/bb
COPY big /big
ENV DB_PASSWORD=hunter2 PLAIN=1
EXPOSE 80/tcp
VOLUME /data
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class RegistryHost:
    """docker-registry with one image, and a second service on the storage of the tests' Podman.

    Attributes:
        image: name of its image.
        gated: the same through the gate, which `gate` opens.
    """

    def __init__(self, host: PodmanHost, folder: Path) -> None:
        self.host = host
        self.folder = folder
        self.port, self.gate_port = free_port(), free_port()
        self.image = f"127.0.0.1:{self.port}/big:latest"
        self.gated = f"127.0.0.1:{self.gate_port}/big:latest"
        trust = folder / "registries.conf"
        trust.write_text(TRUST.format(port=self.port, gate=self.gate_port))
        (folder / "registry.yml").write_text(CONFIGURATION.format(folder=folder, port=self.port))
        self.env = {**host.env, "CONTAINERS_REGISTRIES_CONF": str(trust)}
        self.socket = folder / "p.sock"
        self.url = f"unix://{self.socket}"
        self.registry = Daemon(
            [find_program("docker-registry") or "docker-registry", "serve", str(folder / "registry.yml")],
            log=folder / "registry.log",
            ready=lambda: listens(self.port),
            env={},
        )
        self.service = Daemon(
            [find_program("podman") or "podman", "system", "service", "--time=0", self.url],
            log=folder / "service.log",
            ready=self.socket.exists,
            env=self.env,
        )

    @classmethod
    def start(cls, host: PodmanHost, folder: Path) -> "RegistryHost":
        """Start both; skip or fail the test when the program is missing."""
        require_programs("a private registry", "docker-registry")
        made = cls(host, folder)
        try:
            made.registry.start()
            made.start_service()
            made._fill()
        except BaseException:
            made.close()
            raise
        return made

    def start_service(self) -> None:
        if not self.service.alive:
            self.socket.unlink(missing_ok=True)
        self.service.start()

    def close(self) -> None:
        self.service.stop()
        self.registry.stop()

    def cli(self, *args: str) -> str:
        return run(["podman", *args], env=self.env, cwd=self.folder)

    def _fill(self) -> None:
        """Push an image with one layer that nothing compresses."""
        build = self.folder / "build"
        build.mkdir()
        with (build / "big").open("wb") as big, Path("/dev/urandom").open("rb") as source:
            big.write(source.read(BIG_BYTES))
        (build / "Containerfile").write_text(CONTAINERFILE)
        self.cli("build", "--quiet", "--network", "none", "--tag", self.image, str(build))
        self.cli("push", "--quiet", self.image)
        self.cli("image", "rm", self.image)

    @asynccontextmanager
    async def gate(self, *, after_bytes: int) -> AsyncIterator[asyncio.Event]:
        """Let so many bytes out of the registry, and no more; the event says that it holds the rest back."""
        held = asyncio.Event()
        writers: list[asyncio.StreamWriter] = []
        passed = 0

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counts: bool) -> None:
            nonlocal passed
            with contextlib.suppress(OSError):
                while data := await reader.read(65536):
                    passed += len(data) if counts else 0
                    if passed > after_bytes:
                        held.set()
                        await asyncio.Event().wait()
                    writer.write(data)
                    await writer.drain()
            writer.close()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inside, out = await asyncio.open_connection("127.0.0.1", self.port)
            writers.extend([writer, out])
            tasks = [
                asyncio.create_task(forward(reader, out, counts=False)),
                asyncio.create_task(forward(inside, writer, counts=True)),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

        server = await asyncio.start_server(serve, "127.0.0.1", self.gate_port)
        try:
            yield held
        finally:
            server.close()
            for writer in writers:
                writer.transport.abort()
