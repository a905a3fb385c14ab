"""Who came back from WeChat, and which subject a person is given at the first sign-in."""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from typing import Literal

from bridge.wechat.errors import WeChatUnionidMissing

SubjectSetting = Literal["either", "unionid", "openid", "opaque"]

OPAQUE_LENGTH = 26

# What consumers have room for. WeChat's ids have 28 characters; one that had outgrown this would
# be cut somewhere, and two people become one.
LONGEST_SUBJECT = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatIdentity:
    """``openid`` names a person within one ``appid``; ``unionid`` within one platform account.

    WeChat's ``openid`` has nothing to do with the OpenID Connect scope of that name. Where
    ``is_profile_told``, the profile is what WeChat says of the person now, None what they have none
    of; otherwise nothing was said.
    """

    appid: str
    platform_account: str
    openid: str
    unionid: str | None
    nickname: str | None = None
    picture: str | None = None
    is_profile_told: bool = False


def subject_for(
    identity: WeChatIdentity, *, setting: SubjectSetting, subject_key: bytes, erasures: int = 0
) -> str:
    """Return the subject of a person who is new; it is pinned, whatever WeChat says later.

    Raises WeChatUnionidMissing where the operator requires a unionid and WeChat gave none. An id
    longer than ``LONGEST_SUBJECT`` takes the form of ``opaque``; so does that of a person who had
    another subject, and was erased, so many times before.
    """
    if setting == "unionid" and identity.unionid is None:
        raise WeChatUnionidMissing
    if setting == "openid" or identity.unionid is None:
        named = ("openid", identity.appid, identity.openid)
    else:
        named = ("unionid", identity.platform_account, identity.unionid)
    subject = named[-1]
    if erasures:
        return _opaque_subject((*named, str(erasures)), subject_key)
    if setting == "opaque" or len(subject) > LONGEST_SUBJECT:
        return _opaque_subject(named, subject_key)
    return subject


def _opaque_subject(named: tuple[str, ...], subject_key: bytes) -> str:
    """26 lower-case base32 characters: the first 130 bits of HMAC-SHA-256."""
    digest = hmac.digest(subject_key, "\0".join(named).encode(), "sha256")
    return b32encode(digest)[:OPAQUE_LENGTH].decode().lower()
