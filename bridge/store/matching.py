"""Who somebody is: which account WeChat's ids lead to, and what is new about it."""

from dataclasses import dataclass, replace

from bridge.oidc.account import Account
from bridge.store.audit_events import AuditEvent
from bridge.store.engine import Insertion, Row, Steps
from bridge.store.groups import welcome
from bridge.store.rows import account_of
from bridge.store.values import AccountState, SignIn
from bridge.wechat.identity import WeChatIdentity

# The kinds are written out: where one is a parameter, SQLite prepares the statement anew each time,
# to see whether an index of openids alone is of use.
ACCOUNTS_BY_IDS = """
    SELECT identities.kind, accounts.* FROM identities JOIN accounts USING (account_id)
    WHERE identities.kind = 'openid' AND identities.realm = $1 AND identities.value = $2
    UNION ALL
    SELECT identities.kind, accounts.* FROM identities JOIN accounts USING (account_id)
    WHERE identities.kind = 'unionid' AND identities.realm = $3 AND identities.value = $4
"""
# … and what is left of somebody who was erased, so that one question is enough
ACCOUNTS_OR_RETIRED = f"""
    {ACCOUNTS_BY_IDS}
    UNION ALL
    SELECT 'retired' AS kind, accounts.* FROM accounts WHERE accounts.subject = $5
"""  # noqa: S608 - the text is ours
OPENID_OF_ACCOUNT = """
    SELECT value FROM identities WHERE account_id = $1 AND realm = $2 AND kind = 'openid'
"""
ADD_ACCOUNT = """
    INSERT INTO accounts (account_id, subject, handle, nickname, picture, created_at, updated_at,
        signed_in_at)
    SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($6 AS BIGINT), CAST($6 AS BIGINT)
    WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE subject = $7)
    ON CONFLICT (subject) DO NOTHING RETURNING *
"""
SIGNED_IN = "UPDATE accounts SET signed_in_at = $2 WHERE account_id = $1 RETURNING *"
# Of a person, or of nobody any more
ACCOUNT_BY_SUBJECT = "SELECT account_id FROM accounts WHERE subject = $1 OR subject = $2"
REFRESH_PROFILE = """
    UPDATE accounts SET nickname = $2, picture = $3, updated_at = $4 WHERE account_id = $1
"""
LINK = """
    INSERT INTO identities (kind, realm, value, account_id, created_at)
    VALUES ($1, $2, $3, $4, $5)
"""


@dataclass(frozen=True, slots=True)
class Match:
    """The account, what the operator has to know about it, and which other one it concerns.

    ``account`` is as it now is; None where nobody is signed in.
    """

    account_id: str
    account: Account | None = None
    event: AuditEvent | None = None
    other_account_id: str | None = None
    is_disabled: bool = False

    @property
    def about(self) -> tuple[str, ...]:
        """The accounts that the event is about."""
        concerned = (self.account_id, self.other_account_id) if self.event else ()
        return tuple(account_id for account_id in concerned if account_id is not None)


def find_account(
    identity: WeChatIdentity, retired_as: str | None
) -> Steps[tuple[Account | None, bool]]:
    """The openid of this appid decides before the unionid of the platform account."""
    rows = yield ACCOUNTS_OR_RETIRED, (*_ids(identity), retired_as)
    found = {row["kind"]: row for row in rows}
    by_openid, by_unionid, is_retired = (
        found.get("openid"),
        found.get("unionid"),
        "retired" in found,
    )
    if by_openid is not None:
        return account_of(by_openid), is_retired
    if by_unionid is None or (yield from _has_openid(by_unionid, identity.appid)):
        # In the second case nor would sign_in sign them in: it is a stranger's.
        return None, is_retired
    return account_of(by_unionid), is_retired


def _ids(identity: WeChatIdentity) -> tuple[str | None, ...]:
    return identity.appid, identity.openid, identity.platform_account, identity.unionid


