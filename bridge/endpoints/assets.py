"""What our pages and claims point at: the stylesheet and the default avatar."""

from fastapi import APIRouter, Response

from bridge.pages import DEFAULT_AVATAR, FORM_POST_SCRIPT, SIGNED_OUT_SCRIPT, STYLESHEET

router = APIRouter()

HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@router.api_route("/static/style.css", methods=["GET", "HEAD"])
async def stylesheet() -> Response:
    return Response(STYLESHEET, media_type="text/css", headers=HEADERS)


@router.api_route("/static/form-post.js", methods=["GET", "HEAD"])
async def form_post_script() -> Response:
    """What presses the button of a page that posts an answer."""
    return Response(FORM_POST_SCRIPT, media_type="text/javascript", headers=HEADERS)


@router.api_route("/static/signed-out.js", methods=["GET", "HEAD"])
async def signed_out_script() -> Response:
    """What goes on from a page that tells other apps that the person signed out."""
    return Response(SIGNED_OUT_SCRIPT, media_type="text/javascript", headers=HEADERS)


@router.api_route("/avatar/default.png", methods=["GET", "HEAD"])
async def default_avatar() -> Response:
    """The claim ``picture`` of a person who has none."""
    return Response(DEFAULT_AVATAR, media_type="image/png", headers=HEADERS)
