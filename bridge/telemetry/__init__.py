"""What the bridge says about itself: events with stable names, one line each, to the log.

An event's fields name clients, accounts (by our own id) and causes. Secrets, codes, tokens,
``openid``, ``unionid`` and whatever could hold one (an address, an exception's text) are never
among them.
"""

from bridge.telemetry.events import Event, emit
from bridge.telemetry.logs import LogFormat, configure_logs, silence
from bridge.telemetry.observed import Observed, route_of
from bridge.telemetry.request_id import request_id
from bridge.telemetry.shield import Shield

__all__ = [
    "Event",
    "LogFormat",
    "Observed",
    "Shield",
    "configure_logs",
    "emit",
    "request_id",
    "route_of",
    "silence",
]
