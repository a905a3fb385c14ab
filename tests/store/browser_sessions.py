"""A browser's session: found by its cookie while it is live, used again, ended."""

from bridge.store import REMEMBERED, Engine, LoggedIn, SessionLimits, Store
from tests.store.examples import (
    DAY,
    HOUR,
    MINUTE,
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
    spend,
    steps,
    together,
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

        assert await store.end_session(arrived.session.sid, now=NOW + MINUTE) == []

        assert await store.find_session("hash", EVER) is None
        assert await store.find_delivery("sent") is None
        assert await grant_of(store, token) is None
        assert await spend(store, unspent) is None
        assert not await add_code(store, new("code"), code_for(arrived.session.sid))
        await store.give_cookie(arrived.session.sid, "another")
        assert await store.find_session("another", EVER) is None
        assert await store.end_session(arrived.session.sid, now=NOW + DAY) is None
        ended = await look(engine, "SELECT ended_at FROM sessions WHERE ended_at IS NOT NULL")
        assert ended == [(NOW + MINUTE,)]
        assert await grant_of(store, bystander) is not None

    async def test_the_sessions_of_one_browser_end_together(self, store: Store) -> None:
        """Renewed, or another person's: each began while the browser held the cookie before."""
        first, first_token = await signed_in_token(store, cookie_hash="1", delivery_hash="first")
        second, second_token = await signed_in_token(
            store, cookie_hash="2", former_cookie_hash="1", at=NOW + DAY
        )
        third, third_token = await signed_in_token(
            store, identity=person("o-li", "u-li"), cookie_hash="3", former_cookie_hash="2"
        )
        other, other_token = await signed_in_token(store, former_cookie_hash="unknown")
        sids = [arrived.session.sid for arrived in (first, second, third)]
        for sid in sids:
            assert await store.is_same_browser(sids[0], sid)
            assert await store.is_same_browser(sid, sids[0])
            assert not await store.is_same_browser(sid, other.session.sid)
        assert not await store.is_same_browser(sids[0], "unknown")

        assert await store.end_session(second.session.sid, now=NOW + DAY) is not None

        for cookie_hash in ("1", "2", "3"):
            assert await store.find_session(cookie_hash, EVER) is None
        assert await store.find_delivery("first") is None
        for token in (first_token, second_token, third_token):
            assert await grant_of(store, token) is None
        assert await grant_of(store, other_token) is not None
        for sid in sids:
            assert await store.end_session(sid, now=NOW + DAY) is None

    async def test_a_browser_that_signed_out_is_another_one_afterwards(self, store: Store) -> None:
        first = await sign_in(store, cookie_hash="1")
        await store.end_session(first.session.sid, now=NOW)
        second = await sign_in(store, cookie_hash="2", former_cookie_hash="1")
        assert not await store.is_same_browser(first.session.sid, second.session.sid)
        assert await store.find_session("2", EVER) == second.session

    async def test_sessions_from_before_browsers_were_known_end_alone(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = [await sign_in(store, cookie_hash=name) for name in ("1", "2")]
        await engine.write(lambda: steps("UPDATE sessions SET browser_id = NULL"))
        sids = [one.session.sid for one in arrived]
        assert await store.is_same_browser(sids[0], sids[0])
        assert not await store.is_same_browser(sids[0], sids[1])
        assert await store.end_session(sids[0], now=NOW) is not None
        assert await store.find_session("1", EVER) is None
        assert await store.find_session("2", EVER) is not None
        renewed = await sign_in(store, cookie_hash="3", former_cookie_hash="2")
        assert not await store.is_same_browser(sids[1], renewed.session.sid)

    async def test_whoever_was_told_of_a_session_is_to_be_told_of_its_end_once(
        self, store: Store
    ) -> None:
        """Back-Channel Logout §2.3: also where nothing of what they were given lives any more."""
        for client_id in ("a", "b", "c"):
            await store.add_client(client(client_id), now=NOW)
        first = await sign_in(store, cookie_hash="1", code={"client_id": "a"})
        sid = first.session.sid
        for client_id in ("a", "b", "gone"):
            assert await add_code(store, new("code"), code_for(sid, client_id=client_id))
        renewed = await sign_in(
            store, cookie_hash="2", former_cookie_hash="1", code={"client_id": "a"}
        )
        await sign_in(store, code={"client_id": "c"})
        await store.forget_expired(now=first.arrival.session_expires_at + REMEMBERED - 1)

        logged_in = await store.end_session(renewed.session.sid, now=NOW)

        assert logged_in is not None
        told = sorted((one.client.client_id, one.session.sid) for one in logged_in)
        assert told == sorted([("a", sid), ("b", sid), ("a", renewed.session.sid)])
        assert {one.session.account for one in logged_in} == {first.account}
        assert {one.client for one in logged_in} == {client("a"), client("b")}
        assert await store.end_session(sid, now=NOW) is None

    async def test_a_client_that_was_removed_is_told_nothing(self, store: Store) -> None:
        await store.add_client(client(), now=NOW)
        arrived = await sign_in(store)
        await store.remove_client("rp")
        await store.add_client(client(), now=NOW)
        assert await store.end_session(arrived.session.sid, now=NOW) == []

    async def test_of_many_that_end_a_session_together_one_has_somebody_to_tell(
        self, store: Store
    ) -> None:
        await store.add_client(client(), now=NOW)
        arrived = await sign_in(store)
        ended: list[list[LoggedIn] | None] = []

        async def end() -> None:
            ended.append(await store.end_session(arrived.session.sid, now=NOW))

        await together(20, end)
        assert len(ended) == 20
        assert len([logged_in for logged_in in ended if logged_in is not None]) == 1

    async def test_a_client_revokes_its_own_tokens_only(self, store: Store) -> None:
        _, token = await signed_in_token(store)
        await store.revoke_token(token, client_id="other", now=NOW)
        await store.revoke_token("unknown", client_id="rp", now=NOW)
        assert await grant_of(store, token) is not None
        await store.revoke_token(token, client_id="rp", now=NOW)
        assert await grant_of(store, token) is None
