"""Verbs about what WeChat pushes: each is taken once, with all that follows from it."""

from dataclasses import dataclass

from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.endings import end_authorization
from bridge.store.engine import Steps
from bridge.store.merging import FORGET_CONSENTS
from bridge.store.values import LoggedIn
from bridge.wechat.events import Change

TAKE = """
    INSERT INTO received_pushes (push_hash, expires_at) VALUES ($1, $2)
    ON CONFLICT (push_hash) DO NOTHING RETURNING push_hash
"""
ACCOUNT_BY_OPENID = """
    SELECT account_id FROM identities WHERE kind = 'openid' AND realm = $1 AND value = $2
"""
# Nobody wrote down by which application it came. What was merged is kept to be undone by hand.
FORGET_PROFILE = """
    UPDATE accounts SET nickname = NULL, picture = NULL, updated_at = $2
    WHERE (account_id = $1 OR merged_into = $1) AND (nickname IS NOT NULL OR picture IS NOT NULL)
"""

# A message whose body nobody signed, by which nothing is done
UNPROVEN = {
    Change.PROFILE_CLEANED: AuditEvent.UNPROVEN_CLEANING,
    Change.AUTHORIZATION_WITHDRAWN: AuditEvent.UNPROVEN_WITHDRAWAL,
    Change.ACCOUNT_CLOSED: AuditEvent.UNPROVEN_CLOSING,
}
PROVEN = {
    Change.PROFILE_CLEANED: AuditEvent.PROFILE_CLEANED,
    Change.AUTHORIZATION_WITHDRAWN: AuditEvent.AUTHORIZATION_WITHDRAWN,
    Change.ACCOUNT_CLOSED: AuditEvent.WECHAT_ACCOUNT_CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What WeChat pushed about a person. Times in seconds.

    The hashes name the request and the message in it, and are kept until the time beside them.
    ``is_proven`` says that the message is WeChat's: only then is anything done.
    """

    appid: str
    openid: str
    change: Change
    is_proven: bool
    request_hash: str
    request_until: int
    message_hash: str
    message_until: int
    audit_id: str
    now: int


@dataclass(frozen=True, slots=True)
class PushTaken:
    """Whose it was, None where nobody here is meant; and who is to be told what has ended."""

    account_id: str | None
    logged_in: tuple[LoggedIn, ...] = ()


def take_push(push: Push) -> Steps[PushTaken | None]:
    if not (yield from _is_new(push)):
        return None
    rows = yield ACCOUNT_BY_OPENID, (push.appid, push.openid)
    account_id: str | None = rows[0]["account_id"] if rows else None
    if not push.is_proven:
        yield from _note(push, account_id, UNPROVEN[push.change])
        return PushTaken(account_id)
    logged_in: tuple[LoggedIn, ...] = ()
    if push.change is not Change.PROFILE_CLEANED:
        ended = yield from end_authorization(push.appid, push.openid, push.now)
        logged_in = ended.logged_in
        yield FORGET_CONSENTS, (account_id,)
    yield FORGET_PROFILE, (account_id, push.now)
    yield from _note(push, account_id, PROVEN[push.change])
    return PushTaken(account_id, logged_in)


def _is_new(push: Push) -> Steps[bool]:
    """The request, and the message in it, which WeChat may send again in another request.

    What nobody signed does not stand in the way of the same message when WeChat has signed it.
    """
    if not (yield TAKE, (push.request_hash, push.request_until)):
        return False
    message = push.message_hash if push.is_proven else f"unproven {push.message_hash}"
    return bool((yield TAKE, (message, push.message_until)))


def _note(push: Push, account_id: str | None, event: AuditEvent) -> Steps[None]:
    """Of somebody who was never here there is nothing to tell."""
    if account_id is not None:
        about = {"appid": push.appid}
        entry = AuditEntry(
            audit_id=push.audit_id, at=push.now, event=event, account_id=account_id, detail=about
        )
        yield from note(entry)
