"""The notebooks of the documentation run, and give what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import cells
from docs.hooks import page_of, place


def test_there_are_two() -> None:
    assert [path.stem for path in cells.notebooks()] == ["figure-for-a-paper", "first-scenario"]


@pytest.mark.parametrize("path", cells.notebooks(), ids=lambda path: path.stem)
@pytest.mark.usefixtures("sketched")
def test_a_notebook_gives_what_it_shows(path: Path, tmp_path: Path) -> None:
    kept = cells.read(path)
    ran = cells.run(kept, tmp_path)
    assert cells.words(ran) == cells.words(kept)
    assert any(given for given in cells.words(kept))
    assert cells.written(kept) == path.read_text("utf-8")
    pdf = tmp_path / "figure-1.pdf"
    assert pdf.exists() == (path.stem == "figure-for-a-paper")
    assert not pdf.exists() or pdf.read_bytes().startswith(b"%PDF")


def cell(source: str) -> dict[str, object]:
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": [], "execution_count": None}


def test_cells_share_their_names_and_show_their_last_expression(tmp_path: Path) -> None:
    ran = cells.run({"cells": [cell("a = 1\nprint(a)"), cell("a += 1\na"), cell("a;"), cell("None")]}, tmp_path)
    assert cells.words(ran) == [["1\n"], [{"text/plain": "2", "picture": False}], [], []]
    assert [one["execution_count"] for one in ran["cells"]] == [1, 2, 3, 4]


def test_a_cell_that_fails_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        cells.run({"cells": [cell("1 / 0")]}, tmp_path)


def test_what_changed_is_written(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(cells.written({"cells": [cell("1 + 1")]}), "utf-8")
    assert cells.refresh(file, tmp_path)
    assert not cells.refresh(file, tmp_path)
    assert page_of(file) == "```python\n1 + 1\n```\n\n```text\n2\n```\n"


def test_a_notebook_has_its_page_on_the_site() -> None:
    assert place("docs/notebooks/first-scenario.ipynb") == "notebooks/first-scenario.md"
    for path in cells.notebooks():
        page = page_of(path)
        assert page.startswith("# ")
        assert page.count("data:image/png;base64,") >= 2
