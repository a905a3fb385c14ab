"""What the operator writes down of a person."""

import pytest

from bridge.oidc.standard_claims import Claims
from bridge.store import Store, TakenEmail
from tests.store.examples import NOW, person, sign_in, together

LATER = NOW + 10


async def write_down(store: Store, subject: str, **claims: str) -> Claims | None:
    account = await store.change_claims(subject, lambda known: {**known, **claims}, now=LATER)
    return None if account is None else dict(account.claims)


class AccountsConformance:
    async def test_what_is_written_down_is_part_of_the_account(self, store: Store) -> None:
        arrived = await sign_in(store)
        subject = arrived.account.subject
        await write_down(store, subject, email="Zhang@example.com")
        assert await write_down(store, subject, name="张伟") == {
            "email": "Zhang@example.com",
            "name": "张伟",
        }
        again = await sign_in(store, at=LATER)
        assert again.account.claims == {"email": "Zhang@example.com", "name": "张伟"}
        assert again.account.updated_at == LATER

    async def test_a_stranger_has_nothing_written_down(self, store: Store) -> None:
        await sign_in(store)
        assert await write_down(store, "nobody", name="x") is None

    async def test_an_address_is_one_persons_in_whatever_case(self, store: Store) -> None:
        one = await sign_in(store, person("o-1", "u-1"))
        other = await sign_in(store, person("o-2", "u-2"))
        await write_down(store, one.account.subject, email="Zhang@Example.com")
        with pytest.raises(TakenEmail):
            await write_down(store, other.account.subject, email="zhang@example.COM")
        await write_down(store, one.account.subject, email="zhang@example.com")
        await store.change_claims(one.account.subject, lambda _known: {}, now=LATER)
        assert await write_down(store, other.account.subject, email="zhang@example.com")

    async def test_what_two_write_down_at_once_is_both_kept(self, store: Store) -> None:
        subject = (await sign_in(store)).account.subject
        names = iter(["name", "gender", "locale", "zoneinfo"])

        async def write() -> None:
            await write_down(store, subject, **{next(names): "x"})

        await together(4, write)
        assert await write_down(store, subject) == dict.fromkeys(
            ("name", "gender", "locale", "zoneinfo"), "x"
        )
