"""Refresh tokens: RFC 6749 §6, RFC 9700 §4.14.2."""

from dataclasses import replace

import pytest

from bridge.oidc.refresh_token import RefreshToken, Rotated
from bridge.store import REMEMBERED, Engine, NewIssue, Rotation, Store
from tests.store.examples import (
    DAY,
    ENDS_AT,
    HOUR,
    NOW,
    access,
    audited,
    client,
    grant_for,
    grant_of,
    look,
    offline,
    refresh,
    rotate,
    sign_in,
    signed_in_token,
    sizes,
    together,
)


async def found(store: Store, token_hash: str) -> RefreshToken:
    token = await store.find_refresh_token(token_hash)
    assert token is not None
    return token


async def access_tokens(engine: Engine) -> int:
    [(rows,)] = await look(engine, "SELECT count(*) AS rows FROM tokens WHERE kind = 'access'")
    counted: int = rows
    return counted


class RefreshTokensConformance:
    violation: type[Exception]

    async def test_a_refresh_token_is_found_as_it_was_issued(self, store: Store) -> None:
        arrived, token = await offline(store)
        assert await found(store, token) == RefreshToken(
            grant=arrived.code.grant,
            session=arrived.session,
            issued_at=NOW,
            expires_at=NOW + 30 * DAY,
            ends_at=ENDS_AT,
        )

    async def test_a_session_may_be_answered_with_tokens_at_once(self, store: Store) -> None:
        """RFC 8693 §2.2.1: without a code in between."""
        arrived = await sign_in(store, answered=False)
        grant = grant_for(arrived.session.sid)
        given, refreshed = access(), refresh()
        new = NewIssue(grant=grant, now=NOW, access_token=given, refresh_token=refreshed)
        assert await store.issue(arrived.session.sid, new)
        assert (await found(store, refreshed.token_hash)).grant == grant
        granted = await grant_of(store, given.token_hash)
        assert granted is not None
        assert granted.grant == grant
        await store.revoke_token(refreshed.token_hash, client_id="rp", now=NOW)
        assert await grant_of(store, given.token_hash) is None

    async def test_a_refresh_token_is_found_with_its_client(self, store: Store) -> None:
        _, refresh_token = await offline(store)
        unregistered = await found(store, refresh_token)
        assert unregistered.client is None
        await store.add_client(client("rp"), now=NOW)
        assert await found(store, refresh_token) == replace(unregistered, client=client("rp"))

    async def test_neither_kind_of_token_is_found_as_the_other(self, store: Store) -> None:
        _, access_token = await signed_in_token(store)
        _, refresh_token = await offline(store)
        assert await store.find_refresh_token(access_token) is None
        assert await grant_of(store, refresh_token) is None
        assert await store.find_refresh_token("unknown") is None

    async def test_a_use_adds_an_access_token_and_prolongs_the_refresh_token(
        self, store: Store
    ) -> None:
        arrived, token = await offline(store)
        given = access(NOW + DAY, scope=("openid",))
        seen = await found(store, token)
        assert await store.use_refresh_token(
            token, seen, expires_at=NOW + 31 * DAY, access_token=given
        )
        assert await found(store, token) == replace(seen, expires_at=NOW + 31 * DAY)
        granted = await grant_of(store, given.token_hash, at=NOW + DAY)
        assert granted is not None
        assert granted.grant == replace(arrived.code.grant, scope=("openid",))

    async def test_a_rotation_gives_a_successor_and_keeps_the_former_as_long_as_it_may_live(
        self, store: Store
    ) -> None:
        arrived, token = await offline(store)
        successor = await rotate(store, token, at=NOW + DAY)
        assert successor is not None
        former = await found(store, token)
        assert former.rotated == Rotated(NOW + DAY, f"sealed {successor}")
        assert former.expires_at == ENDS_AT
        newest = await found(store, successor)
        assert newest.rotated is None
        assert (newest.grant, newest.session) == (arrived.code.grant, arrived.session)
        assert (newest.issued_at, newest.ends_at) == (NOW + DAY, ENDS_AT)

    async def test_of_many_that_rotate_one_token_together_one_succeeds(
        self, store: Store, engine: Engine
    ) -> None:
        _, token = await offline(store)
        won: list[str] = []

        async def attempt() -> None:
            successor = await rotate(store, token)
            if successor is not None:
                won.append(successor)

        await together(50, attempt)
        assert len(won) == 1
        kinds = await look(engine, "SELECT token_hash FROM tokens WHERE kind = 'refresh'")
        assert sorted(kinds) == sorted([(token,), (won[0],)])
        assert await access_tokens(engine) == 2

    async def test_who_has_seen_a_token_before_it_was_rotated_does_not_use_it(
        self, store: Store, engine: Engine
    ) -> None:
        _, token = await offline(store)
        seen = await found(store, token)
        assert await rotate(store, token) is not None
        before = await access_tokens(engine)
        assert not await store.use_refresh_token(token, seen, expires_at=1, access_token=access())
        assert await access_tokens(engine) == before
        rotated = await found(store, token)
        assert await store.use_refresh_token(
            token, rotated, expires_at=rotated.expires_at, access_token=access()
        )
        assert await found(store, token) == rotated

    async def test_a_rotation_whose_successor_cannot_be_stored_is_none(self, store: Store) -> None:
        _, token = await offline(store)
        _, taken = await offline(store)
        rotation = Rotation(replace(refresh(), token_hash=taken), "sealed")
        with pytest.raises(self.violation):
            await store.rotate_refresh_token(token, rotation, access())
        assert (await found(store, token)).rotated is None

    @pytest.mark.parametrize("end", ["revoke_grant", "end_session", "revoke_token", "remove"])
    async def test_nothing_is_found_used_or_rotated_once_all_has_ended(
        self, store: Store, end: str
    ) -> None:
        await store.add_client(client(), now=NOW)
        arrived, token = await offline(store)
        bystander = (await offline(store))[1] if end != "remove" else None
        seen = await found(store, token)
        if end == "revoke_grant":
            await store.revoke_grant(seen.grant.grant_id, now=NOW)
        elif end == "end_session":
            await store.end_session(arrived.session.sid, now=NOW)
        elif end == "revoke_token":
            await store.revoke_token(token, client_id="rp", now=NOW)
        else:
            await store.remove_client("rp")
        assert await store.find_refresh_token(token) is None
        assert not await store.use_refresh_token(token, seen, expires_at=1, access_token=access())
        assert await rotate(store, token) is None
        if bystander is not None:
            await found(store, bystander)

    async def test_with_a_refresh_token_goes_all_that_its_grant_gave(self, store: Store) -> None:
        """RFC 7009 §2.1; and with an access token nothing else."""
        _, token = await offline(store)
        given = [access() for _ in range(2)]
        seen = await found(store, token)
        for one in given:
            assert await store.use_refresh_token(
                token, seen, expires_at=seen.expires_at, access_token=one
            )
        await store.revoke_token(given[0].token_hash, client_id="rp", now=NOW)
        assert await grant_of(store, given[0].token_hash) is None
        assert await grant_of(store, given[1].token_hash) is not None
        await store.revoke_token(token, client_id="other", now=NOW)
        await found(store, token)
        await store.revoke_token(token, client_id="rp", now=NOW)
        assert await grant_of(store, given[1].token_hash) is None

    async def test_a_reuse_revokes_the_grant_and_is_noted_once(
        self, store: Store, engine: Engine
    ) -> None:
        arrived, token = await offline(store)
        successor = await rotate(store, token)
        assert successor is not None
        seen = await found(store, token)
        assert await store.revoke_reused(seen, audit_id="1", now=NOW + HOUR)
        assert not await store.revoke_reused(seen, audit_id="2", now=NOW + HOUR)
        assert await store.find_refresh_token(successor) is None
        noted = ("refresh_token.reused", arrived.account.account_id, "rp")
        assert await audited(engine) == [noted]

    async def test_a_refresh_token_and_all_that_it_needs_are_kept_while_it_lives(
        self, store: Store, engine: Engine
    ) -> None:
        """The session has long expired in its browser, and a replay of the code still revokes."""
        arrived, token = await offline(store)
        before = await sizes(engine)
        last = NOW + 30 * DAY - 1
        await store.forget_expired(now=last)
        kept = await sizes(engine)
        assert kept == before | {"tokens": 1}
        assert (await found(store, token)).session == arrived.session
        replayed = await store.find_code(arrived.code_hash)
        assert replayed is not None
        assert replayed.is_redeemed
        await store.forget_expired(now=NOW + 30 * DAY + REMEMBERED)
        left = await sizes(engine)
        assert [left[table] for table in ("tokens", "codes", "grants", "sessions")] == [0] * 4

    async def test_a_rotated_token_is_remembered_as_long_as_a_successor_may_live(
        self, store: Store
    ) -> None:
        _, token = await offline(store)
        successor = await rotate(store, token, at=NOW + 29 * DAY)
        assert successor is not None
        await store.forget_expired(now=NOW + 50 * DAY)
        assert (await found(store, token)).rotated is not None
        await store.forget_expired(now=ENDS_AT + REMEMBERED)
        assert await store.find_refresh_token(token) is None
        assert await store.find_refresh_token(successor) is None
