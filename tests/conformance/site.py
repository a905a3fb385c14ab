"""What the suite serves for the provider to fetch, and what it is sent: one origin on https."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import anyio
from starlette.types import Receive, Scope, Send

# Seconds
PATIENCE = 10


@dataclass(frozen=True)
class Visit:
    """A request that somebody made, other than for a document."""

    method: str
    path: str
    parameters: list[tuple[str, str]]
    content_type: bytes


@dataclass
class Site:
    """``documents`` by path, as (content type, body); everything else is a visit."""

    url: str
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    visits: list[Visit] = field(default_factory=list[Visit])
    fetched: list[str] = field(default_factory=list[str])
    _something: anyio.Event = field(default_factory=anyio.Event)

    def publish(self, path: str, body: bytes, content_type: str = "application/json") -> str:
        """Serve a document; return its address."""
        self.documents[path] = (content_type, body)
        return f"{self.url}{path}"

    async def visited(self, path: str) -> list[Visit]:
        """The visits of this address, as soon as there is one."""
        with anyio.fail_after(PATIENCE):
            while not self.visits_of(path):
                await self._something.wait()
        return self.visits_of(path)

    def visits_of(self, path: str) -> list[Visit]:
        return [visit for visit in self.visits if visit.path == path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, status, content_type, body = scope["path"], 200, "text/plain", b""
        if path in self.documents:
            self.fetched.append(path)
            content_type, body = self.documents[path]
        else:
            self.visits.append(await _visit(scope, receive))
            self._something.set()
            self._something = anyio.Event()
        headers = [(b"content-type", content_type.encode()), (b"cache-control", b"max-age=3600")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _visit(scope: Scope, receive: Receive) -> Visit:
    sent, more = b"", True
    while more:
        message = await receive()
        sent += message.get("body", b"")
        more = message.get("more_body", False)
    encoded: bytes = sent if scope["method"] == "POST" else scope["query_string"]
    content_type = dict(scope["headers"]).get(b"content-type", b"")
    pairs = parse_qsl(encoded.decode(), keep_blank_values=True)
    return Visit(scope["method"], scope["path"], pairs, content_type)
