"""What WeChat answers when it does not answer.

``bridge.wechat.errcodes`` says which of WeChat's numbers is which of these, and what a kind of
error means for the person, the client and the log is decided by its place in this tree.

* WeChatError
  - WeChatCodeRejected     the person must start again
      - WeChatCodeUsed     … unless another delivery of the same code is under way
      - WeChatCodesInvalid … as have so many before: they may be another application's
      - WeChatCodeLost     WeChat was busy, and used the code up meanwhile
  - WeChatBusy             WeChat is busy: the same call may succeed in a moment
  - WeChatPersonRefused    WeChat itself keeps this person out
  - WeChatMisconfigured    the operator must act
      - WeChatAppidRejected     the AppID is unknown to WeChat
      - WeChatSecretRejected    the AppSecret is not this AppID's
      - WeChatUnionidMissing    no unionid, and the setting ``subject`` requires one
  - WeChatSnapshotUser     a virtual account that many people share
  - WeChatLimited          too many calls: wait
      - WeChatCrowded        … as judged here, before anything was sent
      - WeChatPersonLimited  … about one person
  - WeChatUnavailable      anything else, and every network failure
      - WeChatProxyFailed    … of the operator's proxy, and none of WeChat's
"""


class WeChatError(Exception):
    """WeChat did not identify anyone. The text is for the log, and holds nothing secret."""

    def __init__(self, text: str = "", *, errcode: int | None = None) -> None:
        super().__init__(text)
        self.errcode = errcode
        # The path of the call, where there was one
        self.call: str | None = None
        # Whether the code had been exchanged before this went wrong: it is of no use any more
        self.is_spent = False


class WeChatCodeRejected(WeChatError):
    """The wechat_code is missing, invalid, used or expired, or what it gave is."""


class WeChatCodeUsed(WeChatCodeRejected):
    """Somebody has exchanged this code: we ourselves, as a rule."""


class WeChatCodesInvalid(WeChatCodeRejected):
    """An invalid code, as were all of late: for the operator to look at."""


class WeChatCodeLost(WeChatCodeRejected):
    """The second try of a call that WeChat was too busy for found the code used."""


class WeChatBusy(WeChatError):
    """``system error``: worth another try, and a code may be used up by it all the same."""


class WeChatPersonRefused(WeChatError):
    """The person's WeChat account is frozen, cancelled or under risk control."""


class WeChatMisconfigured(WeChatError):
    """The application is not set up as it should be, here or in WeChat's console."""


class WeChatAppidRejected(WeChatMisconfigured):
    pass


class WeChatSecretRejected(WeChatMisconfigured):
    pass


class WeChatUnionidMissing(WeChatMisconfigured):
    """Bind the application to an Open Platform account, and WeChat tells the unionid."""


class WeChatSnapshotUser(WeChatError):
    """``is_snapshotuser``: the ids are virtual, and shared by strangers."""


class WeChatLimited(WeChatError):
    """WeChat counts calls, and there were too many. ``retry_after`` is in seconds."""

    def __init__(
        self, text: str = "", *, errcode: int | None = None, retry_after: int = 60
    ) -> None:
        super().__init__(text, errcode=errcode)
        self.retry_after = retry_after


class WeChatCrowded(WeChatLimited):
    """As many sign-ins wait for WeChat already as may; this one has sent nothing."""


class WeChatPersonLimited(WeChatLimited):
    """One person came too often. All others may go on."""


class WeChatUnavailable(WeChatError):
    """WeChat could not be reached, or made no sense."""


class WeChatProxyFailed(WeChatUnavailable):
    """The proxy did not bring us to WeChat: to no host of it, where that ``concerns_all``."""

    def __init__(self, text: str = "", *, concerns_all: bool = True) -> None:
        super().__init__(text)
        self.concerns_all = concerns_all
