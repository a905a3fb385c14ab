"""The plans of the OpenID Foundation's suite (5.2.4), their modules, and the variants of each.

docs/conformance.md has a list that is made from this:

    python -m tests.conformance.table
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.conformance import (
    basic,
    claims,
    logout,
    metadata,
    registration,
    request_objects,
)
from tests.conformance.suite import Suite, Variant

Module = Callable[[Suite], Awaitable[None]]

MANUAL = Path(__file__).parents[2] / "docs" / "conformance.md"
BEGIN, END = "<!-- modules -->", "<!-- end of modules -->"

IMPLICIT = ("id_token", "id_token token")
HYBRID = ("code id_token", "code token", "code id_token token")
EVERY_TYPE = ("code", *IMPLICIT, *HYBRID)


@dataclass(frozen=True)
class Row:
    """A module under the suite's name. ``when`` says in which variants of its plans it runs."""

    name: str
    run: Module
    # Where the bridge does what is demanded
    built_in: str
    when: Callable[[Variant], bool] = lambda _variant: True


def _code(variant: Variant) -> bool:
    return variant.has_code


def _with_userinfo(variant: Variant) -> bool:
    return variant.has_access_token


def _dynamic(variant: Variant) -> bool:
    return variant.is_dynamic


def _dynamic_code(variant: Variant) -> bool:
    return variant.is_dynamic and variant.response_type == "code"


def _without_nonce(variant: Variant) -> bool:
    return not variant.needs_nonce


def _with_nonce(variant: Variant) -> bool:
    return variant.needs_nonce


