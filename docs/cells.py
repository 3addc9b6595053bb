"""Runs the notebooks of `docs/notebooks`, and keeps what their cells gave.

`make docs` and a test run them: each cell in turn in one namespace, in an empty folder, as Jupyter would. A cell gives
what it prints, and its last expression as a notebook shows it. The files are notebooks like any other.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

from docs.story import DOCS, inside

NOTEBOOKS = DOCS / "notebooks"
_ID = re.compile(r"\b[0-9a-f]{16}\b")
_PICTURE = re.compile(r'src="data:image/png;base64,[^"]*"')


def notebooks() -> list[Path]:
    """All notebooks."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    """A notebook as a document."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def run(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The notebook with the outputs that its cells give when run in a folder."""
    import matplotlib
    from matplotlib import pyplot

    names: dict[str, Any] = {"__name__": "__main__"}
    cells = []
    with inside(folder), matplotlib.rc_context():  # which brings back the backend too
        matplotlib.use("Agg")
        pyplot.close("all")  # figures of an earlier page are not this notebook's
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                number = 1 + sum(one["cell_type"] == "code" for one in cells)
                outputs = _outputs("".join(cell["source"]), names, number)
                cell = {**cell, "execution_count": number, "outputs": outputs}
            cells.append(cell)
    return {**document, "cells": cells}


def _outputs(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """What a cell gives: what it prints, then its last expression, unless that ends in a semicolon."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed, value, place = io.StringIO(), None, f"cell {number}"
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), place, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), place, "eval"), names)
    outputs: list[dict[str, Any]] = []
    for figure in _open_figures():
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        data = {"image/png": b64encode(picture.getvalue()).decode(), "text/plain": [repr(figure)]}
        outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if value is not None and not source.rstrip().endswith(";"):
        given = {"data": shown(value), "execution_count": number, "metadata": {}, "output_type": "execute_result"}
        outputs.append(given)
    return outputs


def _open_figures() -> list[Any]:
    """The figures of pyplot that a cell has drawn, which Jupyter shows and closes at its end."""
    from matplotlib import pyplot

    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return figures


def shown(value: Any) -> dict[str, Any]:
    """A value in the forms in which a notebook keeps it, without ids of results, which change with the sources."""
    data: dict[str, Any] = {}
    if hasattr(value, "_repr_html_") and (page := value._repr_html_()):
        data["text/html"] = _lines(page)
    if hasattr(value, "_repr_png_"):
        content, _ = value._repr_png_()
        data["image/png"] = b64encode(content).decode()
    return {**data, "text/plain": _lines(_ID.sub("ID", repr(value)))}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def words(document: dict[str, Any]) -> list[list[Any]]:
    """What the cells gave, without pictures: the rest must be the same when they run again."""
    outputs = [cell["outputs"] for cell in document["cells"] if cell["cell_type"] == "code"]
    return [[_worded(output) for output in given] for given in outputs]


def _worded(output: dict[str, Any]) -> Any:
    if output["output_type"] == "stream":
        return "".join(output["text"])
    kept = {kind: "".join(text) for kind, text in output["data"].items() if kind != "image/png"}
    return {kind: _PICTURE.sub("", text) for kind, text in kept.items()} | {"picture": "image/png" in output["data"]}


def written(document: dict[str, Any]) -> str:
    """The text of a notebook's file."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def refresh(path: Path, folder: Path) -> bool:
    """Run a notebook, and write it if its words have changed; whether they had."""
    before = read(path)
    after = run(before, folder)
    if words(after) == words(before):
        return False
    path.write_text(written(after), "utf-8")
    return True
