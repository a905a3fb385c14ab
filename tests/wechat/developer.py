"""Somebody who wants to be told by WeChat: a server that keeps what it is sent."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.serving import bound, port_of, served


@dataclass
class Developer:
    """Somebody else's server, which answers what the test says, the last again and again."""

    url: str
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "success")])
    requests: list[tuple[dict[str, str], bytes, str]] = field(
        default_factory=list[tuple[dict[str, str], bytes, str]]
    )

    async def answer(self, request: Request) -> Response:
        media_type = request.headers.get("content-type", "")
        self.requests.append((dict(request.query_params), await request.body(), media_type))
        if request.method == "GET":
            return PlainTextResponse(request.query_params["echostr"])
        status, text = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return PlainTextResponse(text, status)


@asynccontextmanager
async def developer() -> AsyncGenerator[Developer]:
    with bound() as listener:
        one = Developer(f"http://localhost:{port_of(listener)}/pushed?kept=1")
        app = Starlette(routes=[Route("/pushed", one.answer, methods=["GET", "POST"])])
        async with served((app, listener)):
            yield one
