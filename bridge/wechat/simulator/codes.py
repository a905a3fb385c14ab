"""Codes as browsers get them: mostly a new one each time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.wechat.simulator.authorization_request import AuthorizationRequest
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.grants import Grants


@dataclass(slots=True)
class Codes:
    grants: Grants
    behaviour: Behaviour
    now: Callable[[], int]
    _last: dict[tuple[str, str, str, bool], tuple[str, int]] = field(
        default_factory=dict[tuple[str, str, str, bool], tuple[str, int]]
    )

    def give(
        self, asked: AuthorizationRequest, person: str, *, is_snapshotuser: bool = False
    ) -> str:
        """Return a code, or the one of a moment ago.

        Several tabs that authorize quickly have got the same code:
        https://developers.weixin.qq.com/community/personal/oCJUswxerwYoABpSjW6nSk672jKs/question
        """
        appid, now = asked.application.appid, self.now()
        key = (appid, person, asked.scope, is_snapshotuser)
        code, issued_at = self._last.get(key, ("", 0))
        if code and now < issued_at + self.behaviour.same_code_within:
            return code
        code = self.grants.issue_code(
            appid=appid,
            person=person,
            scope=asked.scope,
            now=now,
            is_snapshotuser=is_snapshotuser,
        )
        self._last[key] = (code, now)
        return code
