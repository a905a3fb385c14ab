"""Whether a person is asked before a client learns of them: OpenID Connect Core 1.0 §3.1.2.4."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bridge.oidc.account import Session
from bridge.oidc.authorization_request import AuthorizationRequest
from bridge.oidc.claims import ClaimSource, claims_beyond
from bridge.oidc.client import Client, Consent
from bridge.oidc.errors import ConsentRequired

SHOWN = ("client_name", "redirect_uris", "client_uri", "logo_uri", "policy_uri", "tos_uri")


@dataclass(frozen=True, slots=True)
class Permission:
    """What a client gets: scope values, and claims that it asks for one by one."""

    scope: tuple[str, ...]
    claims: tuple[str, ...] = ()

    def covers(self, other: "Permission") -> bool:
        return set(self.scope) >= set(other.scope) and set(self.claims) >= set(other.claims)

    def together_with(self, other: "Permission") -> "Permission":
        return Permission(
            tuple(dict.fromkeys((*self.scope, *other.scope))),
            tuple(dict.fromkeys((*self.claims, *other.claims))),
        )


def permission_of(
    asked: AuthorizationRequest, session: Session, client: Client, source: ClaimSource
) -> Permission:
    """Return what the client would get: of claims only those that there are to tell (§5.5)."""
    return Permission(
        asked.scope, claims_beyond(asked.scope, asked.claims, session, client, source)
    )


def consent_of(client: Client, redirect_uri: str) -> Consent:
    """Return when people are asked, whatever is stored of a client that registered itself.

    Nobody has decided for them that it may know them. And an address on the device itself may be
    another app's, which knows the client_id: it is asked about each time (RFC 8252 §8.6).
    """
    if not client.is_self_registered:
        return client.consent
    if not redirect_uri.startswith("https://"):
        return "always"
    # The page shows one host; to be sent to another nobody has said yes.
    if len({urlsplit(uri).netloc for uri in client.redirect_uris}) > 1:
        return "always"
    return "always" if client.consent == "always" else "remember"


def is_shown_alike(before: Client, after: Client) -> bool:
    """Whether people who said yes would see the same client again, and be sent to the same place.

    A client that registered itself changes itself too; as another it has to ask anew.
    """
    return all(getattr(before, member) == getattr(after, member) for member in SHOWN)


def check_consent(
    asked: AuthorizationRequest, client: Client, wanted: Permission, given: Permission | None
) -> bool:
    """Return whether the person has said yes; ``given`` is what they said it to before.

    Where the operator has decided, ``prompt=consent`` asks nobody. Raises ConsentRequired where
    nothing may be shown.
    """
    consent = consent_of(client, asked.redirection.redirect_uri)
    if consent == "never":
        return True
    is_remembered = consent == "remember" and given is not None and given.covers(wanted)
    if is_remembered and "consent" not in asked.prompt:
        return True
    if "none" in asked.prompt:
        raise ConsentRequired("the person has to be asked whether the client may know them")
    return False
