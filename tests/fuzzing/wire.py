"""HTTP/1.1 with nothing checked: what is sent is what the test says, and an answer is its bytes."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# Seconds after which there is no answer
PATIENCE = 20


@dataclass(frozen=True)
class Sent:
    """A request. ``target`` and ``headers`` go out as they are, but for line ends and NUL."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None

    def encoded(self, host: bytes) -> bytes:
        lines = [b"%b %b HTTP/1.1" % (self.method.encode(), self.target), b"Host: " + host]
        lines += [b"%b: %b" % header for header in self.headers]
        if self.body is not None:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([*lines, b"", self.body or b""])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    # Seconds until the last byte was there
    took: float

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known.lower() == name), None)


@dataclass
class Wire:
    """One connection after the other to one server."""

    url: str
    _stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def ask(self, sent: Sent) -> Answer:
        address = urlsplit(self.url)
        if self._stream is None:
            assert address.port is not None
            self._stream = await asyncio.open_connection("127.0.0.1", address.port)
        reader, writer = self._stream
        started = time.perf_counter()
        writer.write(sent.encoded(address.netloc.encode()))
        async with asyncio.timeout(PATIENCE):
            status, headers = await _head(reader)
            answer = Answer(status, headers, b"", 0)
            bodiless = sent.method == "HEAD" or status in (204, 304)
            body = b"" if bodiless else await _body(reader, answer)
        took = time.perf_counter() - started
        if answer.header("connection") == "close":
            self.close()
        return Answer(status, headers, body, took)

    def close(self) -> None:
        if self._stream is not None:
            self._stream[1].close()
            self._stream = None


async def _head(reader: asyncio.StreamReader) -> tuple[int, tuple[tuple[str, str], ...]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    pairs = (line.partition(":") for line in head[1:] if line)
    return status, tuple((name, value.strip()) for name, _, value in pairs)


async def _body(reader: asyncio.StreamReader, answer: Answer) -> bytes:
    if answer.header("transfer-encoding") == "chunked":
        pieces: list[bytes] = []
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(pieces)
    length = answer.header("content-length")
    return await reader.read() if length is None else await reader.readexactly(int(length))
