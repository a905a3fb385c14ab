"""Who somebody is: which account WeChat's ids lead to, and what is new about it."""

from dataclasses import dataclass

from bridge.oidc.account import Account
from bridge.store.audit_events import AuditEvent
from bridge.store.engine import Row, Steps
from bridge.store.groups import welcome
from bridge.store.rows import account_of
from bridge.store.values import AccountState, SignIn
from bridge.wechat.identity import WeChatIdentity

# The kind is written out: where it is a parameter, SQLite prepares the statement anew each time, to
# see whether an index of openids alone is of use.
ACCOUNT_BY_OPENID = """
    SELECT accounts.* FROM identities JOIN accounts USING (account_id)
    WHERE identities.kind = 'openid' AND identities.realm = $1 AND identities.value = $2
"""
ACCOUNT_BY_UNIONID = """
    SELECT accounts.* FROM identities JOIN accounts USING (account_id)
    WHERE identities.kind = 'unionid' AND identities.realm = $1 AND identities.value = $2
"""
OPENID_OF_ACCOUNT = """
    SELECT value FROM identities WHERE account_id = $1 AND realm = $2 AND kind = 'openid'
"""
ADD_ACCOUNT = """
    INSERT INTO accounts (account_id, subject, handle, nickname, picture, created_at, updated_at)
    SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($6 AS BIGINT)
    WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE subject = $7)
    ON CONFLICT (subject) DO NOTHING RETURNING account_id
"""
# Of a person, or of nobody any more
ACCOUNT_BY_SUBJECT = "SELECT account_id FROM accounts WHERE subject = $1 OR subject = $2"
RETIRED = "SELECT account_id FROM accounts WHERE subject = $1"
REFRESH_PROFILE = """
    UPDATE accounts SET nickname = $2, picture = $3, updated_at = $4 WHERE account_id = $1
"""
LINK = """
    INSERT INTO identities (kind, realm, value, account_id, created_at)
    VALUES ($1, $2, $3, $4, $5)
"""


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
    rows = yield ACCOUNT_BY_OPENID, (identity.appid, identity.openid)
    if not rows and identity.unionid is not None:
        rows = yield ACCOUNT_BY_UNIONID, (identity.platform_account, identity.unionid)
        if rows and (yield from _has_openid(rows[0], identity.appid)):
            return None  # nor would sign_in sign them in; the account is a stranger's
    return account_of(rows[0]) if rows else None


def _has_openid(account: Row, appid: str) -> Steps[bool]:
    """A person has one openid of an appid: found by unionid, another one is a stranger's."""
    return bool((yield OPENID_OF_ACCOUNT, (account["account_id"], appid)))


def matched_account(arrival: SignIn) -> Steps[Match]:
    """Find or create the account, and link what is new about it."""
    identity, now = arrival.identity, arrival.auth_time
    by_openid = yield ACCOUNT_BY_OPENID, (identity.appid, identity.openid)
    by_unionid: list[Row] = []
    if identity.unionid is not None:
        by_unionid = yield ACCOUNT_BY_UNIONID, (identity.platform_account, identity.unionid)
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
    yield from _welcome(arrival, account_id, by_openid, by_unionid)
    if by_unionid and by_unionid[0]["account_id"] != account_id:
        return Match(account_id, AuditEvent.IDENTITY_CONFLICT, by_unionid[0]["account_id"])
    return Match(account_id)


def _welcome(
    arrival: SignIn, account_id: str, by_openid: list[Row], by_unionid: list[Row]
) -> Steps[None]:
    """Let whoever was awaited by an id that is new be in their groups."""
    openid = None if by_openid else arrival.identity.openid
    unionid = None if by_unionid else arrival.identity.unionid
    subject = None if by_openid or by_unionid else arrival.if_new.subject
    if openid is not None or unionid is not None:
        yield from welcome(account_id, (openid, unionid, subject))


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
    added = yield (
        ADD_ACCOUNT,
        (
            *(new.account_id, new.subject, new.handle),
            *(identity.nickname, identity.picture, arrival.auth_time, new.retired_as),
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
