"""For mkdocs: pages whose text is elsewhere in the tree, and links that hold in both places.

The pages link to `../results/README.md` and the like, which works where the Markdown is read as it is. On the site
those files are pages too; links to other files of the tree, such as sources, become plain text.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from docs import explorable

ROOT = Path(__file__).resolve().parents[1]

ELSEWHERE = {
    "README.md": "project/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "scenarios/README.md": "reference/scenarios.md",
    "results/README.md": "reference/results.md",
    "sim/atlas/README.md": "reference/atlas.md",
    "sim/backtest/BACKTEST.md": "reference/backtest.md",
}
"""Files outside `docs/` that are pages of the site, and their place on it."""
PICTURES = (".png", ".svg")
FENCES = re.compile(r"^(```.*?^```[^\n]*$)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")


def place(path: str) -> str | None:
    """The place on the site of a file of the tree, by its path from the root; None if it is not there."""
    if path in ELSEWHERE:
        return ELSEWHERE[path]
    if path == f"docs/{explorable.PAGE}":
        return explorable.PAGE
    if path.startswith("docs/notebooks/") and path.endswith(".ipynb"):
        return path.removeprefix("docs/").replace(".ipynb", ".md")
    if path.startswith("docs/") and path.endswith((".md", ".json", *PICTURES)):
        return path.removeprefix("docs/")
    if path.endswith(PICTURES):
        return f"pictures/{path}"
    return None


def relinked(text: str, source: str, page: str) -> str:
    """The text of `source` (a path from the root), with links that hold on the site, where it is `page`."""

    def link(match: re.Match[str]) -> str:
        target = match["target"]
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        there = place(path)
        if there is None:
            return match["text"] if (ROOT / path).exists() else match[0]
        way = posixpath.relpath(there, posixpath.dirname(page) or ".")
        return f"{match['picture']}[{match['text']}]({way}{match['anchor'] or ''})"

    parts = FENCES.split(text)
    return "".join(part if part.startswith("```") else LINK.sub(link, part) for part in parts)


def pictures_of(text: str, source: str) -> set[str]:
    """Pictures outside `docs/` that a text shows, by their paths from the root."""
    targets = (match["target"] for match in LINK.finditer(text) if match["picture"])
    paths = {posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) for target in targets}
    return {path for path in paths if not path.startswith(("docs/", "..")) and (ROOT / path).is_file()}


def page_of(notebook: Path) -> str:
    """A notebook as a page in Markdown, with what its cells gave."""
    parts = []
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [_on_page(output) for output in cell.get("outputs", ())]
    return "\n\n".join(parts) + "\n"


def _on_page(output: dict[str, Any]) -> str:
    data = output.get("data", {"text/plain": output.get("text")})
    if "text/html" in data:
        return f"<div>{' '.join(''.join(data['text/html']).split())}</div>"
    if "image/png" in data:
        return f"![What the cell draws](data:image/png;base64,{data['image/png']})"
    return f"```text\n{''.join(data['text/plain']).rstrip()}\n```"


def on_files(files: Any, config: Any) -> Any:
    """Add the pages and pictures from elsewhere, and a page for each notebook."""
    from mkdocs.structure.files import File

    for notebook in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        files.append(File.generated(config, f"notebooks/{notebook.stem}.md", content=page_of(notebook)))

    files.append(File.generated(config, explorable.PAGE, content=explorable.page()))

    wanted: set[str] = set()
    for page in list(files.documentation_pages()):
        wanted |= pictures_of(page.content_string, f"docs/{page.src_uri}")
    for source, page in ELSEWHERE.items():
        text = (ROOT / source).read_text("utf-8")
        wanted |= pictures_of(text, source)
        files.append(File.generated(config, page, content=relinked(text, source, page)))
    for path in sorted(wanted):
        files.append(File.generated(config, f"pictures/{path}", content=(ROOT / path).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links out of `docs/` lead to the pages that stand for those files."""
    if page.file.src_uri in ELSEWHERE.values():
        return markdown
    return relinked(markdown, f"docs/{page.file.src_uri}", page.file.src_uri)
