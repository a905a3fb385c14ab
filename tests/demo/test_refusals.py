"""A provider lies, or somebody between it and the person does, and nobody is signed in."""

from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.demo.conftest import new_browser, new_key
from tests.demo.small_provider import CLIENT_SECRET, LONG_AGO, SmallProvider
from tests.pages.elements import Page, read_page

pytestmark = pytest.mark.anyio


async def refused(browser: httpx.AsyncClient, url: str = "/sign-in", status: int = 400) -> Page:
    """Open `url`; nobody is signed in, and there is a way to try again."""
    response = await browser.get(url)
    page = read_page(response.text)
    assert response.status_code == status, page["error"].text
    assert page["sign-in"].attributes["href"] == "/sign-in"
    assert "claims" not in read_page((await browser.get("/")).text)
    return page


@pytest.mark.parametrize(
    ("lies", "error"),
    [
        ({"nonce": "another"}, "invalid_claim"),
        ({"nonce": None}, "missing_claim"),
        ({"iss": "https://another.example"}, "invalid_claim"),
        ({"iss": None}, "missing_claim"),
        ({"aud": "another"}, "invalid_claim"),
        ({"aud": "another", "azp": "demo"}, "invalid_claim"),
        ({"aud": None}, "missing_claim"),
        ({"exp": LONG_AGO}, "expired_token"),
        ({"exp": None}, "missing_claim"),
        ({"sub": None}, "missing_claim"),
        ({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}, "invalid_claim"),
    ],
    ids=str,
)
async def test_an_id_token_with_a_wrong_claim_is_refused(
    browser: httpx.AsyncClient, provider: SmallProvider, lies: dict[str, Any], error: str
) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7."""
    provider.claim_lies = lies
    assert (await refused(browser))["error"].text == error


@pytest.mark.parametrize(
    ("signs_with", "algorithm", "error"),
    [
        (new_key("first"), "RS256", "bad_signature"),
        (new_key("unpublished"), "RS256", "invalid_key_id"),
        (OctKey.import_key(CLIENT_SECRET, {"kid": "first"}), "HS256", "unsupported_algorithm"),
        (None, "none", "unsupported_algorithm"),
    ],
    ids=["forged", "by an unpublished key", "by the client secret", "not at all"],
)
async def test_an_id_token_is_signed_by_a_key_that_the_provider_publishes(
    browser: httpx.AsyncClient,
    provider: SmallProvider,
    signs_with: RSAKey | OctKey | None,
    algorithm: str,
    error: str,
) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7, also where the metadata offers "none"."""
    provider.signs_with, provider.algorithm = signs_with, algorithm
    assert (await refused(browser))["error"].text == error


