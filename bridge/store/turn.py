"""Work that one of several processes does at a time: whose turn it is, and until when."""

import json

from bridge.store.clients import DECIDED, MARK
from bridge.store.engine import Steps

# Seconds. Nobody takes a longer turn: one that seems longer was taken by a clock that was wrong.
LONGEST_TURN = 3_600


def take_turn(work: str, holder: str, now: int, until: int) -> Steps[bool]:
    rows = yield DECIDED, (work,)
    if rows:
        held = json.loads(rows[0]["value"])
        if held["holder"] != holder and now < held["until"] <= now + LONGEST_TURN:
            return False
    yield MARK, (work, json.dumps({"holder": holder, "until": until}))
    return True
