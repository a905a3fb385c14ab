"""Everything about the simulated WeChat that may be changed while it runs."""

from collections.abc import Callable, Iterable
from dataclasses import asdict

from bridge.wechat.simulator.accounts import Applications, People, SimulatedApplication
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.disturbances import Disturbances
from bridge.wechat.simulator.grants import CODE_LIFETIMES, Grants
from bridge.wechat.simulator.paths import PATHS
from bridge.wechat.simulator.people import SimulatedPerson
from bridge.wechat.simulator.pushes import Pushes
from bridge.wechat.simulator.quotas import Quotas


class Registers:
    """What a test, or a person at the control page, changes in place.

    ``people`` renames, and gives, changes or takes a unionid; ``applications`` binds an appid to
    another platform account; ``behaviour`` has the switches for what browsers meet; ``faults``
    spoils answers of the API, ``quotas`` says how many it gives in a minute, ``code_lifetimes`` for
    how many seconds a code is good; ``pushes`` tells developers what has changed.
    """

    def __init__(
        self,
        applications: Iterable[SimulatedApplication],
        people: Iterable[SimulatedPerson],
        *,
        now: Callable[[], int],
        new_id: Callable[[], str],
    ) -> None:
        self.applications = Applications(applications)
        self.people = People(people)
        self.behaviour = Behaviour()
        self.faults = Disturbances(PATHS)
        self.quotas = Quotas()
        self.code_lifetimes = dict(CODE_LIFETIMES)
        self.grants = Grants(new_id)
        self.pushes = Pushes(now, new_id)
        # Who has allowed which application: appid and key of the person
        self.consents: set[tuple[str, str]] = set()
        self.now = now
        self.new_id = new_id

    def restore(self) -> None:
        """Back to how it began. Codes and tokens that were given out stay good."""
        self.applications.restore_all()
        self.people.restore_all()
        self.restore_behaviour()
        self.faults.forget_all()
        self.quotas.restore_all()
        self.code_lifetimes.update(CODE_LIFETIMES)
        self.consents.clear()
        self.pushes.targets.clear()

    def restore_behaviour(self) -> None:
        self.behaviour.change(**asdict(Behaviour()))
