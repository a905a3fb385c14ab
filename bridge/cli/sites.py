"""What ``serve`` answers on which listener."""

from collections.abc import Generator
from contextlib import contextmanager

from starlette.types import ASGIApp

from bridge.app import create_app, create_metrics_app
from bridge.cli.serving import Listener, listen
from bridge.config import Settings
from bridge.provider import Provider


@contextmanager
def metrics_listener(settings: Settings) -> Generator[Listener | None]:
    """Listen for metrics alone, where the settings want it, while the context lasts.

    Raises click.ClickException with one line where that is impossible.
    """
    if settings.metrics_listener is None:
        yield None
        return
    listener = listen(*settings.metrics_listener)
    with listener.socket:
        yield listener


def sites(
    provider: Provider, listener: Listener, for_metrics: Listener | None
) -> list[tuple[ASGIApp, Listener]]:
    """Return each application with its listener."""
    served = [(create_app(provider), listener)]
    if for_metrics is not None:
        served.append((create_metrics_app(provider), for_metrics))
    return served
