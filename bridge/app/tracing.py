"""Traces, where the settings name a collector."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import version

from bridge.config import BadSettings, Settings

NEEDED = ("opentelemetry", "requests", "google")


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncGenerator[None]:
    """Send traces to the collector that the settings name, if any, while the context lasts.

    Raises BadSettings where what is needed for it is not installed.
    """
    if settings.otlp_endpoint is None:
        yield
        return
    try:
        from bridge.telemetry.otlp import Collector, traced  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in NEEDED:
            raise
        raise BadSettings(
            "otlp_endpoint is set, and what sends traces is not installed:"
            " pip install 'wechat-oidc-bridge[tracing]'"
        ) from None
    collector = Collector(
        endpoint=settings.otlp_endpoint,
        service_name=settings.otlp_service_name,
        version=version("wechat-oidc-bridge"),
        sampling=settings.otlp_sampling,
        headers=settings.otlp_header_values,
        ca_file=settings.ca_file,
    )
    async with traced(collector):
        yield
