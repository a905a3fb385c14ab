"""What the bridge says about itself: events with stable names, one line each, to the log.

An event's fields name clients, accounts (by our own id) and causes. Secrets, codes, tokens,
``openid``, ``unionid`` and whatever could hold one (an address, an exception's text) are never
among them.
"""

from bridge.telemetry.events import Event, emit
from bridge.telemetry.logs import LogFormat, configure_logs, silence
from bridge.telemetry.measuring import (
    came_by,
    count_housekeeping,
    count_token_request,
    count_verb,
    measuring,
)
from bridge.telemetry.meters import CONTENT_TYPE as METRICS_CONTENT_TYPE
from bridge.telemetry.meters import Meters, shared_by_processes
from bridge.telemetry.observed import Observed, route_of
from bridge.telemetry.request_id import request_id
from bridge.telemetry.shield import Shield
from bridge.telemetry.tracing import is_traced, span
from bridge.telemetry.wechat_call import WeChatCall

__all__ = [
    "METRICS_CONTENT_TYPE",
    "Event",
    "LogFormat",
    "Meters",
    "Observed",
    "Shield",
    "WeChatCall",
    "came_by",
    "configure_logs",
    "count_housekeeping",
    "count_token_request",
    "count_verb",
    "emit",
    "is_traced",
    "measuring",
    "request_id",
    "route_of",
    "shared_by_processes",
    "silence",
    "span",
]
