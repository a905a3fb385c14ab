"""Verbs that make one account of two, and nobody of one."""

from collections.abc import Callable

from bridge.store.audit_entry import AuditEntry, newcomer_id
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import FORGET_VISITORS, note
from bridge.store.endings import end_all, find_row
from bridge.store.engine import Row, Steps
from bridge.store.groups import move
from bridge.store.values import AccountState, Ended, Unmergeable

# WeChat gives a person one openid of an application: two would be two people's.
OPENIDS_OF_BOTH = """
    SELECT one.realm FROM identities AS one JOIN identities AS other
        ON other.account_id = $2 AND other.realm = one.realm AND other.kind = 'openid'
    WHERE one.account_id = $1 AND one.kind = 'openid'
"""
HOLD = "UPDATE accounts SET state = state WHERE account_id = $1"
MOVE_IDENTITIES = """
    UPDATE identities SET account_id = $2, merged_from = COALESCE(merged_from, $1)
    WHERE account_id = $1
"""
FORGET_CONSENTS = "DELETE FROM consents WHERE account_id = $1"
# The address is free for the survivor; the rest stays for whoever has to undo this by hand.
RETIRE = """
    UPDATE accounts SET state = 'merged', state_at = $3, merged_into = $2, email = NULL
    WHERE account_id = $1
"""

MERGED_INTO = "SELECT account_id FROM accounts WHERE merged_into = $1"
# In the order of who refers to whom
FORGET_ALL = (
    """
    DELETE FROM tokens WHERE grant_id IN (
        SELECT grant_id FROM grants JOIN sessions USING (sid) WHERE sessions.account_id = $1
    )
    """,
    "DELETE FROM codes WHERE sid IN (SELECT sid FROM sessions WHERE account_id = $1)",
    "DELETE FROM grants WHERE sid IN (SELECT sid FROM sessions WHERE account_id = $1)",
    "DELETE FROM sessions WHERE account_id = $1",
    "DELETE FROM identities WHERE account_id = $1",
    "DELETE FROM group_members WHERE account_id = $1",
    FORGET_CONSENTS,
)
# What stays of a person: that their subject is spent, in a form that does not say which it was
ERASE = """
    UPDATE accounts SET subject = $2, handle = $3, state = 'erased', state_at = $4, nickname = NULL,
        picture = NULL, standard_claims = NULL, email = NULL, signed_in_at = NULL,
        group_names = NULL
    WHERE account_id = $1
"""


def merge(from_id: str, into_id: str, audit_id: str, now: int) -> Steps[Ended]:
    former, survivor = (yield from find_row(from_id)), (yield from find_row(into_id))
    if former is None or survivor is None or from_id == into_id:
        raise Unmergeable("two accounts are needed")
    for row in (former, survivor):
        if row["state"] != AccountState.ACTIVE:
            raise Unmergeable(f"{row['subject']} is {row['state']}")
    # The other way round at the same moment, or an end of the survivor, would not be seen. They are
    # held in one order by everybody, so that none waits for the other.
    for account_id in sorted((from_id, into_id)):
        yield HOLD, (account_id,)
    both = yield OPENIDS_OF_BOTH, (from_id, into_id)
    if both:
        raise Unmergeable(
            f"each has an openid of {both[0]['realm']}, and WeChat gives a person one of an"
            " application: they are two people"
        )
    ended = yield from end_all(from_id, now)
    yield MOVE_IDENTITIES, (from_id, into_id)
    yield FORGET_CONSENTS, (from_id,)
    yield from move(from_id, into_id)
    yield RETIRE, (from_id, into_id, now)
    yield from note(
        AuditEntry(
            audit_id=audit_id,
            at=now,
            event=AuditEvent.ACCOUNT_MERGED,
            account_id=into_id,
            other_account_id=from_id,
        )
    )
    return ended


def erase(
    account_id: str, retired_as: Callable[[str], str], audit_id: str, now: int
) -> Steps[Ended | None]:
    row = yield from find_row(account_id)
    if row is None or row["state"] not in (AccountState.ACTIVE, AccountState.DISABLED):
        return None
    ended = yield from end_all(account_id, now)
    waiting: list[Row] = [row]
    while waiting:
        one = waiting.pop()
        merged = yield MERGED_INTO, (one["account_id"],)
        for known in merged:
            former = yield from find_row(known["account_id"])
            waiting += [former] if former is not None else []
        for statement in FORGET_ALL:
            yield statement, (one["account_id"],)
        spent = retired_as(one["subject"])
        yield FORGET_VISITORS, (one["account_id"], newcomer_id(spent))
        yield ERASE, (one["account_id"], spent, f"erased:{one['account_id']}", now)
    event = AuditEvent.ACCOUNT_ERASED
    yield from note(AuditEntry(audit_id=audit_id, at=now, event=event, account_id=account_id))
    return ended
