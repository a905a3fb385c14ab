"""The least that answers over HTTP here: an application of three lines on uvicorn.

``python -m benchmarks.bare DESCRIPTOR`` serves it on a socket that listens already.
"""

import socket
import sys
from typing import Any

import uvicorn

# As long as our discovery document
BODY = b'{"issuer": "http://127.0.0.1"}'.ljust(3_000)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def application(scope: Any, _receive: Any, send: Any) -> None:
    assert scope["type"] == "http"  # noqa: S101 - there is no lifespan
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def main() -> None:
    config = uvicorn.Config(application, lifespan="off", log_level="error")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