# Basic, Implicit, Hybrid, and the same posted as forms
OPENID_CONNECT = (
    Row("oidcc-server", basic.server, "bridge/endpoints/authorize.py"),
    Row("oidcc-response-type-missing", basic.response_type_missing, "bridge/oidc/response_type.py"),
    Row(
        "oidcc-idtoken-signature", basic.idtoken_signature, "bridge/endpoints/issuing.py", _dynamic
    ),
    Row(
        "oidcc-idtoken-unsigned",
        basic.idtoken_unsigned,
        "bridge/endpoints/issuing.py",
        _dynamic_code,
    ),
    Row("oidcc-userinfo-get", claims.userinfo_get, "bridge/endpoints/userinfo.py", _with_userinfo),
    Row(
        "oidcc-userinfo-post-header",
        claims.userinfo_post_header,
        "bridge/endpoints/userinfo.py",
        _with_userinfo,
    ),
    Row(
        "oidcc-userinfo-post-body",
        claims.userinfo_post_body,
        "bridge/oidc/userinfo.py",
        _with_userinfo,
    ),
    Row(
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
        basic.ensure_request_without_nonce_succeeds_for_code_flow,
        "bridge/oidc/authorization_request.py",
        _without_nonce,
    ),
    Row(
        "oidcc-ensure-request-without-nonce-fails",
        basic.ensure_request_without_nonce_fails,
        "bridge/oidc/authorization_request.py",
        _with_nonce,
    ),
    Row("oidcc-scope-profile", claims.scope_profile, "bridge/oidc/claims.py"),
    Row("oidcc-scope-email", claims.scope_email, "bridge/oidc/claims.py"),
    Row("oidcc-scope-address", claims.scope_address, "bridge/oidc/claims.py"),
    Row("oidcc-scope-phone", claims.scope_phone, "bridge/oidc/claims.py"),
    Row("oidcc-scope-all", claims.scope_all, "bridge/oidc/claims.py"),
    Row("oidcc-alternate-happy-flow", basic.alternate_happy_flow, "bridge/oidc/scope.py"),
    Row("oidcc-display-page", basic.display_page, "bridge/oidc/parameters.py"),
    Row("oidcc-display-popup", basic.display_popup, "bridge/oidc/parameters.py"),
    Row("oidcc-prompt-login", basic.prompt_login, "bridge/oidc/authentication.py"),
    Row(
        "oidcc-prompt-none-not-logged-in",
        basic.prompt_none_not_logged_in,
        "bridge/oidc/authentication.py",
    ),
    Row(
        "oidcc-prompt-none-logged-in", basic.prompt_none_logged_in, "bridge/endpoints/proceeding.py"
    ),
    Row("oidcc-max-age-1", basic.max_age_1, "bridge/oidc/authentication.py"),
    Row("oidcc-max-age-10000", basic.max_age_10000, "bridge/oidc/authentication.py"),
    Row(
        "oidcc-ensure-request-with-unknown-parameter-succeeds",
        basic.ensure_request_with_unknown_parameter_succeeds,
        "bridge/oidc/parameters.py",
    ),
    Row("oidcc-id-token-hint", basic.id_token_hint, "bridge/oidc/authentication.py"),
    Row("oidcc-login-hint", basic.login_hint, "bridge/oidc/parameters.py"),
    Row("oidcc-ui-locales", basic.ui_locales, "bridge/pages/language.py"),
    Row("oidcc-claims-locales", basic.claims_locales, "bridge/oidc/parameters.py"),
    Row(
        "oidcc-ensure-request-with-acr-values-succeeds",
        basic.ensure_request_with_acr_values_succeeds,
        "bridge/oidc/authentication.py",
    ),
    Row("oidcc-codereuse", basic.codereuse, "bridge/store/grants.py", _code),
    Row("oidcc-codereuse-30seconds", basic.codereuse_30seconds, "bridge/store/grants.py", _code),
    Row(
        "oidcc-ensure-registered-redirect-uri",
        basic.ensure_registered_redirect_uri,
        "bridge/oidc/redirect_uri.py",
    ),
    Row(
        "oidcc-ensure-post-request-succeeds",
        basic.ensure_post_request_succeeds,
        "bridge/endpoints/authorize.py",
    ),
    Row(
        "oidcc-server-client-secret-post",
        basic.server_client_secret_post,
        "bridge/oidc/client_authentication.py",
        _code,
    ),
    Row(
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        request_objects.request_uri_unsigned,
        "bridge/oidc/request_object.py",
        _dynamic,
    ),
    Row(
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        request_objects.unsigned_request_object,
        "bridge/oidc/request_object.py",
    ),
    Row("oidcc-claims-essential", claims.claims_essential, "bridge/oidc/claims_request.py"),
    Row(
        "oidcc-ensure-request-object-with-redirect-uri",
        request_objects.ensure_request_object_with_redirect_uri,
        "bridge/oidc/request_object.py",
    ),
    Row("oidcc-refresh-token", basic.refresh_token, "bridge/oidc/refresh_token.py", _code),
    Row(
        "oidcc-ensure-request-with-valid-pkce-succeeds",
        basic.ensure_request_with_valid_pkce_succeeds,
        "bridge/oidc/pkce.py",
        _code,
    ),
)

CONFIG = (
    Row(
        "oidcc-discovery-endpoint-verification",
        metadata.discovery_endpoint_verification,
        "bridge/oidc/provider_metadata.py",
    ),
)

