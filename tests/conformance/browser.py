"""The suite's browser, without scripts: it follows links, forms, redirects, frames, refreshes."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.browsing import Browser, Page, page_of
from tests.world import PERSON

# Pages that a person is led through, by the ids of what they press, in the order of preference
PRESSED = ("approve", "wechat-login", "allow", "confirm-logout", "continue")

MOST_STEPS = 12

# Seconds. HtmlUnit, in which the suite browses, follows no refresh that takes longer.
PATIENCE = 2

# One parameter, many times: what is sent to a redirection endpoint
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Landing:
    """Where the browser ended: at the relying party (``page`` is None), or on a page of ours."""

    url: str
    page: Page | None = None
    method: str = "GET"
    query: Pairs = field(default_factory=Pairs)
    fragment: Pairs = field(default_factory=Pairs)
    form: Pairs = field(default_factory=Pairs)
    # The ids that were pressed on the way
    pressed: tuple[str, ...] = ()

    @property
    def is_at_relying_party(self) -> bool:
        return self.page is None

    @property
    def was_asked_to_sign_in(self) -> bool:
        return "wechat-login" in self.pressed

    @property
    def error(self) -> str:
        """The code on a page that says what is wrong."""
        assert self.page is not None, self.url
        return self.page.text("error")


class Furniture(HTMLParser):
    """Frames, and where a page wants to go by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[str] = []
        self.refresh: str | None = None
        self.links: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "iframe":
            self.frames.append(attributes["src"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes["src"])
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            seconds, _, target = attributes["content"].partition(";")
            if int(seconds) <= PATIENCE:
                self.refresh = target.partition("=")[2].strip("'\" ")


def furniture(response: httpx.Response) -> Furniture:
    """Read what is on a page besides what has an id."""
    reader = Furniture()
    reader.feed(response.text)
    return reader


def allowed(response: httpx.Response, directive: str) -> list[str]:
    """Return from where the page lets a browser load what this directive is about (CSP3 §2.2)."""
    policy = response.headers.get("content-security-policy", "")
    directives = (part.split() for part in policy.split(";"))
    return [source for name, *sources in directives if name == directive for source in sources]


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _target(response: httpx.Response) -> str | None:
    """Where the browser is sent: by a redirect, or by a page that refreshes itself."""
    if response.is_redirect:
        return urljoin(str(response.url), response.headers["location"])
    refresh = furniture(response).refresh
    return None if refresh is None else urljoin(str(response.url), refresh)


class SuiteBrowser:
    """``relying_party`` is the origin at which a journey ends."""

    def __init__(self, http: httpx.AsyncClient, relying_party: str) -> None:
        self.http = http
        self.relying_party = relying_party

    def forget(self) -> None:
        """Cookies cleared, as the suite does before each module."""
        self.http.cookies.clear()

    async def travel(
        self, request: httpx.Request | str, *, until: str | None = None, press: bool = True
    ) -> Landing:
        """Go on until the relying party is reached, or there is nothing left to press.

        ``until`` is an id at whose page to stop.
        """
        pressed: list[str] = []
        response = await self._send(request)
        for _ in range(MOST_STEPS):
            target = _target(response)
            await self._load_frames(response)
            if target is not None and target.startswith(f"{self.relying_party}/"):
                return _landed(target, tuple(pressed))
            if target is not None:
                response = await self._send(target)
                continue
            page = page_of(response)
            todo = [name for name in PRESSED if page.has(name)]
            if page.has("answer"):
                return _posted(page, tuple(pressed))
            if not todo or not press or (until and page.has(until)):
                return Landing(page.url, page, pressed=tuple(pressed))
            pressed.append(todo[0])
            response = await self._press(page, todo[0])
        raise AssertionError(f"no end after {pressed}")

    async def _load_frames(self, response: httpx.Response) -> None:
        for frame in furniture(response).frames:
            assert origin(frame) in allowed(response, "frame-src")
            await self.http.get(frame)

    async def _send(self, request: httpx.Request | str) -> httpx.Response:
        if isinstance(request, str):
            request = self.http.build_request("GET", request)
        return await self.http.send(request)

    async def _press(self, page: Page, element_id: str) -> httpx.Response:
        element = page.by_id[element_id]
        if element.tag == "a":
            return await self._send(page.link(element_id))
        chosen = {"person": PERSON} if element_id == "approve" else {}
        browser = Browser(self.http)
        return await browser.send(page, element_id, follow_redirects=False, **chosen)


def _landed(location: str, pressed: tuple[str, ...]) -> Landing:
    uri = urlsplit(location)
    return Landing(
        url=location,
        query=parse_qsl(uri.query, keep_blank_values=True),
        fragment=parse_qsl(uri.fragment, keep_blank_values=True),
        pressed=pressed,
    )


def _posted(page: Page, pressed: tuple[str, ...]) -> Landing:
    """OAuth 2.0 Form Post Response Mode 1.0: what pressing the button would send."""
    answer = page.by_id["answer"]
    form = answer.form
    assert form is not None
    assert "enctype" not in answer.attributes  # form-encoded, as it is by itself
    assert form.method == "post"
    return Landing(
        url=form.action,
        method="POST",
        query=parse_qsl(urlsplit(form.action).query, keep_blank_values=True),
        form=list(form.fields.items()),
        pressed=pressed,
    )
