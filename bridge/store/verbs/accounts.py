"""People: who they are, and what operators and WeChat do about them."""

from collections.abc import Callable

from bridge.oidc.account import Account
from bridge.oidc.consent import Permission
from bridge.oidc.standard_claims import Claims
from bridge.store import accounts, consents, endings, matching, merging, people, pushes
from bridge.store.people import Dossier, KnownAccount
from bridge.store.pushes import Push, PushTaken
from bridge.store.values import AccountState, Ended
from bridge.store.verbs.engine_held import EngineHeld
from bridge.wechat.identity import WeChatIdentity


class AccountVerbs(EngineHeld):
    async def find_account(
        self, identity: WeChatIdentity, retired_as: str | None
    ) -> tuple[Account | None, bool]:
        """Return the account that this person would be signed in to.

        None if they are new, or if their unionid leads to a stranger's account. Beside it, whether
        the subject that is ``retired_as`` this was an account's that is erased.
        """
        return await self._engine.read(lambda: matching.find_account(identity, retired_as))

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

    async def dossier(self, account_id: str, *, retired_as: str | None = None) -> Dossier | None:
        """Return all that is known of a person, or None.

        With ``retired_as`` also what the audit trail knows from before they had an account.
        """
        return await self._engine.read(lambda: people.dossier(account_id, retired_as))

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
        self,
        subject: str,
        change: Callable[[Claims], Claims],
        *,
        now: int,
        audit_id: str | None = None,
    ) -> Account | None:
        """Write down of a person what ``change`` makes of what is written; None if unknown.

        Raises TakenEmail where somebody else has the address, in whatever case.
        """
        return await self._engine.write(
            lambda: accounts.change_claims(subject, change, now, audit_id)
        )

    async def take_push(self, push: Push) -> PushTaken | None:
        """Do what follows from what WeChat pushed; None if it was taken before. Atomic."""
        return await self._engine.write(lambda: pushes.take_push(push))

    async def find_consent(self, account_id: str, client_id: str) -> Permission | None:
        """Return what this person has consented to for this client, or None."""
        return await self._engine.read(lambda: consents.find_consent(account_id, client_id))
