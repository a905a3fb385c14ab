"""Where an answer is written to: its head goes out with its body, not before."""

import asyncio
from typing import Any

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class OneWrite:
    """The part of a transport that an answer needs, for one answer.

    uvicorn writes head and body one after the other, and each is sent at once: two system calls,
    two packets, and whoever reads them is woken twice. Not for an answer to HEAD, which has no
    body; and no answer of ours has one that is long in coming.
    """

    __slots__ = ("_head", "_is_sent", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self._is_sent = False

    def write(self, data: bytes) -> None:
        """Keep the head until the first of the body, which may be nothing, is there."""
        if self._is_sent or data == CONTINUE:
            self._transport.write(data)
        elif not self._head:
            self._head = data
        else:
            self._is_sent = True
            self._transport.write(self._head + data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        """Close the connection, after the head of an answer that breaks off before its body."""
        if self._head and not self._is_sent:
            self._transport.write(self._head)
        self._transport.close()

    # For who hangs up in the middle, as the simulated WeChat does where it is told to

    def abort(self) -> None:
        self._transport.abort()

    def get_extra_info(self, name: str) -> Any:
        return self._transport.get_extra_info(name)
