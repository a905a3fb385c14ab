"""What must outlive a request.

One verb, one transaction; an atomic act's result is its proof. The verbs are written once, as
statements that every engine understands; an ``Engine`` runs them.
"""

from collections.abc import Callable
from typing import Literal

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.account import Account, Session
from bridge.oidc.client import Client
from bridge.oidc.consent import Permission
from bridge.oidc.refresh_token import RefreshToken
from bridge.oidc.standard_claims import Claims
from bridge.store import (
    accounts,
    clients,
    consents,
    endings,
    grants,
    matching,
    merging,
    people,
    pushed_requests,
    pushes,
    refresh_tokens,
    sessions,
    sign_ins,
    used_jtis,
)
from bridge.store.accounts import TakenEmail
from bridge.store.audit_events import AuditEvent
from bridge.store.engine import Engine, UnusableDatabase
from bridge.store.migrating import migrate
from bridge.store.people import Dossier, KnownAccount
from bridge.store.pushes import Push, PushTaken
from bridge.store.values import (
    AccountState,
    AlreadyAnswered,
    Ended,
    LoggedIn,
    NewAccessToken,
    NewAccount,
    NewIssue,
    NewRefreshToken,
    PushedRequest,
    Rotation,
    SessionLimits,
    SignedIn,
    SignIn,
    StoredCode,
    Unmergeable,
    Visit,
)
from bridge.wechat.identity import WeChatIdentity

__all__ = [
    "REMEMBERED",
    "AccountState",
    "AlreadyAnswered",
    "AuditEvent",
    "Dossier",
    "Ended",
    "Engine",
    "KnownAccount",
    "LoggedIn",
    "NewAccessToken",
    "NewAccount",
    "NewIssue",
    "NewRefreshToken",
    "Push",
    "PushTaken",
    "PushedRequest",
    "Rotation",
    "SessionLimits",
    "SignIn",
    "SignedIn",
    "Store",
    "StoredCode",
    "TakenEmail",
    "Unmergeable",
    "UnusableDatabase",
    "Visit",
    "WeChatMark",
]

# Redeemed codes are remembered as long as a token that they gave could live (the longest access
# token that the settings allow, or the grant's refresh tokens), so that a replay is known for what
# it is.
REMEMBERED = 86_400

# Pushed requests are remembered as long as a sign-in that began with one may take.
UNDER_WAY = 3_600

WeChatMark = Literal["real", "simulated"]


