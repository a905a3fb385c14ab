"""Whoever can write the database, and has no secret, can neither sign nor be believed."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from bridge.client_secrets import ClientSecrets
from bridge.sealing import Sealer
from bridge.signing_keys import NAME, KeySealer
from bridge.signing_keys.sealed import KIND
from bridge.store.engine import Steps
from keys import SigningKey, UnusableKeys, generate_key, revoke, write_signing_keys
from tests.oidc.examples import CLIENT
from tests.signing_keys.nodes import NEW, OLD, POLICY, READ_EVERY, Node, kids, node
from tests.store.examples import sign_in
from tests.telemetry.lines import written

pytestmark = pytest.mark.anyio


def fresh(begins: int = 0) -> SigningKey:
    return SigningKey(generate_key("ES256"), "ES256", begins)


def of_another_kind(_sealed: str) -> str:
    """The key of opaque subjects, which stands in the same table."""
    return Sealer("subject key", [OLD]).seal({"key": "00" * 32})


def of_a_client(_sealed: str) -> str:
    client = replace(
        CLIENT, client_secret_hash=None, token_endpoint_auth_method="client_secret_jwt"
    )
    return ClientSecrets([OLD]).keep(client, "s" * 43).client_secret_sealed or ""


def under_another_secret(_sealed: str) -> str:
    return KeySealer([NEW]).seal([fresh()])


def changed(sealed: str) -> str:
    """One bit of what is encrypted."""
    parts = sealed.split(".")
    parts[3] = ("B" if parts[3][0] != "B" else "C") + parts[3][1:]
    return ".".join(parts)


def in_the_clear(_sealed: str) -> str:
    return write_signing_keys([fresh()]).decode()


def nothing(_sealed: str) -> str:
    return ""


def without_keys(_sealed: str) -> str:
    """By somebody who has the secret; no program of ours writes it."""
    return Sealer(KIND, [OLD]).seal({KIND: '{"keys": []}'})


def with_another_public_half(_sealed: str) -> str:
    one, other = (write_signing_keys([fresh()]).decode() for _ in range(2))
    x = one.split('"x": "')[1].split('"')[0]
    forged = other.replace(other.split('"x": "')[1].split('"')[0], x)
    return Sealer(KIND, [OLD]).seal({KIND: forged})


def two_that_begin_together(_sealed: str) -> str:
    return KeySealer([OLD]).seal([fresh(), fresh()])


FORGERIES = [
    *(of_another_kind, of_a_client, under_another_secret, changed, in_the_clear, nothing),
    *(without_keys, with_another_public_half, two_that_begin_together),
]


async def put(one: Node, text: str) -> None:
    """Write a row as somebody who knows the database's password."""

    def steps() -> Steps[None]:
        yield "UPDATE installation SET value = $2 WHERE name = $1", (NAME, text)

    await one.engine.write(steps)


@pytest.mark.parametrize("forge", FORGERIES)
async def test_what_was_put_in_place_of_the_keys_is_refused_in_one_line_and_left_as_it_is(
    one: Node, address: str, forge: Callable[[str], str]
) -> None:
    """Nothing is made over it: the keys may come back with the right secret, or from a backup."""
    ring = await one.keys.ring(0)
    forged = forge(await one.store.decided(NAME) or "")
    await put(one, forged)
    async with node(address) as starting:
        for _ in range(2):
            with pytest.raises(UnusableKeys) as refused:
                await starting.keys.ring(0)
            assert "\n" not in str(refused.value)
        late = POLICY.rotation + READ_EVERY
        with written() as lines:
            assert await one.keys.ring(late) is ring
        assert lines.messages[0].startswith("signing_keys.unreadable cause=")
        assert len(lines.messages) == 1
    assert await one.store.decided(NAME) == forged


async def test_where_people_have_signed_in_new_keys_are_made_only_at_the_operators_word(
    one: Node, address: str
) -> None:
    """The database was copied without the folder of the keys, or somebody removed them."""
    ring = await one.keys.ring(0)
    await sign_in(one.store)

    def steps() -> Steps[None]:
        yield "DELETE FROM installation WHERE name = $1", (NAME,)

    await one.engine.write(steps)
    async with node(address) as starting:
        with pytest.raises(UnusableKeys, match="keys move --to database --directory FOLDER"):
            await starting.keys.ring(0)
        with written() as lines:
            assert await one.keys.ring(READ_EVERY) is ring
        assert len(lines.messages) == 1
        assert await one.store.decided(NAME) is None
    async with node(address, inherited=lambda: ring.keys) as inheriting:
        assert await inheriting.kids(READ_EVERY) == kids(ring)
        await one.engine.write(steps)
        changed = await inheriting.keys.change(revoke(kids(ring)), READ_EVERY)
        assert await one.kids(2 * READ_EVERY) == kids(changed.ring) != kids(ring)


async def test_what_was_removed_is_made_anew_and_the_former_keys_are_gone(one: Node) -> None:
    """As with the file. A node that runs says what it sees."""
    (former,) = await one.kids(0)

    def steps() -> Steps[None]:
        yield "DELETE FROM installation WHERE name = $1", (NAME,)

    await one.engine.write(steps)
    with written() as lines:
        (new,) = await one.kids(READ_EVERY)
    assert new != former
    assert lines.messages == [f"signing_keys.changed new={new} gone={former}"]


async def test_the_store_has_no_private_key_in_the_clear(one: Node) -> None:
    (key,) = (await one.keys.ring(0)).keys
    sealed = await one.store.decided(NAME) or ""
    for member in (key.kid, str(key.jwk.as_dict(private=True)["d"])):
        assert member not in sealed


# Secrets, exchanged while nodes run


async def test_in_the_order_of_the_manual_every_node_opens_what_every_other_has_sealed(
    address: str,
) -> None:
    """[old], [old, new], [new, old], [new]: of two that follow, both run at once."""
    orders = [(OLD,), (OLD, NEW), (NEW, OLD)]
    now, leaked = 0, await _first(address)
    for former, latter in pairwise(orders):
        async with (
            node(address, secrets=former) as one,
            node(address, secrets=latter) as other,
        ):
            for who, sees in ((one, other), (other, one)):
                now += READ_EVERY
                ring = await who.keys.ring(now)
                assert kids(ring) == [leaked]
                # each of them seals, by whatever it changes
                (leaked,) = await _revoke_all(who, now)
                now += READ_EVERY
                with written() as lines:
                    assert await sees.kids(now) == [leaked]
                assert not any("unreadable" in line for line in lines.messages)


async def _first(address: str) -> str:
    async with node(address, secrets=(OLD,)) as one:
        (kid,) = await one.kids(0)
    return kid


async def _revoke_all(one: Node, now: int) -> list[str]:
    return kids((await one.keys.change(revoke(await one.kids(now)), now)).ring)


async def test_a_node_that_was_left_out_signs_on_with_what_it_has_and_does_not_start_again(
    address: str,
) -> None:
    """The first step was forgotten: [old] meets what [new, old] has sealed."""
    async with node(address, secrets=(OLD,)) as left, node(address, secrets=(NEW, OLD)) as ahead:
        ring = await left.keys.ring(0)
        await _revoke_all(ahead, 1)
        with written() as lines:
            assert await left.keys.ring(READ_EVERY) is ring
        assert len(lines.messages) == 1
        assert "add the former one at the end of the setting secrets" in lines.messages[0]
        assert ring.sign({"sub": "x"}, now=READ_EVERY, alg="ES256")
    async with node(address, secrets=(OLD,)) as again:
        with pytest.raises(UnusableKeys, match="sealed with another secret"):
            await again.keys.ring(READ_EVERY)