DYNAMIC = (
    Row("oidcc-idtoken-rs256", registration.idtoken_rs256, "bridge/endpoints/issuing.py"),
    Row(
        "oidcc-userinfo-rs256",
        registration.userinfo_rs256,
        "bridge/endpoints/userinfo.py",
        _with_userinfo,
    ),
    Row(
        "oidcc-ensure-redirect-uri-in-authorization-request",
        registration.ensure_redirect_uri_in_authorization_request,
        "bridge/oidc/authorization_request.py",
    ),
    Row(
        "oidcc-redirect-uri-query-OK",
        registration.redirect_uri_query_ok,
        "bridge/oidc/authorization_response.py",
    ),
    Row(
        "oidcc-redirect-uri-query-mismatch",
        registration.redirect_uri_query_mismatch,
        "bridge/oidc/redirect_uri.py",
    ),
    Row(
        "oidcc-redirect-uri-query-added",
        registration.redirect_uri_query_added,
        "bridge/oidc/redirect_uri.py",
    ),
    Row(
        "oidcc-redirect-uri-regfrag",
        registration.redirect_uri_regfrag,
        "bridge/oidc/redirect_uri.py",
    ),
    Row(
        "oidcc-registration-logo-uri", registration.registration_logo_uri, "bridge/pages/sign_in.py"
    ),
    Row(
        "oidcc-registration-policy-uri",
        registration.registration_policy_uri,
        "bridge/pages/sign_in.py",
    ),
    Row("oidcc-registration-tos-uri", registration.registration_tos_uri, "bridge/pages/sign_in.py"),
    Row(
        "oidcc-registration-jwks-uri",
        registration.registration_jwks_uri,
        "bridge/jose/client_keys.py",
        _code,
    ),
    Row(
        "oidcc-registration-sector-uri",
        registration.registration_sector_uri,
        "bridge/oidc/subject.py",
    ),
    Row(
        "oidcc-registration-sector-bad",
        registration.registration_sector_bad,
        "bridge/endpoints/register.py",
    ),
    Row("oidcc-server-rotate-keys", registration.server_rotate_keys, "keys/lifecycle.py"),
    Row(
        "oidcc-refresh-token-rp-key-rotation",
        registration.refresh_token_rp_key_rotation,
        "bridge/jose/client_keys.py",
        _code,
    ),
    Row(
        "oidcc-request-uri-unsigned",
        request_objects.request_uri_unsigned,
        "bridge/oidc/request_object.py",
    ),
    Row(
        "oidcc-request-uri-signed-rs256",
        request_objects.request_uri_signed_rs256,
        "bridge/oidc/request_object.py",
    ),
    Row(
        "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
        basic.ensure_client_assertion_with_iss_aud_succeeds,
        "bridge/oidc/client_assertion.py",
        _code,
    ),
    Row(
        "oidcc-discovery-endpoint-verification",
        metadata.discovery_endpoint_verification,
        "bridge/oidc/provider_metadata.py",
    ),
)

THIRD_PARTY = (
    Row(
        "oidcc-3rd_party-init-login",
        registration.third_party_init_login,
        "bridge/endpoints/register.py",
    ),
    Row(
        "oidcc-3rd_party-init-login-nohttps",
        registration.third_party_init_login_nohttps,
        "bridge/oidc/client_registration.py",
    ),
)

RP_INITIATED = (
    Row(
        "oidcc-rp-initiated-logout-discovery-endpoint-verification",
        metadata.logout_discovery_endpoint_verification,
        "bridge/oidc/provider_metadata.py",
    ),
    Row("oidcc-rp-initiated-logout", logout.rp_initiated_logout, "bridge/endpoints/end_session.py"),
    Row(
        "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
        logout.rp_initiated_logout_bad_post_logout_redirect_uri,
        "bridge/oidc/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-modified-id-token-hint",
        logout.rp_initiated_logout_modified_id_token_hint,
        "bridge/oidc/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-no-id-token-hint",
        logout.rp_initiated_logout_no_id_token_hint,
        "bridge/oidc/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-no-params",
        logout.rp_initiated_logout_no_params,
        "bridge/endpoints/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
        logout.rp_initiated_logout_no_post_logout_redirect_uri,
        "bridge/endpoints/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-no-state",
        logout.rp_initiated_logout_no_state,
        "bridge/oidc/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-only-state",
        logout.rp_initiated_logout_only_state,
        "bridge/endpoints/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
        logout.rp_initiated_logout_query_added_to_post_logout_redirect_uri,
        "bridge/oidc/end_session.py",
    ),
    Row(
        "oidcc-rp-initiated-logout-bad-id-token-hint",
        logout.rp_initiated_logout_bad_id_token_hint,
        "bridge/oidc/end_session.py",
    ),
)

FRONTCHANNEL = (
    Row(
        "oidcc-frontchannel-rp-initiated-logout-discovery-endpoint-verification",
        metadata.logout_discovery_endpoint_verification,
        "bridge/oidc/provider_metadata.py",
    ),
    Row(
        "oidcc-frontchannel-rp-initiated-logout",
        logout.frontchannel_rp_initiated_logout,
        "bridge/pages/logout.py",
    ),
)

BACKCHANNEL = (
    Row(
        "oidcc-backchannel-rp-initiated-logout-discovery-endpoint-verification",
        metadata.logout_discovery_endpoint_verification,
        "bridge/oidc/provider_metadata.py",
    ),
    Row(
        "oidcc-backchannel-rp-initiated-logout",
        logout.backchannel_rp_initiated_logout,
        "bridge/oidc/logout_token.py",
    ),
)


