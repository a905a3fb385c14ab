"""People, codes and tokens to put into a store, and ways to look at what is in it.

Everything has a default; ids are new each time, so that nothing collides unless a test wants it.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from itertools import count
from os import getpid
from typing import Any

import anyio

from bridge.oidc.access_token import AccessGrant, token_hash
from bridge.oidc.account import Account, Session
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.claims_request import ClaimsRequest
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.store import (
    AuditEvent,
    Engine,
    NewAccessToken,
    NewAccount,
    NewIssue,
    NewRefreshToken,
    Rotation,
    SignedIn,
    SignIn,
    Store,
    Visit,
)
from bridge.store.engine import Row, Steps, Value
from bridge.wechat.identity import WeChatIdentity

NOW = 1_700_000_000
MINUTE, HOUR, DAY = 60, 3_600, 86_400

# When the last refresh token of a sign-in ends
ENDS_AT = NOW + 90 * DAY

TABLES = (
    *("installation", "accounts", "identities", "sessions", "clients"),
    *(
        "codes",
        "grants",
        "tokens",
        "audit",
        "logged_in_clients",
        "post_logout_redirect_uris",
        "consents",
        "used_jtis",
        "pushed_requests",
        "received_pushes",
        "group_members",
    ),
)

GRANT_MEMBERS = ("grant_id", "client_id", "scope", "claims")

_numbers = count(1)


def new(kind: str) -> str:
    """A text that nothing else in this run has, nor in another process; the later sorts last."""
    return f"{kind}-{getpid()}-{next(_numbers):06}"


def client(client_id: str = "rp", **members: Any) -> Client:
    known: dict[str, Any] = {
        "client_name": "Zeus 宙斯",
        "redirect_uris": ("https://rp.example/cb",),
    }
    return Client(client_id=client_id, **known | members)


def person(openid: str = "o-zhang", unionid: str | None = "u-zhang", **more: Any) -> WeChatIdentity:
    """Somebody who came back from WeChat: ``appid`` and ``platform_account`` have defaults.

    The profile is told where there is any.
    """
    known: dict[str, Any] = {"appid": "wx-web", "platform_account": "main"}
    known["is_profile_told"] = not more.keys().isdisjoint({"nickname", "picture"})
    return WeChatIdentity(openid=openid, unionid=unionid, **known | more)


def grant_for(sid: str = "sid", **members: Any) -> Grant:
    known: dict[str, Any] = {
        "grant_id": new("grant"),
        "client_id": "rp",
        "scope": ("openid", "profile"),
        "claims": ClaimsRequest(("name",), ("email", "phone_number")),
    }
    return Grant(sid=sid, **known | members)


def code_for(sid: str = "sid", **members: Any) -> AuthorizationCode:
    """``members`` are the code's, or its grant's."""
    of_grant = {name: members.pop(name) for name in GRANT_MEMBERS if name in members}
    known: dict[str, Any] = {
        "redirect_uri": "https://rp.example/cb?kept=1&name=%E5%AE%99",
        "nonce": "the nonce",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "expires_at": NOW + MINUTE,
    }
    return AuthorizationCode(grant=grant_for(sid, **of_grant), **known | members)


def issue_of(code_hash: str, code: AuthorizationCode, *, at: int = NOW) -> NewIssue:
    return NewIssue(grant=code.grant, now=at, code=code, code_hash=code_hash)


async def add_code(store: Store, code_hash: str, code: AuthorizationCode, *, at: int = NOW) -> bool:
    """Answer from a session that exists."""
    return await store.issue(code.grant.sid, issue_of(code_hash, code, at=at))


@dataclass(frozen=True)
class Arrived:
    """What a sign-in was asked to leave behind, and what the store says that it did."""

    arrival: SignIn
    code_hash: str
    code: AuthorizationCode
    signed_in: SignedIn

    @property
    def session(self) -> Session:
        assert self.signed_in.session is not None
        return self.signed_in.session

    @property
    def account(self) -> Account:
        return self.session.account


async def sign_in(
    store: Store,
    identity: WeChatIdentity | None = None,
    *,
    at: int = NOW,
    code: dict[str, Any] | None = None,
    visit: Visit | None = None,
    answered: bool = True,
    **members: Any,
) -> Arrived:
    """Sign somebody in; ``code`` and ``members`` replace parts of the code and the arrival.

    Unless ``answered``, the client gets nothing yet.
    """
    sid = new("sid")
    known: dict[str, Any] = {
        "identity": identity or person(),
        "client_id": "rp",
        "if_new": new_account(),
        "sid": sid,
        "wechat_state": new("state"),
        "delivery_hash": new("delivery"),
        "auth_time": at,
        "amr": ("wechat", "qr"),
        "acr": "urn:example:acr",
        "browser_id": new("browser"),
        "cookie_hash": new("cookie"),
        "session_expires_at": at + DAY,
        "audit_id": new("audit"),
    }
    arrival = SignIn(**known | members)
    issued = code_for(sid, **{"expires_at": at + MINUTE} | (code or {}))
    code_hash = token_hash(new("code"))
    answer = replace(issue_of(code_hash, issued, at=at), visit=visit)
    signed_in = await store.sign_in(arrival, answer if answered else None)
    return Arrived(arrival, code_hash, issued, signed_in)


def new_account(**members: str) -> NewAccount:
    known = {"account_id": new("account"), "subject": new("subject"), "handle": new("handle")}
    known |= members
    return NewAccount(**{"retired_as": retired(known["subject"])} | known)


async def known_account(store: Store, identity: WeChatIdentity) -> Account | None:
    """Whom this person would be signed in to; nobody is asked about a subject."""
    account, _ = await store.find_account(identity, None)
    return account


def retired(subject: str) -> str:
    """What the store keeps of a subject that is spent; any text that does not say which it was."""
    return f"erased:{token_hash(subject)}"


async def spend(
    store: Store, code_hash: str, *, at: int = NOW, lifetime: int = HOUR, token: str | None = None
) -> str | None:
    """Find and spend a code as the token endpoint does; return the token's hash if it was won."""
    stored = await store.find_code(code_hash)
    assert stored is not None
    token = token or token_hash(new("token"))
    spent_for = NewAccessToken(token_hash=token, now=at, expires_at=at + lifetime)
    return token if await store.spend_code(code_hash, stored, spent_for) else None


