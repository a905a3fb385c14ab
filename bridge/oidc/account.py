"""The person and the sign-in, as facts that claims are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.oidc.standard_claims import ClaimValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person. ``subject`` and ``handle`` never change; the rest is as WeChat last told it.

    ``claims`` are what the operator has written down about them, ``groups`` where they belong.
    """

    account_id: str
    subject: str
    handle: str
    nickname: str | None
    picture: str | None
    updated_at: int
    claims: Mapping[str, ClaimValue] = field(default_factory=dict[str, ClaimValue], hash=False)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in at WeChat in one browser.

    ``sid`` is told to clients and opens nothing; ``auth_time`` is in seconds; ``appid``,
    ``openid`` and ``unionid`` are WeChat's, as of this sign-in; ``acr`` is how it is vouched for.
    """

    sid: str
    account: Account
    auth_time: int
    amr: tuple[str, ...]
    appid: str
    openid: str
    unionid: str | None
    acr: str | None = None
