"""What people have consented to, and sign-ins that wait for it."""

from bridge.oidc.consent import Permission
from bridge.store import Engine, Store
from tests.store.examples import (
    DAY,
    MINUTE,
    NOW,
    Arrived,
    audited,
    client,
    code_for,
    issue_of,
    new,
    person,
    sign_in,
    sizes,
    spend,
    together,
)

BASIC = Permission(("openid", "profile"), ("email", "phone_number"))


async def consent(
    store: Store, arrived: Arrived, permission: Permission = BASIC, *, client_id: str = "rp"
) -> str | None:
    """Answer with what the person agrees to; return the code's hash if there was an answer."""
    code_hash, code = new("code"), code_for(arrived.session.sid, client_id=client_id)
    issued = await store.issue(arrived.session.sid, issue_of(code_hash, code), permission)
    return code_hash if issued else None


class ConsentsConformance:
    async def test_a_consent_is_remembered_of_one_person_for_one_client(self, store: Store) -> None:
        zhang, family = await sign_in(store), await sign_in(store, person("o-family", "u-family"))
        code_hash = await consent(store, zhang)
        assert code_hash is not None
        assert await spend(store, code_hash) is not None
        assert await store.find_consent(zhang.account.account_id, "rp") == BASIC
        assert await store.find_consent(zhang.account.account_id, "other") is None
        assert await store.find_consent(zhang.account.account_id, "R%") is None
        assert await store.find_consent(family.account.account_id, "rp") is None

    async def test_it_is_the_persons_and_not_the_sign_ins(self, store: Store) -> None:
        await consent(store, await sign_in(store))
        again = await sign_in(store, at=NOW + DAY)
        assert await store.find_consent(again.account.account_id, "rp") == BASIC

    async def test_an_answer_without_a_question_remembers_nothing(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = await sign_in(store)
        code = code_for(arrived.session.sid)
        assert await store.issue(arrived.session.sid, issue_of(new("code"), code))
        assert (await sizes(engine))["consents"] == 0

    async def test_what_is_consented_to_later_is_added(self, store: Store, engine: Engine) -> None:
        arrived = await sign_in(store)
        await consent(store, arrived)
        await consent(store, arrived, Permission(("openid", "email")))
        known = await store.find_consent(arrived.account.account_id, "rp")
        assert known == Permission(("openid", "profile", "email"), ("email", "phone_number"))
        assert (await sizes(engine))["consents"] == 1

    async def test_of_many_that_consent_together_each_is_answered_and_all_is_kept(
        self, store: Store
    ) -> None:
        """Two tabs, or a button that is pressed twice."""
        arrived = await sign_in(store)
        asked = [Permission(("openid", f"scope-{number}")) for number in range(10)]
        unasked, answers = iter(asked), list[str | None]()

        async def agree() -> None:
            answers.append(await consent(store, arrived, next(unasked)))

        await together(10, agree)
        assert None not in answers
        assert len(set(answers)) == 10
        known = await store.find_consent(arrived.account.account_id, "rp")
        assert known is not None
        assert all(known.covers(permission) for permission in asked)
        assert len(known.scope) == 11

    async def test_who_has_signed_out_consents_to_nothing(
        self, store: Store, engine: Engine
    ) -> None:
        """All of it, or nothing."""
        arrived = await sign_in(store)
        await store.end_session(arrived.session.sid, now=NOW)
        assert await consent(store, arrived) is None
        assert (await sizes(engine))["consents"] == 0

    async def test_a_client_that_is_removed_takes_its_consents_along(self, store: Store) -> None:
        """Whoever is registered under the same client_id afterwards is somebody else."""
        await store.add_client(client(), now=NOW)
        arrived = await sign_in(store)
        account_id = arrived.account.account_id
        await consent(store, arrived)
        await consent(store, arrived, client_id="bystander")
        await store.remove_client("rp")
        await store.add_client(client(), now=NOW)
        assert await store.find_consent(account_id, "rp") is None
        assert await store.find_consent(account_id, "bystander") == BASIC

    async def test_a_client_that_shows_itself_otherwise_has_to_ask_again(
        self, store: Store
    ) -> None:
        await store.add_client(client(), now=NOW)
        arrived = await sign_in(store)
        account_id = arrived.account.account_id
        await consent(store, arrived)
        await consent(store, arrived, client_id="bystander")
        alike = client(contacts=("ops@rp.example",))
        assert await store.change_registration("rp", lambda _known: alike) == alike
        assert await store.find_consent(account_id, "rp") == BASIC
        other = client(client_name="Zeus, from elsewhere")
        assert await store.change_registration("rp", lambda _known: other) == other
        assert await store.find_consent(account_id, "rp") is None
        assert await store.find_consent(account_id, "bystander") == BASIC
        assert await store.change_registration("nobody", lambda known: known) is None

    async def test_a_consent_outlives_the_sign_in_that_it_was_given_in(self, store: Store) -> None:
        arrived = await sign_in(store)
        await consent(store, arrived)
        await store.forget_expired(now=NOW + 1_000 * DAY)
        assert await store.find_sign_in(arrived.arrival.wechat_state) is None
        assert await store.find_consent(arrived.account.account_id, "rp") == BASIC

    async def test_a_sign_in_may_wait_for_its_answer(self, store: Store, engine: Engine) -> None:
        arrived = await sign_in(store, answered=False)
        left = await sizes(engine)
        assert (left["sessions"], left["grants"], left["codes"]) == (1, 0, 0)
        assert await store.find_delivery(arrived.arrival.delivery_hash) == arrived.session
        assert (await store.delivered(arrived.arrival.wechat_state, "no delivery")).is_answered
        assert await consent(store, arrived) is not None

    async def test_a_second_delivery_finds_the_sign_in_that_waits(
        self, store: Store, engine: Engine
    ) -> None:
        arrived = await sign_in(store, answered=False, delivery_hash="sent")
        again = await sign_in(store, answered=False, delivery_hash="sent")
        assert again.session == arrived.session
        left = await sizes(engine)
        assert (left["sessions"], left["grants"]) == (1, 0)

    async def test_what_is_noted_of_a_sign_in_that_waits_names_its_client(
        self, store: Store, engine: Engine
    ) -> None:
        await sign_in(store, person("o-1", "u-shared"))
        refused = await sign_in(store, person("o-2", "u-shared"), answered=False, client_id="new")
        assert refused.signed_in.session is None
        assert [client_id for *_, client_id in await audited(engine)] == ["new"]

    async def test_a_sign_in_is_found_by_the_request_that_it_was_made_for(
        self, store: Store
    ) -> None:
        arrived = await sign_in(store, answered=False)
        wechat_state = arrived.arrival.wechat_state
        assert await store.find_sign_in(wechat_state) == arrived.session
        assert await store.find_sign_in(wechat_state.upper()) is None
        assert await store.find_sign_in("") is None
        await store.end_session(arrived.session.sid, now=NOW + MINUTE)
        assert await store.find_sign_in(wechat_state) is None
