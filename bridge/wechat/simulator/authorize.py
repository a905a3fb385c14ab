"""``/connect/qrconnect``: the page with the QR code.

The real page shows a code to be scanned and waits until a phone has confirmed. Here whoever sits
at the screen chooses who they are and confirms on the same page; the page says that it is a
simulation. A refusal ends here: nothing is sent to the application, as WeChat documents it:
https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bridge.wechat.simulator.accounts import Applications, People
from bridge.wechat.simulator.authorization_request import (
    SCOPE,
    AuthorizationRequest,
    UnusableRequest,
    read_authorization_request,
)
from bridge.wechat.simulator.grants import Grants
from bridge.wechat.simulator.parameters import first_values, read_form
from bridge.wechat.simulator.wording import CHINESE, ENGLISH, Wording

HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HEADERS = {
    "cache-control": "no-store",
    # No form-action: browsers apply it to the redirect that follows the form, too.
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'",
    "referrer-policy": "strict-origin",
    "x-content-type-options": "nosniff",
}
FILES = {"simulator.css": "text/css; charset=utf-8", "qr.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class AuthorizePage:
    applications: Applications
    people: People
    grants: Grants
    now: Callable[[], int]

    def routes(self) -> list[Route]:
        return [
            Route("/connect/qrconnect", self.show, methods=["GET"]),
            Route("/connect/qrconnect", self.answer, methods=["POST"]),
            *(_file_route(name, media_type) for name, media_type in FILES.items()),
        ]

    async def show(self, request: Request) -> Response:
        parameters = first_values(request.query_params.multi_items())
        words = _words(request, parameters)
        try:
            asked = read_authorization_request(parameters, self.applications)
        except UnusableRequest as unusable:
            return _error_page(words, unusable.problem)
        return _page(
            "confirm.html",
            words,
            asked=asked,
            people=list(self.people),
            action=f"qrconnect?{request.url.query}",
            # wxLogin.js puts the page into a frame; unless told otherwise the whole window goes on.
            in_frame=parameters.get("login_type") == "jssdk"
            and parameters.get("self_redirect") != "true",
        )

    async def answer(self, request: Request) -> Response:
        """Take the choice from the form; the request is still in the query, and judged again."""
        parameters = first_values(request.query_params.multi_items())
        words = _words(request, parameters)
        try:
            asked = read_authorization_request(parameters, self.applications)
            return self._act_on(asked, await read_form(request), words)
        except UnusableRequest as unusable:
            return _error_page(words, unusable.problem)

    def _act_on(
        self, asked: AuthorizationRequest, form: Mapping[str, str], words: Wording
    ) -> Response:
        choice = form.get("answer")
        if choice == "deny":
            return _page("denied.html", words, asked=asked)
        if choice != "approve":
            raise UnusableRequest("answer")
        person = self.people.get(form.get("person", ""))
        if person is None:
            raise UnusableRequest("person")
        code = self.grants.issue_code(
            appid=asked.application.appid, person=person.key, scope=SCOPE, now=self.now()
        )
        return RedirectResponse(asked.success_uri(code), 302, {"cache-control": "no-store"})


def _words(request: Request, parameters: Mapping[str, str]) -> Wording:
    """``lang`` decides as at WeChat; without it the browser's first language does."""
    first = request.headers.get("accept-language", "zh")
    lang = parameters.get("lang") or ("cn" if first.lower().startswith("zh") else "en")
    return ENGLISH if lang == "en" else CHINESE


def _page(template: str, words: Wording, **values: object) -> HTMLResponse:
    content = PAGES.get_template(template).render(words=words, text=words.texts, **values)
    return HTMLResponse(content, headers=HEADERS)


def _error_page(words: Wording, problem: str) -> HTMLResponse:
    # With status 200, as WeChat gives every other failure.
    return _page("error.html", words, problem=words.problems[problem])


def _file_route(name: str, media_type: str) -> Route:
    content = (HERE / "static" / name).read_bytes()

    async def file(_request: Request) -> Response:
        headers = {"content-type": media_type, "cache-control": "max-age=3600"}
        return Response(content, headers=headers)

    return Route(f"/connect/static/{name}", file, methods=["GET"])
