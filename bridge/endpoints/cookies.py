"""Cookies of ours: how they are read, named, set and deleted."""

from collections.abc import Mapping

from fastapi import Request, Response

from bridge.provider import Provider

# In the scope of a request: its cookies, once they were read
READ = "wechat-oidc.cookies"


def cookies(request: Request) -> Mapping[str, str]:
    """Read as RFC 6265 §4.2 has it, and no white space but its own is stripped.

    The framework's reader strips more: so a sibling domain could send a name that a browser does
    not take for a ``__Host-`` name, and we would.
    """
    read: Mapping[str, str] | None = request.scope.get(READ)
    if read is None:
        sent = ";".join(request.headers.getlist("cookie"))
        pairs = (pair.strip(" \t").partition("=") for pair in sent.split(";"))
        read = request.scope[READ] = {name: value for name, _, value in pairs}
    return read


def cookie_name(provider: Provider, name: str) -> str:
    """Python's and others' cookie jars return no ``Secure`` cookie over http."""
    return f"__Host-bridge-{name}" if _is_secure(provider) else f"bridge-{name}"


def set_cookie(
    provider: Provider, response: Response, name: str, value: str, *, lifetime: int
) -> None:
    """Add the cookie to the answer. ``lifetime`` is in seconds.

    Names and values are ours, in letters, digits and a few signs: there is nothing to quote, for
    which the framework would take the longest time of all that it does to an answer.
    """
    attributes = f"HttpOnly; Max-Age={lifetime}; Path=/; SameSite=lax"
    secure = "; Secure" if _is_secure(provider) else ""
    response.headers.append("Set-Cookie", f"{name}={value}; {attributes}{secure}")


def delete_cookie(provider: Provider, response: Response, name: str) -> None:
    set_cookie(provider, response, name, "", lifetime=0)


def _is_secure(provider: Provider) -> bool:
    return provider.issuer.startswith("https:")
