"""The control API on the wire: JSON in, JSON out, and a sentence where something is wrong."""

import json
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.control.origins import is_allowed
from bridge.wechat.simulator.control.page import ControlPage
from bridge.wechat.simulator.control.resource import Asked, BadControl, Resource
from bridge.wechat.simulator.control.table import resources
from bridge.wechat.simulator.parameters import first_values
from bridge.wechat.simulator.registers import Registers

ROOT = "/control"
MAX_JSON = 1 << 20
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]
HEADERS = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


class Control:
    """``url`` is the simulator's public address, if it has one of its own."""

    def __init__(self, registers: Registers, *, url: str | None) -> None:
        self._url = url
        self._resources = resources(registers)
        self._page = ControlPage(registers, self._resources, url)

    def routes(self) -> list[Route]:
        return [
            *self._page.routes(ROOT),
            *(
                Route(ROOT + resource.path, self._endpoint(resource), methods=METHODS)
                for resource in self._resources
            ),
        ]

    def _endpoint(self, resource: Resource) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return _answer(await self._act(resource, request))
            except BadControl as bad:
                answer = _answer({"error": str(bad)}, bad.status)
                if bad.status == 405:  # noqa: PLR2004 - a status is its own name
                    answer.headers["allow"] = ", ".join(resource.verbs)
                return answer

        return endpoint

    async def _act(self, resource: Resource, request: Request) -> Any:
        if not is_allowed(request, self._url):
            raise BadControl("a web page of another origin does not control the simulator", 403)
        method = "GET" if request.method == "HEAD" else request.method
        verb = resource.verbs.get(method)
        if verb is None:
            raise BadControl(f"{method} is not for this: {', '.join(resource.verbs)}", 405)
        body = await _json_of(request) if method in {"PUT", "POST"} else b""
        query = first_values(request.query_params.multi_items())
        result = verb(Asked(request.path_params, query, body))
        return await result if isawaitable(result) else result


async def _json_of(request: Request) -> bytes:
    # No form of a web page can say this without the browser asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadControl("send JSON, and say so: Content-Type: application/json", 415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_JSON:
            raise BadControl("more than a mebibyte", 413)
    return bytes(body)


def _answer(answer: object, status: int = 200) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", status, HEADERS)
