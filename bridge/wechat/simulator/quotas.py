"""How many calls an application may make in a minute; over that WeChat answers 45011.

As of 2026-11 the page of website applications grants 10,000 exchanges of a code and 50,000 of
each of the others, those of official accounts 50,000 of each:
https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html
https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
Mobile applications have the API of website applications. For a mini program 100 calls of a minute
may be about one person:
https://developers.weixin.qq.com/community/develop/doc/000006147e8598fc46bc8d13b56400
"""

from collections import Counter
from dataclasses import dataclass, field

from bridge.wechat.simulator.accounts import Kind, SimulatedApplication
from bridge.wechat.simulator.errcodes import Refusal
from bridge.wechat.simulator.paths import ACCESS_TOKEN, JSCODE2SESSION, REFRESH_TOKEN, USERINFO

MINUTE = 60

_OF_WEBSITES = {ACCESS_TOKEN: 10_000, REFRESH_TOKEN: 50_000, USERINFO: 50_000}

PER_MINUTE = {
    Kind.WEBSITE: _OF_WEBSITES,
    Kind.MOBILE: _OF_WEBSITES,
    Kind.OFFICIAL_ACCOUNT: dict.fromkeys(_OF_WEBSITES, 50_000),
    Kind.MINI_PROGRAM: {JSCODE2SESSION: 100},
}


@dataclass(slots=True)
class Quotas:
    """A minute is one of the clock's, not the last sixty seconds."""

    _changed: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    _minute: int = 0
    _used: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])

    def of(self, application: SimulatedApplication) -> dict[str, int]:
        """Calls in a minute by path; a path that is not named has no limit."""
        changed = {
            path: n for (appid, path), n in self._changed.items() if appid == application.appid
        }
        return PER_MINUTE[application.kind] | changed

    def change(self, appid: str, path: str, per_minute: int) -> None:
        self._changed[appid, path] = per_minute

    def restore(self, appid: str) -> None:
        """Back to WeChat's own limits, for one application."""
        for changed in [key for key in self._changed if key[0] == appid]:
            del self._changed[changed]

    def restore_all(self) -> None:
        self._changed.clear()

    def spend(
        self, application: SimulatedApplication, path: str, *, now: int, person: str = ""
    ) -> None:
        """Count a call. Raises ``Refusal`` 45011 when the minute's calls are used up."""
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self._used.clear()
        used = application.appid, path, person
        self._used[used] += 1
        limit = self.of(application).get(path)
        if limit is not None and self._used[used] > limit:
            raise Refusal(45011)
