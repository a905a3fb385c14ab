"""How an answer of the API goes over the wire, and how it does not."""

import json
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bridge.wechat.simulator.faults import Ending, Fault


def as_json(answer: dict[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def answered(body: bytes) -> Response:
    return _response(body, Fault())


def spoilt(body: bytes, fault: Fault) -> Response:
    if fault.ending is Ending.WHOLE:
        return _response(body, fault)
    return _Interrupted(body, fault.ending)


def _response(body: bytes, fault: Fault) -> Response:
    # As a header of its own, because a media type of text would be given a charset.
    headers = {"content-type": fault.content_type, "cache-control": "no-store"}
    if fault.location is not None:
        headers["location"] = fault.location
    return Response(body, fault.status, headers)


class _Interrupted(Response):
    """An answer that ends before it is whole.

    ASGI has no word for hanging up. ``receive`` is a method of uvicorn's, whose object has the
    connection; a server of which that is not so gets an answer that is never finished.
    """

    def __init__(self, body: bytes, ending: Ending) -> None:
        super().__init__(body, headers={"content-type": "text/plain"})
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if self._ending is Ending.HALF or transport is None:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            half = bytes(self.body[: len(self.body) // 2])
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if transport is None:
            return
        if self._ending is Ending.RESET:
            _reset(transport)
        elif self._ending is not Ending.SILENCE:
            transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


def _reset(transport: Any) -> None:
    """Close so that the other side is told of a fault, not of an end: without lingering."""
    descriptor = socket.dup(transport.get_extra_info("socket").fileno())
    with socket.socket(fileno=descriptor) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
