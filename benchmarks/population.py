"""A bridge that has been in use for long: rows of its tables, made by SQL, in no order of keys."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path

from benchmarks.stand import CLIENT_ID
from tests.processes.programs import APPID

# Seconds; when they first came, and one of ten of them is signed in still
LONG_AGO, FAR_AWAY = 1_600_000_000, 4_000_000_000
# Before today, so that what has been done today is none of that which is long over
LATER = 1_700_000_000
SIGNED_IN = 10

NUMBERS = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :number)
"""
CLIENTS = f"""
    {NUMBERS}
    INSERT INTO clients (client_id, registration, created_at)
    SELECT client_id || '-' || n, registration, created_at
    FROM numbers, clients WHERE client_id = '{CLIENT_ID}' AND n < :number
"""  # noqa: S608 - our own words
ACCOUNTS = f"""
    {NUMBERS}
    INSERT INTO accounts
        (account_id, subject, handle, nickname, picture, created_at, updated_at, signed_in_at)
    SELECT md5('account' || n), 'o6' || substr(md5('unionid' || n), 1, 26),
        'wx_' || substr(md5('handle' || n), 1, 12), '张伟 ' || n,
        'https://thirdwx.qlogo.cn/mmopen/vi_32/' || md5('picture' || n) || '/132',
        {LONG_AGO} + n, {LONG_AGO} + n, {LONG_AGO} + n
    FROM numbers
"""  # noqa: S608 - our own words
IDENTITIES = """
    INSERT INTO identities (kind, realm, value, account_id, created_at)
    SELECT 'openid', :appid, 'oX' || substr(account_id, 1, 26), account_id, created_at FROM accounts
    UNION ALL SELECT 'unionid', 'main', subject, account_id, created_at FROM accounts
"""
SESSIONS = """
    INSERT INTO sessions
        (sid, wechat_state, delivery_hash, account_id, auth_time, amr, appid, openid, unionid,
        expires_at, cookie_hash, browser_id, seen_at)
    SELECT md5('sid' || :of || account_id), md5('state' || :of || account_id),
        md5('delivery' || :of || account_id), account_id, :begun_at, 'wechat', :appid,
        'oX' || substr(account_id, 1, 26), subject, :expires_at,
        md5('cookie' || :of || account_id), md5('browser' || account_id), :begun_at
    FROM accounts LIMIT :number
"""
INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


def populate(path: Path, accounts: int, clients: int) -> None:
    """Fill the tables of a bridge that is not running; indexes are made when all is there."""
    with _opened(path) as database:
        database.execute("PRAGMA journal_mode = OFF")
        indexes = database.execute(INDEXES).fetchall()
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}")
        database.execute("BEGIN")
        database.execute(CLIENTS, {"number": clients})
        database.execute(ACCOUNTS, {"number": accounts})
        database.execute(IDENTITIES, {"appid": APPID})
        add_sessions(database, accounts // SIGNED_IN, "", FAR_AWAY)
        database.execute("COMMIT")
        for _, statement in indexes:
            database.execute(statement)
        database.execute("PRAGMA journal_mode = WAL")


def expire(path: Path, number: int, of: str) -> None:
    """Add so many sessions that expired long ago; ``of`` tells them from earlier ones."""
    with _opened(path) as database:
        add_sessions(database, number, of, LONG_AGO)


def add_sessions(database: sqlite3.Connection, number: int, of: str, expires_at: int) -> None:
    values = {
        "appid": APPID,
        "number": number,
        "expires_at": expires_at,
        "begun_at": LONG_AGO,
        "of": of,
    }
    database.execute(SESSIONS, values)


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection]:
    database = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        database.create_function("md5", 1, _md5, deterministic=True)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        yield database
    finally:
        database.close()


def _md5(text: str) -> str:
    """As PostgreSQL has it: no secret, only out of order."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()
