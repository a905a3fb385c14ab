"""Verbs for the operator: who is known here, and all that is known of one person."""

from dataclasses import dataclass
from typing import Any

from bridge.oidc.account import Account
from bridge.store.audit_entry import newcomer_id
from bridge.store.auditing import as_members
from bridge.store.engine import Row, Steps
from bridge.store.rows import account_of
from bridge.store.values import AccountState

# An id of a person is as good as another: ours, an app's, or one of WeChat's.
ACCOUNTS_BY_ID = """
    SELECT * FROM accounts WHERE account_id = $1 OR subject = $1 OR subject = $2 OR handle = $1
"""
ACCOUNTS_BY_WECHAT_ID = """
    SELECT accounts.* FROM identities JOIN accounts USING (account_id) WHERE identities.value = $1
"""
# Newest first; the page after the account that was last on the one before
LIST_ACCOUNTS = """
    SELECT * FROM accounts WHERE (created_at, account_id) < ($1, $2)
        AND state LIKE $3
        AND (LOWER(COALESCE(nickname, '')) LIKE $4 ESCAPE '!'
            OR COALESCE(email, '') LIKE $4 ESCAPE '!'
            OR LOWER(handle) LIKE $4 ESCAPE '!')
    ORDER BY created_at DESC, account_id DESC LIMIT $5
"""
IDENTITIES = """
    SELECT kind, realm, value, created_at, merged_from FROM identities WHERE account_id = $1
"""
MERGED_ACCOUNTS = "SELECT * FROM accounts WHERE merged_into = $1"
SESSIONS = """
    SELECT sid, auth_time, seen_at, ended_at, expires_at, appid, openid, unionid, acr, amr
    FROM sessions WHERE account_id = $1
"""
GRANTS = """
    SELECT grants.client_id, grants.scope, grants.created_at, grants.revoked_at, grants.sid
    FROM grants JOIN sessions USING (sid) WHERE sessions.account_id = $1
"""
CONSENTS = "SELECT client_id, scope, claims, at FROM consents WHERE account_id = $1"
AUDIT = """
    SELECT at, event, account_id, client_id, other_account_id, address, browser, reason, detail,
        audit_id
    FROM audit WHERE account_id IN ($1, $2) OR other_account_id = $1
"""

LAST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """An account in the eyes of the operator. Times in seconds; None where it is not known."""

    account: Account
    state: AccountState
    created_at: int
    state_at: int | None
    signed_in_at: int | None
    # The account_id of the survivor
    merged_into: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of a person: rows, by the names of their columns, oldest first.

    There is nothing in it by which a token could be used or a session taken over.
    """

    known: KnownAccount
    merged: tuple[KnownAccount, ...]
    identities: tuple[dict[str, Any], ...]
    sessions: tuple[dict[str, Any], ...]
    grants: tuple[dict[str, Any], ...]
    consents: tuple[dict[str, Any], ...]
    audit: tuple[dict[str, Any], ...]


def known_account_of(row: Row) -> KnownAccount:
    return KnownAccount(
        account=account_of(row),
        state=AccountState(row["state"]),
        created_at=row["created_at"],
        state_at=row["state_at"],
        signed_in_at=row["signed_in_at"],
        merged_into=row["merged_into"],
    )


def find_accounts(id_: str, retired_as: str) -> Steps[list[KnownAccount]]:
    rows = yield ACCOUNTS_BY_ID, (id_, retired_as)
    rows = [*rows, *(yield ACCOUNTS_BY_WECHAT_ID, (id_,))]
    found = {row["account_id"]: known_account_of(row) for row in rows}
    return list(found.values())


def list_accounts(
    *, after: str | None, state: AccountState | None, search: str, limit: int
) -> Steps[list[KnownAccount] | None]:
    created_at, account_id = LAST, ""
    if after is not None:
        rows = yield ACCOUNTS_BY_ID, (after, after)
        if not rows:
            return None
        created_at, account_id = rows[0]["created_at"], rows[0]["account_id"]
    escaped = search.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = yield (
        LIST_ACCOUNTS,
        (created_at, account_id, state or "%", f"%{escaped}%", limit),
    )
    return [known_account_of(row) for row in rows]


def dossier(account_id: str, retired_as: str | None) -> Steps[Dossier | None]:
    rows = yield ACCOUNTS_BY_ID, (account_id, account_id)
    if not rows:
        return None
    merged = yield MERGED_ACCOUNTS, (account_id,)
    before = newcomer_id(retired_as or rows[0]["subject"])
    return Dossier(
        known=known_account_of(rows[0]),
        merged=tuple(map(known_account_of, merged)),
        identities=(yield from _rows(IDENTITIES, account_id, by="created_at")),
        sessions=(yield from _rows(SESSIONS, account_id, by="auth_time")),
        grants=(yield from _rows(GRANTS, account_id, by="created_at")),
        consents=(yield from _rows(CONSENTS, account_id, by="at")),
        audit=(yield from _rows(AUDIT, account_id, before, by="at")),
    )


def _rows(query: str, *values: str, by: str) -> Steps[tuple[dict[str, Any], ...]]:
    rows = yield query, values
    return tuple(sorted(map(as_members, rows), key=lambda row: int(row[by])))
