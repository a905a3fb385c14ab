"""A page as its reader takes it: the elements that have an id, and all the visible text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "link", "meta", "img"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page:
    language: str | None = None
    title: str = ""
    text: str = ""
    elements: list[Element] = field(default_factory=list[Element])

    def __getitem__(self, name: str) -> Element:
        """The one element with this id; `KeyError` if there is none."""
        found = [element for element in self.elements if element.attributes.get("id") == name]
        if len(found) != 1:
            raise KeyError(f"{len(found)} elements have the id {name}")
        return found[0]

    def __contains__(self, name: str) -> bool:
        return any(element.attributes.get("id") == name for element in self.elements)

    def tagged(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.tag == tag, f"<{closed.tag}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read_page(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    page = reader.page
    page.language = page.tagged("html")[0].attributes["lang"]
    page.title = page.tagged("title")[0].text
    page.text = page.tagged("body")[0].text
    return page
