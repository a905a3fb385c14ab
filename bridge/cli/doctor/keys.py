"""The signing keys, and with which of the secrets what is stored was sealed."""

from collections.abc import Iterator

from bridge.app import Chance, Resealing, key_directory, open_store
from bridge.cli.doctor.finding import Finding
from bridge.cli.moments import date
from bridge.cli.operating import opened_keys
from bridge.config import Settings
from bridge.store import UnusableDatabase
from keys import KEYS_FILE, KeyRing, KeyState, SigningKey, UnusableKeys, due_at, signing_key, state

DAY = 86_400


async def examine_keys(settings: Settings) -> list[Finding]:
    """Say where the keys are, which signs since when for each algorithm, and what comes next."""
    now = Chance().now()
    try:
        async with opened_keys(settings) as held:
            ring = await held.ring(now)
    except (UnusableDatabase, UnusableKeys) as error:
        return [Finding("keys", "FAILED", str(error))]
    where = "the database" if settings.keys_are_stored else f"the folder {settings.keys_path}"
    found = [Finding("keys", "ok", f"{len(ring.keys)} published, kept in {where}")]
    found += [_of_algorithm(settings, ring, alg, now) for alg in ring.algorithms]
    return [*found, *_left_behind(settings)]


def _of_algorithm(settings: Settings, ring: KeyRing, alg: str, now: int) -> Finding:
    active = signing_key(ring.keys, alg, now)
    upcoming = [
        key.active_from
        for key in ring.keys
        if key.alg == alg and state(key, ring.keys, now, ring.policy) is KeyState.UPCOMING
    ]
    age = max(0, now - active.active_from) // DAY
    said = f"{alg}: {active.kid} has signed for {age} days"
    if not upcoming:
        announced = max(now, due_at(_only(ring.keys, alg), ring.policy, (alg,)))
        return Finding("keys", "ok", f"{said}, its successor is announced from {date(announced)}")
    comes = min(upcoming)
    if comes - now > settings.key_active + settings.key_announced:
        text = (
            f"{said}, and its successor comes as late as {date(comes)}: the clock of a bridge was"
            " wrong. wechat-oidc keys revoke takes the successor away"
        )
        return Finding("keys", "warning", text)
    return Finding("keys", "ok", f"{said}, the next one signs from {date(comes)}")


def _only(keys: tuple[SigningKey, ...], alg: str) -> list[SigningKey]:
    return [key for key in keys if key.alg == alg]


def _left_behind(settings: Settings) -> Iterator[Finding]:
    """Name the file from which keys were moved."""
    path = settings.keys_path
    if settings.keys_are_stored and path is not None and key_directory(settings, path).is_there():
        text = f"{path / KEYS_FILE} is used no longer and has private keys in the clear: remove it"
        yield Finding("keys", "warning", text)


async def examine_secrets(settings: Settings) -> list[Finding]:
    """Say whether the first of the secrets opens all that is stored."""
    try:
        store = await open_store(settings)
    except UnusableDatabase:
        return []  # examine_database has said why
    try:
        standings = await Resealing(settings, store).examine(Chance().now())
    except UnusableDatabase:
        return []
    finally:
        await store.close()
    lost = [name for standing in standings for name in standing.lost]
    if lost:
        text = f"none of the secrets opens {', '.join(lost)}: add the former secret at the end"
        return [Finding("secrets", "FAILED", text)]
    later = [f"{one.kind} ({one.by_later})" for one in standings if one.by_later]
    if later:
        text = (
            f"the first of {len(settings.secrets)} secrets does not open {', '.join(later)}:"
            " wechat-oidc secrets reseal, before the others are taken away"
        )
        return [Finding("secrets", "warning", text)]
    total = sum(one.by_first for one in standings)
    return [Finding("secrets", "ok", f"the first opens all {total} texts that are stored sealed")]
