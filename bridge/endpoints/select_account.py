"""Whether it is to be the account that is signed in: OpenID Connect Core 1.0 §3.1.2.1."""

from fastapi import Request, Response

from bridge.endpoints.asking import refuse, resume, start_again
from bridge.endpoints.browser_session import find_session
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.proceeding import standing_of, take_step
from bridge.endpoints.questions import opened_question
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.errors import OAuthError
from bridge.provider import Provider

router = Router(first=limit_pages)


@router.route("/select_account", "POST")
async def select_account(request: Request, provider: Provider) -> Response:
    """Go on as who is signed in, or let somebody else sign in."""
    parameters = await form_parameters(request)
    seal = opened_question(provider, provider.choice, parameters)
    asking = await resume(request, provider, seal["wechat_state"])
    if parameters.get("decision") != "continue":
        return start_again(request, provider, asking, notice=None)
    session = await find_session(request, provider)
    # Whoever has signed in since the question was asked is asked again.
    is_chosen = session is not None and session.sid == seal["sid"]
    try:
        standing = standing_of(provider, asking, session, is_chosen=is_chosen)
        return await take_step(request, provider, asking, standing)
    except OAuthError as error:
        return await refuse(request, provider, asking, error)
