"""The charts of a backtest: what they show, that nothing is cut or covered, and that they repeat byte for byte."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.atlas import record, states
from sim.backtest.scores import NAMES
from sim.charts.backtest import skill
from sim.charts.catalogue import of_backtest
from sim.words import percent
from tests.charts.result.test_result_charts import assert_clear, line, words
from tests.examples import THOROUGH, thorough
from tests.pixels import few_pixels

ORIGINS = range(1995, 2025)
HORIZONS = (1, 3, 5)
CHARTS = of_backtest({}).names
MODELS = tuple(NAMES)
SCORES = {"brier": 0.04, "log_score": 0.17, "log_score_sum": 110.0, "auc": 0.68, "auc_within_year": 0.67,
          "average_precision": 0.1, "crps": 0.49, "coverage_50": 0.5, "coverage_90": 0.9, "width_50": 2.0,
          "width_90": 4.0}  # fmt: skip
WORSE = {"hazard": 0.02, "constant_hl7": 0.06, "constant_20y": 0.14, "constant_all": 0.3, "constant_region": 0.11,
         "random_walk": 0.55, "drift_20y": 0.2, "logit": 0.05}  # fmt: skip
"""How much worse than the simulation's the score of each model is, as a share."""
COUNT_ONLY = ("random_walk", "drift_20y")


def counted(luck: np.random.Generator) -> list[dict[str, Any]]:
    """Forecasts of the count of all models, the record beside them as far as it goes."""
    known, rows = record(), []
    for model in MODELS:
        for origin in ORIGINS:
            at_origin = known.count(date(origin - 1, 12, 31))
            for horizon in HORIZONS:
                end = date(origin - 1 + horizon, 12, 31)
                mean = at_origin - 0.9 * horizon + float(luck.normal(0, 0.2))
                spread = 0.75 * horizon**0.6
                quantiles = {
                    f"q{round(100 * p):02d}": round(mean + z * spread)
                    for p, z in ((0.05, -1.64), (0.25, -0.67), (0.5, 0.1), (0.75, 0.67), (0.95, 1.4))
                }
                observed = known.count(end) if end <= known.confirmed_until else None
                row = {"model": model, "origin": origin, "horizon": horizon, "mean": mean, **quantiles}
                rows.append(row | {"observed": observed, "at_origin": at_origin})
    return rows


def binned(luck: np.random.Generator) -> list[dict[str, Any]]:
    """The bins of the forecasts of states; the constant hazards fill but a few of them."""
    edges = (0.0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 1.0)
    rows = []
    for model in MODELS:
        if model in COUNT_ONLY:
            continue
        for horizon in HORIZONS:
            shares = np.array([0.06, 0.14, 0.27, 0.27, 0.17, 0.07, 0.02])
            if horizon > 1:
                shares = np.array([0.01, 0.03, 0.09, 0.2, 0.31, 0.25, 0.11])
            if model.startswith("constant"):
                shares = (
                    np.array([0, 0, 0.4, 0.5, 0.1, 0, 0]) if horizon == 1 else np.array([0, 0, 0, 0.2, 0.5, 0.3, 0])
                )
            for low, high, share in zip(edges, edges[1:], shares, strict=False):
                forecasts = round(690 * share)
                mean = float(np.sqrt(max(low, 0.004) * min(high, 0.5)))
                happened = int(luck.binomial(forecasts, min(1.0, 0.9 * mean + 0.005)))
                row = {"model": model, "horizon": horizon, "low": low, "high": high, "forecasts": forecasts}
                row |= {"mean_forecast": mean if forecasts else None, "happened": happened}
                if not forecasts:
                    rows.append(row | {"share": None, "share_low": None, "share_high": None})
                    continue
                p = happened / forecasts
                error = 1.64 * np.sqrt((p * (1 - p) + 0.3 / forecasts) / forecasts)
                ends = {"share_low": max(0.0, float(p - error)), "share_high": min(1.0, float(p + error))}
                rows.append(row | {"share": p} | ends)
    return rows


