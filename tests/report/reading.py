"""Reading a page as a browser does: its elements in order, their attributes, and the text inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br"}
DRAWN = {"path", "line", "circle", "use"}
"""Elements of a drawing that close themselves."""


@dataclass(eq=False)
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """The elements below it with one of these tags, or all of them, in order."""
        return [each for each in self._walk() if not tags or each.tag in tags]

    def _walk(self) -> Iterator[Element]:
        for each in self.inside:
            if isinstance(each, Element):
                yield each
                yield from each._walk()

    def one(self, tag: str, **attributes: str) -> Element:
        """The only element with a tag and attributes (`class_` for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        found = [each for each in self.all(tag) if wanted.items() <= each.attributes.items()]
        assert len(found) == 1, (tag, wanted, len(found))
        return found[0]

    def classed(self, name: str) -> list[Element]:
        """The elements below it of a class."""
        return [each for each in self._walk() if name in each.attributes.get("class", "").split()]

    @property
    def text(self) -> str:
        """Its text, spaces and breaks as one space."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for each in self.inside:
            if isinstance(each, str):
                yield each
            elif each.tag not in ("style", "script"):
                yield " " if each.tag in ("br", "th", "td", "p", "li", "dd", "dt", "div", "span") else ""
                yield from each._texts()

    def rows(self) -> list[list[str]]:
        """Texts of a table's body."""
        return [[cell.text for cell in row.all("th", "td")] for row in self.one("tbody").all("tr")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {tag} {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{tag} closes {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(page: str) -> Element:
    """A page as a tree; every element must be closed, and in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert [each.tag for each in reader.open] == [""]
    return reader.root
