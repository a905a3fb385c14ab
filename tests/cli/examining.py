"""What the doctor says, and servers for it to ask."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from bridge.cli.doctor import Finding
from bridge.config import Settings
from tests.cli.terminal import APP_SECRET, Operator

# Nobody listens there.
NOBODY = "http://localhost:9"


@contextmanager
def answering(
    text: str, *, status: int = 200, date: str | None = None, certificate: Path | None = None
) -> Generator[tuple[str, list[str]]]:
    """A server that gives one answer to everything: its origin, and what it was asked.

    ``ORIGIN`` in the text becomes its origin, and ``ECHOSTR`` that of the query. ``date`` is the
    header Date; none by default.
    """
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response_only(status)
            if date is not None:
                self.send_header("Date", date)
            echostr = parse_qs(urlsplit(self.path).query).get("echostr", [""])[0]
            body = text.replace("ORIGIN", url).replace("ECHOSTR", echostr).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - their name
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        url = f"http://localhost:{server.server_address[1]}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.handle_error = lambda *_: None  # type: ignore[method-assign]
            url = f"https://localhost:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield url, asked
        finally:
            server.shutdown()
            thread.join()


def findings(operator: Operator, *, status: int) -> dict[str, list[tuple[str, str]]]:
    """Run ``check``: by subject, what was found as (verdict, text)."""
    result = operator.run("check")
    assert isinstance(result.exception, SystemExit | None), result.exc_info
    assert result.stderr == ""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in result.stdout.splitlines():
        subject, verdict, text = line.split(maxsplit=2)
        found.setdefault(subject, []).append((verdict, text))
    assert result.exit_code == status, result.output
    assert APP_SECRET not in result.output
    return found


def examined(
    by: Callable[[Settings], Awaitable[list[Finding]]], operator: Operator, **settings: str
) -> list[tuple[str, str]]:
    """Examine one thing; nobody is asked, unless the settings name a server of the test's."""

    async def examine() -> list[Finding]:
        return await by(operator.with_settings(**settings).settings())

    return [(finding.verdict, finding.text) for finding in asyncio.run(examine())]
