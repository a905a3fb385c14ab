"""What is kept of former fetches, so that neither we nor a stranger's server is asked too often."""

import re
from dataclasses import dataclass, replace

from bridge.fetching.errors import FetchFailed

# Seconds. How long an answer is kept that does not say, and within which bounds one may say.
USUAL, SHORTEST, LONGEST = 300, 60, 3_600
# A failure is kept long enough that a URL that fails cannot make us hammer.
FAILURE = 10
# How long nobody is given a fresh answer after somebody was.
REST = 10

MOST_ANSWERS = 256

_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?([0-9]{1,10})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?:$|[\s,=])", re.IGNORECASE)

# The client that named the URL, and the URL. No client's answers or failures are another's.
Wanted = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A body, or why there is none. Moments are seconds."""

    body: bytes | None
    failure: str
    fresh_until: int
    rest_until: int = 0

    def content(self) -> bytes:
        if self.body is None:
            raise FetchFailed(self.failure)
        return self.body


def success(body: bytes, cache_control: str, *, now: int) -> Answer:
    """Kept for as long as it says itself (RFC 9111 §5.2.2), within our bounds."""
    lifetime = USUAL
    if _NOT_KEPT.search(cache_control):
        lifetime = SHORTEST
    elif said := _MAX_AGE.search(cache_control):
        lifetime = min(max(int(said[1]), SHORTEST), LONGEST)
    return Answer(body, "", fresh_until=now + lifetime)


def failure(reason: str, *, now: int) -> Answer:
    return Answer(None, reason, fresh_until=now + FAILURE, rest_until=now + FAILURE)


class Answers:
    """The latest answers, a bounded number of them."""

    def __init__(self) -> None:
        self._kept: dict[Wanted, Answer] = {}

    def find(self, wanted: Wanted, *, now: int, fresh: bool) -> Answer | None:
        """Return what is still good. Who wants it ``fresh`` is given it while it rests."""
        kept = self._kept.get(wanted)
        if kept is None or now >= kept.fresh_until:
            return None
        return None if fresh and now >= kept.rest_until else kept

    def keep(self, wanted: Wanted, answer: Answer, *, now: int, fresh: bool) -> Answer:
        """Keep an answer and return it; one that somebody wanted ``fresh`` has a rest.

        A failure does not take the place of an answer that is still good: a stranger who makes us
        ask again must not profit from a server that is just then away.
        """
        kept = self._kept.pop(wanted, None)
        is_good = kept is not None and kept.body is not None and now < kept.fresh_until
        newest = kept if kept and is_good and answer.body is None else answer
        self._kept[wanted] = replace(newest, rest_until=now + REST) if fresh else newest
        while len(self._kept) > MOST_ANSWERS:
            del self._kept[next(iter(self._kept))]
        return answer
