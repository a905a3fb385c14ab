"""Who has an account at the simulated WeChat, and which applications there are.

Both registers can be changed while the simulator runs. What a person is called at an application
is in ``ids.py``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from bridge.wechat.simulator.people import SimulatedPerson

T = TypeVar("T")


class Kind(StrEnum):
    """What an application is: each kind gets its codes in another way."""

    WEBSITE = "website"  # 网站应用
    OFFICIAL_ACCOUNT = "official_account"  # 服务号
    MOBILE = "mobile"  # 移动应用
    MINI_PROGRAM = "mini_program"  # 小程序


# What an application of a kind may ask for on a page; a verified service account has both:
# https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md
SCOPES: dict[Kind, frozenset[str]] = {
    Kind.WEBSITE: frozenset({"snsapi_login"}),
    Kind.OFFICIAL_ACCOUNT: frozenset({"snsapi_base", "snsapi_userinfo"}),
    Kind.MOBILE: frozenset(),
    Kind.MINI_PROGRAM: frozenset(),
}


@dataclass(frozen=True, slots=True)
class SimulatedApplication:
    """An application that is registered at WeChat, a website application unless said otherwise.

    ``callback_domain`` (授权回调域) is a host name without scheme, port and path; ``None`` allows
    every host and port. That of an official account (网页授权域名) may have a path.
    ``platform_account`` names the Open Platform account that owns the application; ``None`` is an
    application that belongs to none, and gets no unionid. ``scopes`` are those that were granted,
    ``None`` for all of the kind.
    ``is_test_account``: a sandbox account (测试号), for its followers only, without unionid.
    ``component_appids``: the third-party platforms (第三方平台) that may act for the account.
    ``name`` is what a person is told; without one it is the host of the callback.
    """

    appid: str
    secret: str
    callback_domain: str | None = None
    platform_account: str | None = "main"
    kind: Kind = Kind.WEBSITE
    scopes: frozenset[str] | None = None
    banned: bool = False
    is_test_account: bool = False
    component_appids: frozenset[str] = frozenset()
    name: str = ""

    def __post_init__(self) -> None:
        if not self.appid or not self.secret:
            raise ValueError("an application needs an appid and a secret")
        refused = ":@?# " if self.kind is Kind.OFFICIAL_ACCOUNT else "/:@?# "
        if self.callback_domain is not None and set(self.callback_domain) & set(refused):
            raise ValueError("callback_domain is a host name, without scheme, port and path")

    @property
    def granted_scopes(self) -> frozenset[str]:
        return SCOPES[self.kind] if self.scopes is None else self.scopes


class Applications:
    """The applications, by appid."""

    def __init__(self, applications: Iterable[SimulatedApplication]) -> None:
        self._by_appid: dict[str, SimulatedApplication] = {}
        for application in applications:
            self.add(application)
        self._first = dict(self._by_appid)

    def __getitem__(self, appid: str) -> SimulatedApplication:
        return self._by_appid[appid]

    def get(self, appid: str) -> SimulatedApplication | None:
        return self._by_appid.get(appid)

    def __iter__(self) -> Iterator[SimulatedApplication]:
        return iter(self._by_appid.values())

    def add(self, application: SimulatedApplication) -> None:
        if application.appid in self._by_appid:
            raise ValueError(f"appid {application.appid} is given twice")
        self._by_appid[application.appid] = application

    def restore(self, appid: str) -> None:
        """Back to how the application began; one that was added is gone."""
        _restore(self._by_appid, self._first, appid)

    def restore_all(self) -> None:
        self._by_appid = dict(self._first)

    def bind(self, appid: str, platform_account: str | None) -> None:
        """Move an application to another Open Platform account, to its first one, or to none.

        Every unionid that it sees changes, every openid stays.
        """
        self.change(appid, platform_account=platform_account)

    def change(self, appid: str, **changed: Any) -> None:
        """Change members of an application from now on, for example ``banned``."""
        self._by_appid[appid] = replace(self[appid], **changed)


class People:
    """The people, by key. Each method changes what WeChat says of a person from now on."""

    def __init__(self, people: Iterable[SimulatedPerson]) -> None:
        self._by_key: dict[str, SimulatedPerson] = {}
        for person in people:
            self.add(person)
        self._first = dict(self._by_key)

    def __getitem__(self, key: str) -> SimulatedPerson:
        return self._by_key[key]

    def __iter__(self) -> Iterator[SimulatedPerson]:
        return iter(self._by_key.values())

    def get(self, key: str) -> SimulatedPerson | None:
        return self._by_key.get(key)

    def current(self, *keys: str) -> SimulatedPerson:
        """Return the first who is known by one of the keys, or else the first of all."""
        known = (self._by_key[key] for key in keys if key in self._by_key)
        return next(known, next(iter(self)))

    def add(self, person: SimulatedPerson) -> None:
        if person.key in self._by_key:
            raise ValueError(f"person {person.key} is given twice")
        self._by_key[person.key] = person

    def restore(self, key: str) -> None:
        """Back to how the person began; one who was added is gone."""
        _restore(self._by_key, self._first, key)

    def restore_all(self) -> None:
        self._by_key = dict(self._first)

    def change(self, key: str, **changed: Any) -> None:
        """Change members of a person from now on."""
        self._by_key[key] = replace(self[key], **changed)

    def rename(self, key: str, nickname: str) -> None:
        self.change(key, nickname=nickname)

    def change_picture(self, key: str, headimgurl: str) -> None:
        self.change(key, headimgurl=headimgurl)

    def remove_unionid(self, key: str) -> None:
        self.change(key, has_unionid=False)

    def add_unionid(self, key: str) -> None:
        """Give the unionid that is derived from the person and the platform account."""
        self.change(key, has_unionid=True, unionid=None)

    def change_unionid(self, key: str, unionid: str) -> None:
        """Give this unionid, in whichever platform account; several people may share one."""
        self.change(key, has_unionid=True, unionid=unionid)

    def mark_as_snapshot(
        self, key: str, *, is_snapshotuser: bool = True, virtual_ids: bool = True
    ) -> None:
        self.change(key, is_snapshotuser=is_snapshotuser, virtual_ids=virtual_ids)


def _restore(now: dict[str, T], first: dict[str, T], key: str) -> None:
    if key in first:
        now[key] = first[key]
    else:
        now.pop(key, None)
