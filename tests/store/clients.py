"""Relying parties, and what is decided once for the whole installation."""

import asyncio
import json
from dataclasses import replace

import pytest

from bridge.oidc.client import Client
from bridge.store import AuditEntry, AuditEvent, Declared, Engine, NewAccessToken, Store
from tests.store.examples import (
    MINUTE,
    NOW,
    add_code,
    client,
    code_for,
    grant_of,
    new,
    sign_in,
    signed_in_token,
    sizes,
    spend,
    steps,
    together,
)

EVERYTHING = Client(
    client_id="grafana.example~1",
    client_name="Grafana “图表” 🙂",
    redirect_uris=("https://g.example/login/generic_oauth", "http://127.0.0.1:9/cb?a=1"),
    client_secret_hash="0f" * 32,
    client_secret_sealed="sealed",
    token_endpoint_auth_method="client_secret_post",
    token_endpoint_auth_signing_alg="ES256",
    jwks={"keys": [{"kty": "EC", "key_ops": ["verify"]}]},
    application_type="native",
    scope=("openid", "wechat"),
    id_token_signed_response_alg="ES256",
    response_types=("code", "code id_token"),
    default_max_age=0,
    request_uris=("https://g.example/request#1",),
    require_pushed_authorization_requests=True,
    post_logout_redirect_uris=("https://g.example/login",),
    backchannel_logout_session_required=True,
    access=("u-1", "u-2"),
    claims_in_id_token="none",
    email_verified="omit",
    nickname="display",
    extra_claims={"id": "{number}", "roles": ["a", "b"]},
)


class Unfit(Exception):
    """What was to be removed is not what it was."""


NOTHING = Declared((), (), ())


def _as_wanted(_known: Client, wanted: Client) -> Client:
    return wanted


def _noted(event: AuditEvent, client_id: str) -> AuditEntry:
    audit_id = f"{event} {client_id}"
    return AuditEntry(audit_id=audit_id, at=NOW, event=event, client_id=client_id)


def _refuse(_known: Client, _wanted: Client) -> Client:
    raise Unfit


