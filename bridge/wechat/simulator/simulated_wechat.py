"""The simulated WeChat, put together, and what can be changed while it runs."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette

from bridge.wechat.simulator import avatars
from bridge.wechat.simulator.accounts import Applications, People, SimulatedApplication
from bridge.wechat.simulator.api import PATHS, Api
from bridge.wechat.simulator.authorize import AuthorizePage
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.faults import Faults
from bridge.wechat.simulator.grants import CODE_LIFETIMES, Grants
from bridge.wechat.simulator.people import PEOPLE, SimulatedPerson


class Simulator:
    """``app()`` is what is served; every app of one simulator shows the same world.

    ``people`` renames, and gives, changes or takes a unionid; ``applications`` binds an appid to
    another platform account; ``behaviour`` has the switches for what browsers meet; ``faults``
    spoils the next answers of the API. With ``url``, where browsers reach it, pictures lead to the
    simulator itself.
    """

    def __init__(
        self,
        applications: Sequence[SimulatedApplication],
        *,
        now: Callable[[], int],
        new_id: Callable[[], str],
        people: Sequence[SimulatedPerson] = PEOPLE,
        url: str | None = None,
    ) -> None:
        self.applications = Applications(applications)
        self.people = People(people)
        self.behaviour = Behaviour()
        self.faults = Faults(PATHS)
        self._now = now
        self._new_id = new_id
        self._url = url
        # Seconds; to be changed in place
        self.code_lifetimes = dict(CODE_LIFETIMES)
        self.grants = Grants(new_id)

    def app(self) -> Starlette:
        page = AuthorizePage(self.applications, self.people, self.grants, self._now)
        api = Api(
            self.applications,
            self.people,
            self.grants,
            self.faults,
            self._now,
            self._new_id,
            self._url,
            self.code_lifetimes,
        )
        app = Starlette(routes=[*page.routes(), *api.routes(), *avatars.ROUTES])
        # An unknown path is 404, with a slash at its end too.
        app.router.redirect_slashes = False
        return app
