"""What a push says about a person's authorization.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/authorization_change.html
(as of 2026-11). All else that WeChat pushes, what followers write to a service account for
example, is not for us.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from bridge.wechat.answers import WECHAT_ID
from bridge.wechat.events.errors import PushUnusable

CREATE_TIME = re.compile(r"[0-9]{1,11}")


class Change(StrEnum):
    """What has changed, by the names of WeChat's events."""

    # WeChat has cleaned the person's nickname and picture
    PROFILE_CLEANED = "user_info_modified"
    # the person has withdrawn what they allowed the application
    AUTHORIZATION_WITHDRAWN = "user_authorization_revoke"
    # the person has closed their account at WeChat
    ACCOUNT_CLOSED = "user_authorization_cancellation"


# What a person may withdraw apart from the rest, and we never had. Of websites and mobile
# applications there is no part: https://developers.weixin.qq.com/doc/service/guide/h5/authorization_change.html
# and https://developers.weixin.qq.com/miniprogram/dev/server/event_push/platform/authorized_user_information_changes
# (as of 2026-11)
OF_NO_CONCERN: Mapping[str, frozenset[str]] = {
    # address, invoices, cards, microphone, location, pictures that were chosen
    "official_account": frozenset({"201", "202", "203", "204", "206", "207"}),
    # from the licence plate to the nickname: to sign in takes none of them
    "mini_program": frozenset(
        {*("1", "2", "3", "4", "5", "6", "7", "8", "12", "13", "14", "15", "16", "18", "19", "20")}
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationChange:
    """A change that concerns us. ``message_hash`` is the same however often WeChat sends it."""

    change: Change
    openid: str
    message_hash: str


def read_change(fields: Mapping[str, str], appid: str, kind: str) -> AuthorizationChange | None:
    """Return what has changed between a person and this application; None where it is not for us.

    Raises PushUnusable where it is for us, and not as WeChat describes it.
    """
    if fields.get("MsgType", "").lower() != "event" or fields.get("Event") not in set(Change):
        return None
    if fields.get("AppID", "").strip() != appid:
        raise PushUnusable("it is about another AppID")
    openid = fields.get("OpenID", "").strip()
    if not openid:
        # As of 2022-08 seen with user_info_modified, and of no use to anybody:
        # https://developers.weixin.qq.com/community/develop/doc/0000443fa986a84f231dffa235b400
        return None
    if not WECHAT_ID.fullmatch(openid):
        raise PushUnusable("its OpenID is none")
    if not CREATE_TIME.fullmatch(fields.get("CreateTime", "")):
        raise PushUnusable("its CreateTime is no time")
    change = Change(fields["Event"])
    withdrawn = fields.get("RevokeInfo", "").strip()
    if change is Change.AUTHORIZATION_WITHDRAWN and withdrawn in OF_NO_CONCERN.get(kind, ()):
        return None
    return AuthorizationChange(
        change=change, openid=openid, message_hash=_message_hash(fields, appid, openid)
    )


def _message_hash(fields: Mapping[str, str], appid: str, openid: str) -> str:
    """WeChat names FromUserName and CreateTime. FromUserName is the platform's own here.

    So that two people who withdraw within one second are not one, the rest belongs to it.
    """
    named = ("FromUserName", "CreateTime", "Event", "RevokeInfo")
    known = "\0".join((appid, openid, *(fields.get(name, "") for name in named)))
    return sha256(known.encode()).hexdigest()
