"""A private PostgreSQL: one for all who run tests at a time, and a database of its own for each.

``database_url`` (an empty database) and ``migrated_url`` (one with our tables) are fixtures.
``python -m tests.postgres FOLDER`` runs the server until nobody holds the lock in the folder: it
ends with the last of the processes that use it, however these end.
"""

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from bridge.store import Store
from bridge.store.migrating import migrations
from bridge.store.postgres import PostgreSQLEngine
from tests.serving import free_port
from tests.strangers.missing import without

# Signs that have to be quoted in an address
PASSWORD = "a/b@c:d #é%?"
ROLE = "bridge"
# The database that others are copied from
MIGRATED = "template_migrated"

REPOSITORY = Path(__file__).parents[1]

STARTED_WITHIN = 60.0
TURN = 0.05

# What is lost when the machine dies is of no interest; what is lost when the server dies is
# another cluster's business.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# What a test may have changed of the tables. All rows are removed, without regard to who refers to
# whom, but for the version of the schema.
SCHEMA = """
    SELECT string_agg(concat_ws(' ', table_name, column_name, data_type), ',')
    FROM (SELECT * FROM information_schema.columns WHERE table_schema = 'public'
        ORDER BY table_name, column_name) AS ordered
"""
EMPTY = """
    SELECT 'SET session_replication_role = replica; SET lock_timeout = 5000; '
        || string_agg(format('DELETE FROM %I', tablename), '; ')
        || $$; INSERT INTO installation VALUES ('schema_version', '$$ || $1::text || $$')$$
    FROM pg_tables WHERE schemaname = 'public'
"""

NEWEST = str(migrations()[-1][0])

_numbers = count(1)


