"""Every request has a name, which its answer, its lines and its pages share."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from bridge.telemetry import Event, Observed, Shield, emit, request_id
from bridge.telemetry.formats import TextLines
from tests.serving import bound, port_of, served
from tests.telemetry.lines import written

pytestmark = pytest.mark.anyio


async def told(request: Request) -> Response:
    emit(Event.CLIENT_CHANGED, client_id=request.path_params["client_id"])
    return PlainTextResponse(request_id())


async def failing(_request: Request) -> Response:
    raise ValueError


@asynccontextmanager
async def visitor() -> AsyncGenerator[httpx.AsyncClient]:
    routes = [Route("/register/{client_id}", told), Route("/failing", failing)]
    app = Observed(Shield(Starlette(routes=routes)))
    with bound() as listener:
        async with (
            served((app, listener)),
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port_of(listener)}", trust_env=False
            ) as http,
        ):
            yield http


async def test_a_request_gets_a_name_of_its_own() -> None:
    async with visitor() as http:
        answers = [await http.get("/register/rp") for _ in range(2)]
    names = [answer.headers["x-request-id"] for answer in answers]
    assert [answer.text for answer in answers] == names
    assert all(re.fullmatch(r"[0-9a-f]{16}", name) for name in names)
    assert names[0] != names[1]
    assert request_id() is None


@pytest.mark.parametrize("sent", ["a", "Edge-1.42_a", "f" * 64])
async def test_a_name_that_is_short_and_plain_is_kept(sent: str) -> None:
    async with visitor() as http:
        answer = await http.get("/register/rp", headers={"X-Request-ID": sent})
    assert (answer.text, answer.headers["x-request-id"]) == (sent, sent)


@pytest.mark.parametrize("sent", ["", "f" * 65, "a b", "a=b", 'a"', "a/b", "é", "\u202e"])
async def test_any_other_name_is_replaced(sent: str) -> None:
    async with visitor() as http:
        answer = await http.get("/register/rp", headers={b"X-Request-ID": sent.encode()})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.text)


async def test_of_two_names_neither_is_kept() -> None:
    async with visitor() as http:
        answer = await http.get(
            "/register/rp", headers=[("X-Request-ID", "one"), ("X-Request-ID", "two")]
        )
    assert re.fullmatch(r"[0-9a-f]{16}", answer.text)


async def test_a_failure_has_its_name_in_the_answer_and_in_the_log() -> None:
    with written() as lines:
        lines.setFormatter(TextLines())
        async with visitor() as http:
            answer = await http.get("/failing", headers={"X-Request-ID": "here"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "here")
    assert [line.split(" ")[0] for line in lines.messages] == ["request.failed", "request.served"]
    assert [line.endswith(" request_id=here") for line in lines.lines] == [True, True]


@pytest.mark.parametrize(
    ("method", "path", "line"),
    [
        ("GET", "/register/rp?code=secret", "method=GET path=/register/{client_id} status=200"),
        ("DELETE", "/register/rp", "method=DELETE path=/register/{client_id} status=405"),
        ("GET", "/secret-of-somebody", "method=GET path=other status=404"),
        ("PURGE", "/failing", "method=other path=/failing status=405"),
        ("GET", "/failing", "method=GET path=/failing status=500"),
    ],
)
async def test_an_answer_is_told_by_the_template_of_its_path(
    method: str, path: str, line: str
) -> None:
    with written() as lines:
        async with visitor() as http:
            await http.request(method, path)
    message = lines.messages[-1].replace('"', "")
    assert re.fullmatch(rf"request\.served {re.escape(line)} ms=[0-9.]+", message)


async def test_what_is_no_request_passes_as_it_is() -> None:
    asked: list[str] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        asked.append(scope["type"])
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        asked.append(message["type"])

    await Observed(app)({"type": "lifespan"}, receive, send)
    assert asked == ["lifespan", "lifespan.startup.complete"]