async def signed_in_token(store: Store, *, at: int = NOW, **kept: Any) -> tuple[Arrived, str]:
    """A sign-in whose code is spent: what it left, and its access token's hash."""
    arrived = await sign_in(store, at=at, **kept)
    token = await spend(store, arrived.code_hash, at=at)
    assert token is not None
    return arrived, token


def access(at: int = NOW, **members: tuple[str, ...]) -> NewAccessToken:
    return NewAccessToken(token_hash=new("token"), now=at, expires_at=at + HOUR, **members)


def refresh(at: int = NOW, token_hash: str | None = None) -> NewRefreshToken:
    return NewRefreshToken(
        token_hash=token_hash or new("refresh"),
        now=at,
        expires_at=at + 30 * DAY,
        ends_at=ENDS_AT,
    )


async def offline(store: Store) -> tuple[Arrived, str]:
    """A sign-in whose code gave a refresh token: what it left, and that token's hash."""
    arrived = await sign_in(store)
    stored = await store.find_code(arrived.code_hash)
    assert stored is not None
    given = refresh()
    assert await store.spend_code(arrived.code_hash, stored, access(), given)
    return arrived, given.token_hash


async def rotate(
    store: Store, token_hash: str, *, at: int = NOW, to: str | None = None
) -> str | None:
    """Rotate; return the successor's hash if it was won."""
    successor = refresh(at, to)
    access_token = NewAccessToken(
        token_hash=f"for {successor.token_hash}", now=at, expires_at=at + HOUR
    )
    rotation = Rotation(successor, f"sealed {successor.token_hash}")
    won = await store.rotate_refresh_token(token_hash, rotation, access_token)
    return successor.token_hash if won else None


async def grant_of(store: Store, token: str, *, at: int = NOW) -> AccessGrant | None:
    return await store.find_access_grant(token, now=at)


async def together(times: int, verb: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the verb in so many tasks at once."""
    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(verb)


def steps(*statements: str, values: Sequence[Value] = ()) -> Steps[list[Row]]:
    """A verb of the test's own: each statement with the same values; the rows of the last."""
    rows: list[Row] = []
    for statement in statements:
        rows = yield statement, values
    return rows


async def look(engine: Engine, query: str, *values: Value) -> list[tuple[Any, ...]]:
    """The rows of a query, as tuples."""
    rows = await engine.read(lambda: steps(query, values=values))
    return [tuple(row[name] for name in row.keys()) for row in rows]  # noqa: SIM118 - sqlite3.Row


async def sizes(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    counted: dict[str, int] = {}
    for table in TABLES:
        [(rows,)] = await look(engine, f"SELECT count(*) AS rows FROM {table}")  # noqa: S608
        counted[table] = rows
    return counted


async def audited(engine: Engine) -> list[tuple[Any, ...]]:
    """(event, account_id, client_id) of the audit trail but for sign-ins, oldest first."""
    query = "SELECT event, account_id, client_id FROM audit WHERE event <> $1 ORDER BY at"
    return await look(engine, query, AuditEvent.SIGN_IN_COMPLETED)
