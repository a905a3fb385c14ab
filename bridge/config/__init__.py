"""What the operator decides. Read once, at start; only the commands and ``bridge.app`` see it.

``settings`` says what may be decided, ``values`` and ``origins`` what each may look like,
``sources`` where it is written down. Whatever is wrong ends as one ``BadSettings`` of one line.
"""

from bridge.config.errors import BadSettings
from bridge.config.settings import Registration, Settings, WeChatApplication
from bridge.config.sources import read_settings

__all__ = ["BadSettings", "Registration", "Settings", "WeChatApplication", "read_settings"]
