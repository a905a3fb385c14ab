"""Sign-ins and sessions, and the answers that are given from them."""

from collections.abc import Callable

from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.consent import Permission
from bridge.store import groups, sessions, sign_ins
from bridge.store.audit_entry import AuditEntry
from bridge.store.values import Delivered, LoggedIn, NewIssue, SessionLimits, SignedIn, SignIn
from bridge.store.verbs.engine_held import EngineHeld


class SignInVerbs(EngineHeld):
    async def find_delivery(self, delivery_hash: str) -> Session | None:
        """Return the session that this delivery of WeChat's code has already made, or None."""
        return await self._engine.read(lambda: sign_ins.find_delivery(delivery_hash))

    async def delivered(
        self, wechat_state: str, delivery_hash: str, client_id: str | None = None
    ) -> Delivered:
        """Return what this delivery of WeChat's code finds, and who is registered as the client."""
        return await self._engine.read(
            lambda: sign_ins.delivered(wechat_state, delivery_hash, client_id)
        )

    async def find_sign_in(self, wechat_state: str) -> Session | None:
        """Return the session that was made for this pending request, unless it has ended."""
        return await self._engine.read(lambda: sign_ins.find_sign_in(wechat_state))

    async def sign_in(
        self,
        arrival: SignIn,
        new: NewIssue | None,
        *,
        is_as_judged: Callable[[Client | None], bool] = lambda _: True,
    ) -> SignedIn:
        """Match the person to an account, make the session and the answer. All, or nothing.

        ``new`` is None where the person has to be asked before there is an answer. Where nobody
        may be signed in, only the audit trail knows of it. ``is_as_judged`` looks at the client as
        it is registered then: nothing is done, and ClientChanged raised, where it says no. Raises
        AlreadyAnswered where the request was pushed, and was answered to another visit.
        """
        return await self._engine.write(
            lambda: sign_ins.sign_in(arrival, new, is_as_judged), lock=groups.WHILE_SOMEBODY_COMES
        )

    async def find_session(self, cookie_hash: str, limits: SessionLimits) -> Session | None:
        """Return the live session of the browser that holds this cookie, or None."""
        return await self._engine.read(lambda: sessions.find_session(cookie_hash, limits))

    async def issue(
        self,
        sid: str,
        new: NewIssue,
        consented: Permission | None = None,
        *,
        entry: AuditEntry | None = None,
    ) -> bool:
        """Answer a request from a session that exists; False if it has ended meanwhile.

        ``consented`` is remembered with it, and added to what the person consented to before;
        ``entry`` is what the audit trail keeps of it. Raises AlreadyAnswered as ``sign_in`` does.
        """
        return await self._engine.write(lambda: sessions.issue(sid, new, consented, entry))

    async def give_cookie(self, sid: str, cookie_hash: str) -> None:
        """Make this the cookie of a session, in place of the one that it had."""
        await self._engine.write(lambda: sessions.give_cookie(sid, cookie_hash))

    async def is_same_browser(self, sid: str, other_sid: str) -> bool:
        """Whether these two sign-ins were made in one browser."""
        return await self._engine.read(lambda: sessions.is_same_browser(sid, other_sid))

    async def end_session(
        self, sid: str, *, now: int, entry: AuditEntry | None = None
    ) -> list[LoggedIn] | None:
        """End the sessions of this session's browser, and revoke all that they gave.

        Return which clients are to be told of which of them; None if it had ended before.
        """
        return await self._engine.write(lambda: sessions.end_session(sid, now, entry))
