"""The SQL that SQLite and PostgreSQL share, and that every query finds its rows by an index."""

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

import bridge.store
from bridge.store.auditing import TRAIL_OF_ACCOUNT
from bridge.store.groups import LIST_GROUPS
from bridge.store.migrating import migrations

PACKAGE = Path(bridge.store.__file__).parent

# The engines' own words (PRAGMA, BEGIN) are theirs alone.
SHARED = sorted(
    module.stem
    for module in PACKAGE.glob("*.py")
    if module.stem not in {"__init__", "sqlite", "sqlite_file", "describing", "backup"}
)

VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|PRAGMA|BEGIN)\s")

# Architecture, section 3, and what only one of the two engines reads.
FORBIDDEN = {
    "now()": r"\bnow\s*\(",
    "CURRENT_TIMESTAMP": r"\bCURRENT_(TIME|DATE|TIMESTAMP)\b",
    "strftime()": r"\b(strftime|unixepoch|datetime|random)\s*\(",
    "FOR UPDATE": r"\bFOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE)\b",
    "ANY": r"\bANY\s*\(",
    "::": r"::",
    "an added constraint": r"\bADD\s+(CONSTRAINT|CHECK|FOREIGN|UNIQUE|PRIMARY)\b",
    "a data-modifying CTE": r"\bWITH\b.*\b(INSERT|UPDATE|DELETE)\b",
    "OR REPLACE": r"\b(INSERT|UPDATE)\s+OR\b|\bREPLACE\s+INTO\b",
    "AUTOINCREMENT": r"\b(AUTOINCREMENT|SERIAL|IDENTITY)\b",
    "WITHOUT ROWID": r"\bWITHOUT\s+ROWID\b|\bSTRICT\b",
    "rowid": r"\browid\b",
    "GLOB": r"\b(GLOB|ILIKE|REGEXP|IFNULL|NVL)\b",
    "a name in quotes": r'["`\[]',
    "another placeholder": r"\?|%s|(?<!:):\w|@\w",
}

# What SQLite calls it, of one version and another, to sort what an index has left equal
AS_FAR_AS_AN_INDEX_GOES = {
    "USE TEMP B-TREE FOR LAST TERM OF ORDER BY",
    "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
}


def one_line(statement: str) -> str:
    return " ".join(statement.split())


# One person's entries, and what an operator counts
SORTED = {one_line(TRAIL_OF_ACCOUNT), one_line(LIST_GROUPS)}

# Statements that read a whole table because the whole table is the answer, or one row of it is
SCANS = {
    "SELECT client_id, registration FROM clients ORDER BY client_id",
    "SELECT account_id FROM accounts LIMIT 1",
    one_line(LIST_GROUPS),
}


def texts(module: str) -> Iterator[str]:
    """Each statement among the constants of a module."""
    for value in vars(import_module(f"bridge.store.{module}")).values():
        several = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        for text in several:
            if isinstance(text, str) and VERB.match(text):
                yield one_line(text)


STATEMENTS = sorted({text for module in SHARED for text in texts(module)})
QUERIES = [text for text in STATEMENTS if not text.startswith("CREATE")]
MIGRATIONS = [one_line(part) for _, text in migrations() for part in text.split(";\n") if part]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        for _, script in migrations():
            connection.executescript(script)
        yield connection


def test_every_statement_is_a_constant_of_its_module() -> None:
    """So that the tests below see all of them."""
    for module in SHARED:
        tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        for function in functions:
            for node in ast.walk(function):
                text = node.value if isinstance(node, ast.Constant) else None
                is_hidden = isinstance(text, str) and VERB.match(text)
                assert not is_hidden, (module, function.name)
    assert len(STATEMENTS) >= 30


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_statement_uses_what_one_engine_alone_understands(name: str) -> None:
    pattern = re.compile(FORBIDDEN[name], re.IGNORECASE)
    for statement in (*STATEMENTS, *MIGRATIONS):
        assert not pattern.search(statement), statement


def test_placeholders_are_numbered_from_one_without_a_gap() -> None:
    for statement in STATEMENTS:
        numbers = {int(number) for number in re.findall(r"\$(\d+)", statement)}
        assert numbers == set(range(1, len(numbers) + 1)), statement
        assert len(re.findall(r"\$", statement)) == len(re.findall(r"\$\d", statement)), statement


def test_columns_are_text_or_bigint(database: sqlite3.Connection) -> None:
    """Seconds do not fit PostgreSQL's INTEGER for ever; SQLite would not mind."""
    for table in tables(database):
        for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})"):
            assert kind in {"TEXT", "BIGINT"}, (table, name)


def test_migrations_only_add() -> None:
    for statement in MIGRATIONS:
        adds = r"CREATE (UNIQUE )?(TABLE|INDEX) |ALTER TABLE \w+ ADD COLUMN |INSERT INTO "
        assert re.match(adds, statement), statement


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("statement", QUERIES)
def test_a_query_finds_its_rows_by_an_index(database: sqlite3.Connection, statement: str) -> None:
    steps = plan(database, statement)
    # A row of constants is not read anywhere, under whatever name.
    constant = {"SCAN CONSTANT ROW"} | {
        f"SCAN {step.removeprefix('CO-ROUTINE ')}"
        for step, source in pairwise(steps)
        if source == "SCAN CONSTANT ROW"
    }
    scanned = [step for step in steps if step.startswith("SCAN") and step not in constant]
    assert bool(scanned) == (statement in SCANS), scanned


def test_no_value_decides_which_index_is_of_use(database: sqlite3.Connection) -> None:
    """Else SQLite prepares the statement anew whenever it is run: ten times its price."""
    partial = database.execute("SELECT sql FROM sqlite_master WHERE sql LIKE '%WHERE%'")
    columns = [re.search(r"WHERE (\w+) = ", text) for (text,) in partial]
    assert any(columns)
    for column in filter(None, columns):
        assert not [text for text in QUERIES if re.search(rf"\b{column[1]} = \$\d", text)]


def test_no_query_sorts_what_an_index_could_have_sorted(database: sqlite3.Connection) -> None:
    for statement in QUERIES:
        sorted_ = [step for step in plan(database, statement) if "TEMP B-TREE" in step]
        if statement not in SORTED:
            assert set(sorted_) <= AS_FAR_AS_AN_INDEX_GOES, statement


def test_whatever_is_deleted_is_looked_up_by_an_index_where_it_is_referred_to(
    database: sqlite3.Connection,
) -> None:
    """Or each deletion reads the whole table that refers to it. No plan shows this."""
    deleted = {text.split()[2] for text in STATEMENTS if text.startswith("DELETE FROM")}
    assert deleted >= {"sessions", "grants", "codes", "tokens", "clients"}
    for table in tables(database):
        for _, _, parent, column, *_ in database.execute(f"PRAGMA foreign_key_list({table})"):
            if parent in deleted:
                assert column in leading_columns(database, table), (table, column)


def plan(database: sqlite3.Connection, statement: str) -> list[str]:
    values: dict[str, None] = dict.fromkeys(re.findall(r"\$(\d+)", statement))
    rows = database.execute(f"EXPLAIN QUERY PLAN {statement}", values)
    return [detail for *_, detail in rows]


def tables(database: sqlite3.Connection) -> list[str]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in names]


def leading_columns(database: sqlite3.Connection, table: str) -> set[str]:
    """The first column of each index that holds every row of the table."""
    found: set[str] = set()
    for _, index, _, _, is_partial in database.execute(f"PRAGMA index_list({table})"):
        if not is_partial:
            [(_, _, column), *_] = database.execute(f"PRAGMA index_info({index})")
            found.add(column)
    return found
