"""The simulated WeChat, put together, and what can be changed while it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette

from bridge.wechat.simulator import avatars, rendering
from bridge.wechat.simulator.accounts import Applications, People, SimulatedApplication
from bridge.wechat.simulator.api import Api
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.calls import Calls
from bridge.wechat.simulator.codes import Codes
from bridge.wechat.simulator.disturbances import Disturbances
from bridge.wechat.simulator.grants import CODE_LIFETIMES, Grants
from bridge.wechat.simulator.paths import PATHS
from bridge.wechat.simulator.people import PEOPLE, SimulatedPerson
from bridge.wechat.simulator.qrconnect import QrConnect
from bridge.wechat.simulator.quotas import Quotas
from bridge.wechat.simulator.webpage import WebpageAuthorization


class Simulator:
    """``app()`` is what is served; every app of one simulator shows the same world.

    ``people`` renames, and gives, changes or takes a unionid; ``applications`` binds an appid to
    another platform account; ``behaviour`` has the switches for what browsers meet; ``faults``
    spoils answers of the API, and ``quotas`` says how many it gives in a minute. With ``url``,
    where browsers reach it, pictures lead to the simulator itself.
    """

    def __init__(
        self,
        applications: Sequence[SimulatedApplication],
        *,
        now: Callable[[], int],
        new_id: Callable[[], str],
        people: Sequence[SimulatedPerson] = PEOPLE,
        url: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.applications = Applications(applications)
        self.people = People(people)
        self.behaviour = Behaviour()
        self.faults = Disturbances(PATHS)
        self.quotas = Quotas()
        self._now = now
        self._new_id = new_id
        self._url = url
        self._sleep = sleep
        # Seconds; to be changed in place
        self.code_lifetimes = dict(CODE_LIFETIMES)
        self.grants = Grants(new_id)
        self._codes = Codes(self.grants, self.behaviour, now)
        self._consents: set[tuple[str, str]] = set()

    def app(self) -> Starlette:
        qrconnect = QrConnect(
            self.applications, self.people, self.behaviour, self._codes, self._now, self._new_id
        )
        webpage = WebpageAuthorization(
            self.applications, self.people, self.behaviour, self._codes, self._consents
        )
        calls = Calls(
            self.applications,
            self.people,
            self.grants,
            self.quotas,
            self.code_lifetimes,
            self._now,
            self._new_id,
            self._url,
        )
        api = Api(calls, self.faults, self._sleep)
        pages = (*qrconnect.routes(), *webpage.routes(), *rendering.ROUTES)
        app = Starlette(routes=[*pages, *api.routes(), *avatars.ROUTES])
        # An unknown path is 404, with a slash at its end too.
        app.router.redirect_slashes = False
        return app
