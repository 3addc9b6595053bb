"""The charts of an explanation: what they draw is what was found, nothing is cut or covered, bytes repeat."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.dates import num2date

from sim.analysis.explain import Explanation, explain
from sim.analysis.removals import Removals
from sim.charts.catalogue import of_explanation
from sim.charts.explanation import removals
from sim.charts.explanation.months import earlier, marks
from sim.charts.explanation.terms import contributions
from sim.charts.explanation.ticks import round_ticks
from sim.charts.explanation.waterfall import FARTHEST, LEAST, bars, headline
from sim.model import rules
from sim.model.terms import DECISIONS
from sim.results import Result
from sim.runs.run import Request, simulate
from sim.scenario import ResolvedScenario, Scenario
from tests.charts.result.test_result_charts import assert_clear, line, words
from tests.examples import thorough
from tests.worlds import Document, changed, rich, told


def explained(document: Document, state: str, runs: int = 100, **settings: Any) -> Explanation:
    return explain(result_of(document, runs), state, runs=60, threads=1, **settings)


def result_of(document: Document, runs: int) -> Result:
    scenario = Scenario.model_validate(document)
    return simulate(Request(ResolvedScenario(scenario, scenario, "test", ()), runs=runs, seed=1), threads=1)


def eventful() -> Document:
    return told(
        "GTM",
        "HND",
        "PRY",
        states={"HND": {"susceptibility": 1.5}},
        beijing={"acceptance": {"2022-02-01": 0.9}},
        events={
            "a-promise-made-before": {"type": "campaign-pledge", "state": "HND", "date": "2021-11-28"},
            "office": {"type": "inauguration", "state": "HND", "date": "2022-03-10", "lean": 0.6},
            "envoys": {"type": "lobbying", "state": "HND", "date": "2022-03-20", "pressure": 1.0},
            "order": {"type": "order", "state": "HND", "date": "2024-02-20", "chance": 0.4},
            "elsewhere": {"type": "order", "state": "PRY", "date": "2023-02-20"},
        },
    )


@pytest.fixture(scope="module")
def honduras() -> Explanation:
    return explained(eventful(), "HND")


# --- the waterfall ----------------------------------------------------------------------------------------


def test_the_waterfall_goes_from_reference_conditions_to_the_decision(honduras: Explanation) -> None:
    run = honduras.document["run"]
    rows = bars(run["steps"], "in the end")
    assert rows[0].after == run["steps"][0]["after"]
    assert rows[-1].after == run["losing"]
    product = rows[0].after * math.prod(row.factor for row in rows if row.factor is not None)
    assert product == pytest.approx(run["losing"])
    for before, after in pairwise(rows[:-1]):
        assert after.before == before.after
    drawn = [patch for plot in of_explanation(honduras).drawn("waterfall").axes for patch in plot.patches]
    for row, patch in zip(rows[1:-1], drawn, strict=True):
        ends = sorted((100.0 * row.before, 100.0 * row.after))
        assert (patch.get_x(), patch.get_x() + patch.get_width()) == pytest.approx(tuple(ends))
    said = words(of_explanation(honduras).drawn("waterfall"))
    for row in rows[1:-1]:
        assert f"× {row.factor:.2f}" in said


def test_the_waterfall_says_what_tipped_it_and_shows_the_number_drawn(honduras: Explanation) -> None:
    run = honduras.document["run"]
    talks = {"talks": {}, "run": 7, "wins": 0.4}
    steps = [{"term": "base", "value": -1.0, "after": 0.27}, {"term": "offer", "label": "a bid", "value": 0.6}]
    lucky = headline({**talks, "steps": steps, "drawn": 0.1}, "Haiti")
    assert lucky == "Haiti leaves in run 7 by luck, at a chance of 40 %"
    tipped = headline({**talks, "steps": steps, "drawn": 0.3}, "Haiti")
    assert tipped == "Haiti leaves in run 7, at a chance of 40 %: “a bid” tipped it"
    assert headline({**talks, "talks": None}, "Haiti") == "Haiti leaves in run 7, as the scenario tells"
    drawing = of_explanation(honduras).drawn("waterfall")
    shown = [line.get_xdata()[0] for plot in drawing.axes for line in plot.lines if line.get_gid() == "drawn"]
    least = min(step["after"] for step in run["steps"])
    assert shown == ([pytest.approx(100.0 * run["luck"])] if run["luck"] >= least / FARTHEST else [])
    assert headline(run, "Honduras") in [" ".join(said.split()) for said in words(drawing)]


def test_small_terms_are_told_together() -> None:
    def step(term: str, before: float, factor: float) -> dict[str, Any]:
        return {"term": term, "label": term, "value": 0.0, "factor": factor, "before": before, "after": before * factor}

    made = [{"term": "base", "label": "base", "value": 0.0, "factor": None, "before": None, "after": 0.1}]
    for term, factor in (("a", 1.001), ("b", 2.0), ("c", 1.0), ("d", 1.002)):
        made.append(step(term, made[-1]["after"], factor))  # type: ignore[arg-type]
    rows = bars(made, "end")
    assert [row.label for row in rows] == ["under reference conditions", "b", "2 small terms", "end"]
    assert rows[2].factor == pytest.approx(1.001 * 1.002)
    assert rows[2].after == pytest.approx(rows[3].after)
    assert [row.label for row in bars(made[:3], "end")][2] == "a"


# --- terms and hazard by month ----------------------------------------------------------------------------


def test_the_terms_add_up_to_the_line_of_all_together(honduras: Explanation) -> None:
    run = honduras.document["run"]
    added = contributions("leave", run["months"])
    total = np.sum(list(added.values()), axis=0)
    losing = np.array([month["losing"] for month in run["months"]])
    usual = np.array([rules.wins(month["base"]) for month in run["months"]])
    assert total == pytest.approx(np.log(losing / usual))
    assert all(np.abs(values).max() >= LEAST for name, values in added.items() if name != "other")
    drawing = of_explanation(honduras).drawn("terms")
    all_together = line(drawing, "total")
    assert all_together.get_ydata()[:-1] == pytest.approx(total)
    days = [num2date(day).date().isoformat() for day in all_together.get_xdata()]
    assert days[:3] == ["2021-12-31", "2022-01-01", "2022-02-01"]
    assert len(days) == run["row"] + 2
    assert f"all together × {math.exp(total[-1]):.2f}" in words(drawing)


def test_an_order_and_acceptance_are_told_as_multiples() -> None:
    month = dict.fromkeys(DECISIONS["suspend"].terms, 0.0) | {
        "chance": 0.1,
        "base": math.log(0.1),
        "backfire": 0.7,
        "order": 0.4,
    }
    added = contributions("suspend", [month, {**month, "order": 0.0, "chance": None}])
    assert added["backfire"][0] == pytest.approx(0.7)
    assert added["order"][0] == pytest.approx(math.log(1 + 0.4 / (0.1 * math.exp(0.7))))
    terms = dict.fromkeys(DECISIONS["leave"].terms, 0.0) | {
        "chance": 0.1,
        "base": -1.0,
        "order": 2.0,
        "acceptance": 0.5,
    }
    left = contributions("leave", [terms, {**terms, "chance": None}])
    assert left["order"][0] == pytest.approx(math.log(rules.wins(1.0) / rules.wins(-1.0)))
    assert left["acceptance"][0] == pytest.approx(math.log(0.5))
    assert all(math.isnan(values[1]) for values in added.values())


def test_the_hazard_is_drawn_as_it_was_found(honduras: Explanation) -> None:
    drawing = of_explanation(honduras).drawn("hazard")
    table = honduras.hazard()
    assert line(drawing, "mean").get_ydata()[:-1] == pytest.approx(100.0 * table["mean"])
    said = words(drawing)
    for name in ("envoys", "office", "order", "Beijing's acceptance 0.9"):
        assert name in said
    assert "elsewhere" not in said
    notes = " ".join(said)
    assert "Before the start: a promise made before (Nov 2021)." in notes
    assert "(dashed: it may not happen)" in notes


def test_events_of_a_run_are_those_that_happened_in_it(honduras: Explanation) -> None:
    calendar = honduras.document["run"]["calendar"]
    result = honduras.result
    names = [mark.name for mark in marks(result, calendar, 37)]
    happened = {item["label"]: item["happened"] for item in calendar}
    assert ("order" in names) == happened["order"]
    assert all(mark.certain for mark in marks(result, calendar, 37))
    assert [mark.name for mark in marks(result, calendar, 3)] == ["Beijing's acceptance 0.9"]
    office = next(mark for mark in marks(result, calendar, 37) if mark.name == "office")
    assert office.at == 60  # days from 31 December to 1 March, the beginning of its month
    assert earlier([{**calendar[0], "happened": False}]) == ""


def test_round_ticks_stand_apart() -> None:
    for low, high in ((0.9, 1.4), (0.004, 0.5), (1.0, 90_000.0), (0.667, 1.5), (1e-5, 1e9)):
        ticks = round_ticks(low, high, 3.6, 0.27)
        places = [3.6 * math.log(tick / low) / math.log(high / low) for tick in ticks]
        assert len(ticks) >= 2
        assert min(np.diff(places)) >= 0.27 - 1e-9


# --- removals ---------------------------------------------------------------------------------------------


def test_removals_are_drawn_with_their_numbers(honduras: Explanation) -> None:
    found = honduras.removals
    drawing = removals.draw(found)
    said = words(drawing)
    singles = [row for row in found.rows if row["group"] == "single" and abs(row["difference"]) >= 0.0005]
    together = [row for row in found.rows if row["group"] != "single"]
    assert singles
    widths = [patch.get_width() for plot in drawing.axes for patch in plot.patches]
    assert widths == pytest.approx([100.0 * row["difference"] for row in (*singles, *together)])
    for row in (*singles, *together):
        assert row["label"] in said
        assert f"{100 * row['without']:.1f} %" in said
    assert any(f"{100 * found.p:.1f} % with everything in place" in text.replace("\n", " ") for text in said)
    assert "Paired over 60 runs." in " ".join(said)


def test_a_scenario_whose_levers_do_nothing_says_so(honduras: Explanation) -> None:
    row = {**honduras.removals.rows[0], "difference": 0.0, "group": "single"}
    still = Removals(honduras.subject, 0.5, 60, [row], [], [])
    assert "No lever moves the chance." in words(removals.draw(still))


def test_few_runs_have_neither_error_nor_range(honduras: Explanation) -> None:
    rows = [{**row, "mc": None, "low": None, "high": None} for row in honduras.removals.rows]
    drawing = removals.draw(replace(honduras.removals, rows=rows))
    assert not any("±" in text for text in words(drawing))
    assert_clear(drawing)


# --- all of them ------------------------------------------------------------------------------------------


def test_nothing_is_cut_or_covered(honduras: Explanation) -> None:
    for name in of_explanation(honduras).names:
        assert_clear(of_explanation(honduras).drawn(name))


@pytest.fixture(scope="module")
def everything() -> Result:
    """A result with every kind of event."""
    return result_of(rich(), 100)


@pytest.mark.parametrize(("state", "tie"), [("HND", "recognition"), ("NIC", "recognition"), ("HND", "cooperation")])
def test_a_scenario_of_everything_is_drawn_clear(everything: Result, state: str, tie: str) -> None:
    found = explain(everything, state, runs=20, threads=1, tie=tie)
    assert of_explanation(found).names == ("waterfall", "terms", "hazard", "removals")
    for name in of_explanation(found).names:
        assert_clear(of_explanation(found).drawn(name))


def test_long_names_are_shortened() -> None:
    name = "a-name-that-goes-on-and-on-until-nobody-would-read-it-any-more-and-then-some"
    event = {"type": "lobbying", "state": "HND", "date": "2024-12-01", "pressure": 2.0}
    found = explained(changed(eventful(), {f"events.{name}": event}), "HND")
    for chart in of_explanation(found).names:
        assert_clear(of_explanation(found).drawn(chart))


def test_a_run_that_stays_and_a_state_that_never_leaves() -> None:
    result = result_of(eventful(), 60)
    left = set(result.changes["run"][result.changes["from"] == 0].tolist())
    stays = next((run for run in range(60) if run not in left), 0)
    found = explain(result, "HND", stays, runs=40, threads=1)
    assert of_explanation(found).names == ("waterfall", "terms", "hazard", "removals")
    for name in of_explanation(found).names:
        assert_clear(of_explanation(found).drawn(name))
    never = explained(changed(eventful(), {"states.HND.susceptibility": 0.0, "events.order.enabled": False}), "HND", 20)
    assert of_explanation(never).names[-1] == "removals"
    assert "waterfall" not in of_explanation(never).names
    for name in of_explanation(never).names:
        of_explanation(never).drawn(name)


@pytest.mark.usefixtures("coarse")
@thorough
def test_the_same_explanation_gives_the_same_bytes(honduras: Explanation, tmp_path: Path) -> None:
    one, other = (of_explanation(honduras).draw(tmp_path / name) for name in ("one", "other"))
    assert [path.name for path in one] == [
        f"{name}.{kind}" for name in ("waterfall", "terms", "hazard", "removals") for kind in ("png", "svg")
    ]
    for first, second in zip(one, other, strict=True):
        assert first.read_bytes() == second.read_bytes()
    ids = {path.name: path.read_text() for path in one if path.suffix == ".svg"}
    assert 'id="explain-terms-' in ids["terms.svg"]
