"""Modules about UserInfo, scopes and the ``claims`` parameter."""

import json
from typing import Any

from tests.conformance.checks import CLAIMS_OF_SCOPE, check_forms, check_not_requested
from tests.conformance.suite import Suite, Tokens


async def userinfo_get(suite: Suite) -> None:
    """UserInfo by GET."""
    await _userinfo_by(suite, "GET")


async def userinfo_post_header(suite: Suite) -> None:
    """UserInfo by POST, the token in the header."""
    await _userinfo_by(suite, "POST")


async def userinfo_post_body(suite: Suite) -> None:
    """UserInfo by POST, the token in the form."""
    await _userinfo_by(suite, "POST body")


async def _userinfo_by(suite: Suite, method: str) -> None:
    tokens = await suite.authenticate()
    assert tokens.access_token is not None
    response = await suite.userinfo_by(method, tokens.access_token)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    told = response.json()
    check_forms(told)
    assert told["sub"] == tokens.claims["sub"]


async def scope_profile(suite: Suite) -> None:
    """All fourteen claims of the scope profile come back."""
    await _scope(suite, "openid profile")


async def scope_email(suite: Suite) -> None:
    """The address and whether it is verified come back; from UserInfo, where it can be asked."""
    await _scope(suite, "openid email")


async def scope_address(suite: Suite) -> None:
    """The postal address comes back."""
    await _scope(suite, "openid address")


async def scope_phone(suite: Suite) -> None:
    """phone_number and phone_number_verified come back."""
    await _scope(suite, "openid phone")


async def scope_all(suite: Suite) -> None:
    """The claims of all scopes at once."""
    await _scope(suite, "openid profile email address phone")


async def _scope(suite: Suite, scope: str) -> None:
    for value in scope.split():
        assert value in suite.metadata["scopes_supported"]
    tokens = await suite.authenticate(scope=scope)
    told = await _told(suite, tokens)
    for value in scope.split():
        assert CLAIMS_OF_SCOPE.get(value, frozenset()) <= told.keys()
    check_forms(told)
    check_not_requested(tokens.claims, scope)
    if suite.variant.has_access_token:
        assert not {"email", "name"} & tokens.claims.keys()


async def _told(suite: Suite, tokens: Tokens) -> dict[str, Any]:
    """What the suite looks into: UserInfo, or the ID Token where there is no access token."""
    if not suite.variant.has_access_token:
        return tokens.claims
    return await suite.userinfo(tokens.access_token)


async def claims_essential(suite: Suite) -> None:
    """An essential claim that is asked for by name comes back."""
    member = "userinfo" if suite.variant.has_access_token else "id_token"
    asked = json.dumps({member: {"name": {"essential": True}}})
    tokens = await suite.authenticate(claims=asked)
    assert (await _told(suite, tokens))["name"]
