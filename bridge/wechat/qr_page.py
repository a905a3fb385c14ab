"""WeChat's page with the QR code: its language, and how it is asked for in a frame of ours.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html (as of
2026-11). The names are those that WeChat's own wxLogin.js sends; without that script nobody else's
runs in our page.
"""

from typing import Final
from urllib.parse import urlencode

# The page speaks Chinese unless it is told to speak English, and nothing else.
_CHINESE: Final = "zh"

_ENGLISH: Final = "lang=en"

_FRAMED: Final = urlencode(
    {
        "login_type": "jssdk",
        # The whole window goes on to our callback: it has our cookies there, a frame would not.
        "self_redirect": "false",
        # The newer look, which fits where there is little room
        "stylelite": "1",
        # Dark on light, as the place is where it stands
        "color_scheme": "light",
    }
)


def in_language(url: str, language: str) -> str:
    """Return the address of the QR page in the language nearest to ours (a BCP 47 tag)."""
    return url if language.startswith(_CHINESE) else _with(url, _ENGLISH)


def framed(url: str) -> str:
    """Return the address of the QR page for a frame."""
    return _with(url, _FRAMED)


def _with(url: str, parameters: str) -> str:
    """Add parameters after those that have an order, and before the fragment, which is WeChat's."""
    address, hash_sign, fragment = url.partition("#")
    return f"{address}&{parameters}{hash_sign}{fragment}"
