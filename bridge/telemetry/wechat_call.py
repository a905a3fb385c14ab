"""One call to WeChat, from its sending to what its answer is taken for."""

from collections.abc import Callable
from time import perf_counter
from urllib.parse import urlsplit

from bridge.telemetry.measuring import count_wechat_call
from bridge.telemetry.tracing import span

# Nothing was sent; it broke on the way, or took too long; what came is no answer of WeChat's; a
# number that is not in our table; nobody waits for it any more
UNREACHABLE, BROKEN, NONSENSE, OTHER = "unreachable", "broken", "nonsense", "other"
GIVEN_UP = "given_up"


class WeChatCall:
    """``host`` is an origin, ``call`` a path: what is sent with it is not known here."""

    def __init__(self, host: str, call: str, clock: Callable[[], float] = perf_counter) -> None:
        self._host = urlsplit(host).netloc
        self._call = call
        self._clock = clock
        self._began = clock()
        self._measured = span("wechat", server__address=self._host, url__path=call)
        self._span = self._measured.__enter__()

    def ended(self, errcode: str) -> None:
        """Say how it ended: 0, a number of WeChat's that is known here, or a word from above."""
        count_wechat_call(self._host, self._call, errcode, self._clock() - self._began)
        self._span.tell(errcode=errcode)
        self._measured.__exit__(None, None, None)
