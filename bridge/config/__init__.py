"""What the operator decides. Read once, at start; only the commands and ``bridge.app`` see it.

``settings`` and ``tables`` say what may be decided, ``values``, ``lists`` and ``origins`` what each
may look like, ``sources`` where it is written down. Whatever is wrong ends as one ``BadSettings``
of one line.
"""

from bridge.config.declared import DeclaredClient
from bridge.config.errors import BadSettings
from bridge.config.rate_limits import RateLimits
from bridge.config.settings import Settings
from bridge.config.sources import read_settings, with_database
from bridge.config.tables import Registration, WeChatApplication

__all__ = [
    "BadSettings",
    "DeclaredClient",
    "RateLimits",
    "Registration",
    "Settings",
    "WeChatApplication",
    "read_settings",
    "with_database",
]
