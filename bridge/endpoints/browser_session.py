"""The browser's half of a session: a secret in a cookie, of which the store has the hash.

It is new at every sign-in, and nobody else is told it. ``sid``, which clients are told, opens
nothing.
"""

from fastapi import Request, Response

from bridge.endpoints.cookies import cookie_name, cookies, delete_cookie, set_cookie
from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Session
from bridge.provider import Provider
from bridge.store import SessionLimits

NAME = "session"

UNLIMITED = SessionLimits(begun_after=-1, seen_after=-1)


def is_single_sign_on(provider: Provider) -> bool:
    """Whether the operator wants people to stay signed in here."""
    return provider.lifetimes.session > 0


def held_cookie(request: Request, provider: Provider) -> str | None:
    """Return the hash of the secret that this browser brings, whatever it is worth."""
    secret = cookies(request).get(cookie_name(provider, NAME))
    return token_hash(secret) if secret else None


async def find_session(request: Request, provider: Provider) -> Session | None:
    """Return the live session of this browser, or None."""
    held = held_cookie(request, provider)
    if held is None or not is_single_sign_on(provider):
        return None
    now, lifetimes = provider.now(), provider.lifetimes
    limits = SessionLimits(now - lifetimes.session, now - lifetimes.session_idle)
    return await provider.store.find_session(held, limits)


async def find_session_to_end(request: Request, provider: Provider) -> Session | None:
    """Return what this browser can sign out of: also what is too old to answer for it.

    Relying parties still know the person from it, and refresh tokens may live.
    """
    held = held_cookie(request, provider)
    return await provider.store.find_session(held, UNLIMITED) if held is not None else None


def give_session(provider: Provider, response: Response, secret: str) -> None:
    """Let the browser keep the session's secret."""
    name = cookie_name(provider, NAME)
    set_cookie(provider, response, name, secret, lifetime=provider.lifetimes.session)


def forget_session(provider: Provider, response: Response) -> None:
    delete_cookie(provider, response, cookie_name(provider, NAME))
