"""The pages, and what they are made of."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bridge.wechat.simulator.parameters import first_values
from bridge.wechat.simulator.visitors import is_desktop_client
from bridge.wechat.simulator.wording import Wording, words_of

HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# No frame-ancestors and no X-Frame-Options: websites put the page into a frame, as they do at
# WeChat. No form-action: browsers apply it to the redirect that follows the form, too.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'"
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "strict-origin",
    "x-content-type-options": "nosniff",
}
STATIC = "/connect/static"
# The path of WeChat's script, on whichever host
WXLOGIN = "/connect/zh_CN/htmledition/js/wxLogin.js"
SCRIPT = "text/javascript; charset=utf-8"
FILES = {
    "simulator.css": "text/css; charset=utf-8",
    "frame.css": "text/css; charset=utf-8",
    "qr.svg": "image/svg+xml",
    "twice.js": SCRIPT,
}


def page(template: str, words: Wording, **values: object) -> HTMLResponse:
    """Render a template; ``layout`` among the values replaces the one with everything around."""
    given = {"layout": "base.html", "static": "static"} | values
    content = PAGES.get_template(template).render(words=words, text=words.texts, **given)
    return HTMLResponse(content, headers=HEADERS)


def unusable_page(request: Request, problem: str, **values: object) -> Response:
    """Say what is wrong with a request; in one case WeChat for Windows and Mac shows nothing.

    https://github.com/Jeff-Tian/keycloak-services-social-weixin/issues/16
    """
    if problem == "order" and is_desktop_client(request.headers.get("user-agent", "")):
        return Response(media_type="text/html")
    words = words_of(request.headers, first_values(request.query_params.multi_items()))
    # With status 200, as WeChat gives every other failure.
    return page("error.html", words, problem=words.problems[problem], **values)


def redirect(uri: str) -> RedirectResponse:
    return RedirectResponse(uri, 302, {"cache-control": "no-store"})


def allow_stylesheets(response: Response) -> None:
    """Let a page take stylesheets from everywhere."""
    policy = POLICY.replace("style-src 'self'", "style-src 'self' data: http: https:")
    response.headers["content-security-policy"] = policy


def _file_route(path: str, name: str, media_type: str) -> Route:
    content = (HERE / "static" / name).read_bytes()

    async def file(_request: Request) -> Response:
        headers = {"content-type": media_type, "cache-control": "max-age=3600"}
        return Response(content, headers=headers)

    return Route(path, file, methods=["GET"])


ROUTES = (
    *(_file_route(f"{STATIC}/{name}", name, media_type) for name, media_type in FILES.items()),
    _file_route(WXLOGIN, "wxLogin.js", SCRIPT),
)
