"""What WeChat says about a person, made fit to be passed on.

A nickname is data: any Unicode, not unique, chosen to impress or to deceive. It never becomes
a key, and characters that change how the text around it reads are taken out.
"""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

LONGEST_NICKNAME = 64

ZERO_WIDTH_JOINER = "\u200d"

# WeChat's own servers for avatars. As of 2026-11 the addresses still come as http at times:
# https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo.html
AVATAR_HOST = re.compile(r"(?:[a-z0-9-]+\.)*qlogo\.cn")


def read_nickname(nickname: object) -> str | None:
    """NFC, no control, bidi or zero-width characters, at most 64 characters; None if empty."""
    if not isinstance(nickname, str):
        return None
    visible = "".join(
        character
        for position, character in enumerate(nickname)
        if _is_visible(character) or _joins_emoji(nickname, position)
    )
    text = " ".join(unicodedata.normalize("NFC", visible).split())
    return text[:LONGEST_NICKNAME].strip() or None


def _is_visible(character: str) -> bool:
    """Cc, Cf (bidi marks and zero-width among them), Cs, Co, Cn are not; white space is."""
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _joins_emoji(text: str, position: int) -> bool:
    """A joiner between two pictures makes them one: a family, a profession."""
    if text[position] != ZERO_WIDTH_JOINER or not 0 < position < len(text) - 1:
        return False
    before, after = text[position - 1], text[position + 1]
    return unicodedata.category(before) in {"So", "Sk", "Mn"} and (
        unicodedata.category(after) == "So"
    )


def read_picture(headimgurl: object, *, other_hosts: Sequence[str] = ()) -> str | None:
    """Return an address of WeChat's avatar servers over https, or None.

    ``other_hosts`` are origins that stand in for WeChat; their addresses stay as they are.
    """
    if not isinstance(headimgurl, str):
        return None
    try:
        url = urlsplit(headimgurl.strip())
        origin = f"{url.scheme}://{url.netloc}"
    except ValueError:
        return None
    if origin in other_hosts:
        return url.geturl()
    if url.scheme not in {"http", "https"} or not AVATAR_HOST.fullmatch(url.netloc):
        return None
    return url._replace(scheme="https").geturl()
