"""``wechat-oidc secrets reseal``, and the exchange of a secret from its first step to its last."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bridge.app import Chance, Resealing, open_provider, open_store
from bridge.oidc.client import Client
from bridge.sealing import BEGINNING
from bridge.signing_keys import NAME
from tests.cli.terminal import SECRET, Operator

NEW = "Zq8-nB3vTy70_wKfS1hXd5Rm9EgJcU2p"
BEFORE, BOTH, AFTER = SECRET, f"{SECRET},{NEW}", f"{NEW},{SECRET}"


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """Everything that can be stored sealed is: one of each kind, and a secret in its grace time."""
    operator = operator.with_settings(KEYS="database")
    operator.told("keys", "list")
    asyncio.run(_open(operator))
    for client_id in ("signs", "rotated"):
        operator.told(
            *("client", "add", "--client-id", client_id, "--access", "nobody"),
            *("--redirect-uri", "https://a.example/cb", "--auth-method", "client_secret_jwt"),
        )
    operator.told("client", "rotate-secret", "rotated")
    operator.told(
        *("client", "add", "--client-id", "sends", "--access", "nobody"),
        *("--redirect-uri", "https://a.example/cb"),
    )
    return operator


async def _open(operator: Operator) -> None:
    async with open_provider(operator.settings()) as provider:
        await provider.keys.ring(provider.now())


def with_secrets(operator: Operator, secrets: str) -> Operator:
    return operator.with_settings(SECRETS=secrets)


def sealed_texts(operator: Operator) -> Iterator[str]:
    """Whatever in any table looks like a seal, whoever put it there."""
    with closing(sqlite3.connect(operator.settings().sqlite_path)) as database:
        for line in database.iterdump():
            yield from re.findall(rf"{re.escape(BEGINNING)}[\w.-]+", line)


def of_check(operator: Operator, subject: str) -> list[tuple[str, str]]:
    told = json.loads(operator.run("check", "--before-serve", "--json").stdout)
    return [(one["verdict"], one["text"]) for one in told if one["subject"] == subject]


def counted(said: str) -> dict[str, tuple[str, str]]:
    lines = [line.split("\t") for line in said.splitlines() if "\t" in line]
    return {kind: (renewed, already) for kind, renewed, already in lines}


def test_everything_that_is_stored_is_sealed_anew_and_counted(operator: Operator) -> None:
    former = set(sealed_texts(operator))
    assert len(former) == 5, "a key, the signing keys, three secrets of two clients"
    changed = with_secrets(operator, AFTER)
    first = changed.told("secrets", "reseal")
    assert counted(first) == {
        "subject key": ("1 sealed anew", "0 already"),
        "signing keys": ("1 sealed anew", "0 already"),
        "client secrets": ("3 sealed anew", "0 already"),
    }
    latter = set(sealed_texts(operator))
    assert len(latter) == 5
    assert former.isdisjoint(latter)
    assert counted(changed.told("secrets", "reseal")) == {
        kind: ("0 sealed anew", f"{number} already")
        for kind, number in (("subject key", 1), ("signing keys", 1), ("client secrets", 3))
    }
    assert set(sealed_texts(operator)) == latter
    assert "10 minutes after the last bridge was started with this first one" in first
    assert "21 hours" in first


def test_what_was_sealed_is_what_opens_afterwards(operator: Operator) -> None:
    before = operator.told("keys", "list"), asyncio.run(_subject_key(operator))
    with_secrets(operator, AFTER).told("secrets", "reseal")
    alone = with_secrets(operator, NEW)
    assert (alone.told("keys", "list"), asyncio.run(_subject_key(alone))) == before
    assert of_check(alone, "secrets") == [
        ("ok", "the first opens all 5 texts that are stored sealed")
    ]
    for command in (("keys", "list"), ("secrets", "reseal")):
        assert "secret" in operator.refused(*command)


async def _subject_key(operator: Operator) -> bytes:
    async with open_provider(operator.settings()) as provider:
        return provider.subject_key


def test_check_says_what_the_first_secret_does_not_open(operator: Operator) -> None:
    assert of_check(operator, "secrets")[0][0] == "ok"
    assert of_check(with_secrets(operator, BOTH), "secrets")[0][0] == "ok"
    ((verdict, text),) = of_check(with_secrets(operator, AFTER), "secrets")
    assert verdict == "warning"
    assert text == (
        "the first of 2 secrets does not open subject key (1), signing keys (1), client secrets"
        " (3): wechat-oidc secrets reseal, before the others are taken away"
    )
    ((verdict, text),) = of_check(with_secrets(operator, NEW), "secrets")
    assert verdict == "FAILED"
    assert text == (
        "none of the secrets opens the subject key, the signing keys, the secret of rotated, the"
        " secret of signs: add the former secret at the end"
    )


def test_what_opens_with_none_of_the_secrets_is_told_and_nothing_is_changed(
    operator: Operator,
) -> None:
    """A client that somebody added with settings of another bridge."""
    third = "another secret of more than 32 bytes"
    with_secrets(operator, third).told(
        *("client", "add", "--client-id", "stranger", "--access", "nobody"),
        *("--redirect-uri", "https://a.example/cb", "--auth-method", "client_secret_jwt"),
    )
    before = sorted(sealed_texts(operator))
    assert with_secrets(operator, AFTER).refused("secrets", "reseal") == (
        "none of the secrets opens the secret of stranger: add the former secret at the end of the"
        " setting secrets; nothing was changed"
    )
    assert sorted(sealed_texts(operator)) == before
    with_secrets(operator, f"{AFTER},{third}").told("secrets", "reseal")
    assert of_check(with_secrets(operator, NEW), "secrets")[0][0] == "ok"


def test_starting_changes_no_seal_whatever_the_order_of_the_secrets(operator: Operator) -> None:
    """Two nodes with different orders would otherwise fight."""
    before = sorted(sealed_texts(operator))
    for secrets in (BOTH, AFTER, BOTH):
        with_secrets(operator, secrets).serving("serve", "--port", "0")
    assert sorted(sealed_texts(operator)) == before


def test_with_one_secret_there_is_nothing_to_take_away(operator: Operator) -> None:
    assert "There is one secret" in operator.told("secrets", "reseal")


def test_a_bridge_that_is_new_has_little_to_seal(operator: Operator) -> None:
    fresh = operator.with_settings(DATABASE=f"sqlite://{operator.folder}/new.db")
    counts = counted(fresh.told("secrets", "reseal"))
    assert list(counts) == ["subject key", "signing keys", "client secrets"]
    assert set(counts.values()) == {("0 sealed anew", "0 already")}


@pytest.mark.anyio
async def test_two_who_reseal_at_once_and_one_who_changes_keys_meanwhile_lose_nothing(
    operator: Operator,
) -> None:
    """Each replaces what it has read, or reads again."""
    settings = with_secrets(operator, AFTER).settings()
    store, now = await open_store(settings), Chance().now()
    try:
        client = await store.client("signs")
        assert client is not None
        decide_again, overtaken = store.decide_again, 0

        async def late(name: str, *, former: str, value: str) -> bool:
            """Somebody else has been there a moment before."""
            nonlocal overtaken
            if name == NAME and not overtaken:
                overtaken = 1
                other = await open_store(settings)
                assert [kind async for kind, _, _ in Resealing(settings, other).reseal(now)]
                await other.close()
            return await decide_again(name, former=former, value=value)

        store.decide_again = late  # type: ignore[method-assign]
        done = {kind: counts async for kind, *counts in Resealing(settings, store).reseal(now)}
        assert done == {"subject key": [1, 0], "signing keys": [0, 1], "client secrets": [0, 3]}
        assert _sealed(await store.client("signs")) != _sealed(client)
    finally:
        await store.close()


def _sealed(client: Client | None) -> str | None:
    assert client is not None
    return client.client_secret_sealed
