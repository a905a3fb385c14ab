"""What every store must do. An engine's own test module subclasses this and opens its engine."""

from collections.abc import AsyncIterator

import pytest

from bridge.store import Engine, Store
from tests.store.accounts import AccountsConformance
from tests.store.another_process import open_engine
from tests.store.assertions import AssertionsConformance
from tests.store.audit import AuditConformance
from tests.store.browser_sessions import BrowserSessionsConformance
from tests.store.clients import ClientsConformance
from tests.store.codes import CodesConformance
from tests.store.consents import ConsentsConformance
from tests.store.endings import EndingsConformance
from tests.store.forgetting import ForgettingConformance
from tests.store.groups import GroupsConformance
from tests.store.insertions import InsertionsConformance
from tests.store.people import PeopleConformance
from tests.store.processes import ProcessesConformance
from tests.store.pushed_requests import PushedRequestsConformance
from tests.store.pushes import PushesConformance
from tests.store.refresh_tokens import RefreshTokensConformance
from tests.store.turns import TurnsConformance


@pytest.mark.anyio
class StoreConformance(
    ClientsConformance,
    PeopleConformance,
    AccountsConformance,
    CodesConformance,
    RefreshTokensConformance,
    BrowserSessionsConformance,
    PushedRequestsConformance,
    PushesConformance,
    ConsentsConformance,
    AssertionsConformance,
    EndingsConformance,
    AuditConformance,
    GroupsConformance,
    ForgettingConformance,
    InsertionsConformance,
    TurnsConformance,
    ProcessesConformance,
):
    """A subclass gives ``address``, of an empty database, and ``violation``.

    ``address`` is what ``another_process.open_engine`` opens, here and in another process;
    ``violation`` is what the engine raises where a statement breaks a constraint.
    """

    @pytest.fixture
    def address(self) -> str:
        raise NotImplementedError

    @pytest.fixture
    async def engine(self, address: str) -> AsyncIterator[Engine]:
        engine = open_engine(address)
        yield engine
        await engine.close()

    @pytest.fixture
    async def store(self, engine: Engine) -> Store:
        store = Store(engine)
        await store.migrate()
        return store
