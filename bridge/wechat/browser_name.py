"""What a person's browser is called, for an operator who reads the audit trail.

Every word of it is one of ours: a user agent can say anything, and nothing of it is repeated.
"""

import re
from functools import lru_cache
from typing import Final

from bridge.wechat.browser import LONGEST

# The first that fits, in this order: most of them say Chrome and Safari as well.
_PROGRAMS: Final = (
    ("wxwork", "WeCom"),
    (r"micromessenger.*miniprogram|miniprogram.*micromessenger", "WeChat mini program"),
    ("micromessenger", "WeChat"),
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\bOPR/|\bOpera\b", "Opera"),
    ("SamsungBrowser/", "Samsung browser"),
    ("MiuiBrowser/", "Xiaomi browser"),
    ("HuaweiBrowser/", "Huawei browser"),
    ("VivoBrowser/", "vivo browser"),
    ("HeyTapBrowser/", "OPPO browser"),
    ("UCBrowser/|UBrowser/", "UC browser"),
    ("QQBrowser/", "QQ browser"),
    ("Quark/", "Quark"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(?:e|ium)/|CriOS/", "Chrome"),
    (r"Version/.*Safari/", "Safari"),
)
# WeChat for Mac has been seen to say WindowsWechat, too; HarmonyOS and Android say Linux.
_SYSTEMS: Final = (
    ("OpenHarmony|HarmonyOS", "HarmonyOS"),
    ("iPad", "iPad"),
    ("iPhone|iPod", "iPhone"),
    ("Android", "Android"),
    ("MacWechat|Macintosh", "macOS"),
    ("Windows", "Windows"),
    (r"\bCrOS\b", "ChromeOS"),
    ("Linux", "Linux"),
)

PROGRAMS: Final = tuple((re.compile(text, re.IGNORECASE), name) for text, name in _PROGRAMS)
SYSTEMS: Final = tuple((re.compile(text, re.IGNORECASE), name) for text, name in _SYSTEMS)

UNKNOWN = "another program"

# Most requests come from few programs, such as the back ends of apps.
KEPT = 256


def browser_name(user_agent: str | None) -> str | None:
    """Return such as "Chrome on Windows"; None where ``user_agent``, the header, is missing."""
    return _named(user_agent[:LONGEST]) if user_agent else None


@lru_cache(maxsize=KEPT)
def _named(told: str) -> str:
    program = next((name for pattern, name in PROGRAMS if pattern.search(told)), UNKNOWN)
    system = next((name for pattern, name in SYSTEMS if pattern.search(told)), None)
    return f"{program} on {system}" if system else program
