"""All that is stored under a seal of the setting ``secrets``, and how it gets another.

The first of the secrets seals, all of them open. Starting a node changes no seal: while secrets are
exchanged, nodes with the former ones are still running. The operator says when.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal

from bridge.app.opening import SUBJECT_KEY
from bridge.client_secrets import ClientSecrets
from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.sealing import BrokenSeal, Sealer
from bridge.signing_keys import NAME as SIGNING_KEYS
from bridge.signing_keys.sealed import KIND as SIGNING_KEYS_KIND
from bridge.store import Store, UnusableDatabase

# What is decided once, by its name in the store: of which kind is its seal?
_DECIDED = {SUBJECT_KEY: SUBJECT_KEY.replace("_", " "), SIGNING_KEYS: SIGNING_KEYS_KIND}

_CLIENT_SECRETS = "client secrets"

# Each try that fails means that somebody else has replaced it meanwhile.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one kind: how many texts the first secret opens, and how many only a later one.

    What none opens is ``lost``: names for the operator.
    """

    kind: str
    by_first: int = 0
    by_later: int = 0
    lost: tuple[str, ...] = ()


class Resealing:
    """Looks at what is stored, and seals it anew with the first of the secrets."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._secrets = settings.secret_values
        self._store = store
        self._clients = ClientSecrets(self._secrets)

    async def examine(self, now: int) -> list[Standing]:
        """Say how each kind stands; nothing is changed."""
        standings = [await self._decided(name, now) for name in _DECIDED]
        return [*standings, await self._of_clients(now)]

    async def reseal(self, now: int) -> AsyncGenerator[tuple[str, int, int]]:
        """Seal anew; yield each kind, how many it were, and how many had been sealed so before.

        Safe while nodes run, and when it is done twice. Raises UnusableDatabase, before anything is
        changed, where something opens with none of the secrets.
        """
        lost = [name for standing in await self.examine(now) for name in standing.lost]
        if lost:
            raise UnusableDatabase(
                f"none of the secrets opens {', '.join(lost)}: add the former secret at the end of"
                " the setting secrets; nothing was changed"
            )
        for name, kind in _DECIDED.items():
            yield kind, *await self._reseal_decided(name, now)
        yield _CLIENT_SECRETS, *await self._reseal_clients(now)

    async def _decided(self, name: str, now: int) -> Standing:
        kind, sealed = _DECIDED[name], await self._store.decided(name)
        if sealed is None:
            return Standing(kind)
        match _opens(kind, self._secrets, sealed, now):
            case "first":
                return Standing(kind, by_first=1)
            case "later":
                return Standing(kind, by_later=1)
            case "lost":
                return Standing(kind, lost=(f"the {kind}",))

    async def _of_clients(self, now: int) -> Standing:
        first = later = 0
        lost: list[str] = []
        for client in await self._store.clients():
            counted = self._clients.standing(client, now=now)
            first, later = first + counted.count("first"), later + counted.count("later")
            if "lost" in counted:
                lost.append(f"the secret of {client.client_id}")
        return Standing(_CLIENT_SECRETS, first, later, tuple(lost))

    async def _reseal_decided(self, name: str, now: int) -> tuple[int, int]:
        kind = _DECIDED[name]
        every, first = Sealer(kind, self._secrets), Sealer(kind, self._secrets[:1])
        for _ in range(_TRIES):
            sealed = await self._store.decided(name)
            if sealed is None:
                return 0, 0
            if _opens(kind, self._secrets, sealed, now) == "first":
                return 0, 1
            anew = first.seal(every.open(sealed, now=now))
            if await self._store.decide_again(name, former=sealed, value=anew):
                return 1, 0
        raise UnusableDatabase(f"the {kind} are changed by others all the time: try again")

    async def _reseal_clients(self, now: int) -> tuple[int, int]:
        renewed = already = 0

        def renew(client: Client) -> Client:
            return self._clients.renew(client, now=now)

        for client in await self._store.clients():
            counted = self._clients.standing(client, now=now)
            already += counted.count("first")
            if "later" in counted:
                await self._store.change_client(client.client_id, renew)
                renewed += counted.count("later")
        return renewed, already


def _opens(
    kind: str, secrets: Sequence[bytes], sealed: str, now: int
) -> Literal["first", "later", "lost"]:
    for number, secret in enumerate(secrets):
        try:
            Sealer(kind, [secret]).open(sealed, now=now)
        except BrokenSeal:
            continue
        return "later" if number else "first"
    return "lost"
