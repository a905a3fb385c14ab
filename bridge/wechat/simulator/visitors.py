"""Which browser opens a page, as far as its user agent says.

User agents seen: https://github.com/kkzxak47/keycloak-services-social-wechatwork/issues/8 (WeCom's
has both ``MicroMessenger`` and ``wxwork``) and docs/wechat.md.
"""

import re

_DESKTOP_CLIENT = re.compile(r"windowswechat|macwechat", re.IGNORECASE)
_PHONE = re.compile(r"mobile|android|iphone|ipad", re.IGNORECASE)


def is_wechat(user_agent: str) -> bool:
    lower = user_agent.lower()
    return "micromessenger" in lower and "wxwork" not in lower


def is_desktop_client(user_agent: str) -> bool:
    """WeChat for Windows or Mac."""
    return _DESKTOP_CLIENT.search(user_agent) is not None


def is_phone(user_agent: str) -> bool:
    return _PHONE.search(user_agent) is not None
