"""RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core 1.0 §3.1.2.6."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import bridge
from bridge.oidc import errors
from bridge.oidc.authorization_request import read_authorization_request, verify_redirection
from bridge.oidc.client_authentication import read_client_credentials
from bridge.oidc.errors import OAuthError
from bridge.oidc.parameters import Parameters, read_parameters
from bridge.oidc.token_request import read_token_request
from bridge.oidc.userinfo import read_access_token
from tests.oidc import examples
from tests.oidc.examples import REDIRECT_URI

# RFC 6749 §5.2:
#   error_description: %x20-21 / %x23-5B / %x5D-7E
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")

# Wire name → HTTP status, where it is told in a body (RFC 6749 §5.2, RFC 6750 §3.1)
TOLD = {
    "invalid_request": 400,
    "invalid_client": 401,
    "invalid_grant": 400,
    "unsupported_grant_type": 400,
    "unsupported_response_type": 400,
    "invalid_scope": 400,
    "invalid_target": 400,
    "access_denied": 403,
    "server_error": 500,
    "temporarily_unavailable": 503,
    "invalid_request_uri": 400,
    "login_required": 400,
    "consent_required": 400,
    "invalid_request_object": 400,
    "registration_not_supported": 400,
    "unauthorized_client": 400,
    "unmet_authentication_requirements": 400,
    "invalid_token": 401,
    "insufficient_scope": 403,
    "invalid_redirect_uri": 400,
    "invalid_client_metadata": 400,
}


def kinds(kind: type[OAuthError] = OAuthError) -> Iterator[type[OAuthError]]:
    for special in kind.__subclasses__():
        yield special
        yield from kinds(special)


def test_every_error_has_the_name_and_the_status_of_its_specification() -> None:
    """RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core 1.0 §3.1.2.6."""
    named = {kind.error: kind.status for kind in kinds() if _has_a_name_of_its_own(kind)}
    assert named == TOLD


def test_what_has_no_name_of_its_own_is_told_apart_by_its_status() -> None:
    """RFC 9110 §15.5.14, RFC 6585 §4."""
    nameless = {
        kind.__name__: (kind.error, kind.status)
        for kind in kinds()
        if kind.__module__ == errors.__name__ and not _has_a_name_of_its_own(kind)
    }
    assert nameless == {
        "BodyTooLarge": ("invalid_request", 413),
        "TooManyRequests": ("temporarily_unavailable", 429),
    }


def _has_a_name_of_its_own(kind: type[OAuthError]) -> bool:
    return kind.__module__ == errors.__name__ and "error" in vars(kind)


def test_every_error_is_named_in_python_as_on_the_wire() -> None:
    for kind in kinds():
        if _has_a_name_of_its_own(kind):
            assert re.sub(r"(?<!^)([A-Z])", r"_\1", kind.__name__).lower() == kind.error
            assert f"- {kind.__name__} " in (errors.__doc__ or "")


def test_what_is_told_and_what_is_logged_are_two_texts() -> None:
    error = errors.InvalidGrant("code is invalid", detail="the session is gone")
    assert (error.description, error.detail) == ("code is invalid", "the session is gone")
    assert "session" not in str(error)


def written_descriptions() -> Iterator[tuple[str, str]]:
    """Where in the bridge an error is made, and the text that stands there."""
    names = {kind.__name__ for kind in kinds()}
    folder = Path(bridge.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id not in names:
                    continue
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.relative_to(folder)}:{node.lineno}", part.value


def test_a_description_is_ascii_without_quotation_mark_and_backslash() -> None:
    """RFC 6749 §5.2: as it is written, wherever in the bridge."""
    written = list(written_descriptions())
    assert len(written) > 30
    assert [place for place in written if not DESCRIPTION.fullmatch(place[1])] == []


NAMES = st.sampled_from(
    [
        *("client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "state"),
        *("scope", "code_challenge", "code_challenge_method", "prompt", "request", "grant_type"),
        *("code", "code_verifier", "access_token", "registration"),
    ]
)
VALUES = st.sampled_from(["code", "openid", REDIRECT_URI, "S256", "none", "authorization_code"])
ENCODED = st.lists(
    st.tuples(
        NAMES.map(str.encode) | st.binary(max_size=8),
        VALUES.map(str.encode) | st.binary(max_size=8),
    )
).map(lambda pairs: b"&".join(b"=".join(pair) for pair in pairs))


@given(ENCODED, st.none() | st.text(max_size=8) | st.sampled_from(["Basic YTo=", 'Bearer "\\é']))
def test_nothing_that_is_sent_gets_a_character_into_a_description_that_may_not_be_there(
    encoded: bytes, authorization: str | None
) -> None:
    """RFC 6749 §5.2: as it is told."""
    for description in descriptions(encoded, authorization):
        assert DESCRIPTION.fullmatch(description)


def descriptions(encoded: bytes, authorization: str | None) -> Iterator[str]:
    """All complaints about one request, whichever endpoint it was meant for."""
    try:
        parameters = read_parameters(encoded)
    except OAuthError as error:
        yield error.description
        return
    client = examples.client()
    readers = (
        parameters.check_none_repeated,
        lambda: read_authorization_request(
            parameters, client, verify_redirection(parameters, client)
        ),
        lambda: read_authorization_request(
            parameters,
            client,
            verify_redirection(Parameters({"redirect_uri": REDIRECT_URI}), client),
        ),
        lambda: read_client_credentials(parameters, authorization),
        lambda: read_token_request(parameters),
        lambda: read_access_token(parameters, authorization),
    )
    for reader in readers:
        try:
            reader()
        except OAuthError as error:
            yield error.description
