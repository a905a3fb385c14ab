"""Whatever is sent, a reader returns a value or refuses in the protocol's words."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.oidc.claims_request import read_claims_request
from bridge.oidc.client_assertion import read_client_assertion
from bridge.oidc.client_authentication import read_client_credentials
from bridge.oidc.client_jwks import UnfitJWKSet, read_jwks
from bridge.oidc.client_metadata import read_client_metadata
from bridge.oidc.errors import OAuthError
from bridge.oidc.https_uri import UnfitURI, check_https_uri
from bridge.oidc.logout_uri import (
    UnfitLogoutURI,
    check_backchannel_logout_uri,
    check_frontchannel_logout_uri,
)
from bridge.oidc.parameters import Parameters, read_parameters
from bridge.oidc.pkce import read_code_challenge
from bridge.oidc.pushed_request import pushed_reference
from bridge.oidc.redirect_uri import UnfitRedirectURI, check_redirect_uri
from bridge.oidc.registration_access import read_registration_token
from bridge.oidc.request_object import read_request_object
from bridge.oidc.resource import UnfitResource, check_resource
from bridge.oidc.token_exchange import read_token_exchange
from bridge.oidc.token_request import (
    read_grant_type,
    read_refresh_request,
    read_token_request,
)
from bridge.oidc.userinfo import read_access_token
from tests.oidc.examples import CLIENT
from tests.oidc.registering import NOBODY, register

UNFIT = (UnfitURI, UnfitJWKSet, UnfitLogoutURI, UnfitRedirectURI, UnfitResource)

# Text with what is not UTF-8, NUL, and digits and blanks of other scripts
STRANGE = st.text() | st.text(st.sampled_from('\0 %+&=:/?#[]@.,-_~"\\{}09azAZ\ud800\u0661\u3000é'))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | STRANGE,
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(STRANGE, children, max_size=4)
    ),
    max_leaves=4,
)
NAMES = (
    *("client_id", "client_secret", "client_assertion", "client_assertion_type", "code"),
    *("code_challenge", "code_challenge_method", "code_verifier", "grant_type", "redirect_uri"),
    *("access_token", "refresh_token", "scope", "resource", "audience", "requested_token_type"),
    *("subject_token", "subject_token_type", "actor_token", "wechat_appid"),
)
MEMBERS = (
    *("application_type", "client_name", "contacts", "default_max_age", "grant_types", "jwks"),
    *("jwks_uri", "logo_uri", "post_logout_redirect_uris", "redirect_uris", "request_uris"),
    *("response_types", "scope", "sector_identifier_uri", "subject_type", "backchannel_logout_uri"),
    *("id_token_signed_response_alg", "token_endpoint_auth_method", "frontchannel_logout_uri"),
)

MOBILE_CODE = "urn:wechat-oidc:token-type:mobile-code"

KEY_MEMBERS = ("kty", "kid", "use", "alg", "n", "x", "crv")

OF_TEXT: tuple[Callable[[str], object], ...] = (
    *(read_claims_request, check_https_uri, check_redirect_uri, check_resource, pushed_reference),
    *(check_backchannel_logout_uri, check_frontchannel_logout_uri, read_registration_token),
    lambda text: read_request_object(text, CLIENT),
    lambda text: read_access_token(Parameters({}), text),
    lambda text: read_client_credentials(Parameters({}), text),
    lambda text: read_client_metadata(text.encode("utf-8", "surrogatepass")),
)

OF_PARAMETERS: tuple[Callable[[Parameters], object], ...] = (
    *(read_grant_type, read_token_request, read_refresh_request, read_client_assertion),
    lambda parameters: read_code_challenge(parameters, required=True),
    lambda parameters: read_token_exchange(parameters, CLIENT),
    lambda parameters: read_token_exchange(
        Parameters({"subject_token_type": MOBILE_CODE} | dict(parameters.values)), CLIENT
    ),
    lambda parameters: read_client_credentials(parameters, None),
    lambda parameters: read_access_token(parameters, None),
)


def refuse_or_return(reader: Callable[[], object]) -> None:
    """RFC 6749 §5.2: a description has neither what is not ASCII nor a quotation mark."""
    description = ""
    try:
        reader()
    except OAuthError as refused:
        description = refused.description
    except UNFIT:
        pass
    assert description.isascii()
    assert '"' not in description


@pytest.mark.parametrize("reader", OF_TEXT)
@settings(max_examples=50)
@given(text=STRANGE | JSON.map(json.dumps))
def test_text(reader: Callable[[str], object], text: str) -> None:
    refuse_or_return(lambda: reader(text))


@pytest.mark.parametrize("reader", OF_PARAMETERS)
@settings(max_examples=50)
@given(encoded=st.binary(), pairs=st.dictionaries(st.sampled_from(NAMES), STRANGE))
def test_parameters(
    reader: Callable[[Parameters], object], encoded: bytes, pairs: dict[str, str]
) -> None:
    """RFC 6749 appendix B; ``encoded`` is what nobody has looked at."""
    refuse_or_return(lambda: reader(read_parameters(encoded)))
    refuse_or_return(lambda: reader(Parameters(pairs)))


@settings(max_examples=50)
@given(metadata=st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_client_metadata(metadata: dict[str, object]) -> None:
    """RFC 7591 §3.2.2."""
    refuse_or_return(lambda: register(NOBODY, **metadata))


@given(
    keys=st.lists(st.dictionaries(st.sampled_from(("kty", "kid", "use", "alg", "n", "x")), JSON))
)
def test_a_jwk_set(keys: list[dict[str, object]]) -> None:
    """RFC 7517 §5."""
    refuse_or_return(lambda: read_jwks({"keys": keys}))
