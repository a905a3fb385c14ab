"""What an operator enters in WeChat's console about pushes, and in the settings of the bridge."""

from collections.abc import Mapping

import httpx

from bridge.wechat.simulator.ids import openid_of
from bridge.wechat.simulator.push_messages import PushFormat
from bridge.wechat.simulator.pushes import PushAnswer, PushMode, PushTarget, deliver
from tests.world import APPID, PERSON, World

TOKEN = "pamtest"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

# Of a bridge that takes pushes in the secure mode
SECURE = {"BRIDGE_WECHAT_EVENTS_TOKEN": TOKEN, "BRIDGE_WECHAT_EVENTS_AES_KEY": AES_KEY}
# … and of one that has no key
PLAIN = {"BRIDGE_WECHAT_EVENTS_TOKEN": TOKEN}

WITHDRAWN = "user_authorization_revoke"
CLEANED = "user_info_modified"
CLOSED = "user_authorization_cancellation"


def events_url(a_world: World, appid: str = APPID) -> str:
    return f"{a_world.bridge_url}/wechat/events/{appid}"


def subscribe(
    a_world: World,
    appid: str = APPID,
    *,
    token: str = TOKEN,
    key: str = AES_KEY,
    mode: PushMode = PushMode.SECURE,
    format_: PushFormat = PushFormat.XML,
) -> None:
    """Enter the bridge's address in the console of the simulated WeChat."""
    pushes = a_world.simulator.pushes
    pushes.new_client = lambda: httpx.AsyncClient(verify=a_world.trust, trust_env=False)
    pushes.targets[appid] = PushTarget(
        url=events_url(a_world, appid),
        token=token,
        encoding_aes_key=key,
        mode=mode,
        format=format_,
    )


def openid(a_world: World, person: str = PERSON, appid: str = APPID) -> str:
    simulator = a_world.simulator
    return openid_of(simulator.people[person], simulator.applications[appid])


def change(
    a_world: World,
    event: str = WITHDRAWN,
    person: str = PERSON,
    appid: str = APPID,
    **more: str,
) -> dict[str, str | int]:
    """The message of a change; a withdrawal is of everything unless ``more`` says otherwise."""
    withdrawn = {"RevokeInfo": "301"} if event == WITHDRAWN else {}
    named = openid(a_world, person, appid)
    return dict(a_world.simulator.pushes.change(event, appid, named, **(withdrawn | more)))


async def push(a_world: World, event: str = WITHDRAWN, **named: str) -> list[PushAnswer]:
    """Let WeChat push a change, as often as it does; ``named`` is as in ``change``."""
    appid = named.get("appid", APPID)
    return await a_world.simulator.pushes.send(appid, change(a_world, event, **named))


async def send_once(a_world: World, members: Mapping[str, str | int]) -> PushAnswer:
    """Send a message in a request of its own, once."""
    pushes = a_world.simulator.pushes
    async with pushes.new_client() as client:
        return await deliver(client, pushes.request(APPID, members))
