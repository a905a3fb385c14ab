"""What is refused or mended before anything reads a request's headers.

The framework reads every request's cookies with Python's ``http.cookies``, which takes the square
of the number of backslashes in a quoted value (CVE-2024-7592, mended in Python 3.11.10). No cookie
of ours holds a backslash.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

# nginx as installed lets 32 KB through; a browser with two long sign-ins under way needs 8.
LARGEST_HEADERS = 65_536

# As many as Apache takes; whoever looks for one looks at all of them.
MOST_HEADERS = 100

# Path and query. nginx as installed takes 8 KB, browsers go further.
LARGEST_TARGET = 32_768


class Guard:
    """Answers 414 or 431 where there is too much (RFC 9110 §15.5.15, RFC 6585 §5)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers: list[tuple[bytes, bytes]] = scope["headers"]
            if len(scope["raw_path"]) + len(scope["query_string"]) >= LARGEST_TARGET:
                text = b"the address is larger than 32 KB: parameters may come by POST, or pushed\n"
                await _refuse(send, 414, text)
                return
            if len(headers) > MOST_HEADERS:
                await _refuse(send, 431, b"there are more than 100 headers\n")
                return
            size, is_doubtful = 0, False
            for name, value in headers:
                size += len(name) + len(value)
                is_doubtful = is_doubtful or (name == b"cookie" and b"\\" in value)
            if size > LARGEST_HEADERS:
                await _refuse(send, 431, b"the headers are larger than 64 KB\n")
                return
            if is_doubtful:
                scope["headers"] = [
                    (name, value.replace(b"\\", b"") if name == b"cookie" else value)
                    for name, value in headers
                ]
        await self._app(scope, receive, send)


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
