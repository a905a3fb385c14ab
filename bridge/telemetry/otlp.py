"""Traces are sent to a collector by OTLP over HTTP, by a thread that nobody waits for.

Of this package's modules only this one needs the extra ``tracing``.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span as OpenTelemetrySpan
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace import Tracer as OpenTelemetryTracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bridge.telemetry.events import Event, emit
from bridge.telemetry.logs import silence
from bridge.telemetry.tracing import Span, Value, tracing

# Seconds for one delivery, its repetitions with it; between two; and for the last at the end
DELIVERY, INTERVAL, PATIENCE = 5.0, 5.0, 1.0

# What waits for delivery; more is dropped, as traces are never worth a request
LONGEST_QUEUE, LARGEST_BATCH = 2_048, 512

# They write down each failure, with the address and what the collector answered.
LOGGERS = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.exporter.otlp.common.http",
    "opentelemetry.sdk._shared_internal",
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.trace.export",
)

TRACEPARENT = b"traceparent"


@dataclass(frozen=True, slots=True)
class Collector:
    """Where traces go. ``sampling`` is the part of them that does, from 0 to 1."""

    endpoint: str
    service_name: str
    version: str
    sampling: float = 1.0
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ca_file: Path | None = None


@asynccontextmanager
async def traced(collector: Collector) -> AsyncGenerator[None]:
    """Send traces there while the context lasts, and what is left at the end if it takes them."""
    silence(*LOGGERS)
    session = requests.Session()
    session.trust_env = False  # no proxy and no password from the environment
    exporter = _Noted(
        OTLPSpanExporter(
            endpoint=collector.endpoint,
            headers=dict(collector.headers),
            timeout=DELIVERY,
            certificate_file=None if collector.ca_file is None else str(collector.ca_file),
            session=session,
        )
    )
    named = {"service.name": collector.service_name, "service.version": collector.version}
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(collector.sampling)),
        resource=Resource(named),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=LONGEST_QUEUE,
            schedule_delay_millis=INTERVAL * 1_000,
            max_export_batch_size=LARGEST_BATCH,
            export_timeout_millis=DELIVERY * 1_000,
        )
    )
    try:
        with tracing(_Tracer(provider.get_tracer("bridge", collector.version))):
            yield
    finally:
        await _end(provider)


async def _end(provider: TracerProvider) -> None:
    """Deliver what is left, but let no collector hold up the end of the process."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(ended.set)

    Thread(target=end, daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await ended.wait()


class _Noted(SpanExporter):
    """Writes down that the collector takes nothing, and that it does again, once each."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._was_well = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        failure = "refused"
        try:
            result = self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001 - whatever it is, the traces are lost
            result, failure = SpanExportResult.FAILURE, type(error).__name__
        is_well = result is SpanExportResult.SUCCESS
        if self._was_well and not is_well:
            emit(Event.TRACES_LOST, logging.WARNING, cause=failure)
        elif is_well and not self._was_well:
            emit(Event.TRACES_DELIVERED)
        self._was_well = is_well
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class _Span:
    def __init__(self, span: OpenTelemetrySpan) -> None:
        self._span = span

    def tell(self, **attributes: Value) -> None:
        self._span.set_attributes(_dotted(attributes))

    def name(self, name: str) -> None:
        self._span.update_name(name)


class _Tracer:
    def __init__(self, tracer: OpenTelemetryTracer) -> None:
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Value]) -> Generator[Span]:
        with (
            self._tracer.start_as_current_span(
                name,
                attributes=_dotted(attributes),
                record_exception=False,
                set_status_on_exception=False,
            ) as started,
            _failing(started),
        ):
            yield _Span(started)

    @contextmanager
    def server_span(self, name: str, headers: Iterable[tuple[bytes, bytes]]) -> Generator[Span]:
        sent = [value.decode("latin-1") for key, value in headers if key == TRACEPARENT]
        # The tracestate beside it would hand on whatever somebody wrote there.
        parent = self._propagator.extract({"traceparent": sent}) if len(sent) == 1 else None
        with (
            self._tracer.start_as_current_span(
                name,
                context=parent,
                kind=SpanKind.SERVER,
                record_exception=False,
                set_status_on_exception=False,
            ) as started,
            _failing(started),
        ):
            yield _Span(started)


@contextmanager
def _failing(span: OpenTelemetrySpan) -> Generator[None]:
    """Tell of which type a failure was, and nothing that it says."""
    try:
        yield
    except BaseException as failure:
        span.set_status(StatusCode.ERROR)
        span.set_attribute("error.type", type(failure).__name__)
        raise


def _dotted(attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {name.replace("__", "."): value for name, value in attributes.items()}
