"""What the bridge says about itself: events with stable names, one line each, to the log.

An event's fields name clients, accounts (by our own id) and causes. Secrets, codes, tokens,
``openid``, ``unionid`` and whatever could hold one (an address, an exception's text) are never
among them.
"""

from bridge.telemetry.events import Event, emit
from bridge.telemetry.logs import configure_logs, silence
from bridge.telemetry.shield import Shield

__all__ = ["Event", "Shield", "configure_logs", "emit", "silence"]
