"""A browser's session: found by its cookie while it is live, used again, ended."""

from bridge.store import Engine, SessionLimits, Store
from tests.store.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    add_code,
    code_for,
    grant_of,
    look,
    new,
    sign_in,
    signed_in_token,
    spend,
)

EVER = SessionLimits(begun_after=0, seen_after=0)


class BrowserSessionsConformance:
    async def test_a_session_is_found_by_the_hash_of_its_cookie_only(self, store: Store) -> None:
        arrived = await sign_in(store, cookie_hash="hash")
        assert await store.find_session("hash", EVER) == arrived.session
        for guess in ("", "%", "HASH", arrived.session.sid):
            assert await store.find_session(guess, EVER) is None

    async def test_without_a_cookie_nobody_finds_it(self, store: Store) -> None:
        await sign_in(store, cookie_hash=None)
        await sign_in(store, cookie_hash=None)
        assert await store.find_session("", EVER) is None

    async def test_it_is_live_for_a_time_after_its_beginning_and_after_its_last_use(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store, cookie_hash="hash", at=NOW)
        assert await store.find_session("hash", SessionLimits(NOW - 1, NOW - 1)) is not None
        assert await store.find_session("hash", SessionLimits(NOW, NOW - 1)) is None
        assert await store.find_session("hash", SessionLimits(NOW - 1, NOW)) is None
        code = code_for(arrived.session.sid)
        assert await add_code(store, new("code"), code, at=NOW + HOUR)
        assert await store.find_session("hash", SessionLimits(NOW - 1, NOW)) is not None
        assert await store.find_session("hash", SessionLimits(NOW, NOW)) is None

    async def test_a_new_cookie_takes_the_place_of_the_old_one(self, store: Store) -> None:
        arrived = await sign_in(store, cookie_hash="old")
        await store.give_cookie(arrived.session.sid, "new")
        assert await store.find_session("old", EVER) is None
        assert await store.find_session("new", EVER) == arrived.session

    async def test_what_a_session_gave_ends_with_it(self, store: Store, engine: Engine) -> None:
        arrived, token = await signed_in_token(store, cookie_hash="hash", delivery_hash="sent")
        _, bystander = await signed_in_token(store)
        unspent = new("code")
        assert await add_code(store, unspent, code_for(arrived.session.sid))

        assert await store.end_session(arrived.session.sid, now=NOW + MINUTE)

        assert await store.find_session("hash", EVER) is None
        assert await store.find_delivery("sent") is None
        assert await grant_of(store, token) is None
        assert await spend(store, unspent) is None
        assert not await add_code(store, new("code"), code_for(arrived.session.sid))
        await store.give_cookie(arrived.session.sid, "another")
        assert await store.find_session("another", EVER) is None
        assert not await store.end_session(arrived.session.sid, now=NOW + DAY)
        ended = await look(engine, "SELECT ended_at FROM sessions WHERE ended_at IS NOT NULL")
        assert ended == [(NOW + MINUTE,)]
        assert await grant_of(store, bystander) is not None

    async def test_a_client_revokes_its_own_tokens_only(self, store: Store) -> None:
        _, token = await signed_in_token(store)
        await store.revoke_token(token, client_id="other")
        await store.revoke_token("unknown", client_id="rp")
        assert await grant_of(store, token) is not None
        await store.revoke_token(token, client_id="rp")
        assert await grant_of(store, token) is None
