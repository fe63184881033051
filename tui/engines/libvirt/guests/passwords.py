"""Passwords as hashes. Python has lost its crypt module, and openssl is where ssh is."""

import asyncio

from tui.domain.errors import EngineAbsent, EngineError, EngineTimeout

DEADLINE_SECONDS = 10.0
PREFIX = "$6$"  # SHA-512, which every guest's login understands


async def hashed(password: str) -> str:
    """Return a salted SHA-512 hash as in /etc/shadow; the password goes through a pipe, on no command line.

    Raises:
        EngineError: openssl is missing, or fails.
    """
    if "\n" in password or "\0" in password:
        raise EngineError("no password", "A password is one line.")
    try:
        process = await asyncio.create_subprocess_exec(
            "openssl", "passwd", "-6", "-stdin",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        failure = EngineAbsent("no openssl", "A password is hashed by openssl, which is not installed. Use an SSH key.")
    else:
        return await _answer(process, password)
    raise failure


async def _answer(process: asyncio.subprocess.Process, password: str) -> str:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            output, _ = await process.communicate(password.encode() + b"\n")
    except (TimeoutError, asyncio.CancelledError) as error:
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise EngineTimeout("openssl hangs", "openssl did not hash the password in time.") from None
        raise
    text = output.decode(errors="replace").strip()
    if process.returncode or not text.startswith(PREFIX):
        raise EngineError("openssl failed", "openssl could not hash the password. Use an SSH key.")
    return text
