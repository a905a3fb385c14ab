"""Whether the codes that people bring are this application's at all."""

from bridge.wechat.errors import WeChatCodeRejected, WeChatCodesInvalid

# What WeChat says of a code that is expired, invented, or another application's
INVALID = 40029

# As many of them, and no good one in between, are no accident …
SUSPICIOUS = 5
# … but once in a while is often enough to say so.
SAID_AGAIN = 100


class InvalidCodes:
    """How many codes in a row were invalid."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def good(self) -> None:
        """A code was good, so the AppID is."""
        self._in_a_row = 0

    def judge(self, error: WeChatCodeRejected) -> WeChatCodeRejected:
        """Count it if it is one; return what to raise, which the operator hears of in time."""
        if error.errcode != INVALID:
            return error
        self._in_a_row += 1
        if self._in_a_row != SUSPICIOUS and self._in_a_row % SAID_AGAIN != 0:
            return error
        suspicion = WeChatCodesInvalid(
            f"{error}; {self._in_a_row} codes in a row were invalid", errcode=error.errcode
        )
        suspicion.call = error.call
        return suspicion