class ClientsConformance:
    async def test_a_client_is_found_as_it_was_registered(self, store: Store) -> None:
        await store.add_client(EVERYTHING, now=NOW)
        assert await store.client("grafana.example~1") == EVERYTHING

    async def test_nobody_on_the_list_is_not_the_same_as_no_list(self, store: Store) -> None:
        await store.add_client(client("closed", access=()), now=NOW)
        await store.add_client(client("open", access=None), now=NOW)
        closed, opened = await store.client("closed"), await store.client("open")
        assert closed is not None
        assert opened is not None
        assert (closed.access, opened.access) == ((), None)

    async def test_what_the_settings_declare_is_registered(self, store: Store) -> None:
        one, two = client("one", is_declared=True), client("two", is_declared=True)
        told = await store.declare_clients([one, two], _as_wanted, _noted, now=NOW)
        assert told == Declared(("one", "two"), (), ())
        assert await store.declare_clients([one, two], _as_wanted, _noted, now=NOW) == NOTHING
        changed = replace(two, client_name="Two", post_logout_redirect_uris=("https://two/",))
        told = await store.declare_clients([one, changed], _as_wanted, _noted, now=NOW)
        assert told == Declared((), ("two",), ())
        assert await store.client("two") == changed
        assert await store.clients_returned_to("https://two/") == [changed]

    async def test_what_they_declare_no_longer_is_forgotten_and_nothing_else(
        self, store: Store
    ) -> None:
        by_hand, declared = client("by-hand"), client("declared", is_declared=True)
        await store.add_client(by_hand, now=NOW)
        await store.declare_clients([declared], _as_wanted, _noted, now=NOW)
        assert await store.declare_clients([], _as_wanted, _noted, now=NOW) == Declared(
            (), (), ("declared",)
        )
        assert await store.clients() == [by_hand]
        assert await store.declare_clients([], _as_wanted, _noted, now=NOW) == NOTHING

    async def test_what_was_registered_by_hand_is_taken_over(self, store: Store) -> None:
        await store.add_client(client("rp", client_name="By hand"), now=NOW)
        declared = client("rp", client_name="Declared", is_declared=True)
        told = await store.declare_clients([declared], _as_wanted, _noted, now=NOW)
        assert told == Declared((), ("rp",), ())
        assert await store.client("rp") == declared

    async def test_what_cannot_be_merged_changes_nothing(self, store: Store) -> None:
        await store.add_client(client("b"), now=NOW)
        with pytest.raises(Unfit):
            await store.declare_clients([client("a"), client("b")], _refuse, _noted, now=NOW)
        assert await store.client("a") is None

    async def test_an_unknown_client_is_none(self, store: Store) -> None:
        await store.add_client(client("rp"), now=NOW)
        assert await store.client("RP") is None
        assert await store.client("r%") is None

    async def test_clients_are_listed_by_their_client_id(self, store: Store) -> None:
        assert await store.clients() == []
        for client_id in ("b", "c", "a"):
            await store.add_client(client(client_id), now=NOW)
        assert [known.client_id for known in await store.clients()] == ["a", "b", "c"]

    async def test_a_client_id_is_taken_once(self, store: Store) -> None:
        assert await store.add_client(client(client_name="the first"), now=NOW)
        assert not await store.add_client(client(client_name="the second"), now=NOW)
        assert await store.clients() == [client(client_name="the first")]

    async def test_of_many_that_take_one_client_id_together_one_succeeds(
        self, store: Store
    ) -> None:
        added: list[bool] = []

        async def add() -> None:
            added.append(await store.add_client(client(), now=NOW))

        await together(20, add)
        assert added.count(True) == 1

    async def test_a_registration_of_an_earlier_version_is_read_with_todays_defaults(
        self, store: Store, engine: Engine
    ) -> None:
        add = "INSERT INTO clients (client_id, registration, created_at) VALUES ($1, $2, $3)"
        written = json.dumps({"client_name": "Old", "redirect_uris": ["https://rp.example/cb"]})
        await engine.write(lambda: steps(add, values=("old", written, NOW)))
        assert await store.client("old") == client("old", client_name="Old")

    async def test_a_change_replaces_the_registration(self, store: Store) -> None:
        await store.add_client(EVERYTHING, now=NOW)
        await store.add_client(client("bystander"), now=NOW)
        changed = replace(EVERYTHING, access=None, client_secret_hash=None, client_name="new")
        assert await store.change_client(changed.client_id, lambda _known: changed) == changed
        assert await store.clients() == [client("bystander"), changed]

    async def test_what_is_not_registered_is_not_changed(self, store: Store) -> None:
        assert await store.change_client("nobody", lambda known: known) is None
        assert await store.clients() == []

    async def test_of_two_changes_at_once_none_is_lost(self, store: Store) -> None:
        await store.add_client(client(client_id="both"), now=NOW)
        await asyncio.gather(
            store.change_client("both", lambda known: replace(known, client_name="New")),
            store.change_client("both", lambda known: replace(known, access=())),
        )
        changed = await store.client("both")
        assert changed
        assert (changed.client_name, changed.access) == ("New", ())

    async def test_what_was_decided_is_decided_again_only_by_who_knows_it(
        self, store: Store
    ) -> None:
        assert await store.decide("name", "one") == "one"
        assert not await store.decide_again("name", former="other", value="two")
        assert await store.decide_again("name", former="one", value="two")
        assert await store.decide("name", "three") == "two"

    async def test_a_client_that_is_removed_takes_its_codes_and_tokens_along(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_client(client("rp"), now=NOW)
        await store.add_client(client("bystander"), now=NOW)
        gone, token = await signed_in_token(store)
        theirs, their_token = await signed_in_token(store, code={"client_id": "bystander"})
        unspent = token_of_code = new("code")
        await add_code(store, unspent, code_for(gone.session.sid))

        assert await store.remove_client("rp")

        assert await store.clients() == [client("bystander")]
        assert await store.find_code(gone.code_hash) is None
        assert await store.find_code(token_of_code) is None
        assert await grant_of(store, token) is None
        assert await store.find_code(theirs.code_hash) is not None
        assert await grant_of(store, their_token) is not None
        left = await sizes(engine)
        assert (left["codes"], left["grants"], left["tokens"]) == (1, 1, 1)

    async def test_a_client_is_removed_only_if_it_is_still_as_somebody_thinks(
        self, store: Store, engine: Engine
    ) -> None:
        await store.add_client(client("rp"), now=NOW)
        await signed_in_token(store)
        before, judged = await sizes(engine), list[Client]()

        def refuse(known: Client) -> None:
            judged.append(known)
            raise Unfit

        with pytest.raises(Unfit):
            await store.remove_client("rp", check=refuse)
        assert not await store.remove_client("nobody", check=refuse)
        assert judged == [client("rp")]
        assert await sizes(engine) == before
        assert await store.remove_client("rp", check=judged.append)
        assert await store.clients() == []

    async def test_an_unknown_client_cannot_be_removed(self, store: Store, engine: Engine) -> None:
        await store.add_client(client("rp"), now=NOW)
        await signed_in_token(store)
        before = await sizes(engine)
        assert not await store.remove_client("nobody")
        assert await sizes(engine) == before

    async def test_a_code_found_before_its_client_was_removed_gives_nothing_afterwards(
        self, store: Store, engine: Engine
    ) -> None:
        """Also where another client takes the client_id before the code would expire."""
        await store.add_client(client(), now=NOW)
        arrived = await sign_in(store)
        stored = await store.find_code(arrived.code_hash)
        assert stored is not None
        await store.remove_client("rp")
        await store.add_client(client(client_name="another"), now=NOW)
        token = NewAccessToken(token_hash=new("token"), now=NOW, expires_at=NOW + MINUTE)
        assert not await store.spend_code(arrived.code_hash, stored, token)
        await store.revoke_grant(arrived.code.grant.grant_id, now=NOW)  # as after every replay
        assert await grant_of(store, token.token_hash) is None
        left = await sizes(engine)
        assert (left["codes"], left["grants"], left["tokens"]) == (0, 0, 0)

    async def test_the_first_decision_is_for_ever(self, store: Store) -> None:
        assert await store.decide("subject_key", "first") == "first"
        assert await store.decide("subject_key", "second") == "first"
        assert await store.decide("another", "second") == "second"

    async def test_many_that_decide_together_decide_the_same(self, store: Store) -> None:
        decided: list[str] = []

        async def decide() -> None:
            decided.append(await store.decide("subject_key", new("value")))

        await together(20, decide)
        assert len(decided) == 20
        assert set(decided) == {await store.decide("subject_key", "too late")}

    async def test_the_mark_changes_freely_while_there_is_no_account(self, store: Store) -> None:
        assert await store.mark_wechat("simulated") == "simulated"
        assert await store.mark_wechat("real") == "real"
        assert await store.mark_wechat("simulated") == "simulated"

    async def test_accounts_keep_the_mark_under_which_they_came(self, store: Store) -> None:
        await store.mark_wechat("simulated")
        await sign_in(store)
        assert await store.mark_wechat("real") == "simulated"
        assert await store.mark_wechat("simulated") == "simulated"

    async def test_the_operator_may_override_the_mark(self, store: Store) -> None:
        await store.mark_wechat("simulated")
        await sign_in(store)
        assert await store.mark_wechat("real", override=True) == "real"
        assert await store.mark_wechat("simulated") == "real"

    async def test_accounts_without_a_mark_are_taken_for_real(self, store: Store) -> None:
        await sign_in(store)
        assert await store.mark_wechat("simulated") == "real"
        assert await store.mark_wechat("real") == "real"

    async def test_clients_are_found_by_where_people_return_to(
        self, store: Store, engine: Engine
    ) -> None:
        """RP-Initiated Logout 1.0 §3: character by character, as it is registered now."""
        out, other = "https://rp.example/out", "https://rp.example/other"
        for client_id in ("a", "b", "c"):
            known = client(client_id, post_logout_redirect_uris=(out, out))
            assert await store.add_client(known, now=NOW)
        assert not await store.add_client(
            client("a", post_logout_redirect_uris=("https://evil.example",)), now=NOW
        )
        assert await store.clients_returned_to("https://evil.example") == []
        assert len(await store.clients_returned_to(out)) == 2
        assert await store.clients_returned_to(f"{out}/") == []
        await store.change_client(
            "a", lambda known: replace(known, post_logout_redirect_uris=(other,))
        )
        await store.remove_client("b")
        assert [known.client_id for known in await store.clients_returned_to(other)] == ["a"]
        assert [known.client_id for known in await store.clients_returned_to(out)] == ["c"]
        await store.remove_client("a")
        await store.remove_client("c")
        assert (await sizes(engine))["post_logout_redirect_uris"] == 0

    async def test_a_client_that_is_told_another_sub_keeps_nothing_that_was_given_for_the_former(
        self, store: Store
    ) -> None:
        """OpenID Connect Core 1.0 §12.2, §5.3.2."""
        await store.add_client(client(), now=NOW)
        await store.add_client(client("bystander"), now=NOW)
        arrived, token = await signed_in_token(store)
        _, other = await signed_in_token(store, code={"client_id": "bystander"})
        await store.change_client("rp", lambda known: replace(known, contacts=("a@b.example",)))
        assert await grant_of(store, token) is not None
        await store.change_registration("rp", lambda known: replace(known, subject_type="pairwise"))
        assert await grant_of(store, token) is None
        assert await store.find_code(arrived.code_hash) is None
        assert await grant_of(store, other) is not None

    async def test_a_client_that_comes_back_finds_no_token_of_its_predecessor(
        self, store: Store
    ) -> None:
        await store.add_client(client(), now=NOW)
        arrived, token = await signed_in_token(store)
        await store.remove_client("rp")
        await store.add_client(client(), now=NOW)
        assert await grant_of(store, token) is None
        again = await sign_in(store)
        assert again.account == arrived.account
        assert await spend(store, again.code_hash) is not None
