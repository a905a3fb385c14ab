"""What is raced for: how it is made ready, and what one racer does. A racer's result is a text.

``WON`` and ``LOST`` say whether the racer was the one; any other text has to be the same for all.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from os import getpid

from bridge.store import Store, Unmergeable
from tests.store.examples import (
    NOW,
    Arrived,
    access,
    client,
    new_account,
    person,
    refresh,
    rotate,
    sign_in,
    spend,
)

WON, LOST = "won", "lost"


@dataclass(frozen=True)
class Kind:
    """``prepare`` makes the thing ready that a number names, and returns what racers are told."""

    prepare: Callable[[Store, int], Awaitable[str]]
    race: Callable[[Store, str], Awaitable[str]]


def _won(one: object) -> str:
    return WON if one else LOST


async def _code(store: Store, number: int) -> str:
    return (await _new_person(store, f"code {number}")).code_hash


async def _redeem(store: Store, code_hash: str) -> str:
    return _won(await spend(store, code_hash, token=f"{getpid()} {code_hash}"))


async def _refresh_token(store: Store, number: int) -> str:
    arrived = await _new_person(store, f"refresh {number}")
    stored, given = await store.find_code(arrived.code_hash), refresh()
    if stored is None or not await store.spend_code(arrived.code_hash, stored, access(), given):
        raise AssertionError(number)
    return given.token_hash


async def _rotate(store: Store, token_hash: str) -> str:
    return _won(await rotate(store, token_hash, to=f"{getpid()} {token_hash}"))


async def _name(_store: Store, number: int) -> str:
    return f"thing-{number}"


async def _register(store: Store, client_id: str) -> str:
    uris = (f"https://{client_id}.example/out",)
    return _won(await store.add_client(client(client_id, post_logout_redirect_uris=uris), now=NOW))


async def _arrive(store: Store, name: str) -> str:
    """Nobody was here before: whoever comes second finds the account of the first."""
    return (await _new_person(store, name)).account.account_id


async def _use_jti(store: Store, jti_hash: str) -> str:
    return _won(await store.use_jti("rp", jti_hash, expires_at=NOW))


async def _decide(store: Store, name: str) -> str:
    return await store.decide(name, str(getpid()))


async def _two_people(store: Store, number: int) -> str:
    one = await _new_person(store, f"one {number}", appid="wx-web")
    other = await _new_person(store, f"other {number}", appid="wx-other")
    return f"{one.account.account_id} {other.account.account_id}"


async def _merge(store: Store, both: str) -> str:
    """One process merges the first into the second, another the second into the first."""
    pair = both.split(" ")
    one, other = pair if getpid() % 2 else reversed(pair)
    try:
        await store.merge_accounts(one, other, audit_id=f"{getpid()} {both}", now=NOW)
    except Unmergeable:
        return LOST
    return WON


async def _new_person(store: Store, name: str, appid: str = "wx-web") -> Arrived:
    """Their subject is their unionid, as by default: all racers would make the same account."""
    identity = person(f"o {name}", f"u {name}", appid=appid)
    return await sign_in(store, identity, if_new=new_account(subject=f"u {name}"))


KINDS: Mapping[str, Kind] = {
    "redeem a code": Kind(_code, _redeem),
    "rotate a refresh token": Kind(_refresh_token, _rotate),
    "register a client": Kind(_name, _register),
    "sign in for the first time": Kind(_name, _arrive),
    "use up a signed assertion": Kind(_name, _use_jti),
    "decide for ever": Kind(_name, _decide),
    "merge two accounts": Kind(_two_people, _merge),
}
