"""What to enter in the consumer, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, StrictUndefined
from jinja2.meta import find_undeclared_variables

from bridge.oidc.client import Client
from bridge.presets.preset import Preset

_ENVIRONMENT: Final = Environment(
    # What is printed is no HTML, and all that is filled in was read by ``bridge.presets.forms``,
    # or made by us.
    autoescape=False,  # noqa: S701
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a consumer has to be told."""

    client: Client
    # None where it keeps none
    client_secret: str | None
    # The provider's own (OpenID Connect Discovery 1.0 §3): where its endpoints are
    metadata: Mapping[str, object]
    # What stands after the @ of a made-up address
    email_domain: str


def names_in(settings: str) -> set[str]:
    """Return what has to be known to fill a template."""
    return find_undeclared_variables(_ENVIRONMENT.parse(settings))


def settings_text(preset: Preset, values: Mapping[str, str], facts: Facts) -> str:
    """Return the text, without a line break at its end.

    In a template stand the variables of the preset, ``b``, ``client_id``, ``client_secret``,
    ``scope``, ``scopes``, ``redirect_uris``, ``alg``, ``email_domain``, and ``issuer``,
    ``discovery``, ``authorize``, ``token``, ``userinfo``, ``jwks``, ``end_session``.
    """
    client, metadata = facts.client, facts.metadata
    text = _ENVIRONMENT.from_string(preset.settings).render(
        **values,
        client_id=client.client_id,
        client_secret=facts.client_secret or "(none)",
        scope=" ".join(client.scope),
        scopes=client.scope,
        redirect_uris=client.redirect_uris,
        post_logout_redirect_uris=client.post_logout_redirect_uris,
        alg=client.id_token_signed_response_alg,
        email_domain=facts.email_domain,
        issuer=metadata["issuer"],
        discovery=f"{metadata['issuer']}/.well-known/openid-configuration",
        authorize=metadata["authorization_endpoint"],
        token=metadata["token_endpoint"],
        userinfo=metadata["userinfo_endpoint"],
        jwks=metadata["jwks_uri"],
        end_session=metadata["end_session_endpoint"],
    )
    return text.strip("\n")
