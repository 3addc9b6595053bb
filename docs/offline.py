"""Checks that a built site loads nothing from a network: `python -m docs.offline site`. Links may lead out."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

AWAY = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
SHEET = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class _Loads(HTMLParser):
    """Collects the addresses elsewhere that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            loads = name in ("src", "srcset", "poster", "data") or (name == "href" and tag in ("link", "use", "image"))
            if loads and value and AWAY.match(value.strip()):
                self.addresses.append(value.strip())


def loads(path: Path) -> list[str]:
    """The addresses elsewhere that a page or a style sheet loads."""
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        return SHEET.findall(text)
    page = _Loads()
    page.feed(text)
    return page.addresses + SHEET.findall(text)


def main(folder: Path) -> int:
    """Name every load from elsewhere under a folder; 1 if there is any."""
    pages = [path for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".css")]
    lines = [f"{path}: loads {what}" for path in pages for what in loads(path)]
    print("\n".join(lines) or f"{len(pages)} pages and style sheets load nothing from a network")
    return 1 if lines or not pages else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
