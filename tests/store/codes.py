"""Authorization codes, and the access tokens that they give: RFC 6749 §4.1.2, §4.1.3."""

from dataclasses import replace

import pytest

from bridge.oidc.access_token import AccessGrant, token_hash
from bridge.store import Engine, NewAccessToken, Store
from bridge.store.engine import Steps
from tests.store.examples import (
    DAY,
    HOUR,
    NOW,
    add_code,
    client,
    code_for,
    grant_of,
    look,
    new,
    person,
    sign_in,
    signed_in_token,
    sizes,
    spend,
    steps,
    together,
)


class CodesConformance:
    violation: type[Exception]

    @pytest.mark.parametrize(
        "members",
        [
            {},
            {"nonce": None, "code_challenge": None, "scope": ("openid",)},
            {"nonce": "“引号” 🙂 \\ \"'; --", "redirect_uri": "app.example:/cb?a=%00&b=宙"},
        ],
    )
    async def test_a_code_is_found_as_it_was_issued(
        self, store: Store, members: dict[str, str | tuple[str, ...] | None]
    ) -> None:
        arrived = await sign_in(store, code=members)
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        assert stored.code == arrived.code
        assert stored.session == arrived.session
        assert not stored.is_redeemed

    async def test_a_code_is_found_with_its_client(self, store: Store) -> None:
        arrived = await sign_in(store)
        unregistered = await store.find_code(arrived.code_hash)
        assert unregistered is not None
        assert unregistered.client is None
        await store.add_client(client("rp"), now=NOW)
        assert await store.find_code(arrived.code_hash) == replace(
            unregistered, client=client("rp")
        )

    async def test_a_code_is_found_by_its_hash_only(self, store: Store, engine: Engine) -> None:
        """Whoever reads the database has no code and no token, and guesses none."""
        session = (await sign_in(store)).session
        text, token = new("code text"), new("token text")
        await add_code(store, token_hash(text), code_for(session.sid))
        await spend(store, token_hash(text), token=token_hash(token))
        for guess in (text, "%", "", token_hash(text).upper(), token_hash(text)[:-1]):
            assert await store.find_code(guess) is None
        for guess in (token, "%", "", token_hash(token).upper()):
            assert await grant_of(store, guess) is None
        for table in ("codes", "grants", "tokens"):
            rows = await look(engine, f"SELECT * FROM {table}")  # noqa: S608 - the names are ours
            assert not any(secret in str(rows) for secret in (text, token))

    async def test_a_code_is_spent_once(self, store: Store) -> None:
        arrived = await sign_in(store)
        token = await spend(store, arrived.code_hash)
        assert token is not None
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        assert stored.is_redeemed
        assert stored.code == arrived.code

        late = new("token")
        assert await spend(store, arrived.code_hash, token=late) is None
        assert await grant_of(store, late) is None
        assert await grant_of(store, token) is not None

    async def test_of_many_that_spend_one_code_together_one_succeeds(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = await sign_in(store)
        stored = await store.find_code(arrived.code_hash)  # all have seen it unspent
        assert stored is not None
        succeeded: list[str] = []

        async def attempt() -> None:
            token = NewAccessToken(token_hash=new("token"), now=NOW, expires_at=NOW + HOUR)
            if await store.spend_code(arrived.code_hash, stored, token):
                succeeded.append(token.token_hash)

        await together(50, attempt)
        assert len(succeeded) == 1
        assert await look(engine, "SELECT token_hash FROM tokens") == [(succeeded[0],)]

    async def test_whoever_loses_the_race_for_a_code_can_revoke_what_it_gave(
        self, store: Store
    ) -> None:
        """The loser saw the code unspent; once it has lost, the grant to revoke exists."""
        arrived = await sign_in(store)
        seen = await store.find_code(arrived.code_hash)
        assert seen is not None
        assert not seen.is_redeemed
        won = await spend(store, arrived.code_hash)
        assert won is not None
        lost = NewAccessToken(token_hash=new("token"), now=NOW, expires_at=NOW + HOUR)
        assert not await store.spend_code(arrived.code_hash, seen, lost)
        await store.revoke_grant(seen.code.grant.grant_id, now=NOW)
        assert await grant_of(store, won) is None

    async def test_a_code_that_nobody_knows_is_not_spent(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = await sign_in(store)
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        before = await sizes(engine)
        token = NewAccessToken(token_hash=new("token"), now=NOW, expires_at=NOW + HOUR)
        assert not await store.spend_code("unknown", stored, token)
        assert await sizes(engine) == before

    async def test_an_access_token_says_what_was_granted(self, store: Store) -> None:
        arrived, token = await signed_in_token(store, code={"scope": ("openid", "wechat")})
        expected = AccessGrant(arrived.code.grant, arrived.session, NOW + HOUR)
        assert await grant_of(store, token) == expected

    async def test_an_access_token_says_whose_it_is_as_the_client_is_now(
        self, store: Store
    ) -> None:
        await store.add_client(client("rp"), now=NOW)
        _, token = await signed_in_token(store)
        changed = client("rp", client_name="Hera")
        await store.change_client("rp", lambda _: changed)
        found = await grant_of(store, token)
        assert found is not None
        assert found.client == changed

    async def test_an_access_token_tells_the_profile_as_it_is_now(self, store: Store) -> None:
        _, token = await signed_in_token(store, identity=person(nickname="old"))
        await sign_in(store, person(nickname="new"), at=NOW + 1)
        grant = await grant_of(store, token)
        assert grant is not None
        assert grant.session.account.nickname == "new"
        assert grant.session.auth_time == NOW

    async def test_an_access_token_works_until_it_expires(self, store: Store) -> None:
        arrived = await sign_in(store)
        token = await spend(store, arrived.code_hash, lifetime=HOUR)
        assert token is not None
        assert await grant_of(store, token, at=NOW + HOUR - 1) is not None
        assert await grant_of(store, token, at=NOW + HOUR) is None

    async def test_an_access_token_works_until_its_grant_is_revoked(self, store: Store) -> None:
        arrived, token = await signed_in_token(store)
        _, bystander = await signed_in_token(store)
        await store.revoke_grant(arrived.code.grant.grant_id, now=NOW)
        await store.revoke_grant(arrived.code.grant.grant_id, now=NOW + 1)
        assert await grant_of(store, token) is None
        assert await grant_of(store, bystander) is not None

    async def test_a_grant_ends_alone_though_its_session_gave_others(self, store: Store) -> None:
        """A second delivery's code is another grant of the same session."""
        first, token = await signed_in_token(store, delivery_hash="delivered")
        _, other = await signed_in_token(store, delivery_hash="delivered")
        await store.revoke_grant(first.code.grant.grant_id, now=NOW)
        assert await grant_of(store, token) is None
        assert await grant_of(store, other) is not None

    async def test_revocation_of_an_unknown_grant_is_nothing(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = await sign_in(store)
        before = await sizes(engine)
        await store.revoke_grant("unknown", now=NOW)
        await store.revoke_grant(arrived.code.grant.grant_id, now=NOW)
        assert await sizes(engine) == before
        assert await spend(store, arrived.code_hash) is None  # what is revoked gives nothing more

    async def test_a_code_whose_token_cannot_be_stored_is_not_spent(
        self, store: Store, engine: Engine
    ) -> None:
        _, taken = await signed_in_token(store)
        arrived = await sign_in(store)
        before = await sizes(engine)
        with pytest.raises(self.violation):
            await spend(store, arrived.code_hash, token=taken)
        assert await sizes(engine) == before
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        assert not stored.is_redeemed
        assert await spend(store, arrived.code_hash) is not None

    async def test_no_two_codes_share_a_hash_or_a_grant(self, store: Store) -> None:
        arrived = await sign_in(store)
        with pytest.raises(self.violation):
            await add_code(store, arrived.code_hash, code_for(arrived.session.sid))
        same_grant = code_for(arrived.session.sid, grant_id=arrived.code.grant.grant_id)
        with pytest.raises(self.violation):
            await add_code(store, new("code"), same_grant)

    async def test_a_verb_that_raises_in_the_middle_leaves_nothing_behind(
        self, store: Store, engine: Engine
    ) -> None:
        def fail() -> Steps[None]:
            yield "INSERT INTO installation (name, value) VALUES ($1, $2)", ("half", "done")
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await engine.write(fail)
        assert await look(engine, "SELECT name FROM installation WHERE name = 'half'") == []
        assert await store.decide("half", "whole") == "whole"

    async def test_a_verb_is_done_once_its_call_returns(self, store: Store, engine: Engine) -> None:
        await engine.write(
            lambda: steps("INSERT INTO installation (name, value) VALUES ('a', 'b')")
        )
        assert await store.decide("a", "c") == "b"

    async def test_an_old_sign_in_keeps_its_own_time(self, store: Store) -> None:
        first, token = await signed_in_token(store)
        await sign_in(store, at=NOW + DAY)
        grant = await grant_of(store, token)
        assert grant is not None
        assert grant.session == first.session
