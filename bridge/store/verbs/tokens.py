"""Codes, tokens, and the grants to which they belong."""

from bridge.oidc.access_token import AccessGrant
from bridge.oidc.refresh_token import RefreshToken
from bridge.store import grants, refresh_tokens
from bridge.store.audit_entry import NOT_SEEN, AuditEntry, Visitor
from bridge.store.values import NewAccessToken, NewRefreshToken, Rotation, StoredCode
from bridge.store.verbs.engine_held import EngineHeld


class TokenVerbs(EngineHeld):
    async def find_code(self, code_hash: str) -> StoredCode | None:
        """Return the code with its client, also when it is expired or redeemed, or None."""
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
        """Return it with its client, also when expired or rotated; None once all has ended."""
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

    async def revoke_reused(
        self, token: RefreshToken, *, audit_id: str, now: int, visitor: Visitor = NOT_SEEN
    ) -> bool:
        """Revoke all that the grant gave, and note why; False if it was revoked before."""
        return await self._engine.write(
            lambda: refresh_tokens.revoke_reused(token, audit_id, now, visitor)
        )

    async def revoke_grant(
        self, grant_id: str, *, now: int, entry: AuditEntry | None = None
    ) -> None:
        """Revoke all that the grant gave; ``entry`` says why."""
        await self._engine.write(lambda: grants.revoke_grant(grant_id, now, entry))

    async def revoke_token(self, token_hash: str, *, client_id: str, now: int) -> None:
        """Revoke an access token, or a refresh token with all of its grant, of this client."""
        await self._engine.write(lambda: grants.revoke_token(token_hash, client_id, now))

    async def find_access_grant(self, token_hash: str, *, now: int) -> AccessGrant | None:
        """Return what the bearer of a live access token may know, or None."""
        return await self._engine.read(lambda: grants.find_access_grant(token_hash, now))
