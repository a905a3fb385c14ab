"""The metrics by name: what is counted and timed while the bridge runs.

Every label has few values, all of them known in the program: nothing that a stranger sends, and
no client, becomes one. So the number of series is bounded, and whoever reads them learns nothing
about a person or about who relies on this bridge.
"""

import os
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from tempfile import TemporaryDirectory
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

# Upper ends, in seconds
OF_ANSWERS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OF_WECHAT = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)
OF_VERBS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@cache
def _shared_value() -> type[values.MutexValue]:
    """One for the process, whose files are those of all its meters."""
    shared: type[values.MutexValue] = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return shared


@contextmanager
def shared_by_processes() -> Generator[None]:
    """Let the processes that are started while the context lasts tell what all of them counted.

    For who starts them, before it counts anything itself.
    """
    with TemporaryDirectory(prefix="wechat-oidc-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


class _Value(Protocol):
    def inc(self, amount: float) -> None: ...


class Times(Histogram):
    """As the library's, which goes through the buckets from the smallest on to find the one.

    Every request is timed, and each verb of it. ``observe`` is for one that has its labels.
    """

    _sum: _Value
    _buckets: list[_Value]
    _upper_bounds: list[float]

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:  # noqa: ARG002 - we have none
        self._sum.inc(amount)
        self._buckets[bisect_left(self._upper_bounds, amount)].inc(1)


class Meters:
    """What one process counts.

    Within ``shared_by_processes`` each of them tells the sum of all: the counts are kept in files,
    and outlive the process.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._folder = os.environ.get(FOLDER_VARIABLE)
        # Decided by the library when it is imported, which may have been before a fork.
        values.ValueClass = values.MutexValue if self._folder is None else _shared_value()
        self._registry = CollectorRegistry()
        # Of each metric that is counted, as Prometheus knows it
        self.labels: dict[str, tuple[str, ...]] = {}
        self.events = self._counter("events", "Events of the log, at any level.", "event")
        self.sign_ins = self._counter(
            "sign_ins", "Sign-ins that came to an end, and how.", "channel", "outcome"
        )
        self.wechat_calls = self._counter(
            "wechat_calls", "Calls to WeChat, and what it answered.", "host", "call", "errcode"
        )
        self.wechat_seconds = self._histogram(
            "wechat_call_seconds", "Time until WeChat had answered.", OF_WECHAT, "host", "call"
        )
        self.token_requests = self._counter(
            "token_requests", "Requests to /token; error is empty for tokens.", "grant", "error"
        )
        self.requests = self._counter(
            "http_requests", "Requests that were answered.", "endpoint", "method", "status"
        )
        self.request_seconds = self._histogram(
            "http_request_seconds", "Time until the answer was sent.", OF_ANSWERS, "endpoint"
        )
        self.verb_seconds = self._histogram(
            "database_verb_seconds", "Time of a transaction.", OF_VERBS, "kind", "outcome"
        )
        self.housekeeping = self._counter(
            "housekeeping_rounds", "Rounds of removing what has expired.", "outcome"
        )
        if self._folder is None:
            ProcessCollector(registry=self._registry)
        # To find a series by its labels costs more than to count: what every request needs is kept.
        self.answer = lru_cache(maxsize=None)(self._answer)
        self.verb = lru_cache(maxsize=None)(self.verb_seconds.labels)
        self.event = lru_cache(maxsize=None)(self.events.labels)
        self.wechat_call = lru_cache(maxsize=None)(self._wechat_call)

    def _answer(self, endpoint: str, method: str, status: int) -> tuple[Counter, Histogram]:
        kind = f"{status // 100}xx" if status else "none"
        counter = self.requests.labels(endpoint, method, kind)
        return counter, self.request_seconds.labels(endpoint)

    def _wechat_call(self, host: str, call: str, errcode: str) -> tuple[Counter, Histogram]:
        return self.wechat_calls.labels(host, call, errcode), self.wechat_seconds.labels(host, call)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        self.labels[f"wechat_oidc_{name}_total"] = labels
        return Counter(f"wechat_oidc_{name}", says, labels, registry=self._registry)

    def _histogram(self, name: str, says: str, ends: tuple[float, ...], *labels: str) -> Histogram:
        self.labels[f"wechat_oidc_{name}"] = labels
        return Times(f"wechat_oidc_{name}", says, labels, registry=self._registry, buckets=ends)

    def exposition(self, facts: Iterable[Metric] = ()) -> bytes:
        """Return all in Prometheus' text format, with ``facts``, which are true at this moment."""
        counted = self._registry
        if self._folder is not None:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)  # type: ignore[no-untyped-call]
        return generate_latest(_Together(counted, tuple(facts)))


class _Together:
    """What was counted, and what is a fact, as one collector."""

    def __init__(self, counted: CollectorRegistry, facts: tuple[Metric, ...]) -> None:
        self._counted = counted
        self._facts = facts

    def collect(self) -> Iterator[Metric]:
        yield from self._counted.collect()
        yield from self._facts
