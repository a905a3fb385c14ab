"""The relying party of ``openid_client.mjs``, a program of its own."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.strangers.missing import FOLDER, NODE

# Seconds after which a question without an answer fails
PATIENCE = 20


class Refused(Exception):
    """The relying party does not go on: what was told to it, or what it thinks of it."""


class OpenIDClient:
    """``await openid_client("redeem", url=…)`` has the relying party do it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asking, self._answering = process.stdin, process.stdout

    async def __call__(self, do: str, **asked: Any) -> Any:
        self._asking.write(json.dumps({"do": do} | asked).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            line = await self._answering.readline()
        assert line, "the relying party has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(f"{answer['error']}: {answer['said']}")
        return answer["is"]


@asynccontextmanager
async def openid_client(ca_file: Path) -> AsyncGenerator[OpenIDClient]:
    """Run it while the context lasts."""
    process = await asyncio.create_subprocess_exec(
        *(NODE, "openid_client.mjs"),
        cwd=FOLDER,
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(ca_file), "NO_PROXY": "*", "no_proxy": "*"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield OpenIDClient(process)
    finally:
        process.kill()
        await process.communicate()
