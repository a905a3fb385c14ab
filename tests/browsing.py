"""A browser without JavaScript: it keeps cookies, follows links and redirects, sends forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

Attributes = dict[str, str]


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Element:
    tag: str
    attributes: Attributes
    form: Form | None
    text: str = ""


class _Reader(HTMLParser):
    """Collects what has an id, with the form around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.by_id: dict[str, Element] = {}
        self._form: Form | None = None
        self._open: list[Element] = []
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get"))
        if self._form is not None:
            self._read_field(tag, attributes)
        element = Element(tag, attributes, self._form)
        if "id" in attributes:
            self.by_id[attributes["id"]] = element
        if tag not in {"input", "img", "meta", "link", "br"}:
            self._open.append(element)

    def _read_field(self, tag: str, attributes: Attributes) -> None:
        assert self._form is not None
        if tag == "input" and attributes.get("type") == "hidden":
            self._form.fields[attributes["name"]] = attributes.get("value", "")
        if tag == "select":
            self._select = attributes["name"]
        if tag == "option" and self._select is not None:
            self._form.fields.setdefault(self._select, attributes["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


@dataclass
class Page:
    response: httpx.Response
    by_id: dict[str, Element]

    @property
    def url(self) -> str:
        return str(self.response.url)

    def has(self, element_id: str) -> bool:
        return element_id in self.by_id

    def text(self, element_id: str) -> str:
        return self.by_id[element_id].text.strip()

    def link(self, element_id: str) -> str:
        return urljoin(self.url, self.by_id[element_id].attributes["href"])


class Browser:
    """``http`` keeps the cookies; ``page`` is the one that is open."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def open(self, url: str) -> Page:
        return page_of(await self.http.get(url, follow_redirects=True))

    async def click(self, page: Page, element_id: str, **chosen: str) -> Page:
        """Follow a link, or send the form of a button with what was chosen in its fields."""
        element = page.by_id[element_id]
        if element.tag == "a":
            return await self.open(page.link(element_id))
        return page_of(await self.send(page, element_id, follow_redirects=True, **chosen))

    async def send(
        self, page: Page, element_id: str, *, follow_redirects: bool, **chosen: str
    ) -> httpx.Response:
        element = page.by_id[element_id]
        assert element.form is not None
        fields = element.form.fields | chosen
        if "name" in element.attributes:
            fields[element.attributes["name"]] = element.attributes["value"]
        url = urljoin(page.url, element.form.action)
        if element.form.method == "post":
            return await self.http.post(url, data=fields, follow_redirects=follow_redirects)
        return await self.http.get(url, params=fields, follow_redirects=follow_redirects)


def page_of(response: httpx.Response) -> Page:
    """Read what was answered."""
    reader = _Reader()
    reader.feed(response.text)
    return Page(response, reader.by_id)
