"""HTTP/1.1 as uvicorn speaks it, with bounds: nobody keeps a connection by saying little.

uvicorn's fast protocol (0.54, httptools) waits for headers and bodies for ever, keeps what comes of
them without a limit, and takes trailers for headers. Here each connection knows when its time is
over, and one sweep over all of them ends those that are late: a timer for each request would cost
more than the rest of this module.
"""

import asyncio
import logging
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from bridge.serving.answer import OneWrite
from bridge.serving.connections import Connections
from bridge.telemetry import Event, emit

TIMEOUT, TOO_LARGE, HEADERS_TOO_LARGE, FULL = 408, 413, 431, 503


class BoundedProtocol(HttpToolsProtocol):
    server_state: Connections

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._bounds, self._now = server_state.bounds, server_state.now
        # When the last answer was complete, or the connection made
        self.since = self._now()
        # When what is waited for has to be here; None: it is our turn, or nobody's.
        self._due: float | None = self.since + self._bounds.head
        self._within_head = True
        # Is this a connection that is kept for the next request?
        self.is_kept = False
        # Bytes since the headers, or the message, were complete
        self.received = 0
        self._is_ending = False

    @property
    def is_waiting(self) -> bool:
        """Is no request under way?"""
        return self._under_way is None

    @property
    def _under_way(self) -> RequestResponseCycle | None:
        """The last request, until it is answered; uvicorn has none at first."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return None if cycle is None or cycle.response_complete else cycle

    # What the transport tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self.server_state.admit(self):
            self._refuse(FULL, "too many connections", "full")

    def data_received(self, data: bytes) -> None:
        if self.is_kept:
            self.is_kept, self._due = False, self._now() + self._bounds.head
        self.received += len(data)
        super().data_received(data)
        if self._within_head:
            if self.received > self._bounds.largest_head:
                self._refuse(HEADERS_TOO_LARGE, "the headers are too large", "large head")
        elif self.received > self._bounds.largest_body:
            self._refuse(TOO_LARGE, "the body is too large", "large body")

    def pause_writing(self) -> None:
        super().pause_writing()
        self._due = self._now() + self._bounds.unread

    def resume_writing(self) -> None:
        super().resume_writing()
        self._due = None if self._within_head else self._now() + self._bounds.body

    # What the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._due is None:
            self._due = self._now() + self._bounds.head

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.scope["method"] != "HEAD" and not self.cycle.response_started:
            self.cycle.transport = cast("asyncio.Transport", OneWrite(self.transport))
        # What comes as a header from now on is a trailer, for which no proxy has answered.
        self.headers = []
        self._within_head, self.received = False, 0
        self._due = self._now() + self._bounds.body
        if self.server_state.is_stopping:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._within_head, self.received = True, 0
        self._due = None
        if self.cycle.response_complete:
            self._keep()

    # What the application and the server tell

    def on_response_complete(self) -> None:
        """As uvicorn does it, but for its timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.since = self._now()
        self.flow.resume_reading()
        if not self._within_head:
            self._due = self.since + self._bounds.body
        elif not self.pipeline and self._due is None:
            self._keep()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def _keep(self) -> None:
        self.is_kept, self._due = True, self.since + self._bounds.keep_alive

    def shutdown(self) -> None:
        """Let the answer under way be the last one; say so in it."""
        if self._under_way is not None:
            self._under_way.keep_alive = False

    def check(self, now: float) -> None:
        """End what has taken too long."""
        if self.transport.is_closing():
            self._check_end(now)
        elif self._due is not None and self._due <= now:
            self._late(now)

    def _check_end(self, now: float) -> None:
        """The transport waits for the other side to take what was written."""
        if not self._is_ending:
            self._is_ending, self._due = True, now + self._bounds.unread
        elif self._due is not None and self._due <= now:
            self.transport.abort()

    def _late(self, now: float) -> None:
        if self.flow.write_paused:
            self._tell("slow reader")
            self.transport.abort()
        elif self.pipeline or (self._within_head and not self.is_waiting):
            # It is we who read no further, or have not answered the request before.
            self._due = now + self._bounds.head
        elif self._within_head and not self.received:
            self._tell("silent")
            self.transport.close()
        else:
            part = "head" if self._within_head else "body"
            self._refuse(TIMEOUT, f"the {part} took too long", f"slow {part}")

    def _refuse(self, status: int, text: str, cause: str) -> None:
        """Answer in the application's place, as far as there is no answer yet; and close."""
        if self.transport.is_closing():
            return
        self._tell(cause)
        cycle = self._under_way
        if cycle is None if self._within_head else cycle and not cycle.response_started:
            body = f"{text}\n".encode()
            lines = [
                STATUS_LINE[status],
                *(b"%b: %b\r\n" % header for header in self.server_state.default_headers),
                b"content-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n",
                b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body),
                body,
            ]
            self.transport.write(b"".join(lines))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self._tell("no HTTP")
        super().send_400_response(msg)

    def _tell(self, cause: str) -> None:
        emit(Event.CONNECTION_DROPPED, logging.DEBUG, cause=cause)
