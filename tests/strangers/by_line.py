"""Programs that do what each line of their standard input asks, and answer with a line."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.strangers.missing import FOLDER

# Seconds after which a question without an answer fails
PATIENCE = 20


class Refused(Exception):
    """The program does not go on: what was told to it, or what it thinks of it."""


class Program:
    """``await program("redeem", url=…)`` has it do that."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asking, self._answering = process.stdin, process.stdout

    async def __call__(self, do: str, **asked: Any) -> Any:
        self._asking.write(json.dumps({"do": do} | asked).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            line = await self._answering.readline()
        assert line, "the program has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(f"{answer['error']}: {answer['said']}")
        return answer["is"]


@asynccontextmanager
async def asked_by_line(
    *command: str | Path, environ: Mapping[str, str]
) -> AsyncGenerator[Program]:
    """Run it in the folder of the strangers while the context lasts."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=FOLDER,
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield Program(process)
    finally:
        process.kill()
        await process.communicate()
