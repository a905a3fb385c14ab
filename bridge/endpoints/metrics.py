"""Metrics for Prometheus, on the main listener or on one of their own."""

from fastapi import Request, Response

from bridge.endpoints.facts import facts
from bridge.endpoints.routing import Router
from bridge.provider import Provider
from bridge.telemetry import METRICS_CONTENT_TYPE

router = Router()


@router.route("/metrics", "GET")
async def metrics(_request: Request, provider: Provider) -> Response:
    """Tell what was counted since the start, and how things are at this moment."""
    if provider.meters is None:
        return Response(status_code=404)
    text = provider.meters.exposition(await facts(provider))
    headers = {"Content-Type": METRICS_CONTENT_TYPE, "Cache-Control": "no-store"}
    return Response(text, headers=headers)
