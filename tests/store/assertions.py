"""What is good once: RFC 7523 §3, item 7."""

from bridge.store import Engine, Store
from tests.store.examples import DAY, NOW, sizes, together


class AssertionsConformance:
    async def test_a_jti_is_used_once_for_each_client(self, store: Store) -> None:
        assert await store.use_jti("rp", "hash", expires_at=NOW)
        assert not await store.use_jti("rp", "hash", expires_at=NOW + DAY)
        assert await store.use_jti("rp", "another", expires_at=NOW)
        assert await store.use_jti("another", "hash", expires_at=NOW)

    async def test_of_many_who_use_a_jti_together_one_does(self, store: Store) -> None:
        used: list[bool] = []

        async def use() -> None:
            used.append(await store.use_jti("rp", "hash", expires_at=NOW))

        await together(20, use)
        assert sorted(used) == [False] * 19 + [True]

    async def test_a_jti_is_forgotten_when_it_is_good_no_longer(
        self, store: Store, engine: Engine
    ) -> None:
        await store.use_jti("rp", "hash", expires_at=NOW)
        await store.forget_expired(now=NOW - 1)
        assert not await store.use_jti("rp", "hash", expires_at=NOW)
        await store.forget_expired(now=NOW)
        assert (await sizes(engine))["used_jtis"] == 0
