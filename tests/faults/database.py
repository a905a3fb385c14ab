"""A PostgreSQL that may be killed, stopped and frozen: it writes to the disk as one in use does."""

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.stand import children_of
from tests.postgres import PASSWORD, ROLE, Cluster, cluster


@dataclass
class Database:
    cluster: Cluster
    name: str
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return self.cluster.url(self.name)

    def start(self) -> None:
        self.process = self.cluster.start()

    def stop(self) -> None:
        """Whoever is connected is cut off (pg_ctl's fast shutdown)."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def kill(self) -> None:
        """At once, the postmaster and all of its processes."""
        for pid in self._family():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def freeze(self) -> None:
        """Connections stay open, and nothing answers on them."""
        for pid in self._family():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._family():
            os.kill(pid, signal.SIGCONT)

    def _family(self) -> list[int]:
        return [self.process.pid, *children_of(self.process.pid)]


@contextmanager
def a_database() -> Generator[Database]:
    """A server of its own, with an empty database."""
    with cluster() as made:
        process = made.start()
        made.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        database = Database(made, made.new_database(), process)
        try:
            yield database
        finally:
            database.thaw()
            database.stop()
