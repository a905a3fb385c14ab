"""A simulated WeChat: for tests, for demonstrations, and while WeChat's approval is pending.

It is a server with the addresses of ``open.weixin.qq.com`` and ``api.weixin.qq.com`` that
applications of every kind use; software written for WeChat talks to it without knowing.
Anyone who reaches it may be anyone. Secrets, codes and tokens stand in its queries, as they do in
WeChat's, so it has to be served without an access log.
"""

from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette

from bridge.wechat.simulator.accounts import Kind, SimulatedApplication
from bridge.wechat.simulator.people import PEOPLE, SimulatedPerson
from bridge.wechat.simulator.pushes import PushMode, PushTarget
from bridge.wechat.simulator.simulated_wechat import Simulator

__all__ = [
    "PEOPLE",
    "Kind",
    "PushMode",
    "PushTarget",
    "SimulatedApplication",
    "SimulatedPerson",
    "Simulator",
    "create_simulator",
]


def create_simulator(  # noqa: PLR0913 - what its tests bring along
    applications: Sequence[SimulatedApplication],
    *,
    now: Callable[[], int],
    new_id: Callable[[], str],
    people: Sequence[SimulatedPerson] = PEOPLE,
    url: str | None = None,
    controlled: bool = True,
    push_targets: Mapping[str, PushTarget] | None = None,
) -> Starlette:
    """Return a simulated WeChat as an ASGI application.

    ``now`` gives seconds since 1970, ``new_id`` unguessable text, new at every call; ``url`` is
    where browsers reach it, so that they find the pictures there; ``controlled`` gives it a page
    and an API by which it is changed; ``push_targets`` says by AppID who is told what changes.
    Raises ``ValueError`` if an appid or a person is given twice.
    """
    simulator = Simulator(
        applications, now=now, new_id=new_id, people=people, url=url, controlled=controlled
    )
    simulator.pushes.targets.update(push_targets or {})
    return simulator.app()
