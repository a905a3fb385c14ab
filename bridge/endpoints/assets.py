"""What our pages and claims point at: the stylesheet and the default avatar."""

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from bridge.endpoints.routing import Router
from bridge.pages import DEFAULT_AVATAR, SCRIPTS, STYLESHEET
from bridge.provider import Provider

router = Router()

HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@router.route("/static/style.css", "GET", "HEAD")
async def stylesheet(_request: Request, _provider: Provider) -> Response:
    return Response(STYLESHEET, media_type="text/css", headers=HEADERS)


@router.route("/static/{name}.js", "GET", "HEAD")
async def script(request: Request, _provider: Provider) -> Response:
    """What presses buttons and looks at the clock; every page works without it."""
    content = SCRIPTS.get(f"{request.path_params['name']}.js")
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="text/javascript", headers=HEADERS)


@router.route("/avatar/default.png", "GET", "HEAD")
async def default_avatar(_request: Request, _provider: Provider) -> Response:
    """The claim ``picture`` of a person who has none."""
    return Response(DEFAULT_AVATAR, media_type="image/png", headers=HEADERS)