@dataclass(frozen=True)
class Plan:
    """``name`` is what the suite's API takes; each row runs in each variant that it wants."""

    name: str
    rows: tuple[Row, ...]
    variants: tuple[Variant, ...]

    def runs(self) -> Iterator[tuple[Row, Variant]]:
        return (
            (row, variant) for row in self.rows for variant in self.variants if row.when(variant)
        )


def run_id(plan: Plan, row: Row, variant: Variant) -> str:
    """What pytest calls a run."""
    return f"{plan.name.removesuffix('-certification-test-plan')}-{row.name}-{variant}"


def _variants(
    response_types: tuple[str, ...], *, client_auth_type: str = "client_secret_basic"
) -> tuple[Variant, ...]:
    """Each response type for a client that is configured and for one that registers itself."""
    return tuple(
        Variant(response_type, is_dynamic=is_dynamic, client_auth_type=client_auth_type)
        for response_type in response_types
        for is_dynamic in (False, True)
    )


def _posted(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    return tuple(replace(variant, response_mode="form_post") for variant in variants)


def _self_registered(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    return tuple(variant for variant in variants if variant.is_dynamic)


PLANS = (
    Plan("oidcc-basic-certification-test-plan", OPENID_CONNECT, _variants(("code",))),
    Plan("oidcc-implicit-certification-test-plan", OPENID_CONNECT, _variants(IMPLICIT)),
    Plan("oidcc-hybrid-certification-test-plan", OPENID_CONNECT, _variants(HYBRID)),
    Plan("oidcc-config-certification-test-plan", CONFIG, (Variant(),)),
    Plan(
        "oidcc-formpost-basic-certification-test-plan",
        OPENID_CONNECT,
        _posted(_variants(("code",))),
    ),
    Plan(
        "oidcc-formpost-implicit-certification-test-plan",
        OPENID_CONNECT,
        _posted(_variants(IMPLICIT)),
    ),
    Plan(
        "oidcc-formpost-hybrid-certification-test-plan", OPENID_CONNECT, _posted(_variants(HYBRID))
    ),
    Plan(
        "oidcc-dynamic-certification-test-plan",
        DYNAMIC,
        _self_registered(_variants(EVERY_TYPE, client_auth_type="private_key_jwt")),
    ),
    Plan(
        "oidcc-3rdparty-init-login-certification-test-plan",
        THIRD_PARTY,
        _self_registered(_variants(EVERY_TYPE)),
    ),
    Plan("oidcc-rp-initiated-logout-certification-test-plan", RP_INITIATED, _variants(EVERY_TYPE)),
    Plan(
        "oidcc-frontchannel-rp-initiated-logout-certification-test-plan",
        FRONTCHANNEL,
        _variants(EVERY_TYPE),
    ),
    Plan(
        "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
        BACKCHANNEL,
        _variants(EVERY_TYPE),
    ),
)


def manual() -> str:
    """Return the part of docs/conformance.md that lists the modules; no module stands twice."""
    plans: dict[str, list[str]] = {}
    rows: dict[str, Row] = {}
    for plan in PLANS:
        for row in plan.rows:
            rows[row.name] = row
            plans.setdefault(row.name, []).append(_short(plan))
    lines = [
        f"| `{row.name}` | {', '.join(plans[row.name])} | {_demand(row)} | `{row.built_in}` |"
        f" `{row.run.__module__.replace('.', '/')}.py` |"
        for row in rows.values()
    ]
    head = (
        "| module | plans | what it demands | module | test |",
        "| --- | --- | --- | --- | --- |",
    )
    return "\n".join((BEGIN, *head, *lines, END))


def _short(plan: Plan) -> str:
    return plan.name.removeprefix("oidcc-").removesuffix("-certification-test-plan")


def _demand(row: Row) -> str:
    return (row.run.__doc__ or "").splitlines()[0].removesuffix(".").replace("``", "`")


def write_manual() -> None:
    text = MANUAL.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    MANUAL.write_text(before + manual() + after, "utf-8")


if __name__ == "__main__":
    write_manual()
