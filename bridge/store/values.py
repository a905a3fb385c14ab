"""What is handed to the store and what it hands back, where no specification names it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from bridge.oidc.account import Session
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.store.audit_entry import NOT_SEEN, Visitor
from bridge.store.audit_events import AuditEvent
from bridge.wechat.identity import WeChatIdentity

WeChatMark = Literal["real", "simulated"]


class AccountState(StrEnum):
    """What an account is: a person's that may sign in or may not, or nobody's any more."""

    ACTIVE = "active"
    DISABLED = "disabled"
    # … whose WeChat ids are another account's now
    MERGED = "merged"
    ERASED = "erased"


class Unmergeable(Exception):
    """Two accounts that cannot become one; the message says why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What a person is given if they turn out to be new. All of it is pinned.

    ``retired_as`` is what stands in the subject's place once whoever had it was erased.
    """

    account_id: str
    subject: str
    handle: str
    retired_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A person who came back from WeChat.

    ``wechat_state`` names the pending request, which one person answers. ``delivery_hash`` names
    this delivery of WeChat's code to it: a second delivery of the same finds the session of the
    first.
    """

    identity: WeChatIdentity
    client_id: str
    if_new: NewAccount
    sid: str
    wechat_state: str
    delivery_hash: str
    auth_time: int
    amr: tuple[str, ...]
    acr: str
    session_expires_at: int
    audit_id: str
    # What the sessions of one browser have in common; told to nobody
    browser_id: str
    # SHA-256 of the secret in the browser's cookie; None where there is no single sign-on
    cookie_hash: str | None = None
    # … and of the one that the browser brought: it is known from then, so its ``browser_id`` stays
    former_cookie_hash: str | None = None
    visitor: Visitor = NOT_SEEN


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``session`` is None where nobody was signed in; ``audit_event`` says what was noted.

    ``is_disabled``: the operator keeps this person out. With none of the three, the pending request
    was answered before, with another of WeChat's codes.
    """

    session: Session | None
    audit_event: AuditEvent | None = None
    is_disabled: bool = False
    # Whom the event is about: the account that was noted, and with a conflict the unionid's
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What is known where WeChat's code is delivered.

    The session that this delivery has; whether its request was answered at all, which may have been
    with another of WeChat's codes, or by a session that has ended; and the client that asks.
    """

    session: Session | None
    is_answered: bool
    client: Client | None


class ClientChanged(Exception):
    """The client that asks is not as it was judged any more; nothing was changed."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A client that was told of a sign-in, and is to be told that it has ended."""

    client: Client
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many sign-ins and grants of a person ended, and which clients are to be told."""

    sessions: int
    grants: int
    logged_in: tuple[LoggedIn, ...]


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code as found by its hash, with the sign-in that it stands for, and who may redeem it."""

    code: AuthorizationCode
    session: Session
    is_redeemed: bool
    client: Client | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccessToken:
    """An access token about to be stored. Seconds. What is None is the grant's."""

    token_hash: str
    now: int
    expires_at: int
    scope: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefreshToken:
    """A refresh token about to be stored. Seconds; see ``RefreshToken``."""

    token_hash: str
    now: int
    expires_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What takes a refresh token's place; ``sealed`` is its text, for the bearer of the former."""

    successor: NewRefreshToken
    sealed: str


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """What a client has pushed (RFC 9126). ``expires_at`` is in seconds."""

    client_id: str
    parameters: Mapping[str, str]
    expires_at: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that a browser came with the reference of a pushed request."""

    reference_hash: str
    visit_id: str


class AlreadyAnswered(Exception):
    """The pushed request was answered to another visit; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """What answers a request: a grant, and the code and the tokens that go with it.

    ``visit`` is that of the pushed request that is answered, if it was pushed.
    """

    grant: Grant
    now: int
    visit: Visit | None = None
    code: AuthorizationCode | None = None
    code_hash: str | None = None
    access_token: NewAccessToken | None = None
    refresh_token: NewRefreshToken | None = None

    def on_session(self, sid: str) -> "NewIssue":
        """The same, standing on another session."""
        grant = replace(self.grant, sid=sid)
        return replace(self, grant=grant, code=self.code and replace(self.code, grant=grant))


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """The earliest moments, in seconds, after which a session was begun and was last used."""

    begun_after: int
    seen_after: int