class Store:
    """All that the bridge remembers, over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def migrate(self) -> int:
        """Bring the schema to the newest version, once, whoever else starts; return it."""
        return await self._engine.write(migrate)

    async def close(self) -> None:
        await self._engine.close()

    async def client(self, client_id: str) -> Client | None:
        """Return the registered client, or None."""
        return await self._engine.read(lambda: clients.find_client(client_id))

    async def clients(self) -> list[Client]:
        return await self._engine.read(clients.list_clients)

    async def clients_returned_to(self, post_logout_redirect_uri: str) -> list[Client]:
        """Return the clients that registered this address, two of them at most."""
        return await self._engine.read(
            lambda: clients.clients_returned_to(post_logout_redirect_uri)
        )

    async def add_client(self, client: Client, *, now: int) -> bool:
        """Register a client; False if its client_id is taken."""
        return await self._engine.write(lambda: clients.add_client(client, now))

    async def change_client(
        self, client_id: str, change: Callable[[Client], Client]
    ) -> Client | None:
        """Register what ``change`` makes of what is registered; None if nothing is.

        No other change comes between; where ``change`` raises, nothing is changed. What the client
        was given ends if it is now told another ``sub`` of the same person.
        """
        return await self._engine.write(lambda: clients.change_client(client_id, change))

    async def change_registration(
        self, client_id: str, change: Callable[[Client], Client]
    ) -> Client | None:
        """Do the same for a client that changes itself.

        Who has consented to it is asked again if it is no longer what they were shown.
        """
        return await self._engine.write(lambda: clients.change_registration(client_id, change))

    async def remove_client(
        self, client_id: str, *, check: Callable[[Client], None] | None = None
    ) -> bool:
        """Forget the client with all that it was given; False if it is unknown.

        ``check`` judges what is registered then; where it raises, nothing is removed.
        """
        return await self._engine.write(lambda: clients.remove_client(client_id, check))

    async def decide(self, name: str, value: str) -> str:
        """Decide something for ever: return the value of whoever was first."""
        return await self._engine.write(lambda: clients.decide(name, value))

    async def decide_again(self, name: str, *, former: str, value: str) -> bool:
        """Replace what was decided; False if it is no longer ``former``."""
        return await self._engine.write(lambda: clients.decide_again(name, former, value))

    async def mark_wechat(self, wanted: WeChatMark, *, override: bool = False) -> str:
        """Mark whose people the accounts are, WeChat's or a simulation's; return what they are.

        The mark changes freely while there is no account, later only by ``override``.
        """
        return await self._engine.write(
            lambda: clients.mark_wechat(wanted=wanted, override=override)
        )

    async def wechat_mark(self) -> str | None:
        """Return whose people the accounts are, as ``mark_wechat``; None while there is none."""
        return await self._engine.read(clients.wechat_mark)

    async def find_account(self, identity: WeChatIdentity) -> Account | None:
        """Return the account that this person would be signed in to.

        None if they are new, or if their unionid leads to a stranger's account.
        """
        return await self._engine.read(lambda: matching.find_account(identity))

    async def is_retired(self, retired_as: str) -> bool:
        """Whether the subject that is ``retired_as`` this was an account's that is erased."""
        return await self._engine.read(lambda: matching.is_retired(retired_as))

    async def find_accounts(self, id_: str, *, retired_as: str) -> list[KnownAccount]:
        """Return whom this names: account_id, subject, handle, openid or unionid.

        WeChat's ids mean something within an application or a platform account only, so there may
        be several.
        """
        return await self._engine.read(lambda: people.find_accounts(id_, retired_as))

    async def list_accounts(
        self, *, after: str | None, state: AccountState | None, search: str, limit: int
    ) -> list[KnownAccount] | None:
        """Return ``limit`` accounts, newest first, that follow the one with this account_id.

        ``search`` is part of a nickname, a handle or an e-mail address. None: nobody is ``after``.
        """
        return await self._engine.read(
            lambda: people.list_accounts(after=after, state=state, search=search, limit=limit)
        )

    async def dossier(self, account_id: str) -> Dossier | None:
        """Return all that is known of a person, or None."""
        return await self._engine.read(lambda: people.dossier(account_id))

    async def end_all(self, account_id: str, *, now: int) -> Ended:
        """End all sessions of a person, and revoke all that these gave."""
        return await self._engine.write(lambda: endings.end_all(account_id, now))

    async def disable_account(self, account_id: str, *, audit_id: str, now: int) -> Ended | None:
        """Keep a person out, and end all that they have; None unless the account is active."""
        return await self._engine.write(lambda: endings.disable(account_id, audit_id, now))

    async def enable_account(self, account_id: str, *, audit_id: str, now: int) -> bool:
        """Let a person in again; False unless they were kept out."""
        return await self._engine.write(lambda: endings.enable(account_id, audit_id, now))

    async def merge_accounts(self, from_id: str, into_id: str, *, audit_id: str, now: int) -> Ended:
        """Give the second account the WeChat ids of the first, which ends with all that it has.

        Raises Unmergeable, and then nothing was changed.
        """
        return await self._engine.write(lambda: merging.merge(from_id, into_id, audit_id, now))

    async def erase_account(
        self, account_id: str, *, retired_as: Callable[[str], str], audit_id: str, now: int
    ) -> Ended | None:
        """Forget a person, and whoever was merged into them; None if there is nobody to forget.

        ``retired_as`` says what is kept of a subject, so that it is given to nobody again.
        """
        return await self._engine.write(
            lambda: merging.erase(account_id, retired_as, audit_id, now)
        )

    async def change_claims(
        self, subject: str, change: Callable[[Claims], Claims], *, now: int
    ) -> Account | None:
        """Write down of a person what ``change`` makes of what is written; None if unknown.

        Raises TakenEmail where somebody else has the address, in whatever case.
        """
        return await self._engine.write(lambda: accounts.change_claims(subject, change, now))

    async def find_delivery(self, delivery_hash: str) -> Session | None:
        """Return the session that this delivery of WeChat's code has already made, or None."""
        return await self._engine.read(lambda: sign_ins.find_delivery(delivery_hash))

    async def is_answered(self, wechat_state: str) -> bool:
        """Whether somebody has signed in for this pending request already."""
        return await self._engine.read(lambda: sign_ins.is_answered(wechat_state))

    async def find_sign_in(self, wechat_state: str) -> Session | None:
        """Return the session that was made for this pending request, unless it has ended."""
        return await self._engine.read(lambda: sign_ins.find_sign_in(wechat_state))

    async def sign_in(self, arrival: SignIn, new: NewIssue | None) -> SignedIn:
        """Match the person to an account, make the session and the answer. All, or nothing.

        ``new`` is None where the person has to be asked before there is an answer. Where nobody
        may be signed in, only the audit trail knows of it. Raises AlreadyAnswered where the request
        was pushed, and was answered to another visit.
        """
        return await self._engine.write(lambda: sign_ins.sign_in(arrival, new))

    async def find_session(self, cookie_hash: str, limits: SessionLimits) -> Session | None:
        """Return the live session of the browser that holds this cookie, or None."""
        return await self._engine.read(lambda: sessions.find_session(cookie_hash, limits))

    async def issue(self, sid: str, new: NewIssue, consented: Permission | None = None) -> bool:
        """Answer a request from a session that exists; False if it has ended meanwhile.

        ``consented`` is remembered with it, and added to what the person consented to before.
        Raises AlreadyAnswered as ``sign_in`` does.
        """
        return await self._engine.write(lambda: sessions.issue(sid, new, consented))

    async def find_consent(self, account_id: str, client_id: str) -> Permission | None:
        """Return what this person has consented to for this client, or None."""
        return await self._engine.read(lambda: consents.find_consent(account_id, client_id))

    async def give_cookie(self, sid: str, cookie_hash: str) -> None:
        """Make this the cookie of a session, in place of the one that it had."""
        await self._engine.write(lambda: sessions.give_cookie(sid, cookie_hash))

    async def is_same_browser(self, sid: str, other_sid: str) -> bool:
        """Whether these two sign-ins were made in one browser."""
        return await self._engine.read(lambda: sessions.is_same_browser(sid, other_sid))

    async def end_session(self, sid: str, *, now: int) -> list[LoggedIn] | None:
        """End the sessions of this session's browser, and revoke all that they gave.

        Return which clients are to be told of which of them; None if it had ended before.
        """
        return await self._engine.write(lambda: sessions.end_session(sid, now))

    async def add_pushed_request(self, reference_hash: str, pushed: PushedRequest) -> None:
        """Keep what a client has pushed."""
        await self._engine.write(lambda: pushed_requests.add_pushed_request(reference_hash, pushed))

    async def find_pushed_request(
        self, reference_hash: str, *, client_id: str, now: int
    ) -> PushedRequest | None:
        """Return what this client has pushed, while it waits for its answer, or None."""
        return await self._engine.read(
            lambda: pushed_requests.find_pushed_request(reference_hash, client_id, now)
        )

    async def answer_pushed_request(self, visit: Visit) -> bool:
        """Count an answer that leaves nothing else behind; False if another visit had its own."""
        return await self._engine.write(lambda: pushed_requests.answer_pushed_request(visit))

    async def find_code(self, code_hash: str) -> StoredCode | None:
        """Return the code, also when it is expired or redeemed, or None."""
        return await self._engine.read(lambda: grants.find_code(code_hash))

    async def spend_code(
        self,
        code_hash: str,
        stored: StoredCode,
        access_token: NewAccessToken,
        refresh_token: NewRefreshToken | None = None,
    ) -> bool:
        """Spend the code for these tokens: True once, False ever after. Atomic."""
        return await self._engine.write(
            lambda: grants.spend_code(code_hash, stored, access_token, refresh_token)
        )

    async def find_refresh_token(self, token_hash: str) -> RefreshToken | None:
        """Return the refresh token, also when it is expired or rotated; None once all has ended."""
        return await self._engine.read(lambda: refresh_tokens.find_refresh_token(token_hash))

    async def use_refresh_token(
        self, token_hash: str, seen: RefreshToken, *, expires_at: int, access_token: NewAccessToken
    ) -> bool:
        """Add an access token to the grant; the refresh token now expires later.

        False if it was rotated since it was ``seen``, or if its grant has ended.
        """
        return await self._engine.write(
            lambda: refresh_tokens.use(token_hash, seen, expires_at, access_token)
        )

    async def rotate_refresh_token(
        self, token_hash: str, rotation: Rotation, access_token: NewAccessToken
    ) -> bool:
        """Give the refresh token its successor: True once, False ever after. Atomic.

        An access token is added with it. False also if the grant has ended.
        """
        return await self._engine.write(
            lambda: refresh_tokens.rotate(token_hash, rotation, access_token)
        )

    async def revoke_reused(self, token: RefreshToken, *, audit_id: str, now: int) -> bool:
        """Revoke all that the grant gave, and note why; False if it was revoked before."""
        return await self._engine.write(lambda: refresh_tokens.revoke_reused(token, audit_id, now))

    async def revoke_grant(self, grant_id: str, *, now: int) -> None:
        """Revoke all that the grant gave."""
        await self._engine.write(lambda: grants.revoke_grant(grant_id, now))

    async def revoke_token(self, token_hash: str, *, client_id: str, now: int) -> None:
        """Revoke an access token, or a refresh token with all of its grant, of this client."""
        await self._engine.write(lambda: grants.revoke_token(token_hash, client_id, now))

    async def find_access_grant(self, token_hash: str, *, now: int) -> AccessGrant | None:
        """Return what the bearer of a live access token may know, or None."""
        return await self._engine.read(lambda: grants.find_access_grant(token_hash, now))

    async def use_jti(self, client_id: str, jti_hash: str, *, expires_at: int) -> bool:
        """Use up what a client has signed: True once, False ever after. Atomic.

        It is remembered until ``expires_at``, when it is good no longer anyway.
        """
        return await self._engine.write(lambda: used_jtis.use_jti(client_id, jti_hash, expires_at))

    async def take_push(self, push: Push) -> PushTaken | None:
        """Do what follows from what WeChat pushed; None if it was taken before. Atomic."""
        return await self._engine.write(lambda: pushes.take_push(push))

    async def forget_expired(self, *, now: int) -> None:
        """Remove what nobody can use any more."""
        await self._engine.write(lambda: grants.forget_expired(now - REMEMBERED))
        await self._engine.write(lambda: pushed_requests.forget_pushed_requests(now - UNDER_WAY))
        await self._engine.write(lambda: used_jtis.forget_jtis(now))
        await self._engine.write(lambda: pushes.forget_pushes(now))