def programs() -> Path:
    """The folder of PostgreSQL's programs, of the newest version that is installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    on_path = shutil.which("postgres")
    if on_path is None:
        without("postgres is not installed (Debian: apt-get install postgresql)")
    assert on_path is not None
    return Path(on_path).resolve().parent


@dataclass(frozen=True)
class Cluster:
    """A server on a loopback port, with its data in a folder of its own."""

    folder: Path
    port: int
    configuration: tuple[tuple[str, str], ...] = ()

    @property
    def password(self) -> str:
        return PASSWORD

    def url(self, database: str, *, role: str = ROLE, host: str = "127.0.0.1") -> str:
        password = quote(PASSWORD, safe="")
        return f"postgresql://{role}:{password}@{host}:{self.port}/{database}"

    def create(self) -> None:
        self.folder.mkdir(exist_ok=True)
        password = self.folder / "password"
        password.write_text(PASSWORD, "utf-8")
        _give_away(self.folder, password)
        self._run(
            *("initdb", "--pgdata", str(self.folder / "data"), "--no-sync"),
            *("--username", "postgres", "--pwfile", str(password), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        )

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server, and return once it answers."""
        known = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "log_min_messages": "warning",
        }
        options = [
            f"-c{name}={value}" for name, value in (known | dict(self.configuration)).items()
        ]
        user, group, extra_groups = cluster_user()
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - a program that we have found
                [str(programs() / "postgres"), "-D", str(self.folder / "data"), *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=user,
                group=group,
                extra_groups=extra_groups,
            )
        deadline = time.monotonic() + STARTED_WITHIN
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError((self.folder / "log").read_text("utf-8", "replace"))
            time.sleep(TURN)
        return process

    def answers(self) -> bool:
        command = [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - the same

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        user, group, extra_groups = cluster_user()
        done = subprocess.run(  # noqa: S603 - a program that we have found
            command,
            check=False,
            capture_output=True,
            cwd=self.folder,
            user=user,
            group=group,
            extra_groups=extra_groups,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode(errors="replace"))

    # SQL, by whoever may do everything, or by the role that owns the databases

    def execute(self, *statements: str, database: str = "postgres", role: str = "postgres") -> None:
        asyncio.run(self.execute_in_turn(*statements, database=database, role=role))

    async def execute_in_turn(
        self, *statements: str, database: str = "postgres", role: str = "postgres"
    ) -> None:
        connection = await asyncpg.connect(self.url(database, role=role))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    def new_database(self, template: str = "template0") -> str:
        """Create a database that nobody else uses, and return its name."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def cluster_user() -> tuple[int | None, int | None, tuple[int, ...] | None]:
    """As whom PostgreSQL's programs are run, for ``subprocess``: they refuse to be root's."""
    if os.geteuid() != 0:
        return None, None, None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid, ()
    without("there is no user postgres or nobody as whom PostgreSQL could run")
    raise AssertionError


def _give_away(*paths: Path) -> None:
    user, group, _ = cluster_user()
    if user is not None and group is not None:
        for path in paths:
            os.chown(path, user, group)


@contextmanager
def shared_folder() -> Generator[Path]:
    """A folder that those programs can reach: pytest's own are for one user only."""
    folder = Path(tempfile.mkdtemp(prefix="wechat-oidc-postgres-"))
    try:
        _give_away(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster(**configuration: str) -> Generator[Cluster]:
    """A server of the test's own, which it may stop and kill; ``start`` starts it."""
    programs()
    with shared_folder() as folder:
        made = Cluster(folder, free_port(), tuple(configuration.items()))
        made.create()
        yield made


@contextmanager
def running(made: Cluster) -> Generator["subprocess.Popen[bytes]"]:
    """Run it while the context lasts, with the role that owns databases, which is no superuser."""
    process = made.start()
    try:
        made.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # whoever is connected is not waited for
        process.wait()


# One server for all processes that run tests


def _locked(path: Path, kind: int) -> int:
    """Take the lock and return what to close to give it back; a process that ends does so too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


def shared_cluster(folder: Path) -> Cluster:
    """The server of all who name this folder; the first who asks starts it.

    It runs until the last of the processes that have asked ends.
    """
    turn = _locked(folder / "turn", fcntl.LOCK_EX)
    try:
        _locked(folder / "users", fcntl.LOCK_SH)
        address = folder / "address"
        if address.exists():
            running = _at(address.read_text())
            if running.answers():
                return running
        with (folder / "supervisor").open("wb") as log:
            supervisor = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tests.postgres", str(folder)],
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=REPOSITORY,
                start_new_session=True,
            )
        with supervisor.stdout or nullcontext(BytesIO()) as output:
            line = output.readline().decode()
        if not line:
            raise RuntimeError((folder / "supervisor").read_text("utf-8", "replace"))
        address.write_text(line)
        # Nobody waits for it here: it outlives us where others use it.
        supervisor.returncode = 0
        return _at(line)
    finally:
        os.close(turn)


def _at(line: str) -> Cluster:
    place, port = line.split()
    return Cluster(Path(place), int(port))


def _supervise(folder: Path) -> None:
    with cluster(**HASTE) as made, running(made):
        made.execute(f"CREATE DATABASE {MIGRATED} OWNER {ROLE} TEMPLATE template0")
        asyncio.run(_migrate(made.url(MIGRATED)))
        sys.stdout.write(f"{made.folder} {made.port}\n")
        sys.stdout.flush()
        unused = _locked(folder / "users", fcntl.LOCK_EX)
        (folder / "address").unlink(missing_ok=True)
        os.close(unused)


async def _migrate(url: str) -> None:
    store = Store(PostgreSQLEngine(url))
    await store.migrate()
    await store.close()


# Fixtures


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The server that all tests of this run share; nobody stops it."""
    programs()
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return shared_cluster(folder)


@pytest.fixture
def database_url(postgres: Cluster) -> Iterator[str]:
    """An empty database of the test's own."""
    name = postgres.new_database("template0")
    yield postgres.url(name)
    postgres.drop(name)


class Emptied:
    """A migrated database that serves one test after the other.

    To empty it takes a tenth of what it takes to create another. One whose schema was changed is
    given up.
    """

    def __init__(self, server: Cluster) -> None:
        self._server = server
        self._name: str | None = None
        self._schema: object = None

    def name(self) -> str:
        if self._name is None:
            self._name = self._server.new_database(MIGRATED)
            self._schema = asyncio.run(self._look())
        return self._name

    def empty(self) -> None:
        assert self._name is not None
        if not asyncio.run(self._emptied()):
            self._server.drop(self._name)
            self._name = None

    async def _look(self) -> object:
        async with self._connected() as connection:
            return await connection.fetchval(SCHEMA)

    async def _emptied(self) -> bool:
        async with self._connected() as connection:
            if await connection.fetchval(SCHEMA) != self._schema:
                return False
            await connection.execute(await connection.fetchval(EMPTY, NEWEST))
        return True

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[asyncpg.Connection]:
        assert self._name is not None
        connection = await asyncpg.connect(self._server.url(self._name, role="postgres"))
        try:
            yield connection
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def emptied(postgres: Cluster) -> Emptied:
    return Emptied(postgres)


@pytest.fixture
def migrated_url(postgres: Cluster, emptied: Emptied) -> Iterator[str]:
    """A database that no other test uses meanwhile, its schema the newest, and nothing in it."""
    yield postgres.url(emptied.name())
    emptied.empty()


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]))
