"""Whether the process lives, and whether it should be sent requests: for who runs it."""

import json

from fastapi import Request, Response

from bridge.endpoints.routing import Router
from bridge.provider import Provider

router = Router()

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

UNAVAILABLE = 503


@router.route("/health/live", "GET", "HEAD")
async def live(_request: Request, _provider: Provider) -> Response:
    """Answer, which shows that the event loop turns; nothing else is touched.

    So that nobody restarts a process because its database is away.
    """
    return _told(200, {"status": "live"})


@router.route("/health/ready", "GET", "HEAD")
async def ready(_request: Request, provider: Provider) -> Response:
    """Say which parts are usable, in words that hold no name and no secret."""
    parts = await provider.readiness.verdicts()
    if all(verdict == "ok" for verdict in parts.values()):
        return _told(200, {"status": "ready", "parts": parts})
    return _told(UNAVAILABLE, {"status": "not ready", "parts": parts})


def _told(status: int, document: object) -> Response:
    return Response(json.dumps(document), status, media_type="application/json", headers=HEADERS)
