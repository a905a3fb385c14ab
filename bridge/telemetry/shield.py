"""The outermost layer: no exception leaves the application.

The server's own log would write the exception's text, and that of its causes, and such a text
can hold an address with a secret. Here only its type and the places in the code are written.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge.telemetry.events import Event, emit
from bridge.telemetry.places import places


class Shield:
    """Answers 500 without a word where the application itself could not answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as failure:  # noqa: BLE001 - that is what a shield is for
            report(failure)
            if not started:
                headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
                await send({"type": "http.response.start", "status": 500, "headers": headers})
                await send({"type": "http.response.body", "body": b"internal error\n"})


def report(failure: BaseException, event: Event = Event.REQUEST_FAILED) -> None:
    """Write where it happened and of which type it is, and nothing that it says."""
    emit(event, logging.ERROR, failure=type(failure).__name__, at=places(failure))
