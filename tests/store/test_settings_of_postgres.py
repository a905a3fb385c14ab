"""The engine that the settings name."""

import subprocess
import sys
from pathlib import Path

import pytest

from bridge.app import open_engine, open_store
from bridge.config import Settings
from bridge.store import UnusableDatabase
from bridge.store.postgres import PostgreSQLEngine
from bridge.store.sqlite import SQLiteEngine
from tests.config.examples import GOOD, complaint, read, with_
from tests.postgres import PASSWORD, Cluster
from tests.serving import free_port

pytestmark = pytest.mark.anyio


def settings_for(tmp_path: Path, url: str) -> Settings:
    return read(tmp_path, **with_(DATABASE=url))


async def test_the_engine_is_the_one_that_the_address_names(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(DATABASE=f"sqlite://{tmp_path / 'bridge.db'}"))
    engine = open_engine(settings)
    assert isinstance(engine, SQLiteEngine)
    await engine.close()
    named = open_engine(settings_for(tmp_path, "postgresql://bridge:pw@127.0.0.1:1/bridge"))
    assert isinstance(named, PostgreSQLEngine)
    await named.close()


async def test_a_store_is_opened_with_its_tables(tmp_path: Path, database_url: str) -> None:
    store = await open_store(settings_for(tmp_path, database_url))
    assert await store.decide("word", "value") == "value"
    assert await store.clients() == []
    await store.close()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("bridge:", "stranger:"), "it refuses the user or the password"),
        (("a%2Fb", "a%2Fc"), "it refuses the user or the password"),
        (("/test_", "/toast_"), "there is no database of this name"),
        (("127.0.0.1", "nowhere.invalid"), "its host name is not known"),
        (("127.0.0.1:{port}", "127.0.0.1:{free}"), "it cannot be reached (Connection refused)"),
    ],
)
async def test_what_keeps_us_out_is_told_in_one_line_without_address_or_password(
    tmp_path: Path,
    postgres: Cluster,
    migrated_url: str,
    change: tuple[str, str],
    line: str,
) -> None:
    former, latter = (part.format(port=postgres.port, free=free_port()) for part in change)
    assert former in migrated_url
    url = migrated_url.replace(former, latter)
    with pytest.raises(UnusableDatabase) as refused:
        await open_store(settings_for(tmp_path, url))
    assert str(refused.value) == f"the PostgreSQL database cannot be used: {line}"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert PASSWORD not in str(refused.value)


async def test_a_database_that_is_not_in_utf8_is_refused(tmp_path: Path, postgres: Cluster) -> None:
    await postgres.execute_in_turn(
        "CREATE DATABASE in_latin OWNER bridge TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    )
    try:
        with pytest.raises(UnusableDatabase, match="encoding LATIN1, and names of people need"):
            await open_store(settings_for(tmp_path, postgres.url("in_latin")))
    finally:
        await postgres.execute_in_turn("DROP DATABASE in_latin WITH (FORCE)")


async def test_a_role_that_may_not_create_tables_is_told_so(
    tmp_path: Path, postgres: Cluster, database_url: str
) -> None:
    name = database_url.rpartition("/")[2]
    await postgres.execute_in_turn("REVOKE CREATE ON SCHEMA public FROM PUBLIC", database=name)
    await postgres.execute_in_turn(f"ALTER DATABASE {name} OWNER TO postgres")
    with pytest.raises(UnusableDatabase, match="permission denied for schema public"):
        await open_store(settings_for(tmp_path, database_url))


def test_the_keys_need_a_folder_where_there_is_no_database_file(tmp_path: Path) -> None:
    environ = with_(DATABASE="postgresql://bridge:pw@h/bridge", KEYS="directory")
    assert complaint(None, environ, tmp_path) == (
        "keys_directory must be set where database is PostgreSQL and keys is directory: there is no"
        " file beside which the signing keys could be kept"
    )


def test_without_asyncpg_the_operator_is_told_what_to_install(tmp_path: Path) -> None:
    """In a process of its own: here it has long been imported."""
    program = (
        "import sys; sys.modules['asyncpg'] = None\n"
        "from bridge.cli import main\n"
        "main(['client', 'list'])\n"
    )
    variables = GOOD | {
        "BRIDGE_DATABASE": "postgresql://bridge:pw@h/bridge",
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'wechat-oidc-bridge[postgres]'" in done.stderr
    assert "pw@h" not in done.stderr
