"""The browser's half of a sign-in that is under way: the request, sealed into cookies.

Nothing is written on our side before a person has proved who they are. Each sign-in has a
cookie of its own, named after its ``wechat_state``, so that two tabs do not overwrite one
another; a long request takes a second one. When they grow too many for the proxies on the way,
the oldest go: the name begins with the time.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response

from bridge.endpoints.cookies import cookie_name, cookies, delete_cookie, set_cookie
from bridge.endpoints.wechat_state import new_wechat_state
from bridge.oidc.authorization_request import REMEMBERED
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.provider import Provider
from bridge.sealing import BrokenSeal, ExpiredSeal
from bridge.store import Visit
from bridge.wechat import BROWSER_KINDS, Kind, WeChatApplication

# As long as WeChat's QR page and a slow person need.
LIFETIME = 600

# RFC 6265 §6.1 asks browsers for 4,096 bytes a cookie, attributes included.
LARGEST_COOKIE = 3_800

# nginx as installed accepts 8 KB of cookies, and there are others than ours.
MOST_COOKIES = 6_000

SECOND = "-2"

LONGEST_KIND = max(BROWSER_KINDS, key=len)

# ``wechat_state``, with or without SECOND: what new_wechat_state makes
OUR_NAME = re.compile(r"([0-9a-v]{33})(?:-2)?")


class LostPending(Exception):
    """No such sign-in is under way in this browser, or no longer."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What was asked, and by which way the person was sent to WeChat.

    ``channel`` is the kind of the application ``appid``; both are None until the person is shown
    the way. ``chosen`` is the kind that the person has chosen themselves. The last two are of a
    pushed request: its reference's hash, and this visit with the reference, whose name stays the
    same when the person has to be sent to WeChat once more.
    """

    wechat_state: str
    parameters: dict[str, str]
    channel: Kind | None = None
    appid: str | None = None
    chosen: Kind | None = None
    reference_hash: str | None = None
    visit_id: str | None = None

    @property
    def client_id(self) -> str:
        return self.parameters["client_id"]

    def members(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def visit(self) -> Visit | None:
        if self.reference_hash is None or self.visit_id is None:
            return None
        return Visit(self.reference_hash, self.visit_id)


def new_pending(
    provider: Provider, parameters: Parameters, *, reference_hash: str | None = None
) -> Pending:
    """Keep of the request what is needed to answer it later."""
    kept = {name: parameters.values[name] for name in REMEMBERED if name in parameters.values}
    wechat_state = new_wechat_state(provider)
    return Pending(
        wechat_state,
        kept,
        reference_hash=reference_hash,
        visit_id=reference_hash and wechat_state,
    )


def sent_by(pending: Pending, application: WeChatApplication) -> Pending:
    """The same request, with the way by which the person is sent to WeChat."""
    return replace(pending, channel=application.kind, appid=application.appid)


def again(provider: Provider, pending: Pending) -> Pending:
    """The same request in the same visit, for another try at WeChat."""
    return replace(pending, wechat_state=new_wechat_state(provider))


def check_can_be_kept(provider: Provider, pending: Pending) -> None:
    """Raise InvalidRequest where the request is too long to be remembered, sent by any way."""
    longest = replace(pending, channel=LONGEST_KIND, appid="wx" + "0" * 16, chosen=LONGEST_KIND)
    _pieces(provider, longest)


def keep_pending(
    provider: Provider, request: Request, response: Response, pending: Pending
) -> None:
    """Seal it into the answer's cookies, and let go of the oldest if there are too many.

    Raises InvalidRequest where the request is too long to be remembered.
    """
    pieces = _pieces(provider, pending)
    for cookie, piece in pieces.items():
        set_cookie(provider, response, cookie, piece, lifetime=LIFETIME)
    for rest in _names(_cookie_name(provider, pending.wechat_state))[len(pieces) :]:
        if rest in cookies(request):  # what is kept anew may need one cookie where it needed two
            delete_cookie(provider, response, rest)
    size = sum(len(cookie) + len(piece) for cookie, piece in pieces.items())
    _forget_oldest(provider, request, response, (pending.wechat_state, size))


def _pieces(provider: Provider, pending: Pending) -> dict[str, str]:
    """Return the cookies, by name, that together hold the sealed request."""
    name = _cookie_name(provider, pending.wechat_state)
    sealed = provider.pending.seal(pending.members(), expires_at=provider.now() + LIFETIME)
    room = LARGEST_COOKIE - len(name + SECOND) - 1
    pieces = [sealed[start : start + room] for start in range(0, len(sealed), room)]
    if len(pieces) > len(_names(name)):
        raise InvalidRequest("the request is too long")
    return dict(zip(_names(name), pieces, strict=False))


def open_pending(provider: Provider, request: Request, wechat_state: str) -> Pending:
    """Return the sign-in of this browser that WeChat's ``state`` names; raise LostPending."""
    name, sent = _cookie_name(provider, wechat_state), cookies(request)
    sealed = "".join(sent.get(cookie, "") for cookie in _names(name))
    try:
        pending = Pending(**provider.pending.open(sealed, now=provider.now()))
    except (BrokenSeal, ExpiredSeal, TypeError):  # TypeError: sealed by another version of ours
        raise LostPending from None
    # The name of a cookie is no proof: one sign-in's value may have been moved to another's.
    if pending.wechat_state != wechat_state:
        raise LostPending
    # WeChat's code is for the application that the person was sent to, which may be gone.
    if pending.appid is not None and provider.wechat.get(pending.appid) is None:
        raise LostPending
    return pending


def forget_pending(provider: Provider, response: Response, pending: Pending) -> None:
    """End the sign-in in this browser: it was answered for good."""
    for name in _names(_cookie_name(provider, pending.wechat_state)):
        delete_cookie(provider, response, name)


def _prefix(provider: Provider) -> str:
    return cookie_name(provider, "pending-")


def _cookie_name(provider: Provider, wechat_state: str) -> str:
    return _prefix(provider) + wechat_state


def _names(name: str) -> tuple[str, str]:
    return name, name + SECOND


def _forget_oldest(
    provider: Provider, request: Request, response: Response, kept_now: tuple[str, int]
) -> None:
    """Delete the oldest sign-ins, each whole, that make this browser's cookies too many.

    ``kept_now`` is the sign-in that this answer keeps, and its size; what the browser sent of it
    is not counted again. Only names in our own shape are looked at: others may be no names to set
    a cookie by.
    """
    wechat_state, size = kept_now
    prefix = _prefix(provider)
    kept: dict[str, dict[str, int]] = {}
    for name, value in cookies(request).items():
        ours = OUR_NAME.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if ours is not None and ours[1] != wechat_state:
            kept.setdefault(ours[1], {})[name] = len(name) + len(value)
    for _, pieces in sorted(kept.items(), reverse=True):
        size += sum(pieces.values())
        if size > MOST_COOKIES:
            for name in pieces:
                delete_cookie(provider, response, name)
