"""``/control``: the control API for people, as plain forms. Each form is a call of the API."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from inspect import isawaitable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bridge.wechat.simulator.behaviour import CHOICES
from bridge.wechat.simulator.control.answers import CALLS, shown_answers
from bridge.wechat.simulator.control.forms import Filled, read_filled
from bridge.wechat.simulator.control.limits import shown_lifetimes, shown_limits
from bridge.wechat.simulator.control.origins import is_own_page
from bridge.wechat.simulator.control.pushes import shown_pushes
from bridge.wechat.simulator.control.resource import BadControl, Resource
from bridge.wechat.simulator.errcodes import ERRMSG
from bridge.wechat.simulator.parameters import read_form
from bridge.wechat.simulator.push_messages import PushFormat
from bridge.wechat.simulator.registers import Registers

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
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # The origin is what tells our own forms from those of others.
    "referrer-policy": "strict-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
STYLESHEET = (HERE / "static" / "control.css").read_bytes()


def _messages(language: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / "messages" / f"{language}.toml").read_text(encoding="utf-8"))


MESSAGES = {language: _messages(language) for language in ("zh-CN", "en")}


class ControlPage:
    def __init__(
        self, registers: Registers, resources: Sequence[Resource], url: str | None
    ) -> None:
        self._registers = registers
        self._by_path = {resource.path: resource for resource in resources}
        self._url = url

    def routes(self, root: str) -> list[Route]:
        return [
            Route(root, self.show, methods=["GET"]),
            Route(root, self.change, methods=["POST"]),
            Route(f"{root}/control.css", _stylesheet, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        done = request.query_params.get("done") is not None
        return self._page(request, done=done)

    async def change(self, request: Request) -> Response:
        """Do what a form says, and show the page again; what went wrong stands on top of it."""
        if not is_own_page(request, self._url):
            return self._page(request, status=403, problem="foreign")
        form = await read_form(request)
        try:
            result = self._perform(form)
            if isawaitable(result):
                result = await result
        except BadControl as bad:
            return self._page(request, status=400, complaint=str(bad), form=form.get("form", ""))
        if form.get("form") == "login_code":
            return self._page(request, code=result["code"])
        if form.get("form") == "push":
            return self._page(request, pushed=[answer["status"] for answer in result["pushed"]])
        language = request.query_params.get("lang")
        kept = f"&lang={language}" if language in {"cn", "en"} else ""
        return RedirectResponse(f"control?done{kept}#top", 303, {"cache-control": "no-store"})

    def _perform(self, form: Filled) -> Any:
        call = read_filled(form)
        return self._by_path[call.path].verbs[call.method](call.asked)

    def _page(self, request: Request, *, status: int = 200, **told: object) -> HTMLResponse:
        language = _language(request)
        registers = self._registers
        content = PAGES.get_template("control.html").render(
            {
                "done": False,
                "problem": None,
                "complaint": None,
                "form": None,
                "code": None,
                "pushed": None,
            }
            | told,
            say=MESSAGES[language],
            language=language,
            lang="en" if language == "en" else "cn",
            calls=list(CALLS),
            errcodes=ERRMSG,
            answers=[
                answer | {"shown": json.dumps(answer, ensure_ascii=False)}
                for answer in shown_answers(registers)
            ],
            limits=shown_limits(registers),
            lifetimes=shown_lifetimes(registers),
            behaviour=asdict(registers.behaviour),
            choices=CHOICES,
            people=list(registers.people),
            applications=list(registers.applications),
            pushes=shown_pushes(registers),
            formats=list(PushFormat),
        )
        return HTMLResponse(content, status, HEADERS | {"content-language": language})


def _language(request: Request) -> str:
    """``lang`` decides, as on WeChat's pages; without it the browser's first language does."""
    first = request.headers.get("accept-language", "zh")
    lang = request.query_params.get("lang") or ("cn" if first.lower().startswith("zh") else "en")
    return "en" if lang == "en" else "zh-CN"


async def _stylesheet(_request: Request) -> Response:
    headers = {"content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600"}
    return Response(STYLESHEET, headers=headers)
