"""Spans: what a request spends its time on. Without a tracer they cost next to nothing.

What a span says of itself is a template, a name from the program, a host of the operator's, or a
number. Nothing that somebody sent and nothing about a person is among its attributes.
"""

from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Value = str | int | float


class Span(Protocol):
    def tell(self, **attributes: Value) -> None:
        """Say more about it; a double underscore stands for a dot."""
        ...

    def name(self, name: str) -> None:
        """Call it so after all."""
        ...


class Tracer(Protocol):
    def span(self, name: str, attributes: Mapping[str, Value]) -> AbstractContextManager[Span]:
        """Measure what is done while the context lasts."""
        ...

    def server_span(
        self, name: str, headers: Iterable[tuple[bytes, bytes]]
    ) -> AbstractContextManager[Span]:
        """Measure a request, within the trace that its ``traceparent`` names."""
        ...


class _NoSpan:
    """Stands for a span where there is no tracer."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_failure: object) -> None:
        pass

    def tell(self, **attributes: Value) -> None:
        pass

    def name(self, name: str) -> None:
        pass


class _Tracing:
    tracer: Tracer | None = None


_TRACING, NO_SPAN = _Tracing(), _NoSpan()


@contextmanager
def tracing(tracer: Tracer) -> Generator[None]:
    """Trace with it while the context lasts."""
    former = _TRACING.tracer
    _TRACING.tracer = tracer
    try:
        yield
    finally:
        if _TRACING.tracer is tracer:
            _TRACING.tracer = former


def is_traced() -> bool:
    """Whether anybody measures; who would have to look up what to tell can ask before."""
    return _TRACING.tracer is not None


def span(name: str, **attributes: Value) -> AbstractContextManager[Span]:
    """Measure what is done while the context lasts; a double underscore stands for a dot."""
    tracer = _TRACING.tracer
    return NO_SPAN if tracer is None else tracer.span(name, attributes)


def server_span(headers: Iterable[tuple[bytes, bytes]]) -> AbstractContextManager[Span]:
    """Measure a request; its name is told when its endpoint is found."""
    tracer = _TRACING.tracer
    return NO_SPAN if tracer is None else tracer.server_span("request", headers)
