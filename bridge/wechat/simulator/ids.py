"""What a person is called at an application.

An ``openid`` names a person within one appid, a ``unionid`` within one Open Platform account
(https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html).
Both are derived by a hash, so that they are the same after a restart.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from bridge.wechat.simulator.accounts import SimulatedApplication
from bridge.wechat.simulator.people import SimulatedPerson


def openid_of(person: SimulatedPerson, application: SimulatedApplication) -> str:
    kind = "virtual openid" if _is_virtual(person) else "openid"
    return _id(kind, application.appid, person.key)


def unionid_of(person: SimulatedPerson, application: SimulatedApplication) -> str | None:
    if application.platform_account is None or application.is_test_account:
        return None
    if not person.has_unionid:
        return None
    if person.unionid is not None:
        return person.unionid
    # As of July 2022 the virtual people of snapshot pages shared one unionid:
    # https://developers.weixin.qq.com/community/develop/doc/00048c10410368a8e13e4f59151c00
    if _is_virtual(person):
        return _id("virtual unionid", application.platform_account)
    return _id("unionid", application.platform_account, person.key)


def _is_virtual(person: SimulatedPerson) -> bool:
    return person.is_snapshotuser and person.virtual_ids


def _id(*parts: str) -> str:
    """28 characters: an o and 27 of base64url, the shape of both ids."""
    digest = sha256("\0".join(parts).encode()).digest()
    return "o" + urlsafe_b64encode(digest).decode()[:27]