async def test_a_token_response_without_an_id_token_signs_nobody_in(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.token_lies = {"id_token": None}
    assert (await refused(browser))["error"].text == "missing_id_token"


@pytest.mark.parametrize("lies", [{"sub": "o-2"}, {"sub": None}], ids=str)
async def test_userinfo_about_somebody_else_is_refused(
    browser: httpx.AsyncClient, provider: SmallProvider, lies: dict[str, Any]
) -> None:
    """OpenID Connect Core 1.0 §5.3.2."""
    provider.userinfo_lies = lies
    assert (await refused(browser))["error"].text == "mismatching_subject"


@pytest.mark.parametrize("lies", [{"iss": "https://another.example"}, {"iss": None}], ids=str)
@pytest.mark.parametrize("outcome", [{}, {"code": None, "error": "access_denied"}], ids=str)
async def test_an_answer_from_another_issuer_is_refused(
    browser: httpx.AsyncClient,
    provider: SmallProvider,
    outcome: dict[str, Any],
    lies: dict[str, Any],
) -> None:
    """RFC 9207 §2.4."""
    provider.answer_lies = lies | outcome
    assert (await refused(browser))["error"].text == "mismatching_issuer"


async def test_an_answer_may_lack_iss_where_none_was_promised(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    """RFC 9207 §2.4."""
    provider.metadata_lies = {"authorization_response_iss_parameter_supported": None}
    provider.answer_lies = {"iss": None}
    assert "claims" in read_page((await browser.get("/sign-in")).text)


@pytest.mark.parametrize("state", ["another", "", None])
@pytest.mark.parametrize("outcome", [{}, {"code": None, "error": "access_denied"}], ids=str)
async def test_an_answer_that_nobody_here_asked_for_is_refused(
    browser: httpx.AsyncClient, provider: SmallProvider, outcome: dict[str, Any], state: str | None
) -> None:
    """RFC 6749 §10.12."""
    provider.answer_lies = {"state": state} | outcome
    assert (await refused(browser))["error"].text == "mismatching_state"


async def test_an_answer_is_taken_once(browser: httpx.AsyncClient, provider: SmallProvider) -> None:
    response = await browser.get("/sign-in")
    (answer,) = [str(past.url) for past in response.history if "code=" in str(past.url)]
    await browser.post("/sign-out")
    assert (await refused(browser, answer))["error"].text == "mismatching_state"
    assert len(provider.asked) == 1


async def test_another_browser_cannot_finish_a_sign_in(browser: httpx.AsyncClient) -> None:
    sent = await browser.get("/sign-in", follow_redirects=False)
    answered = await browser.get(sent.headers["location"], follow_redirects=False)
    async with new_browser(base_url=browser.base_url) as other:
        page = await refused(other, answered.headers["location"])
    assert page["error"].text == "mismatching_state"


async def test_an_error_answer_becomes_a_page_with_its_code_as_data(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    """RFC 6749 §4.1.2.1."""
    provider.answer_lies = {"code": None, "error": "access_denied", "error_description": "<b>no"}
    page = await refused(browser)
    assert page["error"].text == "access_denied"
    assert page["description"].text == "<b>no"
    assert "cancelled" in page.text
    provider.answer_lies = {}
    assert "claims" in read_page((await browser.get("/sign-in")).text)


async def test_an_answer_without_code_and_error_is_refused(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    provider.answer_lies = {"code": None}
    assert (await refused(browser))["error"].text == "missing_code"


async def test_an_error_of_the_token_endpoint_is_shown(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    """RFC 6749 §5.2."""
    provider.answer_lies = {"code": "invented"}
    assert (await refused(browser))["error"].text == "invalid_grant"


async def test_a_discovery_document_of_another_issuer_is_refused_until_it_is_right(
    browser: httpx.AsyncClient, provider: SmallProvider
) -> None:
    """OpenID Connect Discovery 1.0 §4.3."""
    provider.metadata_lies = {"issuer": "https://another.example"}
    assert (await refused(browser, status=502))["error"].text == "mismatching_issuer"
    assert not provider.asked
    provider.metadata_lies = {}
    assert "claims" in read_page((await browser.get("/sign-in")).text)


@pytest.mark.parametrize("path", ["discovery", "jwks", "token", "userinfo"])
async def test_nonsense_from_the_provider_becomes_a_page(
    browser: httpx.AsyncClient, provider: SmallProvider, path: str
) -> None:
    provider.answers_nonsense_at = path
    assert (await refused(browser, status=502))["error"].text == "invalid_response"


@pytest.mark.parametrize(
    ("lies", "error"),
    [
        ({"authorization_endpoint": None}, "invalid_response"),
        ({"jwks_uri": None}, "invalid_response"),
        ({"userinfo_endpoint": None}, "invalid_response"),
        ({"id_token_signing_alg_values_supported": 1}, "invalid_response"),
        ({"token_endpoint": "http://127.0.0.1:1/token"}, "temporarily_unavailable"),
    ],
    ids=str,
)
async def test_metadata_that_cannot_be_used_becomes_a_page(
    browser: httpx.AsyncClient, provider: SmallProvider, lies: dict[str, Any], error: str
) -> None:
    provider.metadata_lies = lies
    assert (await refused(browser, status=502))["error"].text == error
