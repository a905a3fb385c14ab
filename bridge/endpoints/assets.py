"""What our pages and claims point at: the stylesheet and the default avatar."""

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from bridge.pages import DEFAULT_AVATAR, SCRIPTS, STYLESHEET

router = APIRouter()

HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@router.api_route("/static/style.css", methods=["GET", "HEAD"])
async def stylesheet() -> Response:
    return Response(STYLESHEET, media_type="text/css", headers=HEADERS)


@router.api_route("/static/{name}.js", methods=["GET", "HEAD"])
async def script(name: str) -> Response:
    """What presses buttons and looks at the clock; every page works without it."""
    content = SCRIPTS.get(f"{name}.js")
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="text/javascript", headers=HEADERS)


@router.api_route("/avatar/default.png", methods=["GET", "HEAD"])
async def default_avatar() -> Response:
    """The claim ``picture`` of a person who has none."""
    return Response(DEFAULT_AVATAR, media_type="image/png", headers=HEADERS)
