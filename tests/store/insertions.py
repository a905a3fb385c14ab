"""Insertions: what a verb adds, in whatever order and company the engine does so."""

import pytest

from bridge.store import Engine, Store
from bridge.store.engine import Insertion, Row, Steps, Value
from tests.store.examples import NOW, look, new, sign_in, spend

ADD = "INSERT INTO installation (name, value) VALUES ($1, $2)"
ADD_ONCE = f"{ADD} ON CONFLICT DO NOTHING"
ADD_MANY = """
    INSERT INTO audit (audit_id, at, event, account_id, client_id, other_account_id, detail,
        address, browser, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
ADDED = "SELECT name, value FROM installation WHERE name LIKE 'added-%' ORDER BY name"


async def added(engine: Engine) -> dict[str, str]:
    return {name: value for name, value in await look(engine, ADDED)}  # noqa: C416 - two columns


class InsertionsConformance:
    # Set by the engine's own module
    violation: type[Exception]

    async def test_what_was_added_is_seen_by_the_next_statement(
        self, engine: Engine, store: Store
    ) -> None:
        def adding() -> Steps[list[tuple[str, str]]]:
            for number in range(3):
                yield Insertion(ADD, (f"added-{number}", str(number)))
            rows = yield ADDED, ()
            yield Insertion(ADD, ("added-3", "3"))
            return [(row["name"], row["value"]) for row in rows]

        assert await store.clients() == []
        seen = await engine.write(adding)
        assert seen == [("added-0", "0"), ("added-1", "1"), ("added-2", "2")]
        assert await added(engine) == {f"added-{number}": str(number) for number in range(4)}

    async def test_nothing_is_sent_to_who_adds(self, engine: Engine, store: Store) -> None:
        def adding() -> Steps[list[list[Row]]]:
            return [
                (yield Insertion(ADD, ("added-1", "1"))),
                (yield Insertion(ADD_ONCE, ("added-2", "2"))),
            ]

        assert await store.clients() == []
        assert await engine.write(adding) == [[], []]

    async def test_each_value_finds_its_place(self, engine: Engine, store: Store) -> None:
        values: list[tuple[Value, ...]] = [
            (f"audit-{number}", NOW + number, *(f"{number}.{place}" for place in range(8)))
            for number in range(3)
        ]

        def adding() -> Steps[None]:
            yield Insertion(ADD, ("added-1", "first"))
            for row in values:
                yield Insertion(ADD_MANY, row)
            yield Insertion(ADD_ONCE, ("added-2", "last"))

        assert await store.clients() == []
        await engine.write(adding)
        columns = (
            "audit_id, at, event, account_id, client_id, other_account_id, detail, address,"
            " browser, reason"
        )
        query = f"SELECT {columns} FROM audit ORDER BY at"  # noqa: S608 - the columns are ours
        assert await look(engine, query) == values
        assert await added(engine) == {"added-1": "first", "added-2": "last"}

    async def test_what_is_there_already_stays_as_it_is(self, engine: Engine, store: Store) -> None:
        def adding(value: str) -> Steps[None]:
            yield Insertion(ADD_ONCE, ("added-1", value))
            yield Insertion(ADD_ONCE, ("added-2", value))
            yield Insertion(ADD_ONCE, ("added-2", value))

        assert await store.clients() == []
        await engine.write(lambda: adding("first"))
        await engine.write(lambda: adding("second"))
        assert await added(engine) == {"added-1": "first", "added-2": "first"}

    async def test_where_one_is_refused_none_is_added(self, engine: Engine, store: Store) -> None:
        def adding() -> Steps[None]:
            yield Insertion(ADD, ("added-1", "1"))
            yield Insertion(ADD, ("added-2", "2"))
            yield Insertion(ADD, ("added-1", "again"))
            yield Insertion(ADD, ("added-3", "3"))

        assert await store.clients() == []
        with pytest.raises(self.violation):
            await engine.write(adding)
        assert await added(engine) == {}

    async def test_where_the_verb_raises_afterwards_none_is_added(
        self, engine: Engine, store: Store
    ) -> None:
        def adding() -> Steps[None]:
            yield Insertion(ADD, ("added-1", "1"))
            raise LookupError

        assert await store.clients() == []
        with pytest.raises(LookupError):
            await engine.write(adding)
        assert await added(engine) == {}

    async def test_rows_that_refer_to_one_another_are_added_together(self, store: Store) -> None:
        """An account's session, its grant, and the code; then both tokens of the grant."""
        arrived = await sign_in(store)
        token = await spend(store, arrived.code_hash, token=new("token"))
        assert token is not None
        found = await store.find_access_grant(token, now=NOW)
        assert found is not None
        assert found.session == arrived.session
