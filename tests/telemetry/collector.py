"""A collector of traces: OTLP over HTTP, on loopback, which reads what it is sent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.serving import bound, port_of, served


@dataclass(frozen=True)
class SpanSeen:
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]
    failed: bool


@dataclass
class Collector:
    url: str = ""
    status: int = 200
    spans: list[SpanSeen] = field(default_factory=list[SpanSeen])
    services: set[str] = field(default_factory=set[str])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    came: asyncio.Event = field(default_factory=asyncio.Event)
    # All that came, as it came
    bodies: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.headers.append(dict(request.headers))
        body = await request.body()
        if self.status == 200:
            self.bodies += body
            self._read(ExportTraceServiceRequest.FromString(body))
        await Response(status_code=self.status)(scope, receive, send)
        self.came.set()

    def _read(self, sent: ExportTraceServiceRequest) -> None:
        for resource in sent.resource_spans:
            self.services |= {
                pair.value.string_value
                for pair in resource.resource.attributes
                if pair.key == "service.name"
            }
            for scope in resource.scope_spans:
                self.spans += [
                    SpanSeen(
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        {
                            pair.key: pair.value.string_value or str(pair.value.int_value)
                            for pair in span.attributes
                        },
                        failed=span.status.code == 2,
                    )
                    for span in scope.spans
                ]

    def named(self, name: str) -> list[SpanSeen]:
        return [span for span in self.spans if span.name == name]


@asynccontextmanager
async def collecting() -> AsyncGenerator[Collector]:
    collector = Collector()
    with bound() as listener:
        collector.url = f"http://127.0.0.1:{port_of(listener)}/v1/traces"
        async with served((collector, listener)):
            yield collector
