"""The rows of all tables, in a file while they are on their way.

A verb runs without waiting for another database, and may be run again. So all rows are read
first; they may be more than fit into memory.
"""

import json
from collections.abc import Iterator
from itertools import groupby, islice
from typing import IO, Any

from bridge.store.copying.tables import Table, tables
from bridge.store.engine import Engine, Statement, Steps, UnusableDatabase
from bridge.store.migrating import LOCK_VERSION

# Rows that are read, and written, by one statement
PAGE = 500
LOT = 50

Contents = IO[str]
"""One JSON array a line: the table's name, and the values of a row in the order of its columns."""


class NotEmpty(Exception):
    """The other database has people or relying parties of its own."""


async def copy_out(engine: Engine, contents: Contents) -> None:
    """Write down all rows. Nobody else should be writing meanwhile."""
    for table in tables():
        after: tuple[Any, ...] | None = None
        while True:
            rows = await engine.read(lambda known=table, last=after: _page(known, last))  # type: ignore[misc]
            for row in rows:
                _check(table, row)
                contents.write(f"{json.dumps([table.name, *row], ensure_ascii=False)}\n")
            if len(rows) < PAGE:
                break
            places = [table.columns.index(name) for name in table.key]
            after = tuple(rows[-1][place] for place in places)


async def put_in(engine: Engine, contents: Contents) -> dict[str, int]:
    """Replace all rows by these, or nothing; return how many each table now has.

    Raises NotEmpty where there is somebody already.
    """
    return await engine.alter(lambda: _replace(contents))


def _page(table: Table, after: tuple[Any, ...] | None) -> Steps[list[list[Any]]]:
    columns, key = ", ".join(table.columns), ", ".join(table.key)
    where = ""
    if after is not None:
        marks = ", ".join(f"${number}" for number in range(1, len(after) + 1))
        where = f"WHERE ({key}) > ({marks})"
    rows = yield (
        f"SELECT {columns} FROM {table.name} {where} ORDER BY {key} LIMIT {PAGE}",  # noqa: S608 - ours
        after or (),
    )
    return [[row[name] for name in table.columns] for row in rows]


def _check(table: Table, row: list[Any]) -> None:
    """PostgreSQL stores no NUL, and no name that a person chose for themselves may stop us late."""
    for name, value in zip(table.columns, row, strict=True):
        if isinstance(value, str) and "\0" in value:
            raise UnusableDatabase(
                f"a value in the column {name} of the table {table.name} has the character NUL,"
                " which PostgreSQL cannot store"
            )


def _replace(contents: Contents) -> Steps[dict[str, int]]:
    known = {table.name: table for table in tables()}
    yield LOCK_VERSION, ()
    for name in ("accounts", "clients"):
        if (yield f"SELECT 1 AS one FROM {name} LIMIT 1", ()):  # noqa: S608 - ours
            raise NotEmpty
    for name in reversed(known):
        yield f"DELETE FROM {name}", ()  # noqa: S608 - ours
    counts = dict.fromkeys(known, 0)
    contents.seek(0)
    lines = map(json.loads, contents)
    for name, rows in groupby(lines, key=lambda line: str(line[0])):
        table, later = known[name], list[Statement]()
        values = (row[1:] for row in rows)
        while lot := list(islice(values, LOT)):
            later += _references_to_itself(table, lot)
            yield _insert(table, len(lot)), [value for row in lot for value in row]
            counts[name] += len(lot)
        for statement in later:  # noqa: UP028 - a list takes no rows
            yield statement
    return counts


def _insert(table: Table, rows: int) -> str:
    width = len(table.columns)
    lots = (
        ", ".join(f"${row * width + column}" for column in range(1, width + 1))
        for row in range(rows)
    )
    values = ", ".join(f"({lot})" for lot in lots)
    return f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES {values}"  # noqa: S608


def _references_to_itself(table: Table, lot: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Take them out of the rows, and return what puts them in once all rows are there."""
    keys = [table.columns.index(name) for name in table.key]
    where = " AND ".join(f"{name} = ${place}" for place, name in enumerate(table.key, start=2))
    for name in table.own:
        place = table.columns.index(name)
        for row in lot:
            if row[place] is not None:
                values = [row[place], *(row[key] for key in keys)]
                row[place] = None
                yield f"UPDATE {table.name} SET {name} = $1 WHERE {where}", values  # noqa: S608
