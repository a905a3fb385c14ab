"""What WeChat says about a person, made fit to be passed on.

A nickname is data: any Unicode, not unique, chosen to impress or to deceive. It never becomes
a key, and characters that change how the text around it reads are taken out.
"""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

LONGEST_NICKNAME, LONGEST_TOLD = 64, 1024

LONGEST_PICTURE = 512

ZERO_WIDTH_JOINER = "\u200d"

# Unicode counts these among letters, marks and symbols, and yet nothing is seen of them: fillers
# of Hangul, vowels inherent in Khmer, an empty Braille cell, selectors of Mongolian. People who
# want an empty name use them.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")

# How the character before is drawn (Unicode §23.4); alone they are nothing.
SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# The one picture that Unicode counts among mathematics: a head that shakes
SIDEWAYS = "\N{LEFT RIGHT ARROW}\ufe0f"

# What may stand between a picture and the joiner: how it is drawn, and the tone of skin
MODIFIERS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"

# What WeChat calls everybody whose name it does not tell, and the grey picture that goes with it
# (as of 2026-11):
# https://developers.weixin.qq.com/community/develop/doc/00022c683e8a80b29bed2142b56c01
# https://developers.weixin.qq.com/community/develop/doc/0008a07ff90e30c8aadeb58c751800
NOBODYS_NAME = "微信用户"
NOBODYS_PICTURE = (
    "/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/"
)

# WeChat's own servers for avatars. As of 2026-11 the addresses still come as http at times:
# https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo.html
AVATAR_HOST = re.compile(r"(?:[a-z0-9-]+\.)*qlogo\.cn")

# Printable ASCII without what no address holds (RFC 3986 §2)
ADDRESS = re.compile(r"[!#-;=?-\[\]_a-z~]+")


def read_nickname(nickname: object) -> str | None:
    """NFC, no control, bidi or zero-width characters, at most 64 characters.

    None if it is empty, or says only that WeChat does not tell.
    """
    if not isinstance(nickname, str):
        return None
    # Normalising takes the square of a run of accents: no name has so many characters.
    told = "".join(filter(_is_visible, nickname))[:LONGEST_TOLD]
    visible = unicodedata.normalize("NFC", told)
    joined = "".join(
        character
        for position, character in enumerate(visible)
        if character != ZERO_WIDTH_JOINER or _joins_pictures(visible, position)
    )
    text = " ".join(unicodedata.normalize("NFC", joined).split())
    # What was cut must not end in half a family.
    text = text[:LONGEST_NICKNAME].rstrip(ZERO_WIDTH_JOINER + " ")
    return text if SELECTOR.sub("", text).strip() not in {"", NOBODYS_NAME} else None


def _is_visible(character: str) -> bool:
    """Cc, Cf (bidi marks and zero-width among them), Cs, Co, Cn are not; white space is.

    So is the joiner, of which its place decides.
    """
    if character in BLANK:
        return False
    return (
        character == ZERO_WIDTH_JOINER
        or character.isspace()
        or not unicodedata.category(character).startswith("C")
    )


def _joins_pictures(text: str, position: int) -> bool:
    """A joiner between two pictures makes them one: a family, a profession."""
    before = text[max(0, position - 3) : position].rstrip(MODIFIERS)
    after = text[position + 1 : position + 3]
    return _is_picture(before[-1:]) and (_is_picture(after[:1]) or after == SIDEWAYS)


def _is_picture(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "So"


def read_picture(headimgurl: object, *, other_hosts: Sequence[str] = ()) -> str | None:
    """Return an address of WeChat's avatar servers over https; None where it is nobody's picture.

    At most 512 characters: it travels in ID Tokens. ``other_hosts`` are origins that stand in for
    WeChat; their addresses stay as they are.
    """
    text = headimgurl.strip() if isinstance(headimgurl, str) else ""
    if not ADDRESS.fullmatch(text) or len(text) > LONGEST_PICTURE or NOBODYS_PICTURE in text:
        return None
    try:
        url = urlsplit(text)
        origin = f"{url.scheme}://{url.netloc}"
    except ValueError:
        return None
    if origin in other_hosts:
        return url.geturl()
    if url.scheme not in {"http", "https"} or not AVATAR_HOST.fullmatch(url.netloc):
        return None
    return url._replace(scheme="https").geturl()
