"""OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.4 and §3.1.2.6."""

from typing import Any

import pytest

from bridge.oidc.authorization_request import AuthorizationRequest, RedirectionEndpoint
from bridge.oidc.claims_request import ClaimsRequest
from bridge.oidc.consent import (
    Permission,
    check_consent,
    consent_of,
    is_shown_alike,
    permission_of,
)
from bridge.oidc.errors import ConsentRequired
from tests.oidc import examples
from tests.oidc.test_authentication import asked

WANTED = Permission(("openid", "profile"), ("email",))


def is_given(consent: str, *prompt: str, given: Permission | None = None, **members: Any) -> bool:
    client = examples.client(consent=consent, **members)
    return check_consent(asked(*prompt), client, WANTED, given)


def answered_at(redirect_uri: str, *prompt: str) -> AuthorizationRequest:
    return asked(*prompt, redirection=RedirectionEndpoint("rp", redirect_uri, None))


@pytest.mark.parametrize("prompt", [(), ("none",), ("consent",), ("login", "consent")])
def test_where_the_operator_has_decided_nobody_is_asked(prompt: tuple[str, ...]) -> None:
    """§3.1.2.4: consent may be established by other means; prompt=consent does not change whose."""
    assert is_given("never", *prompt)


def test_what_is_remembered_is_asked_once() -> None:
    """§3.1.2.4."""
    assert not is_given("remember")
    assert is_given("remember", given=WANTED)
    assert is_given("remember", "none", given=WANTED)
    more = Permission(("openid", "profile", "email"), ("email", "phone_number"))
    assert is_given("remember", given=more)


@pytest.mark.parametrize(
    "given",
    [
        Permission(()),
        Permission(("openid",), ("email",)),
        Permission(("openid", "profile")),
        Permission(("openid", "email"), ("email", "name")),
    ],
)
def test_who_asks_for_more_asks_again(given: Permission) -> None:
    assert not is_given("remember", given=given)
    with pytest.raises(ConsentRequired):
        is_given("remember", "none", given=given)


def test_who_asks_always_remembers_nothing() -> None:
    assert not is_given("always", given=WANTED)


def test_prompt_consent_asks_again() -> None:
    """§3.1.2.1."""
    assert not is_given("remember", "consent", given=WANTED)
    assert not is_given("always", "consent", given=WANTED)


@pytest.mark.parametrize("consent", ["remember", "always"])
def test_where_nothing_may_be_shown_nobody_can_agree(consent: str) -> None:
    """§3.1.2.6."""
    with pytest.raises(ConsentRequired):
        is_given(consent, "none")


def test_nobody_has_decided_for_a_client_that_registered_itself() -> None:
    """Whatever is stored of it."""
    for stored, means in (("never", "remember"), ("remember", "remember"), ("always", "always")):
        client = examples.client(consent=stored, is_self_registered=True)
        assert consent_of(client, examples.REDIRECT_URI) == means
    assert not is_given("never", is_self_registered=True)
    assert is_given("never", is_self_registered=True, given=WANTED)
    with pytest.raises(ConsentRequired):
        is_given("never", "none", is_self_registered=True)


@pytest.mark.parametrize("redirect_uri", ["http://127.0.0.1:1/cb", "com.example.app:/cb"])
def test_an_address_that_any_app_could_take_is_asked_about_each_time(redirect_uri: str) -> None:
    """RFC 8252 §8.6: the client_id alone proves nothing; the operator's own are trusted."""
    unverified = examples.client(is_self_registered=True, consent="remember")
    assert consent_of(unverified, redirect_uri) == "always"
    assert not check_consent(answered_at(redirect_uri), unverified, WANTED, WANTED)
    own = examples.client(consent="remember")
    assert check_consent(answered_at(redirect_uri), own, WANTED, WANTED)
    assert consent_of(examples.client(), redirect_uri) == "never"


def test_an_address_beside_one_of_another_host_is_asked_about_each_time() -> None:
    """The page showed one of them; who said yes to it knows nothing of the other."""
    uris = ("https://good.example/cb", "https://evil.example/cb")
    client = examples.client(redirect_uris=uris, is_self_registered=True)
    assert [consent_of(client, uri) for uri in uris] == ["always", "always"]
    alike = (uris[0], "https://good.example/other")
    client = examples.client(redirect_uris=alike, is_self_registered=True)
    assert [consent_of(client, uri) for uri in alike] == ["remember", "remember"]


def test_claims_that_are_asked_for_one_by_one_count_where_the_scope_does_not_tell_them() -> None:
    """§5.5: within the client's scope, and of what there is to tell."""
    client = examples.client(scope=("openid", "profile", "email"))
    claims = ClaimsRequest(
        id_token=("email", "name", "wechat_openid", "quota"), userinfo=("email", "picture")
    )
    wanted = asked(scope=("openid",), claims=claims)
    told = permission_of(wanted, examples.SESSION, client, examples.SOURCE)
    assert told.scope == ("openid",)
    assert told.claims == ("name", "picture", "email")
    by_scope = asked(scope=("openid", "profile"), claims=claims)
    told = permission_of(by_scope, examples.SESSION, client, examples.SOURCE)
    assert told.claims == ("email",)
    nothing = asked(scope=("openid",))
    assert permission_of(nothing, examples.SESSION, client, examples.SOURCE).claims == ()


def test_what_was_permitted_before_stays_permitted() -> None:
    one = Permission(("openid", "profile"), ("email",))
    other = Permission(("openid", "email"), ("phone_number", "email"))
    both = one.together_with(other)
    assert both == Permission(("openid", "profile", "email"), ("email", "phone_number"))
    assert both.covers(one)
    assert both.covers(other)


@pytest.mark.parametrize(
    ("changed", "alike"),
    [
        ({"contacts": ("ops@rp.example",), "scope": ("openid",), "default_max_age": 1}, True),
        ({"client_name": "Another"}, False),
        ({"redirect_uris": ("https://another.example/",)}, False),
        ({"logo_uri": "https://another.example/"}, False),
    ],
)
def test_a_client_is_the_same_as_long_as_people_are_shown_the_same(
    changed: dict[str, Any], *, alike: bool
) -> None:
    assert is_shown_alike(examples.client(), examples.client(**changed)) is alike
