"""The simulated WeChat, put together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette

from bridge.wechat.simulator import avatars, rendering
from bridge.wechat.simulator.accounts import SimulatedApplication
from bridge.wechat.simulator.api import Api
from bridge.wechat.simulator.calls import Calls
from bridge.wechat.simulator.codes import Codes
from bridge.wechat.simulator.control import Control
from bridge.wechat.simulator.people import PEOPLE, SimulatedPerson
from bridge.wechat.simulator.qrconnect import QrConnect
from bridge.wechat.simulator.registers import Registers
from bridge.wechat.simulator.webpage import WebpageAuthorization


class Simulator(Registers):
    """``app()`` is what is served; every app of one simulator shows the same world.

    With ``url``, where browsers reach it, pictures lead to the simulator itself. Without
    ``controlled`` it can be changed by the program only, not over the network.
    """

    def __init__(  # noqa: PLR0913 - what its tests bring along
        self,
        applications: Sequence[SimulatedApplication],
        *,
        now: Callable[[], int],
        new_id: Callable[[], str],
        people: Sequence[SimulatedPerson] = PEOPLE,
        url: str | None = None,
        controlled: bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(applications, people, now=now, new_id=new_id)
        self._url = url
        self._controlled = controlled
        self._sleep = sleep
        self._codes = Codes(self.grants, self.behaviour, now)

    def app(self) -> Starlette:
        qrconnect = QrConnect(
            self.applications, self.people, self.behaviour, self._codes, self.now, self.new_id
        )
        webpage = WebpageAuthorization(
            self.applications, self.people, self.behaviour, self._codes, self.consents
        )
        api = Api(Calls(self, self._url), self.faults, self._sleep)
        pages = (*qrconnect.routes(), *webpage.routes(), *rendering.ROUTES)
        control = Control(self, url=self._url).routes() if self._controlled else []
        app = Starlette(routes=[*pages, *api.routes(), *avatars.routes(self.people), *control])
        # An unknown path is 404, with a slash at its end too.
        app.router.redirect_slashes = False
        return app
