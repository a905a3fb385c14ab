"""``/connect/qrconnect``: the page with the QR code, for applications that are websites.

The real page shows a code to be scanned and waits until a phone has confirmed. Here whoever sits
at the screen chooses who they are and confirms on the same page; the page says that it is a
simulation. What the person is told, and in which markup, is WeChat's as far as it is known:
https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.accounts import Applications, People
from bridge.wechat.simulator.authorization_request import AuthorizationRequest, UnusableRequest
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.codes import Codes
from bridge.wechat.simulator.parameters import first_values, read_form
from bridge.wechat.simulator.qrconnect_request import (
    Embedding,
    read_embedding,
    read_qrconnect_request,
)
from bridge.wechat.simulator.rendering import allow_stylesheets, page, redirect, unusable_page
from bridge.wechat.simulator.visitors import is_phone, is_wechat
from bridge.wechat.simulator.webpage_request import is_in_order
from bridge.wechat.simulator.wording import words_of


class EndsHere(Exception):
    """The person stays at WeChat, and the application hears nothing."""

    def __init__(self, template: str) -> None:
        super().__init__(template)
        self.template = template


@dataclass(frozen=True, slots=True)
class QrConnect:
    """``new_id`` gives text that is new at every call."""

    applications: Applications
    people: People
    behaviour: Behaviour
    codes: Codes
    now: Callable[[], int]
    new_id: Callable[[], str]

    def routes(self) -> list[Route]:
        return [
            Route("/connect/qrconnect", self.show, methods=["GET"]),
            Route("/connect/qrconnect", self.answer, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        try:
            asked = self._read(request)
        except UnusableRequest as unusable:
            return unusable_page(request, unusable.problem)
        return self._page(request, asked)

    def _read(self, request: Request) -> AuthorizationRequest:
        """Raises ``UnusableRequest``."""
        parameters = _parameters(request)
        in_frame = parameters.get("login_type") == "jssdk"
        user_agent = request.headers.get("user-agent", "")
        if is_wechat(user_agent) and not in_frame and not is_in_order(request.url.query):
            raise UnusableRequest("order")
        return read_qrconnect_request(parameters, self.applications)

    def _page(self, request: Request, asked: AuthorizationRequest) -> Response:
        parameters = _parameters(request)
        embedding = read_embedding(parameters)
        query = request.url.query
        shown = page(
            "fast_login.html" if self._offers_fast_login(request) else "qrconnect.html",
            words_of(request.headers, parameters),
            layout=_layout(embedding),
            embedding=embedding,
            asked=asked,
            people=list(self.people),
            chosen=self.people.current(self.behaviour.person).key,
            action=f"qrconnect?{query}",
            by_code=f"qrconnect?{query}&fast_login=0",
            uuid=_uuid(self.now(), self.new_id()),
            qr_lifetime=self.behaviour.qr_lifetime,
            # A refusal stays in the frame, unless the application is told of it.
            denial_goes_on=self.behaviour.denial != "none",
        )
        if embedding and embedding.stylesheet:
            allow_stylesheets(shown)
        return shown

    def _offers_fast_login(self, request: Request) -> bool:
        """As of WeChat 3.9.11 for Windows and 4.0.0 for Mac, when one is signed in to it.

        https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md
        """
        if not self.behaviour.fast_login or is_phone(request.headers.get("user-agent", "")):
            return False
        # Whoever would rather have the code follows a link that says so once more.
        return "0" not in request.query_params.getlist("fast_login")

    async def answer(self, request: Request) -> Response:
        """Take the choice from the form; the request is still in the query, and judged again."""
        try:
            return redirect(self._act_on(self._read(request), await read_form(request)))
        except UnusableRequest as unusable:
            return unusable_page(request, unusable.problem)
        except EndsHere as end:
            embedding = read_embedding(_parameters(request))
            return page(
                end.template,
                words_of(request.headers, _parameters(request)),
                layout=_layout(embedding),
                embedding=embedding,
                again=f"qrconnect?{request.url.query}",
            )

    def _act_on(self, asked: AuthorizationRequest, form: Mapping[str, str]) -> str:
        """Return where the browser goes on. Raises ``UnusableRequest`` and ``EndsHere``."""
        is_fast = form.get("by") == "fast_login"
        put_together = asked.before_the_fragment if is_fast else asked.at_the_end
        if not is_fast and self._is_expired(form.get("uuid")):
            raise EndsHere("expired.html")
        choice = form.get("answer")
        if choice == "deny":
            told = asked.denied(self.behaviour.denial)
            if told is None:
                raise EndsHere("cancelled.html")
            return put_together(told)
        if choice != "approve":
            raise UnusableRequest("answer")
        person = self.people.get(form.get("person", ""))
        if person is None:
            raise UnusableRequest("person")
        return put_together(asked.approved(self.codes.give(asked, person.key)))

    def _is_expired(self, uuid: str | None) -> bool:
        """A form without a ``uuid`` belongs to no picture that could have expired."""
        if uuid is None:
            return False
        try:
            drawn_at = int(uuid[:8], 16)
        except ValueError:
            return True
        return self.now() >= drawn_at + self.behaviour.qr_lifetime


def _parameters(request: Request) -> dict[str, str]:
    return first_values(request.query_params.multi_items())


def _layout(embedding: Embedding | None) -> str:
    return "frame.html" if embedding else "base.html"


def _uuid(now: int, random: str) -> str:
    """16 characters, as at WeChat, where nothing can be read from them."""
    return f"{now & 0xFFFFFFFF:08x}{sha256(random.encode()).hexdigest()[:8]}"
