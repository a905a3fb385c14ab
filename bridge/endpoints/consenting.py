"""Asking the person whether the client may know them."""

from fastapi import Request, Response

from bridge.endpoints.asking import Asking
from bridge.endpoints.pending import keep_pending
from bridge.endpoints.questions import sealed_question
from bridge.endpoints.reading import language_of
from bridge.oidc.account import Session
from bridge.oidc.claims import person_name
from bridge.oidc.client import Consent
from bridge.oidc.consent import Permission, check_consent, consent_of, permission_of
from bridge.pages import consent_page
from bridge.provider import Provider


def may_ask(asking: Asking) -> bool:
    """Whether the client is one about which people are asked at all."""
    return _consent(asking) != "never"


def is_remembered(asking: Asking) -> bool:
    """Whether what a person says about this client holds for the next time."""
    return _consent(asking) == "remember"


def _consent(asking: Asking) -> Consent:
    return consent_of(asking.client, asking.request.redirection.redirect_uri)


def wanted_of(provider: Provider, asking: Asking, session: Session) -> Permission:
    """What the client would get of this person."""
    return permission_of(asking.request, session, asking.client, provider.claim_source)


async def question(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> Response | None:
    """Return the page that asks, or None where there is nothing to ask; raise ConsentRequired."""
    if not may_ask(asking):
        return None
    wanted = wanted_of(provider, asking, session)
    account_id, client = session.account.account_id, asking.client
    given = await provider.store.find_consent(account_id, client.client_id)
    if check_consent(asking.request, client, wanted, given):
        return None
    return _show(request, provider, asking, session, wanted)


def _show(
    request: Request, provider: Provider, asking: Asking, session: Session, wanted: Permission
) -> Response:
    """What is on the page is sealed with it: nobody consents to what they were not shown."""
    about = {
        "wechat_state": asking.pending.wechat_state,
        "sid": session.sid,
        "scope": wanted.scope,
        "claims": wanted.claims,
    }
    page = consent_page(
        language=language_of(request, asking.pending.parameters.get("ui_locales")),
        client=asking.presented,
        person=person_name(session.account),
        scope=wanted.scope,
        claims=wanted.claims,
        token=sealed_question(provider, provider.consent, about),
        simulated=provider.is_simulated,
    )
    keep_pending(provider, request, page, asking.pending)
    return page
