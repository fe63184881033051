import asyncio
import sys

import pytest

from tui.domain.errors import EngineAbsent
from tui.engines.pty import PtyChannel, open_pty


async def open_program(*command: str) -> PtyChannel:
    return await open_pty(command, columns=91, rows=33)


async def read_all(channel: PtyChannel) -> bytes:
    got = b""
    async with asyncio.timeout(20):
        while data := await channel.read():
            got += data
    return got


async def test_a_program_has_a_terminal_of_the_size_asked_for_and_an_exit_code() -> None:
    channel = await open_program("sh", "-c", "stty size; tty; exit 5")
    said = await read_all(channel)
    assert b"33 91" in said
    assert b"/dev/pts/" in said
    assert channel.end is not None
    assert channel.end.exit_code == 5


async def test_what_is_written_is_read_and_a_new_size_is_told() -> None:
    channel = await open_program("sh", "-c", "read line; stty size; echo got $line")
    await channel.resize(100, 40)
    await channel.write(b"hello\n")
    said = await read_all(channel)
    assert b"40 100" in said
    assert b"got hello" in said


async def test_a_large_output_arrives_whole() -> None:
    channel = await open_program(sys.executable, "-c", "print('x' * 2_000_000, end='')")
    assert len(await read_all(channel)) == 2_000_000


@pytest.mark.parametrize("end_process", [True, False])
async def test_closing_ends_the_program(end_process: bool) -> None:
    channel = await open_program("sh", "-c", "echo there; sleep 1000; sleep 1000")
    assert b"there" in await channel.read()
    end = await channel.close(end_process=end_process)
    assert end.exit_code == (137 if end_process else 129)
    assert await channel.read() == b""
    await channel.write(b"nobody takes this")
    await channel.resize(10, 10)


async def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(EngineAbsent, match="no-such-program"):
        await open_program("/no-such-program")
