"""Whatever is sent to an endpoint: a quick answer in the protocol's words, and no fault.

The endpoints are those that the application has: a new one is tried from its first day.
"""

import json
import os
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bridge.app.application import ENDPOINTS
from bridge.limiting import Limit
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from tests.fuzzing import pushes
from tests.fuzzing.hostile import Hostile
from tests.fuzzing.known import BACK, DOMAIN_PROOF, KEY, SCOPE, Known, learn
from tests.fuzzing.wire import Answer, Sent, Wire
from tests.jose.examples import jwk_set, public
from tests.journeys.exchanging import APP, NATIVE, TOKEN_EXCHANGE
from tests.world import APPID, Clock, Plan, World, world

pytestmark = pytest.mark.anyio

METHODS: dict[str, set[str]] = defaultdict(set)
for endpoint in ENDPOINTS:
    for route in endpoint.router.routes:
        METHODS[route.path] |= route.methods or set()

MEDIA_TYPES = frozenset(
    {
        *("text/html; charset=utf-8", "application/json", "application/jrd+json"),
        *("text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/png"),
        "text/plain; charset=utf-8",
    }
)

# What Python says of itself when something has gone wrong
FAULT = re.compile(r"Traceback|\b[A-Z][A-Za-z]+(?:Error|Exception|Warning)\b|File \"|\.py\b")

# What the server says before the application is asked
NO_HTTP = "Invalid HTTP request received."

# Seconds
SLOW = 1.0

# To each endpoint. A longer search: FUZZING=10000 in the environment.
REQUESTS = int(os.environ.get("FUZZING", "50"))

FILES = {"BRIDGE_MP_VERIFY": DOMAIN_PROOF}

# What is good is soon used up: then it is learnt anew.
AT_ONCE = 50


@dataclass(frozen=True)
class Target:
    a_world: World
    wire: Wire


@pytest.fixture(scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    settings = {"BRIDGE_REGISTRATION_MODE": "open", **NATIVE, **pushes.SETTINGS, **FILES}
    settings |= {f"BRIDGE_RATE_LIMITS_{limit.upper()}": "off" for limit in Limit}
    plan = Plan(settings=settings)
    async with world(tmp_path_factory.mktemp("target"), Clock(), plan) as a_world:
        await a_world.register(
            response_types=RESPONSE_TYPES_SUPPORTED,
            grant_types=("authorization_code", "refresh_token", TOKEN_EXCHANGE),
            wechat_applications=(APPID, APP),
            scope=tuple(SCOPE.split()),
            jwks=jwk_set(public(KEY)),
            post_logout_redirect_uris=(BACK,),
        )
        await a_world.register(client_id="asking", consent="always")
        wire = Wire(a_world.bridge_url)
        yield Target(a_world, wire)
        wire.close()


@pytest.mark.parametrize("path", sorted(METHODS))
async def test_an_endpoint_answers_whatever_is_sent(target: Target, path: str) -> None:
    """RFC 9110 §15.5: the fault is the client's, and is told as such."""
    # pytest-randomly prints the seed and sets it before each test.
    chance = random.Random(random.getrandbits(32))  # noqa: S311
    for _ in range(REQUESTS // AT_ONCE):
        hostile = Hostile(chance, await learn(target.a_world))
        for _ in range(AT_ONCE):
            sent = hostile.request(path, sorted(METHODS[path]))
            answer = await target.wire.ask(sent)
            if answer.took > SLOW:  # somebody else's work may be to blame, once
                answer = await target.wire.ask(sent)
            check(answer, sent, hostile.known)


def check(answer: Answer, sent: Sent, known: Known) -> None:
    assert answer.status < 500, (sent, answer)
    assert answer.took < SLOW, (sent, answer)
    assert answer.header("x-injected") is None, (sent, answer)
    text = "" if answer.header("content-type") == "image/png" else answer.body.decode()
    if text == NO_HTTP:
        return
    assert not FAULT.search(text), (sent, answer)
    if text:
        check_media_type(answer, sent, text)
    location = answer.header("location")
    if location is not None:
        assert 300 <= answer.status < 400, (sent, answer)
        assert location.startswith(known.ways), (sent, answer)


def check_media_type(answer: Answer, sent: Sent, text: str) -> None:
    media_type = answer.header("content-type")
    assert media_type in MEDIA_TYPES, (sent, answer)
    if media_type.endswith("json"):
        document = json.loads(text)
        assert answer.status < 400 or {"error", "error_description"} == document.keys(), (
            sent,
            answer,
        )
