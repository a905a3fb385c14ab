"""What is refused or mended before anything reads a request's headers.

The framework reads every request's cookies with Python's ``http.cookies``, which takes the square
of the number of backslashes in a quoted value (CVE-2024-7592, mended in Python 3.11.10). No cookie
of ours holds a backslash.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

# nginx as installed lets 32 KB through; a browser with two long sign-ins under way needs 8.
LARGEST_HEADERS = 65_536


class Guard:
    """Answers 431 where the headers are too large (RFC 6585 §5)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers: list[tuple[bytes, bytes]] = scope["headers"]
            if sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS:
                await send({"type": "http.response.start", "status": 431, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
            scope["headers"] = [
                (name, value.replace(b"\\", b"") if name == b"cookie" else value)
                for name, value in headers
            ]
        await self._app(scope, receive, send)