def _has_openid(account: Row, appid: str) -> Steps[bool]:
    """A person has one openid of an appid: found by unionid, another one is a stranger's."""
    return bool((yield OPENID_OF_ACCOUNT, (account["account_id"], appid)))


def matched_account(arrival: SignIn) -> Steps[Match]:
    """Find or create the account that is signed in to, and link what is new about it."""
    identity, now = arrival.identity, arrival.auth_time
    found = {row["kind"]: row for row in (yield ACCOUNTS_BY_IDS, _ids(identity))}
    by_openid, by_unionid = found.get("openid"), found.get("unionid")
    known = by_openid or by_unionid
    if known is None:
        rows = yield from _add_account(arrival)
        if not rows:
            return Match((yield from _owner(arrival)), event=AuditEvent.SUBJECT_TAKEN)
    else:
        refused = yield from _refusal(known, identity, is_known=by_openid is not None)
        if refused is not None:
            return refused
        yield from _refresh_profile(known, identity, now)
        rows = yield SIGNED_IN, (known["account_id"], now)
    account = yield from _welcomed(arrival, account_of(rows[0]), by_openid, by_unionid)
    account_id = account.account_id
    if by_openid is None:
        openid = ("openid", identity.appid, identity.openid)
        yield Insertion(LINK, (*openid, account_id, now))
    if identity.unionid is not None and by_unionid is None:
        unionid = ("unionid", identity.platform_account, identity.unionid)
        yield Insertion(LINK, (*unionid, account_id, now))
    if by_unionid is not None and by_unionid["account_id"] != account_id:
        other = by_unionid["account_id"]
        return Match(account_id, account, AuditEvent.IDENTITY_CONFLICT, other)
    return Match(account_id, account)


def _welcomed(
    arrival: SignIn, account: Account, by_openid: Row | None, by_unionid: Row | None
) -> Steps[Account]:
    """Let whoever was awaited by an id that is new be in their groups."""
    openid = None if by_openid else arrival.identity.openid
    unionid = None if by_unionid else arrival.identity.unionid
    subject = None if by_openid or by_unionid else arrival.if_new.subject
    if openid is None and unionid is None:
        return account
    groups = yield from welcome(account.account_id, (openid, unionid, subject))
    return account if groups is None else replace(account, groups=groups)


def _refusal(account: Row, identity: WeChatIdentity, *, is_known: bool) -> Steps[Match | None]:
    """Return why nobody is signed in to the account that matches, or None.

    ``is_known``: by openid. Who is found by unionid alone may be a stranger who shares it.
    """
    account_id = account["account_id"]
    if not is_known and (yield from _has_openid(account, identity.appid)):
        return Match(account_id, event=AuditEvent.IDENTITY_SHARED)
    if account["state"] != AccountState.ACTIVE:
        return Match(account_id, is_disabled=True)
    return None


def _add_account(arrival: SignIn) -> Steps[list[Row]]:
    """Return no row where the subject is not free: it is never given twice."""
    new, identity = arrival.if_new, arrival.identity
    rows = yield (
        ADD_ACCOUNT,
        (
            *(new.account_id, new.subject, new.handle),
            *(identity.nickname, identity.picture, arrival.auth_time, new.retired_as),
        ),
    )
    return rows


def _owner(arrival: SignIn) -> Steps[str]:
    """Return whose the subject is."""
    rows = yield ACCOUNT_BY_SUBJECT, (arrival.if_new.subject, arrival.if_new.retired_as)
    owner: str = rows[0]["account_id"]
    return owner


def _refresh_profile(row: Row, identity: WeChatIdentity, now: int) -> Steps[None]:
    """Take over what WeChat tells, also that there is nothing; keep it where nothing was told."""
    told = (identity.nickname, identity.picture)
    if identity.is_profile_told and told != (row["nickname"], row["picture"]):
        yield REFRESH_PROFILE, (row["account_id"], *told, now)
