"""Verbs about sign-ins: what they leave behind, and how they are found again."""

from collections.abc import Callable

from bridge.oidc.account import Account, Session
from bridge.oidc.client import Client
from bridge.store.audit_entry import AuditEntry, audit_id_of
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.engine import Insertion, Steps
from bridge.store.grants import add_issue
from bridge.store.matching import Match, matched_account
from bridge.store.rows import SESSION_COLUMNS, known_client_of, session_of
from bridge.store.values import ClientChanged, Delivered, NewIssue, SignedIn, SignIn

SESSION_BY_DELIVERY = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.delivery_hash = $1 AND sessions.ended_at IS NULL
"""  # noqa: S608 - the columns are ours
# At least one row, with NULL for what is not there
DELIVERED = f"""
    SELECT clients.client_id, clients.registration, {SESSION_COLUMNS}, sessions.delivery_hash,
        sessions.wechat_state, sessions.ended_at
    FROM (SELECT CAST($3 AS TEXT) AS client_id) AS asked LEFT JOIN clients USING (client_id)
        LEFT JOIN sessions ON sessions.delivery_hash = $1 OR sessions.wechat_state = $2
        LEFT JOIN accounts USING (account_id)
"""  # noqa: S608 - the columns are ours
SIGN_IN_BY_STATE = f"""
    SELECT {SESSION_COLUMNS} FROM sessions JOIN accounts USING (account_id)
    WHERE sessions.wechat_state = $1 AND sessions.ended_at IS NULL
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


def find_delivery(delivery_hash: str) -> Steps[Session | None]:
    rows = yield SESSION_BY_DELIVERY, (delivery_hash,)
    return session_of(rows[0]) if rows else None


def delivered(wechat_state: str, delivery_hash: str, client_id: str | None) -> Steps[Delivered]:
    rows = yield DELIVERED, (delivery_hash, wechat_state, client_id)
    sessions = (
        session_of(row)
        for row in rows
        if row["delivery_hash"] == delivery_hash and row["ended_at"] is None
    )
    return Delivered(
        session=next(sessions, None),
        is_answered=any(row["wechat_state"] == wechat_state for row in rows),
        client=known_client_of(rows[0]),
    )


def find_sign_in(wechat_state: str) -> Steps[Session | None]:
    rows = yield SIGN_IN_BY_STATE, (wechat_state,)
    return session_of(rows[0]) if rows else None


def sign_in(
    arrival: SignIn, new: NewIssue | None, is_as_judged: Callable[[Client | None], bool]
) -> Steps[SignedIn]:
    """Everything that a sign-in leaves behind. ``new`` stands on the session that is made."""
    before = yield from delivered(arrival.wechat_state, arrival.delivery_hash, arrival.client_id)
    if not is_as_judged(before.client):
        raise ClientChanged
    known = before.session
    if known is not None:  # the other delivery of the same code was faster
        if new is not None:
            # … and ends not while this is answered: each would miss what the other does
            yield HOLD_SESSION, (known.sid,)
            yield from add_issue(new.on_session(known.sid))
        return SignedIn(known)
    if before.is_answered:  # with another of WeChat's codes
        return SignedIn(None)

    match = yield from matched_account(arrival)
    yield from _note(arrival, match)
    if match.account is None:
        return SignedIn(None, match.event, is_disabled=match.is_disabled, about=match.about)

    session = yield from _session(arrival, match.account)
    yield from note(_completed(arrival, match.account_id))
    if new is not None:
        yield from add_issue(new)
    return SignedIn(session, match.event, about=match.about)


def _session(arrival: SignIn, account: Account) -> Steps[Session]:
    identity = arrival.identity
    browser_id = yield from _browser_of(arrival)
    yield Insertion(
        ADD_SESSION,
        (
            *(arrival.sid, arrival.wechat_state, arrival.delivery_hash),
            *(account.account_id, arrival.auth_time),
            *(" ".join(arrival.amr), identity.appid, identity.openid, identity.unionid),
            *(arrival.session_expires_at, arrival.cookie_hash, arrival.acr),
            browser_id,
        ),
    )
    return Session(
        sid=arrival.sid,
        account=account,
        auth_time=arrival.auth_time,
        amr=arrival.amr,
        appid=identity.appid,
        openid=identity.openid,
        unionid=identity.unionid,
        acr=arrival.acr,
    )


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
    if arrival.former_cookie_hash is None:
        return arrival.browser_id
    known = yield BROWSER_BY_COOKIE, (arrival.former_cookie_hash,)
    return (known[0]["browser_id"] if known else None) or arrival.browser_id
