"""Verbs about people: who they are, and that they signed in."""

from dataclasses import dataclass

from bridge.oidc.account import Account, Session
from bridge.store.auditing import note
from bridge.store.engine import Row, Steps
from bridge.store.grants import add_issue
from bridge.store.rows import SESSION_COLUMNS, account_of, session_of
from bridge.store.values import AccountState, AuditEvent, NewIssue, SignedIn, SignIn
from bridge.wechat.identity import WeChatIdentity

ACCOUNT_BY_IDENTITY = """
    SELECT accounts.* FROM identities JOIN accounts USING (account_id)
    WHERE identities.kind = $1 AND identities.realm = $2 AND identities.value = $3
"""
OPENID_OF_ACCOUNT = """
    SELECT value FROM identities WHERE account_id = $1 AND realm = $2 AND kind = 'openid'
"""
ADD_ACCOUNT = """
    INSERT INTO accounts (account_id, subject, handle, nickname, picture, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (subject) DO NOTHING RETURNING account_id
"""
# Of a person, or of nobody any more
ACCOUNT_BY_SUBJECT = "SELECT account_id FROM accounts WHERE subject = $1 OR subject = $2"
RETIRED = "SELECT account_id FROM accounts WHERE subject = $1"
SIGNED_IN = "UPDATE accounts SET signed_in_at = $2 WHERE account_id = $1"
REFRESH_PROFILE = """
    UPDATE accounts SET nickname = $2, picture = $3, updated_at = $4 WHERE account_id = $1
"""
LINK = """
    INSERT INTO identities (kind, realm, value, account_id, created_at)
    VALUES ($1, $2, $3, $4, $5)
"""
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


@dataclass(frozen=True, slots=True)
class Match:
    """The account, what the operator has to know about it, and which other one it concerns."""

    account_id: str
    event: AuditEvent | None = None
    other_account_id: str | None = None
    is_disabled: bool = False

    @property
    def about(self) -> tuple[str, ...]:
        """The accounts that the event is about."""
        concerned = (self.account_id, self.other_account_id) if self.event else ()
        return tuple(account_id for account_id in concerned if account_id is not None)


def find_account(identity: WeChatIdentity) -> Steps[Account | None]:
    """The openid of this appid decides before the unionid of the platform account."""
    rows = yield ACCOUNT_BY_IDENTITY, ("openid", identity.appid, identity.openid)
    if not rows and identity.unionid is not None:
        rows = yield (
            ACCOUNT_BY_IDENTITY,
            ("unionid", identity.platform_account, identity.unionid),
        )
        if rows and (yield from _has_openid(rows[0], identity.appid)):
            return None  # nor would sign_in sign them in; the account is a stranger's
    return account_of(rows[0]) if rows else None


def _has_openid(account: Row, appid: str) -> Steps[bool]:
    """A person has one openid of an appid: found by unionid, another one is a stranger's."""
    return bool((yield OPENID_OF_ACCOUNT, (account["account_id"], appid)))


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
            yield from add_issue(new.on_session(delivered[0]["sid"]))
        return SignedIn(session_of(delivered[0]))
    if (yield from is_answered(arrival.wechat_state)):  # with another of WeChat's codes
        return SignedIn(None)

    match = yield from _matched_account(arrival)
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
    if new is not None:
        yield from add_issue(new)
    rows = yield SESSION_BY_SID, (arrival.sid,)
    return SignedIn(session_of(rows[0]), match.event, about=match.about)


def _note(arrival: SignIn, match: Match) -> Steps[None]:
    if match.event is not None:
        identity = arrival.identity
        yield from note(
            arrival.audit_id,
            arrival.auth_time,
            match.event,
            account_id=match.account_id,
            client_id=arrival.client_id,
            other_account_id=match.other_account_id,
            detail={"appid": identity.appid, "platform_account": identity.platform_account},
        )


def _browser_of(arrival: SignIn) -> Steps[str]:
    """The browser is known by its cookie, also where that is too old to spare a sign-in."""
    known = yield BROWSER_BY_COOKIE, (arrival.former_cookie_hash,)
    return (known[0]["browser_id"] if known else None) or arrival.browser_id


def _matched_account(arrival: SignIn) -> Steps[Match]:
    """Find or create the account, and link what is new about it."""
    identity, now = arrival.identity, arrival.auth_time
    by_openid = yield ACCOUNT_BY_IDENTITY, ("openid", identity.appid, identity.openid)
    by_unionid: list[Row] = []
    if identity.unionid is not None:
        by_unionid = yield (
            ACCOUNT_BY_IDENTITY,
            ("unionid", identity.platform_account, identity.unionid),
        )
    if not by_openid and not by_unionid:
        account_id = arrival.if_new.account_id
        taken = yield from _add_account(arrival)
        if taken is not None:
            return Match(taken, AuditEvent.SUBJECT_TAKEN)
    else:
        row = (by_openid or by_unionid)[0]
        account_id = row["account_id"]
        refused = yield from _refusal(row, identity, is_known=bool(by_openid))
        if refused is not None:
            return refused
        yield from _refresh_profile(row, identity, now)
    if not by_openid:
        yield LINK, ("openid", identity.appid, identity.openid, account_id, now)
    if identity.unionid is not None and not by_unionid:
        yield LINK, ("unionid", identity.platform_account, identity.unionid, account_id, now)
    if by_unionid and by_unionid[0]["account_id"] != account_id:
        return Match(account_id, AuditEvent.IDENTITY_CONFLICT, by_unionid[0]["account_id"])
    return Match(account_id)


def _refusal(account: Row, identity: WeChatIdentity, *, is_known: bool) -> Steps[Match | None]:
    """Return why nobody is signed in to the account that matches, or None.

    ``is_known``: by openid. Who is found by unionid alone may be a stranger who shares it.
    """
    account_id = account["account_id"]
    if not is_known and (yield from _has_openid(account, identity.appid)):
        return Match(account_id, AuditEvent.IDENTITY_SHARED)
    if account["state"] != AccountState.ACTIVE:
        return Match(account_id, is_disabled=True)
    return None


def _add_account(arrival: SignIn) -> Steps[str | None]:
    """Return whose the subject is where it is not free: it is never given twice."""
    new, identity = arrival.if_new, arrival.identity
    if not (yield from is_retired(new.retired_as)):
        added = yield (
            ADD_ACCOUNT,
            (
                *(new.account_id, new.subject, new.handle),
                *(identity.nickname, identity.picture, arrival.auth_time),
            ),
        )
        if added:
            return None
    rows = yield ACCOUNT_BY_SUBJECT, (new.subject, new.retired_as)
    owner: str = rows[0]["account_id"]
    return owner


def is_retired(retired_as: str) -> Steps[bool]:
    return bool((yield RETIRED, (retired_as,)))


def _refresh_profile(row: Row, identity: WeChatIdentity, now: int) -> Steps[None]:
    """Take over what WeChat tells, also that there is nothing; keep it where nothing was told."""
    told = (identity.nickname, identity.picture)
    if identity.is_profile_told and told != (row["nickname"], row["picture"]):
        yield REFRESH_PROFILE, (row["account_id"], *told, now)
