"""Hours of traffic, as apps, people and browsers make it, through the verbs of the store."""

from dataclasses import dataclass, field

from bridge.store import NewAccessToken, NewRefreshToken, PushedRequest, Rotation, Store, Visit
from tests.store.examples import DAY, HOUR, MINUTE, client, new, person, sign_in, spend
from tests.store.pushes import a_push

IDLE = 3 * HOUR
PEOPLE = 5


@dataclass
class Traffic:
    """Each hour the same happens, so many times: to the same people, with ids that are new."""

    store: Store
    times: int
    # (hash, when it was given) of refresh tokens that are used again
    _refreshed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    async def begin(self, now: int) -> None:
        await self.store.add_client(client(), now=now)

    async def hour(self, now: int) -> None:
        for number in range(self.times):
            at = now + number * HOUR // self.times
            await self._sign_in_and_stay(number, at)
            await self._sign_in_and_leave(number, at)
            await self._give_up(number, at)
            await self._push(at)
            await self.store.use_jti("rp", new("jti"), expires_at=at + MINUTE)
        await self._refresh(now + HOUR - 1)

    async def _sign_in_and_stay(self, number: int, at: int) -> None:
        """… with a refresh token, which is rotated for some hours."""
        reference = new("reference")
        await self._keep_pushed(reference, at)
        somebody = person(f"o-{number % PEOPLE}", f"u-{number % PEOPLE}")
        arrived = await sign_in(self.store, somebody, at=at, visit=Visit(reference, "visit"))
        stored = await self.store.find_code(arrived.code_hash)
        assert stored is not None
        given = _refresh(at, at + 2 * IDLE)
        assert await self.store.spend_code(arrived.code_hash, stored, _access(at), given)
        self._refreshed.append((given.token_hash, at))

    async def _refresh(self, now: int) -> None:
        """Whoever signed in within these two hours comes again; the others never do."""
        recent = [(token, at) for token, at in self._refreshed if at > now - 2 * HOUR]
        self._refreshed = []
        for token, at in recent:
            rotation = Rotation(_refresh(now, at + 2 * IDLE), "sealed")
            assert await self.store.rotate_refresh_token(token, rotation, _access(now))
            self._refreshed.append((rotation.successor.token_hash, at))

    async def _sign_in_and_leave(self, number: int, at: int) -> None:
        somebody = person(f"o-{number % PEOPLE}", f"u-{number % PEOPLE}")
        arrived = await sign_in(self.store, somebody, at=at)
        assert await spend(self.store, arrived.code_hash, at=at)
        assert await self.store.end_session(arrived.session.sid, now=at + MINUTE) is not None

    async def _give_up(self, number: int, at: int) -> None:
        """A code that nobody redeems, an answer that nobody gives, a request that nobody opens."""
        somebody = person(f"o-{number % PEOPLE}", f"u-{number % PEOPLE}")
        await sign_in(self.store, somebody, at=at)
        await sign_in(self.store, somebody, at=at, answered=False)
        await self._keep_pushed(new("reference"), at)

    async def _keep_pushed(self, reference: str, at: int) -> None:
        pushed = PushedRequest("rp", {"scope": "openid"}, at + MINUTE)
        await self.store.add_pushed_request(reference, pushed)

    async def _push(self, at: int) -> None:
        push = a_push(
            openid="o-nobody", request_until=at + 5 * MINUTE, message_until=at + DAY, now=at
        )
        await self.store.take_push(push)


def _access(at: int) -> NewAccessToken:
    return NewAccessToken(token_hash=new("token"), now=at, expires_at=at + HOUR)


def _refresh(at: int, ends_at: int) -> NewRefreshToken:
    expires_at = min(at + IDLE, ends_at)
    return NewRefreshToken(
        token_hash=new("refresh"), now=at, expires_at=expires_at, ends_at=ends_at
    )
