"""What Python shows of results, comparisons, sweeps, explanations and sensitivities: a line, a page, charts by name."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import sim
from sim.analysis.findings import of_count
from sim.errors import InputError
from sim.report.showing import charts_of
from tests.pixels import sketches

VARY = {"washington.attention": [0, 1, 2]}


@pytest.fixture(scope="module", autouse=True)
def _sketched() -> Iterator[None]:
    with sketches():
        yield


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return sim.run("honduras-2021", runs=60, seed=7)


@pytest.fixture(scope="module")
def things(result: sim.Result, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    other = sim.run("honduras-2021", runs=60, seed=7, set={"washington.attention": 0})
    out = tmp_path_factory.mktemp("swept")
    ranges = ["washington.attention=0:3", "beijing.budget=0.5:2"]
    return {
        "result": result,
        "comparison": sim.compare(result, other),
        "explanation": sim.explain(result, "HND", runs=40),
        "sweep": sim.sweep("honduras-2021", vary=VARY, runs=40, seed=7, out=out),
        "sensitivity": sim.sensitivity("honduras-2021", design="morris", points=2, runs=40, vary=ranges, seed=7),
        "patterns": sim.patterns(as_of="1991-01-31", without=["money"], runs=40),
        "ablation": sim.ablate("honduras-2021", without=["words"], runs=40, seed=7),
    }


ONE_PANEL = ("result", "comparison", "explanation", "sweep", "sensitivity")
KINDS = (*ONE_PANEL, "patterns", "ablation")


def test_a_line_of_each(things: dict[str, Any]) -> None:
    result, sweep = things["result"], things["sweep"]
    identity = result.settings["id"]
    assert [repr(things[kind]) for kind in KINDS] == [
        f"<Result of honduras-2021: 2021-12 to 2026-12, 60 runs, seed 7, id {identity}>",
        "<Comparison of honduras-2021 [washington.attention = 0] with honduras-2021: 60 runs of each, seed 7, "
        f"id {things['comparison'].id}>",
        "<Explanation of Honduras (recognition) in honduras-2021, 60 runs, seed 7>",
        f"<SweepResult of honduras-2021 over washington.attention: 3 points of 40 runs, seed 7, in {sweep.folder}>",
        "<Sensitivity of count in honduras-2021: morris, 6 points of 40 runs, seed 7>",
        "<Patterns to 1991-01-31: 2 models, 40 runs of each, seed 1>",
        "<Ablation of honduras-2021: words; 40 runs of each, seed 7>",
    ]
    loaded = sim.load("honduras-2021", {"washington.attention": 2})
    assert repr(loaded) == "<Scenario honduras-2021: 2021-12-10 to 2026-12-31, washington.attention = 2>"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("result", "By the end of 2026 the model gives Honduras a "),
        ("comparison", " by the end of Dec 2026. Moved most: "),
        ("explanation", "By the end of Dec 2026 Honduras has left Taipei in "),
        ("sweep", "Over 3 points the average number of states that recognise Taipei at the end of Dec 2026 lies "),
        ("sensitivity", "Mean number of states that recognise Taipei at the end of Dec 2026: of all numbers "),
        ("patterns", "90 % band holds the record in "),
        ("ablation", "Without words: "),
    ],
)
def test_a_notebook_shows_the_sentence_and_the_chart(things: dict[str, Any], kind: str, sentence: str) -> None:
    page = things[kind]._repr_html_()
    text, _, picture = page.partition("<img ")
    assert sentence in text
    assert picture.startswith('src="data:image/png;base64,iVBORw0KGgo')
    assert page.count("<img ") == 1


def test_names_are_escaped(result: sim.Result) -> None:
    titled = sim.run("honduras-2021", runs=2, set={"scenario.title": "<b>"})
    assert "<strong>&lt;b&gt;</strong>" in titled._repr_html_()


@pytest.mark.parametrize(
    ("kind", "first"),
    [("result", "count"), ("comparison", "difference"), ("explanation", "waterfall"), ("sweep", "count"),
     ("sensitivity", "tornado"), ("patterns", "patterns"), ("ablation", "ablation")],
)  # fmt: skip
def test_the_first_chart_is_drawn_where_none_is_named(things: dict[str, Any], kind: str, first: str) -> None:
    thing = things[kind]
    assert charts_of(thing).names[0] == first
    drawn, named = ([text.get_text() for text in thing.plot(*name).texts] for name in ((), (first,)))
    assert drawn == named
    assert drawn


def test_a_figure_shows_itself_and_is_written_as_png_svg_and_pdf(
    result: sim.Result, tmp_path: Path, coarse: None
) -> None:
    figure = result.plot("count")
    content, look = figure._repr_png_()  # type: ignore[attr-defined]
    assert content[:4] == b"\x89PNG"
    assert look == {"width": 864}
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        figure.savefig(tmp_path / f"a.{kind}")
        written = (tmp_path / f"a.{kind}").read_bytes()
        assert written.startswith(begin)
        memory = BytesIO()
        pickle.loads(pickle.dumps(result.plot("count"))).savefig(memory, format=kind)
        assert memory.getvalue() == written


@pytest.mark.parametrize("kind", ONE_PANEL)
def test_what_can_be_drawn_on_axes_is_drawn_there(things: dict[str, Any], kind: str) -> None:
    thing = things[kind]
    charts = charts_of(thing)
    wanted = [name for name in charts.names if name in charts.on_axes][:3]
    assert wanted
    for name in wanted:
        figure = Figure(figsize=(22, 5))
        left, ax = figure.subplots(1, 2)
        before = left.get_position().bounds
        place = ax.get_position()
        assert thing.plot(name, ax=ax) is figure
        assert figure.axes == [left, ax]
        assert not left.has_data()
        assert left.get_position().bounds == before
        assert ax.has_data()
        assert ax.get_title(loc="left")
        now = ax.get_position()
        assert place.x0 < now.x0 < now.x1 < place.x1
        assert place.y0 < now.y0 < now.y1 < place.y1


def test_the_count_on_axes_is_that_of_the_figure(result: sim.Result) -> None:
    (own,) = result.plot("count").axes
    figure = Figure(figsize=(8, 4))
    ax = figure.subfigures(1, 1).subplots()
    assert result.plot("count", ax=ax) is figure
    means = [next(line for line in plot.lines if line.get_gid() == "mean") for plot in (own, ax)]
    assert means[0].get_ydata().tolist() == means[1].get_ydata().tolist()
    assert ax.get_ylabel() == "states"
    assert ax.get_title(loc="left").replace("\n", " ") == of_count(result)
    words = [{text.get_text() for text in plot.texts} for plot in (own, ax)]
    assert words[0] == words[1]


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        ("result", "cuont", "name: one of count, states, when, bids, accounts (got 'cuont'); did you mean count?"),
        ("comparison", "when", "name: one of difference, dumbbell (got 'when')"),
    ],
)
def test_a_name_that_is_no_chart_is_refused(things: dict[str, Any], kind: str, name: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        things[kind].plot(name)
    assert caught.value.lines() == [line]


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        ("result", "when", "ax: left out, for the chart when has a figure of its own; on axes: count, states"),
        (
            "result",
            "count",
            "ax: axes of at least 3.6 by 2.1 inches, for what stands beside the panel (got '1.6 by 0.8')",
        ),
    ],
)
def test_axes_that_will_not_do_are_refused_and_left_alone(
    things: dict[str, Any], kind: str, name: str, line: str
) -> None:
    figure = Figure(figsize=(2, 1))
    ax = figure.subplots()
    place = ax.get_position().bounds
    with pytest.raises(InputError) as caught:
        things[kind].plot(name, ax=ax)
    assert caught.value.lines() == [line]
    assert not ax.has_data()
    assert ax.get_position().bounds == place