def compared(luck: np.random.Generator) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The scores of all models, and the simulation's minus those of the others."""
    scores, differences = [], []
    for score, base in SCORES.items():
        for model in MODELS:
            for horizon in HORIZONS:
                missing = model in COUNT_ONLY and score not in (
                    "crps",
                    "coverage_50",
                    "coverage_90",
                    "width_50",
                    "width_90",
                )
                own = base * horizon**0.65
                value = own * (1 + WORSE.get(model, 0.0))
                row = {"model": model, "horizon": horizon, "score": score}
                scores.append(row | {"value": None if missing else value, "low": None, "high": None})
                if model == "simulation" or missing:
                    continue
                gap = own - value + float(luck.normal(0, 0.03)) * own
                half = (0.04 + 0.25 * WORSE[model]) * own
                row = {"model": "simulation", "against": model, "horizon": horizon, "score": score, "value": gap}
                differences.append(row | {"low": gap - half, "high": gap + 1.3 * half})
    return scores, differences


def departed(luck: np.random.Generator) -> list[dict[str, Any]]:
    """The departures on record of those who recognised Taipei at the start of the year."""
    known, rows = record(), []
    for change in known.changes_between(date(1995, 1, 1), date(2024, 12, 31)):
        start = date(change.date.year - 1, 12, 31)
        if change.origin != "taipei" or known.side(change.iso3, start) != "taipei":
            continue
        of = known.count(start)
        rank = 1 + int(of * float(luck.beta(1.0, 1.9)))
        row = {"date": str(change.date), "iso3": change.iso3, "state": states()[change.iso3].name, "of": of}
        rows.append(row | {"origin": change.date.year, "rank": rank, "chance": 0.16 * (1 - rank / of) + 0.004})
    return rows


def made() -> dict[str, Any]:
    """A backtest's document with plausible numbers, the same ones each time."""
    luck = np.random.default_rng(7)
    scores, differences = compared(luck)
    return {
        "runs": 4000,
        "seed": 1,
        "origins": list(ORIGINS),
        "counts": counted(luck),
        "calibration": binned(luck),
        "scores": scores,
        "differences": differences,
        "departures": departed(luck),
        "mark": {},
    }


Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    """A document of its own for each test."""
    return made()


@cache
def chart(name: str) -> Figure:
    """A chart of the plain document, drawn once and only read."""
    return of_backtest(made()).drawn(name)


