"""``/connect/oauth2/authorize``: the consent that opens within WeChat, for official accounts.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
Here are also the parts of WeChat's own browser without which the page cannot be understood: who
is signed in to it, and the bar below a snapshot page (快照页). Outside WeChat the page says that
it wants to be opened there, before it looks at anything else; which it looks at first at WeChat is
not documented.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.accounts import Applications, People
from bridge.wechat.simulator.authorization_request import AuthorizationRequest, UnusableRequest
from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.codes import Codes
from bridge.wechat.simulator.parameters import first_values, read_form
from bridge.wechat.simulator.people import SimulatedPerson
from bridge.wechat.simulator.rendering import page, redirect, unusable_page
from bridge.wechat.simulator.visitors import is_desktop_client, is_wechat
from bridge.wechat.simulator.webpage_request import is_in_order, read_webpage_request
from bridge.wechat.simulator.wording import Wording, words_of

# Who is signed in to this WeChat: whoever was chosen last in this browser
PERSON_COOKIE = "simulated-wechat-person"
STATIC = "../static"


@dataclass(frozen=True, slots=True)
class Visit:
    """One opening of the page, and by whom."""

    asked: AuthorizationRequest
    parameters: Mapping[str, str]
    query: str
    person: SimulatedPerson
    words: Wording


@dataclass(frozen=True, slots=True)
class WebpageAuthorization:
    applications: Applications
    people: People
    behaviour: Behaviour
    codes: Codes
    # Who has allowed which appid
    consents: set[tuple[str, str]]

    def routes(self) -> list[Route]:
        return [
            Route("/connect/oauth2/authorize", self.show, methods=["GET"]),
            Route("/connect/oauth2/authorize", self.answer, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        try:
            return self._show(self._visit(request))
        except UnusableRequest as unusable:
            return unusable_page(request, unusable.problem, static=STATIC)

    async def answer(self, request: Request) -> Response:
        """Take the choice from the form; the request is still in the query, and judged again."""
        try:
            return self._act_on(self._visit(request), await read_form(request))
        except UnusableRequest as unusable:
            return unusable_page(request, unusable.problem, static=STATIC)

    def _visit(self, request: Request) -> Visit:
        user_agent = request.headers.get("user-agent", "")
        if not self.behaviour.in_app and not is_wechat(user_agent):
            raise UnusableRequest("outside_wechat")
        query = request.url.query
        takes_any_order = self.behaviour.phones_take_any_order and not is_desktop_client(user_agent)
        if not takes_any_order and not is_in_order(query):
            raise UnusableRequest("order")
        parameters = first_values(request.query_params.multi_items())
        asked = read_webpage_request(parameters, self.applications)
        if self.behaviour.too_frequent:
            raise UnusableRequest("too_frequent")
        person = self.people.current(request.cookies.get(PERSON_COOKIE, ""), self.behaviour.person)
        if asked.application.is_test_account and person.key not in self.behaviour.followers:
            raise UnusableRequest("test_account")
        return Visit(asked, parameters, query, person, words_of(request.headers, parameters))

    def _show(self, visit: Visit) -> Response:
        if self._is_silent(visit):
            return self._approved(visit, visit.person)
        if self._is_snapshot(visit):
            return _page("snapshot.html", visit)
        return self._ask(visit)

    def _is_silent(self, visit: Visit) -> bool:
        """Whether no one is asked: for the id alone, and a follower who comes from the account.

        Nor is, as of 2026-11, who has allowed it lately; the special case of followers is stronger
        than forcePopup, the memory is not.
        """
        if visit.asked.scope == "snsapi_base":
            return True
        if self.behaviour.from_chat and visit.person.key in self.behaviour.followers:
            return True
        return (
            self.behaviour.remembers_consent
            and visit.parameters.get("forcePopup") != "true"
            and (visit.asked.application.appid, visit.person.key) in self.consents
        )

    def _is_snapshot(self, visit: Visit) -> bool:
        # Asked in any case: the next visit is this one, whatever its parameters say.
        is_next = self.behaviour.next_visit_is_snapshot()
        return is_next or visit.parameters.get("forceSnapShot") == "true"

    def _ask(self, visit: Visit) -> Response:
        return _page("consent.html", visit, people=list(self.people))

    def _act_on(self, visit: Visit, form: Mapping[str, str]) -> Response:
        choice = form.get("answer")
        if choice == "full_service":
            return self._ask(visit)
        if choice == "snapshot":
            return self._approved(visit, visit.person, is_snapshotuser=True)
        if choice == "deny":
            told = visit.asked.denied(self.behaviour.denial)
            return _page("denied.html", visit) if told is None else _sent(visit, told)
        if choice != "approve":
            raise UnusableRequest("answer")
        person = self.people.get(form.get("person", ""))
        if person is None:
            raise UnusableRequest("person")
        self.consents.add((visit.asked.application.appid, person.key))
        sent = self._approved(visit, person)
        sent.set_cookie(PERSON_COOKIE, person.key, path="/connect", httponly=True, samesite="lax")
        return sent

    def _approved(
        self, visit: Visit, person: SimulatedPerson, *, is_snapshotuser: bool = False
    ) -> Response:
        """Send the browser back with a code, or twice, each time with a code.

        As of 2018 WeChat for Android went to the callback two times, with different codes and the
        same state, unless the request had an undocumented ``connect_redirect=1``:
        https://github.com/chanxuehong/wechat/issues/226
        https://github.com/overtrue/socialite/pull/89
        """
        is_twice = (
            self.behaviour.redirects_twice and visit.parameters.get("connect_redirect") != "1"
        )
        codes = [
            self.codes.give(visit.asked, person.key, is_snapshotuser=is_snapshotuser)
            for _ in range(2 if is_twice else 1)
        ]
        return _sent(visit, *map(visit.asked.approved, codes))


def _sent(visit: Visit, *told: str) -> Response:
    first, *others = map(visit.asked.before_the_fragment, told)
    if not others:
        return redirect(first)
    return _page("twice.html", visit, first=first, last=others[-1])


def _page(template: str, visit: Visit, **values: object) -> Response:
    return page(
        template,
        visit.words,
        static=STATIC,
        asked=visit.asked,
        action=f"authorize?{visit.query}",
        chosen=visit.person.key,
        embedding=None,
        denial_goes_on=False,
        **values,
    )
