"""What goes wrong at WeChat, planned for the next calls.

``simulator.faults.plan("/sns/userinfo", errcode(-1), invalid_utf8())`` spoils the next two calls
of that path. A fault that is ``carried_out`` spoils only the answer: the call has had its effect.
"""

import re
from collections import deque
from dataclasses import dataclass, field

from bridge.wechat.simulator.errcodes import ERRMSG


@dataclass(frozen=True, slots=True)
class Fault:
    """``errcode`` or ``body`` replace the answer; ``inserted`` stands before a member's value."""

    errcode: int | None = None
    body: bytes | None = None
    member: str = ""
    inserted: bytes = b""
    status: int = 200
    content_type: str = "text/plain"
    carried_out: bool = False

    def spoil(self, answer: bytes) -> bytes:
        """Raises ``ValueError`` if the member to be spoilt is not in the answer."""
        if self.body is not None:
            return self.body
        start = re.search(b'"%s":"' % re.escape(self.member.encode()), answer)
        if self.inserted and start is None:
            raise ValueError(f"the answer to be spoilt has no {self.member}")
        cut = start.end() if start else 0
        return answer[:cut] + self.inserted + answer[cut:]


def errcode(number: int, *, carried_out: bool = False) -> Fault:
    """Answer this errcode, one of ``errcodes.py``.

    The system error -1 may have used the code up all the same (``carried_out``):
    https://developers.weixin.qq.com/community/personal/oCJUswztflzzbJO5dWLCGHZ22XCQ/answer
    """
    if number not in ERRMSG:
        raise ValueError(f"errcode {number} has no text in errcodes.py")
    return Fault(errcode=number, carried_out=carried_out)


def http_status(status: int = 500, *, carried_out: bool = False) -> Fault:
    return Fault(body=b"", status=status, carried_out=carried_out)


def html() -> Fault:
    """Answer a page, as a proxy or a portal in between does."""
    return Fault(
        body=b"<!doctype html><title>Bad Gateway</title><h1>Bad Gateway</h1>",
        content_type="text/html",
    )


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


@dataclass(slots=True)
class Faults:
    """The faults that wait for their call. ``paths`` are those of the API."""

    paths: frozenset[str]
    _planned: dict[str, deque[Fault]] = field(default_factory=dict[str, deque[Fault]])

    def plan(self, path: str, *faults: Fault) -> None:
        """Spoil the next calls of ``path``, one fault each. An unknown path is a ``ValueError``."""
        if path not in self.paths:
            raise ValueError(f"{path} is not a path of the simulated API")
        self._planned.setdefault(path, deque()).extend(faults)

    def take(self, path: str) -> Fault | None:
        waiting = self._planned.get(path)
        return waiting.popleft() if waiting else None

    def waiting(self) -> int:
        return sum(len(faults) for faults in self._planned.values())
