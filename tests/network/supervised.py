"""Run as a program: some workers, and one that looks after them.

python -m tests.network.supervised WORKERS MANNER: prints its port and ``ready``. Workers answer
with their own process id; at /wait/FILE as soon as the file is there, at /stuck never again. MANNER
says how they begin: ``well``, or with a status that they end with.
"""

import asyncio
import os
import socket
import sys
import time
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from bridge.serving import NoWorkers, Server, Timing, Worker, Workers, until_told
from bridge.telemetry import configure_logs

QUICK = Timing(beat=0.1, silence=3, shortest=0.01, longest=0.05, tries=4, end=5)


async def says_who(scope: Scope, _receive: Receive, send: Send) -> None:
    path: str = scope["path"]
    if path == "/stuck":
        time.sleep(60)  # noqa: ASYNC251 - that is what it is to be stuck
    if path.startswith("/wait"):
        file = Path(path.removeprefix("/wait"))
        while not file.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
            await asyncio.sleep(0.01)
    body = b"%d\n" % os.getpid()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main(count: int, manner: str) -> int:
    configure_logs("info")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def work(worker: Worker) -> int:
        if manner != "well":
            return int(manner)
        asyncio.run(_serve(listener, worker))
        return 0

    def ready() -> None:
        sys.stdout.write(f"{port}\nready\n")
        sys.stdout.flush()

    workers = Workers(count, work, ready=ready, stopping=listener.close, timing=QUICK)
    try:
        workers.run()
    except NoWorkers as none:
        sys.stderr.write(f"{none}\n")
        return none.status
    return 0


async def _serve(listener: socket.socket, worker: Worker) -> None:
    config = uvicorn.Config(says_who, lifespan="off", ws="none", log_config=None, access_log=False)
    server = Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    await until_told(worker)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
