"""What WeChat pushes is taken once, with all that follows from it, or not at all."""

from typing import Any

from bridge.oidc.consent import Permission
from bridge.store import Engine, LoggedIn, Push, Store
from bridge.wechat.events import Change
from tests.store.browser_sessions import EVER
from tests.store.examples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    add_code,
    audited,
    client,
    code_for,
    grant_of,
    issue_of,
    look,
    new,
    offline,
    person,
    rotate,
    sign_in,
    signed_in_token,
    sizes,
    spend,
    together,
)

NAMED = {"nickname": "张伟", "picture": "https://thirdwx.qlogo.cn/1"}


def a_push(**members: Any) -> Push:
    known: dict[str, Any] = {
        "appid": "wx-web",
        "openid": "o-zhang",
        "change": Change.AUTHORIZATION_WITHDRAWN,
        "is_proven": True,
        "request_hash": new("request"),
        "request_until": NOW + 5 * MINUTE,
        "message_hash": new("message"),
        "message_until": NOW + DAY,
        "audit_id": new("audit"),
        "now": NOW + MINUTE,
    }
    return Push(**known | members)


async def profiles(engine: Engine) -> list[tuple[Any, ...]]:
    return await look(engine, "SELECT nickname, picture, updated_at FROM accounts")


class PushesConformance:
    async def test_who_withdraws_loses_all_that_came_through_the_application(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_client(client(), now=NOW)
        zhang = person(**NAMED)
        arrived, token = await signed_in_token(store, identity=zhang, cookie_hash="hash")
        unspent = new("code")
        assert await add_code(store, unspent, code_for(arrived.session.sid))

        taken = await store.take_push(a_push())

        assert taken is not None
        assert taken.account_id == arrived.account.account_id
        (told,) = taken.logged_in
        assert isinstance(told, LoggedIn)
        assert (told.client.client_id, told.session.sid) == ("rp", arrived.session.sid)
        assert await store.find_session("hash", EVER) is None
        assert await grant_of(store, token) is None
        assert await spend(store, unspent) is None
        assert await profiles(engine) == [(None, None, NOW + MINUTE)]
        assert await audited(engine) == [("authorization.withdrawn", taken.account_id, None)]

    async def test_a_refresh_token_is_dead_after_it(self, store: Store) -> None:
        _, refresh_token = await offline(store)
        await store.take_push(a_push())
        assert await rotate(store, refresh_token) is None
        assert await store.find_refresh_token(refresh_token) is None

    async def test_who_comes_back_is_found_by_the_ids_that_were_kept(self, store: Store) -> None:
        first = await sign_in(store, person(**NAMED))
        await store.take_push(a_push())
        again = await sign_in(store, person(nickname="张三"), at=NOW + HOUR)
        assert again.account.subject == first.account.subject
        assert again.account.handle == first.account.handle
        assert (again.account.nickname, again.account.picture) == ("张三", None)

    async def test_what_came_through_another_application_stays(
        self, store: Store, engine: Engine
    ) -> None:
        """But for the profile, of which nobody knows by which it came."""
        other = person("o-other", appid="wx-other", **NAMED)
        through_one, one = await signed_in_token(store, identity=person(**NAMED))
        through_other, another = await signed_in_token(store, identity=other, cookie_hash="hash")
        assert through_one.account.account_id == through_other.account.account_id
        await store.take_push(a_push())
        assert await grant_of(store, one) is None
        assert await grant_of(store, another) is not None
        assert await store.find_session("hash", EVER) is not None
        assert [row[0] for row in await profiles(engine)] == [None]

    async def test_the_same_openid_of_another_application_is_another_person(
        self, store: Store
    ) -> None:
        _, token = await signed_in_token(store)
        taken = await store.take_push(a_push(appid="wx-other"))
        assert taken is not None
        assert taken.account_id is None
        assert await grant_of(store, token) is not None

    async def test_what_the_person_has_consented_to_is_asked_again(self, store: Store) -> None:
        arrived = await sign_in(store)
        issued = issue_of(new("code"), code_for(arrived.session.sid))
        await store.issue(arrived.session.sid, issued, Permission(("openid",), ()))
        for event, kept in (
            (Change.PROFILE_CLEANED, True),
            (Change.AUTHORIZATION_WITHDRAWN, False),
        ):
            await store.take_push(a_push(change=event))
            found = await store.find_consent(arrived.account.account_id, "rp")
            assert (found is not None) is kept

    async def test_a_name_is_not_kept_with_what_was_merged_into_the_person(
        self, store: Store, engine: Engine
    ) -> None:
        first = await sign_in(store, person(**NAMED))
        second = await sign_in(store, person("o-other", None, appid="wx-other", nickname="张三"))
        await store.merge_accounts(
            second.account.account_id, first.account.account_id, audit_id=new("audit"), now=NOW
        )
        await store.take_push(a_push())
        assert {row[0] for row in await profiles(engine)} == {None}

    async def test_a_profile_that_was_cleaned_is_dropped_and_nothing_else(
        self, store: Store, engine: Engine
    ) -> None:
        arrived, token = await signed_in_token(store, identity=person(**NAMED), cookie_hash="hash")
        taken = await store.take_push(a_push(change=Change.PROFILE_CLEANED))
        assert taken is not None
        assert taken.logged_in == ()
        assert await profiles(engine) == [(None, None, NOW + MINUTE)]
        assert await grant_of(store, token) is not None
        assert await store.find_session("hash", EVER) is not None
        assert await audited(engine) == [("profile.cleaned", arrived.account.account_id, None)]

    async def test_what_nobody_signed_is_only_written_down(
        self, store: Store, engine: Engine
    ) -> None:
        arrived, token = await signed_in_token(store, identity=person(**NAMED))
        for change in Change:
            taken = await store.take_push(a_push(change=change, is_proven=False))
            assert taken is not None
            assert taken.logged_in == ()
        assert await grant_of(store, token) is not None
        assert (await profiles(engine))[0][0] == "张伟"
        account_id = arrived.account.account_id
        assert sorted(await audited(engine)) == [
            ("authorization.withdrawn.unproven", account_id, None),
            ("profile.cleaned.unproven", account_id, None),
            ("wechat_account.closed.unproven", account_id, None),
        ]

    async def test_of_somebody_who_was_never_here_nothing_is_written(
        self, store: Store, engine: Engine
    ) -> None:
        for is_proven in (True, False):
            for change in Change:
                push = a_push(openid="o-nobody", change=change, is_proven=is_proven)
                taken = await store.take_push(push)
                assert taken is not None
                assert taken.account_id is None
        assert await audited(engine) == []

    async def test_a_request_or_a_message_that_comes_again_does_nothing(
        self, store: Store, engine: Engine
    ) -> None:
        await sign_in(store)
        assert await store.take_push(a_push(request_hash="r", message_hash="m")) is not None
        _, token = await signed_in_token(store)
        assert await store.take_push(a_push(request_hash="r")) is None
        assert await store.take_push(a_push(message_hash="m")) is None
        assert await grant_of(store, token) is not None
        assert len(await audited(engine)) == 1

    async def test_a_message_that_nobody_signed_does_not_use_the_signed_one_up(
        self, store: Store
    ) -> None:
        _, token = await signed_in_token(store)
        assert await store.take_push(a_push(message_hash="m", is_proven=False)) is not None
        assert await store.take_push(a_push(message_hash="m", is_proven=False)) is None
        assert await store.take_push(a_push(message_hash="m")) is not None
        assert await grant_of(store, token) is None

    async def test_of_many_that_come_together_one_is_taken(
        self, store: Store, engine: Engine
    ) -> None:
        await sign_in(store)
        taken: list[bool] = []

        async def take() -> None:
            taken.append(await store.take_push(a_push(message_hash="m")) is not None)

        await together(20, take)
        assert sorted(taken) == [False] * 19 + [True]
        assert len(await audited(engine)) == 1

    async def test_what_was_taken_is_forgotten_when_it_can_come_no_more(
        self, store: Store, engine: Engine
    ) -> None:
        await store.take_push(a_push(request_until=NOW + HOUR, message_until=NOW + DAY))
        for now, left in ((NOW + HOUR - 1, 2), (NOW + HOUR, 1), (NOW + DAY, 0)):
            await store.forget_expired(now=now)
            assert (await sizes(engine))["received_pushes"] == left
