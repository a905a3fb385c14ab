"""Verbs about pushed requests: kept, found, and answered once.

What answers one is a visit of a browser to the authorization endpoint. The same visit may answer
again (a reload, a second delivery of WeChat's code); another visit may not.
"""

import json

from bridge.store.engine import Steps
from bridge.store.values import AlreadyAnswered, PushedRequest, Visit

ADD = """
    INSERT INTO pushed_requests (reference_hash, client_id, parameters, expires_at)
    VALUES ($1, $2, $3, $4)
"""
FIND = """
    SELECT client_id, parameters, expires_at FROM pushed_requests
    WHERE reference_hash = $1 AND client_id = $2 AND expires_at > $3 AND answered_by IS NULL
"""
ANSWER = """
    UPDATE pushed_requests SET answered_by = $2
    WHERE reference_hash = $1 AND (answered_by IS NULL OR answered_by = $2)
    RETURNING reference_hash
"""


def add_pushed_request(reference_hash: str, pushed: PushedRequest) -> Steps[None]:
    parameters = json.dumps(pushed.parameters, ensure_ascii=False)
    yield ADD, (reference_hash, pushed.client_id, parameters, pushed.expires_at)


def find_pushed_request(
    reference_hash: str, client_id: str, now: int
) -> Steps[PushedRequest | None]:
    rows = yield FIND, (reference_hash, client_id, now)
    if not rows:
        return None
    row = rows[0]
    return PushedRequest(row["client_id"], json.loads(row["parameters"]), row["expires_at"])


def answer_pushed_request(visit: Visit) -> Steps[bool]:
    return bool((yield ANSWER, (visit.reference_hash, visit.visit_id)))


def check_answerable(visit: Visit | None) -> Steps[None]:
    """The answer is this visit's, or nobody's: raise AlreadyAnswered where another was faster."""
    if visit is not None and not (yield from answer_pushed_request(visit)):
        raise AlreadyAnswered