def bars(drawing: Figure, gid: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The ends of the lines of the collection with this id."""
    found = [each for plot in drawing.axes for each in plot.collections if each.get_gid() == gid]
    assert isinstance(found[0], LineCollection)
    return [(tuple(ends[0]), tuple(ends[-1])) for ends in found[0].get_segments()]


def said(drawing: Figure) -> str:
    """All that is written, in one line."""
    return " ".join(words(drawing)).replace("\n", " ")


def points(drawing: Figure, gid: str) -> list[tuple[float, float]]:
    """The dots with this id."""
    found = line(drawing, gid)
    return list(zip(map(float, found.get_xdata()), map(float, found.get_ydata()), strict=True))


def rows_of(document: Document, table: str, horizon: int, model: str = "simulation") -> list[Document]:
    return [row for row in document[table] if row["model"] == model and row["horizon"] == horizon]


# --- the counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", HORIZONS)
def test_a_forecast_stands_at_the_year_whose_end_it_is_for(document: Document, horizon: int) -> None:
    drawing = chart("forecasts")
    rows = rows_of(document, "counts", horizon)
    assert len(rows) == len(ORIGINS)
    means = bars(drawing, f"mean-{horizon}")
    assert [start[1] for start, _ in means] == pytest.approx([row["mean"] for row in rows])
    assert [(start[0] + end[0]) / 2 for start, end in means] == [row["origin"] - 1 + horizon for row in rows]
    shapes = {patch.get_gid(): patch for plot in drawing.axes for patch in plot.patches}
    for row in rows:
        for name, low, high in (("most", "q05", "q95"), ("half", "q25", "q75")):
            patch = shapes[f"{name}-{horizon}-{row['origin'] - 1 + horizon}"]
            assert isinstance(patch, Rectangle)
            assert (patch.get_y(), patch.get_y() + patch.get_height()) == (row[low], row[high])


@pytest.mark.parametrize("horizon", HORIZONS)
def test_the_record_is_drawn_as_far_as_it_goes_and_rings_are_outside(document: Document, horizon: int) -> None:
    drawing = chart("forecasts")
    inside, outside = points(drawing, f"observed-{horizon}"), points(drawing, f"outside-{horizon}")
    known = [row for row in rows_of(document, "counts", horizon) if row["observed"] is not None]
    assert len(known) == {1: 30, 3: 29, 5: 27}[horizon]
    years = {row["origin"] - 1 + horizon: row for row in known}
    assert sorted(inside + outside) == sorted((year, row["observed"]) for year, row in years.items())
    assert all(not years[round(x)]["q05"] <= y <= years[round(x)]["q95"] for x, y in outside)
    assert all(years[round(x)]["q05"] <= y <= years[round(x)]["q95"] for x, y in inside)
    assert f"on record outside 90 % of runs: {len(outside)} of {len(known)}" in words(drawing)
    plot = drawing.axes[HORIZONS.index(horizon)]
    beside = [(text.xy[0], float(text.get_text())) for text in plot.texts if hasattr(text, "xy")]
    assert beside == outside  # the count is written beside each ring


def test_the_parts_of_the_forecasts_are_named() -> None:
    drawing = chart("forecasts")
    found = words(drawing)
    for text in ("90 % of runs", "half of runs", "mean", "on record", "truce 2008–16", "states"):
        assert text in found
    assert {"1 year ahead", "3 years ahead", "5 years ahead"} <= set(found)
    assert "as forecast 1, 3 and 5 years before" in said(drawing)
    assert len({plot.get_xlim() for plot in drawing.axes}) == len({plot.get_ylim() for plot in drawing.axes}) == 1


def test_the_truce_is_shaded_from_may_2008_to_january_2016() -> None:
    for plot in chart("forecasts").axes:
        (shade,) = [patch for patch in plot.patches if patch.get_gid() is None]
        assert isinstance(shade, Rectangle)
        assert (shade.get_x(), shade.get_x() + shade.get_width()) == pytest.approx((2007.385, 2015.044), abs=0.001)


def test_forecasts_of_what_is_not_yet_on_record_have_no_dots(document: Document) -> None:
    for row in document["counts"]:
        row["observed"] = None
    drawing = of_backtest(document).drawn("forecasts")
    assert all(not points(drawing, f"{name}-{horizon}") for name in ("observed", "outside") for horizon in HORIZONS)
    assert not any("on record" in text for text in words(drawing))


# --- calibration ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["simulation", "constant_hl7"])
@pytest.mark.parametrize("horizon", HORIZONS)
def test_calibration_sets_what_happened_against_the_mean_forecast(document: Document, horizon: int, model: str) -> None:
    drawing = chart("calibration")
    rows = [row for row in rows_of(document, "calibration", horizon, model) if row["forecasts"]]
    expected = [(100 * row["mean_forecast"], 100 * row["share"]) for row in rows]
    assert np.array(points(drawing, f"{model}-{horizon}")) == pytest.approx(np.array(expected))
    drawn = bars(drawing, f"bars-{model}-{horizon}")
    ends = np.array([(100 * row["share_low"], 100 * row["share_high"]) for row in rows])
    assert np.array([(low[1], high[1]) for low, high in drawn]) == pytest.approx(ends)
    assert [low[0] for low, _ in drawn] == pytest.approx([x for x, _ in expected])


def test_calibration_prints_the_number_of_forecasts_at_each_dot(document: Document) -> None:
    rows = rows_of(document, "calibration", 1)
    rows[3]["forecasts"] = 1234
    plot = of_backtest(document).drawn("calibration").axes[0]
    written = {text.get_text(): text for text in plot.texts}
    for row in rows:
        text = written[f"{row['forecasts']:,}"]
        at = plot.transAxes.transform(text.get_position())[0]
        assert at == pytest.approx(plot.transData.transform((100 * row["mean_forecast"], 0))[0], abs=1)


def test_calibration_has_the_same_stretched_scale_on_both_axes() -> None:
    drawing = chart("calibration")
    for plot in drawing.axes:
        assert plot.get_xlim() == plot.get_ylim()
        low, quarter, whole = (
            plot.transData.transform((plot.get_xlim()[1] * part, plot.get_ylim()[1] * part)) for part in (0, 0.25, 1)
        )
        assert quarter - low == pytest.approx((whole - low) / 2)  # the square root
    assert {"simulation", "constant hazard,\nhalf-life 7 years", "chance forecast, %"} <= set(words(drawing))
    assert "left more often\nthan forecast" in words(drawing)


def test_bins_without_forecasts_or_interval(document: Document) -> None:
    first, second, *_ = rows_of(document, "calibration", 3)
    first.update(forecasts=0, mean_forecast=None, share=None, share_low=None, share_high=None)
    second.update(share_low=None, share_high=None)
    drawing = of_backtest(document).drawn("calibration")
    assert_clear(drawing)
    filled = len([row for row in rows_of(document, "calibration", 3) if row["forecasts"]])
    assert len(points(drawing, "simulation-3")) == filled
    assert len(bars(drawing, "bars-simulation-3")) == filled - 1


# --- skill ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize(("score", "decimals"), [("crps", 2), ("log_score_sum", 1)])
def test_skill_draws_the_paired_differences(document: Document, score: str, decimals: int, horizon: int) -> None:
    drawing = chart("skill")
    order = skill.against(document, score)
    assert set(order) == set(MODELS) - {"simulation"} - (set(COUNT_ONLY) if score != "crps" else set())
    rows = {row["against"]: row for row in rows_of(document, "differences", horizon) if row["score"] == score}
    expected = [(rows[model]["value"], place) for place, model in enumerate(order)]
    assert np.array(points(drawing, f"{score}-{horizon}")) == pytest.approx(np.array(expected))
    drawn = bars(drawing, f"bars-{score}-{horizon}")
    ends = np.array([(rows[model]["low"], rows[model]["high"]) for model in order])
    assert np.array([(low[0], high[0]) for low, high in drawn]) == pytest.approx(ends)
    plot = drawing.axes[HORIZONS.index(horizon) + 3 * (score == "log_score_sum")]
    assert plot.get_xlim()[0] < 0 < plot.get_xlim()[1]
    printed = [text.get_text() for text in plot.texts[: len(order)]]
    assert printed == [skill.signed(rows[model]["value"], decimals) for model in order]


def test_skill_rows_are_sorted_and_named_for_readers(document: Document) -> None:
    drawing = chart("skill")
    for plot, score in ((drawing.axes[0], "crps"), (drawing.axes[3], "log_score_sum")):
        names = [label.get_text() for label in plot.get_yticklabels()]
        assert names == [NAMES[model] for model in skill.against(document, score)]
        values = [value for value, _ in points(drawing, f"{score}-1")]
        assert values == sorted(values)
    found = words(drawing)
    assert "constant hazard, half-life 7 years" in found
    assert found.count("simulation\nbetter") == found.count("simulation\nworse") == 6
    assert "simulation’s own: 0.49" in found


def test_differences_that_are_not_known(document: Document) -> None:
    for row in document["differences"]:
        if (row["against"], row["score"], row["horizon"]) == ("logit", "crps", 3):
            row.update(value=None, low=None, high=None)
        if (row["against"], row["score"], row["horizon"]) == ("logit", "crps", 5):
            row.update(low=None, high=None)
        if row["against"] == "constant_all":
            row.update(value=None, low=None, high=None)
    drawing = of_backtest(document).drawn("skill")
    assert_clear(drawing)
    assert [len(points(drawing, f"crps-{horizon}")) for horizon in HORIZONS] == [7, 6, 7]
    assert [len(bars(drawing, f"bars-crps-{horizon}")) for horizon in HORIZONS] == [7, 6, 6]
    assert words(drawing).count("–") == 1
    assert NAMES["constant_all"] not in words(drawing)


def test_differences_with_their_sign() -> None:
    assert [skill.signed(value, 2) for value in (0.123, -0.1, 0.001, -0.001)] == ["+0.12", "−0.10", "0.00", "0.00"]


# --- departures -------------------------------------------------------------------------------------------


def test_departures_stand_at_their_ranks_by_date(document: Document) -> None:
    document["departures"].reverse()
    drawing = of_backtest(document).drawn("departures")
    rows = sorted(document["departures"], key=lambda row: row["date"])
    assert len(rows) == 27
    expected = [((row["rank"] - 0.5) / row["of"], place) for place, row in enumerate(rows)]
    assert np.array(points(drawing, "departures")) == pytest.approx(np.array(expected))
    plot = drawing.axes[0]
    names = [label.get_text() for label in plot.get_yticklabels()]
    assert names == [f"{row['state']} {row['date'][:4]}" for row in rows]
    assert names[-2:] == ["Honduras 2023", "Nauru 2024"]
    assert len(points(drawing, "recognisers")) == sum(row["of"] for row in rows)
    assert set(line(drawing, "middle").get_xdata()) == {0.5}
    beside = [(text.get_position()[1], text.get_text()) for text in plot.texts]
    for place, row in enumerate(rows):
        assert (place, f"{row['rank']} of {row['of']}") in beside
        assert (place, f"{percent(row['chance'])} %") in beside


def test_departures_count_those_in_the_upper_half(document: Document) -> None:
    upper = sum(x < 0.5 - 1e-9 for x, _ in points(of_backtest(document).drawn("departures"), "departures"))
    assert f"{upper} of 27 in the upper half" in said(of_backtest(document).drawn("departures"))
    for row, (rank, of) in zip(document["departures"], [(1, 2), (7, 13), (2, 2), (6, 13), (6.5, 12)], strict=False):
        row.update(rank=rank, of=of)
    document["departures"] = document["departures"][:5]
    drawing = of_backtest(document).drawn("departures")
    assert "2 of 5 in the upper half, 2 in the middle." in said(drawing)
    assert "6.5 of 12" in words(drawing)


# --- all four ---------------------------------------------------------------------------------------------


def plain(document: Document) -> None:
    """The document as it is."""


def one_horizon(document: Document) -> None:
    """One year ahead only, from a few origins of late."""
    for table in ("counts", "calibration", "scores", "differences"):
        document[table] = [row for row in document[table] if row["horizon"] == 1]
    document["counts"] = [row for row in document["counts"] if row["origin"] >= 2021]
    document["departures"] = [row for row in document["departures"] if row["origin"] >= 2021]


def nothing_known(document: Document) -> None:
    """One origin whose outcomes lie beyond the record."""
    document["counts"] = [row | {"observed": None} for row in document["counts"] if row["origin"] == 2024]
    document["calibration"] = document["differences"] = document["departures"] = []


def few_forecasts(document: Document) -> None:
    """Bins of a single forecast, whose intervals reach from edge to edge."""
    for row in document["calibration"]:
        if row["forecasts"] and row["mean_forecast"] > 0.05:
            row.update(forecasts=1, share=row["happened"] > 4, share_low=0.0, share_high=1.0)


def on_one_side(document: Document) -> None:
    """A simulation worse than all others, and once far off."""
    for row in document["differences"]:
        value = 40.0 if row["against"] == "logit" else 0.02
        row.update(value=value, low=value * 0.9, high=value * 1.1)


def certain(document: Document) -> None:
    """Ranges of no width, everything as forecast, and chances of nothing."""
    for row in document["counts"]:
        row.update(dict.fromkeys(("mean", "q05", "q25", "q50", "q75", "q95", "observed"), 12))
    for row in document["calibration"]:
        row.update(share=0.0, share_low=0.0, share_high=0.0)
    for row in document["differences"]:
        row.update(value=0.0, low=0.0, high=0.0)


CASES = {case.__name__: case for case in (plain, one_horizon, nothing_known, few_forecasts, on_one_side, certain)}


ONLY_IN = {"few_forecasts": "calibration", "on_one_side": "skill"}
"""Cases that change one chart: the others are those of the plain document."""


@pytest.mark.parametrize(
    ("chart", "case"), [(chart, case) for chart in CHARTS for case in CASES if ONLY_IN.get(case, chart) == chart]
)
def test_no_text_is_cut_or_covered(document: Document, chart: str, case: str) -> None:
    CASES[case](document)
    drawing = of_backtest(document).drawn(chart)
    assert_clear(drawing)
    assert max(drawing.get_size_inches()) < 22
    assert "Source: backtest of this project, 4,000 runs an origin, seed 1; the record of recognition." in said(drawing)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of every chart."""
    with few_pixels():
        folder = tmp_path_factory.mktemp("files") / "new" / "a"
        return of_backtest(made()).draw(folder, formats=("png", "svg") if THOROUGH else ("svg",))


@pytest.mark.usefixtures("coarse")
@thorough
def test_the_files_have_the_same_bytes_each_time(files: list[Path], tmp_path: Path) -> None:
    first = files
    second = of_backtest(made()).draw(tmp_path / "b")
    wanted = ("forecasts", "calibration", "skill", "departures")
    assert [path.name for path in first] == [f"{name}.{kind}" for name in wanted for kind in ("png", "svg")]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"Matplotlib v" not in one.read_bytes()


def test_the_svgs_can_stand_in_one_page(files: list[Path]) -> None:
    for path in (file for file in files if file.suffix == ".svg"):
        svg = path.read_text(encoding="utf-8")
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert all(name.startswith(f"{path.stem}-") for name in ids)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(ids)


def test_the_document_is_left_as_it_is(document: Document) -> None:
    for chart in CHARTS:
        of_backtest(document).drawn(chart)
    assert document == made()
