"""Servers that are programs of the system: started in the foreground, and ended with the test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

# Seconds until a server has to listen
PATIENCE = 20


@contextmanager
def open_folder() -> Generator[Path]:
    """A folder that the user of a server may look into; pytest's are closed to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@asynccontextmanager
async def running(*command: str, ready: str) -> AsyncGenerator[list[str]]:
    """Run a server while the context lasts; it listens once its log says ``ready``.

    What it yields is the log, which grows.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    log: list[str] = []
    listening = asyncio.Event()

    async def read() -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            log.append(line.decode(errors="replace").rstrip("\n"))
            if ready in log[-1]:
                listening.set()
        listening.set()

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(PATIENCE):
            await listening.wait()
        assert any(ready in line for line in log), "\n".join(log)
        yield log
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reading
