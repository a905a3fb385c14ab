"""Verbs about sign-ins: what they leave behind, and how they are found again."""

from bridge.oidc.account import Session
from bridge.store.audit_entry import AuditEntry, audit_id_of
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.engine import Steps
from bridge.store.grants import add_issue
from bridge.store.matching import Match, matched_account
from bridge.store.rows import SESSION_COLUMNS, session_of
from bridge.store.values import NewIssue, SignedIn, SignIn

SIGNED_IN = "UPDATE accounts SET signed_in_at = $2 WHERE account_id = $1"
SESSION_BY_DELIVERY = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.delivery_hash = $1 AND sessions.ended_at IS NULL
"""  # noqa: S608 - the columns are ours
SESSION_BY_STATE = "SELECT sid FROM sessions WHERE wechat_state = $1"
SIGN_IN_BY_STATE = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.wechat_state = $1 AND sessions.ended_at IS NULL
"""  # noqa: S608 - the columns are ours
SESSION_BY_SID = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.sid = $1
"""  # noqa: S608 - the columns are ours
HOLD_SESSION = "UPDATE sessions SET ended_at = ended_at WHERE sid = $1"
ADD_SESSION = """
    INSERT INTO sessions
        (sid, wechat_state, delivery_hash, account_id, auth_time, amr, appid, openid, unionid,
        expires_at, cookie_hash, acr, browser_id, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $5)
"""
BROWSER_BY_COOKIE = """
    SELECT browser_id FROM sessions WHERE cookie_hash = $1 AND ended_at IS NULL
"""

NOBODY_SIGNED_IN = frozenset({AuditEvent.IDENTITY_SHARED, AuditEvent.SUBJECT_TAKEN})


def find_delivery(delivery_hash: str) -> Steps[Session | None]:
    rows = yield SESSION_BY_DELIVERY, (delivery_hash,)
    return session_of(rows[0]) if rows else None


def is_answered(wechat_state: str) -> Steps[bool]:
    return bool((yield SESSION_BY_STATE, (wechat_state,)))


def find_sign_in(wechat_state: str) -> Steps[Session | None]:
    rows = yield SIGN_IN_BY_STATE, (wechat_state,)
    return session_of(rows[0]) if rows else None


def sign_in(arrival: SignIn, new: NewIssue | None) -> Steps[SignedIn]:
    """Everything that a sign-in leaves behind. ``new`` stands on the session that is made."""
    delivered = yield SESSION_BY_DELIVERY, (arrival.delivery_hash,)
    if delivered:  # the other delivery of the same code was faster
        if new is not None:
            # … and ends not while this is answered: each would miss what the other does
            yield HOLD_SESSION, (delivered[0]["sid"],)
            yield from add_issue(new.on_session(delivered[0]["sid"]))
        return SignedIn(session_of(delivered[0]))
    if (yield from is_answered(arrival.wechat_state)):  # with another of WeChat's codes
        return SignedIn(None)

    match = yield from matched_account(arrival)
    yield from _note(arrival, match)
    if match.event in NOBODY_SIGNED_IN or match.is_disabled:
        return SignedIn(None, match.event, is_disabled=match.is_disabled, about=match.about)

    identity = arrival.identity
    yield (
        ADD_SESSION,
        (
            *(arrival.sid, arrival.wechat_state, arrival.delivery_hash),
            *(match.account_id, arrival.auth_time),
            *(" ".join(arrival.amr), identity.appid, identity.openid, identity.unionid),
            *(arrival.session_expires_at, arrival.cookie_hash, arrival.acr),
            (yield from _browser_of(arrival)),
        ),
    )
    yield SIGNED_IN, (match.account_id, arrival.auth_time)
    yield from note(_completed(arrival, match.account_id))
    if new is not None:
        yield from add_issue(new)
    rows = yield SESSION_BY_SID, (arrival.sid,)
    return SignedIn(session_of(rows[0]), match.event, about=match.about)


def _note(arrival: SignIn, match: Match) -> Steps[None]:
    """Write down what the operator has to know; the same delivery is written down once."""
    event = AuditEvent.SIGN_IN_REFUSED if match.is_disabled else match.event
    if event is not None:
        identity = arrival.identity
        entry = AuditEntry(
            audit_id=audit_id_of(event, arrival.delivery_hash),
            at=arrival.auth_time,
            event=event,
            account_id=match.account_id,
            client_id=arrival.client_id,
            other_account_id=match.other_account_id,
            visitor=arrival.visitor,
            reason="disabled" if match.is_disabled else None,
            detail={"appid": identity.appid, "platform_account": identity.platform_account},
        )
        yield from note(entry)


def _completed(arrival: SignIn, account_id: str) -> AuditEntry:
    return AuditEntry(
        audit_id=arrival.audit_id,
        at=arrival.auth_time,
        event=AuditEvent.SIGN_IN_COMPLETED,
        account_id=account_id,
        client_id=arrival.client_id,
        visitor=arrival.visitor,
        detail={"appid": arrival.identity.appid},
    )


def _browser_of(arrival: SignIn) -> Steps[str]:
    """The browser is known by its cookie, also where that is too old to spare a sign-in."""
    known = yield BROWSER_BY_COOKIE, (arrival.former_cookie_hash,)
    return (known[0]["browser_id"] if known else None) or arrival.browser_id
