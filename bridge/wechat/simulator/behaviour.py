"""What the simulated WeChat does in places where the real one has done different things.

Each member is a switch that may be set while the simulator runs, and holds for every visit from
then on. The first values are what WeChat does as of 2026-11 on an ordinary day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, cast, get_args

# What happens after a refusal. WeChat's manual of today says that nothing does; until about 2021
# it promised the state alone; code=authdeny has been seen:
# https://developers.weixin.qq.com/community/develop/doc/0004c8c37bc4505a936c0748b56000
# https://wohugb.gitbooks.io/wechat/content/qrconnent/step_one.html
# https://github.com/liangyali/passport-wechat/blob/4b45aa3/lib/strategy.js
Denial = Literal["none", "state_only", "authdeny"]

# Which visits of /connect/oauth2/authorize that ask for a profile are opened as a snapshot (快照页)
Snapshot = Literal["never", "next", "always"]

CHOICES: dict[str, tuple[str, ...]] = {"denial": get_args(Denial), "snapshot": get_args(Snapshot)}


@dataclass(slots=True)
class Behaviour:
    """The switches.

    ``same_code_within``: seconds during which the same person at the same application is given
    the same code again, 0 for never. ``redirects_twice``: WeChat's own browser goes to the
    callback two times, with two codes, unless the request has ``connect_redirect=1``.
    ``fast_login``: WeChat for Windows or Mac runs beside the browser and offers its account
    instead of the QR code. ``tells_snapshot``: the API says what comes from a snapshot page, which
    it has been seen to leave out. ``person``: key of who is signed in to the WeChat that opens a
    page, ``""`` for the first. ``followers``: keys of those who follow the official accounts.
    ``from_chat``: a page is opened from the chat or the menu of the account.
    ``remembers_consent``: who has allowed an application once is not asked again, unless by
    ``forcePopup``. ``qr_lifetime``: seconds. ``in_app``: every browser counts as WeChat's own.
    ``phones_take_any_order``: the parameters of ``/connect/oauth2/authorize`` may come in any
    order, except in WeChat for Windows and Mac. ``too_frequent``: error 10009.
    """

    denial: Denial = "none"
    same_code_within: int = 0
    redirects_twice: bool = False
    fast_login: bool = False
    snapshot: Snapshot = "never"
    tells_snapshot: bool = True
    person: str = ""
    followers: tuple[str, ...] = ()
    from_chat: bool = False
    remembers_consent: bool = False
    qr_lifetime: int = 300
    in_app: bool = False
    phones_take_any_order: bool = False
    too_frequent: bool = False

    def change(self, **values: object) -> None:
        """Set switches by name, all or none; a list is taken for a tuple. Raises ``ValueError``."""
        checked = {name: self._checked(name, value) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def next_visit_is_snapshot(self) -> bool:
        """Tell it once for ``next``."""
        is_snapshot = self.snapshot != "never"
        if self.snapshot == "next":
            self.snapshot = "never"
        return is_snapshot

    def _checked(self, name: str, value: object) -> object:
        if name not in {member.name for member in fields(self)}:
            raise ValueError(f"there is no switch {name}")
        if name == "followers":
            return _keys(value)
        if type(value) is not type(getattr(self, name)):
            raise ValueError(f"{name} has another type")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} is not negative")
        return value


def _keys(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("followers is a list")  # noqa: TRY004 - as for every other switch
    members = cast("Sequence[object]", value)
    keys = tuple(key for key in members if isinstance(key, str))
    if len(keys) != len(members):
        raise ValueError("followers are named by the keys of people")
    return keys
