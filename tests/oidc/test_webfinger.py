"""RFC 7033 and OpenID Connect Discovery 1.0 §2."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.webfinger import UnknownResource, resource_descriptor
from tests.oidc import examples
from tests.oidc.examples import ISSUER

REL = "http://openid.net/specs/connect/1.0/issuer"


def asked(*pairs: tuple[str, str]) -> dict[str, Any]:
    parameters = examples.sent_in_order(list(pairs))
    return resource_descriptor(parameters, issuer=ISSUER, email_domain="people.example.com")


@pytest.mark.parametrize(
    "resource",
    [
        "acct:wxk3n7q2hd5apt@people.example.com",
        "acct:anybody@id.example.com",
        "wxk3n7q2hd5apt@People.Example.com",
        "https://id.example.com",
        "https://id.example.com/somebody",
    ],
)
def test_an_address_of_ours_leads_to_the_issuer(resource: str) -> None:
    """Discovery §2.2; the issuer is told character by character (Tailscale compares it)."""
    link = {"rel": REL, "href": ISSUER}
    assert asked(("resource", resource)) == {"subject": resource, "links": [link]}
    assert asked(("resource", resource), ("rel", REL))["links"] == [link]
    assert asked(("resource", resource), ("rel", REL), ("rel", "other"))["links"] == [link]
    assert asked(("resource", resource), ("rel", "http://webfinger.net/rel/avatar"))["links"] == []


@pytest.mark.parametrize(
    "resource",
    [
        "acct:a@example.org",
        "acct:a@people.example.com.evil.example",
        "https://evil.example/@id.example.com",
        "https://id.example.com@evil.example/",
        "ftp://id.example.com",
        "https://[broken",
        "nobody",
    ],
)
def test_of_any_other_address_nothing_is_known(resource: str) -> None:
    """RFC 7033 §4.2: 404."""
    with pytest.raises(UnknownResource) as refused:
        asked(("resource", resource))
    assert refused.value.status == 404


@pytest.mark.parametrize("pairs", [(), (("rel", REL),), (("resource", ""),)])
def test_a_resource_has_to_be_asked_for(pairs: tuple[tuple[str, str], ...]) -> None:
    """RFC 7033 §4.2: 400."""
    with pytest.raises(InvalidRequest) as refused:
        asked(*pairs)
    assert refused.value.status == 400


@given(examples.TEXT)
def test_whatever_is_asked_for_is_answered_or_unknown(resource: str) -> None:
    for text in (resource, f"https://{resource}", f"acct:{resource}"):
        with suppress(UnknownResource):
            asked(("resource", text))
