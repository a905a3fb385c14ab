"""What can go wrong with one call, each a function that returns a ``Fault``.

A fault that is ``carried_out`` spoils only the answer: the call has had its effect.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bridge.wechat.simulator.errcodes import ERRMSG

MEBIBYTE = 1 << 20


class Ending(Enum):
    """How much of the answer arrives."""

    WHOLE = "whole"
    HALF = "half"
    SILENCE = "silence"
    HANG_UP = "hang up"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Fault:
    """``errcode`` or ``body`` replace the answer; ``inserted`` stands before a member's value.

    ``told`` is how it was described to the control API, which shows it again.
    """

    errcode: int | None = None
    errmsg: str | None = None
    body: bytes | None = None
    member: str = ""
    inserted: bytes = b""
    padding: int = 0
    status: int = 200
    content_type: str = "text/plain"
    location: str | None = None
    ending: Ending = Ending.WHOLE
    carried_out: bool = False
    told: Mapping[str, object] = field(default_factory=dict[str, object], compare=False, hash=False)

    def spoil(self, answer: bytes) -> bytes:
        """Return what is sent instead of this answer of JSON.

        An answer that does not have the member to be spoilt is spoilt in its first text.
        """
        if self.body is not None:
            return self.body
        if self.padding:
            return answer[:-1] + b',"padding":"%s"}' % (b"x" * self.padding)
        if not self.inserted:
            return answer
        start = re.search(rb'"%s":"' % re.escape(self.member.encode()), answer)
        start = start or re.search(rb'"\w+":"', answer)
        cut = start.end() if start else 0
        return answer[:cut] + self.inserted + answer[cut:]


def errcode(errcode: int, errmsg: str | None = None, *, carried_out: bool = False) -> Fault:
    """Answer this errcode: one of ``errcodes.py``, or any other with a text.

    The system error -1 may have used the code up all the same (``carried_out``):
    https://developers.weixin.qq.com/community/personal/oCJUswztflzzbJO5dWLCGHZ22XCQ/answer
    """
    if errcode not in ERRMSG and not errmsg:
        raise ValueError(f"errcode {errcode} is none that is known: give it an errmsg")
    return Fault(errcode=errcode, errmsg=errmsg, carried_out=carried_out)


def http_status(status: int = 500, *, carried_out: bool = False) -> Fault:
    if not 200 <= status <= 599:  # noqa: PLR2004 - those that end an exchange
        raise ValueError("status is a number from 200 to 599")
    return Fault(body=b"", status=status, carried_out=carried_out)


def html() -> Fault:
    """Answer a page, as a proxy or a portal in between does."""
    return Fault(
        body=b"<!doctype html><title>Bad Gateway</title><h1>Bad Gateway</h1>",
        content_type="text/html",
    )


def body(body: str, content_type: str = "text/plain", *, carried_out: bool = False) -> Fault:
    """Answer exactly this."""
    if not re.fullmatch(r"[!-~]+/[!-~]+(; ?[!-~]+)*", content_type):
        raise ValueError("content_type is a media type, for example text/plain")
    return Fault(body=body.encode(), content_type=content_type, carried_out=carried_out)


def redirect(location: str = "/elsewhere") -> Fault:
    """Answer 302; WeChat's API never does, something in between may."""
    if not re.fullmatch(r"[!-~]+", location):
        raise ValueError("location is an address: no spaces, no line breaks, ASCII")
    return Fault(body=b"", status=302, location=location)


def invalid_utf8(member: str = "nickname") -> Fault:
    return Fault(member=member, inserted=b"\xff\xf0\x9f", carried_out=True)


def control_characters(member: str = "nickname") -> Fault:
    """Put them into the JSON as they are, which JSON does not allow and WeChat has done.

    wechatpy reads with ``strict=False`` for their sake:
    https://github.com/wechatpy/wechatpy/blob/5b8502e/wechatpy/oauth.py
    """
    return Fault(member=member, inserted=b"\x01\n\x7f\t", carried_out=True)


def leading_space(member: str = "unionid") -> Fault:
    return Fault(member=member, inserted=b" ", carried_out=True)


def huge(mebibytes: int = 10) -> Fault:
    """Answer correctly, with a member beside it that is this long."""
    if not 1 <= mebibytes <= 100:  # noqa: PLR2004 - what a machine bears
        raise ValueError("mebibytes is a number from 1 to 100")
    return Fault(padding=mebibytes * MEBIBYTE, carried_out=True)


def half() -> Fault:
    """Send half of the answer, then close the connection."""
    return Fault(ending=Ending.HALF, carried_out=True)


def silence(*, carried_out: bool = False) -> Fault:
    """Never answer, and wait until the caller gives up."""
    return Fault(ending=Ending.SILENCE, carried_out=carried_out)


def hang_up(*, carried_out: bool = False) -> Fault:
    """Close the connection without an answer."""
    return Fault(ending=Ending.HANG_UP, carried_out=carried_out)


def reset(*, carried_out: bool = False) -> Fault:
    """Reset the connection (TCP RST) without an answer."""
    return Fault(ending=Ending.RESET, carried_out=carried_out)
