"""Whose OpenID Provider somebody has: RFC 7033, OpenID Connect Discovery 1.0 §2."""

from urllib.parse import urlsplit

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters

# Discovery §2: the link relation by which a relying party asks
ISSUER = "http://openid.net/specs/connect/1.0/issuer"


class UnknownResource(InvalidRequest):
    """RFC 7033 §4.2: nothing is known of the resource."""

    status = 404


def resource_descriptor(
    parameters: Parameters, *, issuer: str, email_domain: str
) -> dict[str, str | list[dict[str, str]]]:
    """Return the JRD for an address of ours; whether such a person exists, it does not say.

    Raises InvalidRequest or UnknownResource.
    """
    resource = parameters.required("resource")
    if _host(resource) not in {urlsplit(issuer).netloc, email_domain}:
        raise UnknownResource("resource is at none of our hosts")
    links = [{"rel": ISSUER, "href": issuer}]
    if "rel" not in parameters.repeated and parameters.get("rel") not in (None, ISSUER):
        links = []  # RFC 7033 §4.3; who asks for several is told of all
    return {"subject": resource, "links": links}


def _host(resource: str) -> str | None:
    """Discovery §2.1: ``acct:somebody@host``, the same without scheme, or an https address."""
    if "://" in resource:
        try:
            address = urlsplit(resource)
        except ValueError:
            return None
        return address.netloc.lower() if address.scheme in {"http", "https"} else None
    return resource.removeprefix("acct:").rpartition("@")[2].lower()
