"""One world on https for all modules that a process runs, with a person of whom all is known."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import trustme

from bridge.oidc.access_token import token_hash
from bridge.oidc.scope import SCOPES_SUPPORTED
from tests.conformance.browser import SuiteBrowser
from tests.conformance.site import Site
from tests.serving import bound, port_of, served
from tests.world import PERSON, Clock, Plan, World, new_browser, world

EVERYTHING: dict[str, Any] = {
    "middle_name": "M.",
    "profile": "https://people.example.com/zhang",
    "website": "https://zhang.example.com/",
    "gender": "male",
    "birthdate": "1990-01-31",
    "zoneinfo": "Asia/Shanghai",
    "locale": "zh-CN",
    "email": "zhang@example.com",
    "email_verified": True,
    "phone_number": "+86 10 1234 5678",
    "phone_number_verified": False,
    "address": {"formatted": "1 Chang'an Avenue, Beijing"},
}


@dataclass
class Stage:
    """What the modules of one process share."""

    world: World
    site: Site
    browser: SuiteBrowser


@pytest.fixture(scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("conformance")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    settings = {
        "BRIDGE_SCOPES": ",".join(SCOPES_SUPPORTED),
        "BRIDGE_FETCH_ALLOWED": "localhost",
        "BRIDGE_REGISTRATION_MODE": "open",
        "BRIDGE_REGISTRATION_SCOPES": "openid,profile,email,address,phone,offline_access",
        "BRIDGE_REGISTRATION_ACCESS": "anyone",
    }
    async with AsyncExitStack() as opened:
        listener = opened.enter_context(bound())
        site = Site(f"https://localhost:{port_of(listener)}")
        options = {"ssl_certfile": folder / "server.pem"}
        await opened.enter_async_context(served((site, listener), **options))
        a_world = await opened.enter_async_context(
            world(folder, Clock(), Plan(settings=settings, tls=folder))
        )
        trust = ssl.create_default_context(cafile=folder / "ca.pem")
        browser = await opened.enter_async_context(new_browser(trust))
        await _write_down_everything(a_world)
        yield Stage(a_world, site, SuiteBrowser(browser.http, site.url))


async def _write_down_everything(a_world: World) -> None:
    """What ``wechat-oidc account set`` does, for the person who signs in to every module.

    The first sign-in is judged by nobody: that is for the modules to do.
    """
    await a_world.register()
    store = a_world.provider.store
    code = await store.find_code(token_hash((await a_world.answer(PERSON))["code"]))
    assert code is not None
    changed = await store.change_claims(
        code.session.account.subject, lambda _known: {**EVERYTHING}, now=a_world.clock.now
    )
    assert changed is not None
