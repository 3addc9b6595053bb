"""What is drawn: parameters in their limits, ranges of the scenario in theirs, chances that make sense."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.fit import Fit, beliefs_for, fit
from sim.fit.posterior import LEAVING, RETURNING
from sim.model.draws import purpose_of
from sim.model.kernel import uniforms
from sim.parameters import PARAMETERS, LogitNormal, rounded
from sim.runs.sampling import Mode
from tests.worlds import changed, draw, lay_out, rich, run, told

RUNS = 4_000
"""200 draws."""
GRID = (np.arange(10_000) + 0.5) / 10_000
"""Luck without luck."""


def drawn(events: list[dict[str, Any]], runs: int = RUNS, mode: Mode = "drawn") -> list[np.ndarray]:
    """The values of each of these events, draw by draw; each is drawn by its own name, apart from the others."""
    here = {f"e{place}": event | {"state": "PLW", "date": "2022-01-01"} for place, event in enumerate(events)}
    laid = lay_out(told("HND", "PLW", events=here))
    values = draw(laid, runs, mode=mode).values
    places = {entry.name.split(".")[-1]: place for place, entry in enumerate(laid.entries)}
    return [values[:, places[name]] for name in here]


WIDE = {
    "strength": ({"type": "pledge"}, 0.0, 1.0),
    "lean": ({"type": "lean"}, -1.0, 1.0),
    "pressure": ({"type": "lobbying"}, 0.0, 3.0),
    "hostility": ({"type": "protest"}, 0.0, 3.0),
    "quarrel": ({"type": "hostility"}, 0.0, 3.0),
    "threat": ({"type": "threat"}, 0.0, 1.0),
    "million_usd": ({"type": "offer"}, 0.0, 1e6),
    "share": ({"type": "match"}, 0.0, 10.0),
}


KEYS = {"quarrel": "hostility", "threat": "strength"}
"""The key that holds the number, where it is not the name of the case."""


def ranged(key: str, central: float, low: float, high: float) -> dict[str, Any]:
    """An event whose number is a range."""
    return WIDE[key][0] | {KEYS.get(key, key): {"central": central, "low": low, "high": high}}


def test_a_range_is_drawn_within_what_its_key_allows() -> None:
    tried = [
        (key, least + place * (most - least), least, most)
        for key, (_, least, most) in WIDE.items()
        for place in (0.0, 0.5, 1.0)
    ]
    for (key, central, least, most), values in zip(tried, drawn([ranged(*one) for one in tried], 40_000), strict=True):
        assert np.all((values >= least) & (values <= most)), (key, central)


def test_low_and_high_are_the_5_and_95_points() -> None:
    tried = [
        ("strength", 0.5, 0.2, 0.9),
        ("lean", 0.1, -0.4, 0.3),
        ("pressure", 1.5, 0.5, 2.0),
        ("hostility", 0.5, 0.0, 1.0),
        ("quarrel", 1.5, 0.5, 2.5),
        ("threat", 0.4, 0.2, 0.7),
        ("million_usd", 500.0, 200.0, 900.0),
        ("share", 1.5, 1.0, 2.0),
        ("share", 0.5, 0.2, 0.8),
    ]
    events = [ranged(*one) for one in tried]
    many, central = drawn(events, 40_000), drawn(events, mode="central")
    for (key, *points), values, (value, *_) in zip(tried, many, central, strict=True):
        low, middle, high = points[1], points[0], points[2]
        found = np.quantile(values, [0.05, 0.5, 0.95])
        assert found == pytest.approx([low, middle, high], abs=0.08 * (high - low)), key
        assert value == middle, key


def test_no_draw_of_an_offer_breaks_the_money_terms() -> None:
    """A range from nought has draws at nought, never below, where the logarithm would end."""
    event = {
        "type": "offer",
        "million_usd": {"central": 500.0, "low": 0.0, "high": 2000.0},
        "state": "PLW",
        "date": "2022-01-01",
    }
    ensemble = run(told("HND", "PLW", end="2022-02-28", events={"one": event}), 100, mode="drawn")
    assert np.all(np.isfinite(ensemble.ledger))  # type: ignore[arg-type]
    laid = lay_out(told("HND", "PLW", end="2022-02-28", events={"one": event}))
    assert np.all(draw(laid, 40_000, mode="drawn").values >= 0.0)


def test_every_parameter_is_drawn_within_its_limits() -> None:
    records = draw(lay_out(told("HND")), RUNS, mode="drawn").parameters
    assert set(records.dtype.names or ()) == set(PARAMETERS)
    for name, parameter in PARAMETERS.items():
        values = records[name]
        assert np.all((values >= parameter.minimum) & (values <= parameter.maximum)), name
        if parameter.family == "held":
            assert len(np.unique(values)) == 1, name
            continue
        if parameter.family == "coin":
            assert set(values.tolist()) == {parameter.minimum, parameter.maximum}, name
            continue
        inside = values[(values > parameter.minimum) & (values < parameter.maximum)]
        assert len(np.unique(inside)) == len(inside) > 140, name
        law = beliefs_for(lay_out(told("HND")).loaded.scenario)[name].distribution.quantile(GRID, {})
        for limit, beyond in (
            (parameter.minimum, law <= parameter.minimum),
            (parameter.maximum, law >= parameter.maximum),
        ):
            share = float(np.mean(beyond))
            assert np.mean(values == limit) == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / 200)), (
                name
            )


def test_draws_follow_the_beliefs() -> None:
    """Each is the quantile, at nine digits, of its own uniform number, addressed by name."""
    laid = lay_out(told("HND"))
    records = draw(laid, RUNS, mode="drawn", seed=5).parameters
    given: dict[str, np.ndarray] = {}
    for name, belief in beliefs_for(laid.loaded.scenario).items():
        luck = uniforms(5, 200, purpose_of(f"parameter:{name}"))
        values = np.clip(belief.distribution.quantile(luck, given), belief.parameter.minimum, belief.parameter.maximum)
        np.testing.assert_allclose(records[name], values, rtol=6e-9, err_msg=name)
        assert np.array_equal(records[name], rounded(records[name]))
        given[name] = records[name]


def test_central_values_are_the_same_in_every_draw() -> None:
    laid = lay_out(rich())
    records = draw(laid, 60, mode="central")
    for name, belief in beliefs_for(laid.loaded.scenario).items():
        assert np.all(records.parameters[name] == rounded(np.array([belief.distribution.central]))[0]), name
    assert np.array_equal(records.values[0], records.values[2], equal_nan=True)


def test_outcomes_are_cumulative_and_never_beyond_one() -> None:
    wide = {"central": 0.45, "low": 0.05, "high": 0.95}
    outcomes = {name: {"chance": wide} for name in ("a", "b")}
    elections = {"vote": {"date": "2022-05-01", "state": "HND", "outcomes": outcomes}}
    drawn = draw(lay_out(told("HND", elections=elections)), RUNS, mode="drawn").outcomes
    assert drawn.shape == (200, 1, 2)
    assert np.all(np.diff(drawn, axis=2) >= 0.0)
    assert np.all(drawn <= 1.0)
    luck = {name: _chances(f"elections.vote.outcomes.{name}.chance", wide) for name in ("a", "b")}
    total = luck["a"] + luck["b"] + 0.1  # what the central chances leave open
    np.testing.assert_allclose(drawn[:, 0, 0], luck["a"] / total, rtol=1e-6)
    np.testing.assert_allclose(drawn[:, 0, 1], (luck["a"] + luck["b"]) / total, rtol=1e-6)
    assert np.all(drawn[:, 0, 1] < 1.0)


def _chances(path: str, given: dict[str, float]) -> np.ndarray:
    """Drawn chances by hand."""
    luck = uniforms(1, 200, purpose_of(f"scenario:{path}"))
    return LogitNormal(given["central"], given["low"], given["high"]).quantile(luck, {})


@pytest.mark.parametrize(("chances", "left"), [((0.3, 0.7), 0.0), ((0.3, 0.5), 0.2), ((0.0, 1.0), 0.0), ((0.2,), 0.8)])
@pytest.mark.parametrize("unsure", [False, True])
def test_outcomes_and_what_they_leave_open_make_one(chances: tuple[float, ...], left: float, unsure: bool) -> None:
    def range_of(chance: float) -> Any:
        return {"central": chance, "low": 0.5 * chance, "high": 0.5 + 0.5 * chance} if unsure else chance

    outcomes = {f"o{number}": {"chance": range_of(chance)} for number, chance in enumerate(chances)}
    laid = lay_out(told("HND", elections={"vote": {"date": "2022-05-01", "state": "HND", "outcomes": outcomes}}))
    central = draw(laid).outcomes[0, 0]
    assert central == pytest.approx(np.cumsum(chances), rel=1e-12, abs=1e-12)
    drawn_chances = draw(laid, RUNS, mode="drawn").outcomes[:, 0]
    if not unsure:
        assert np.array_equal(drawn_chances, np.tile(np.cumsum(chances), (200, 1)))
    elif left == 0.0:
        assert drawn_chances[:, -1] == pytest.approx([1.0] * 200, rel=1e-12)
    else:
        assert np.all(drawn_chances[:, -1] < 1.0)
        assert np.median(drawn_chances[:, -1]) == pytest.approx(1.0 - left, abs=0.12)


def test_the_truce_enters_the_rate_of_the_record_draw_by_draw() -> None:
    """Where Beijing accepts more in a truce, truce years count for more, and the rate of the contest is lower."""
    as_of = {"start": "2014-01-31", "end": "2014-12-31"}
    low, high = (
        draw(lay_out(told("HND", **as_of, parameters={"acceptance_truce": share})), RUNS, mode="drawn").parameters
        for share in (0.01, 0.5)
    )
    assert np.all(low["departure_rate"] > high["departure_rate"])
    free = draw(lay_out(told("HND", **as_of)), RUNS, mode="drawn").parameters
    shares = free["acceptance_truce"]
    assert np.min(shares) == 0.01
    assert len(np.unique(shares)) == 1 + np.sum(shares > 0.01)


def test_a_set_truce_acceptance_enters_the_central_rate_too() -> None:
    low, high = (
        draw(
            lay_out(told("HND", start="2014-01-31", end="2014-12-31", parameters={"acceptance_truce": share}))
        ).parameters
        for share in (0.01, 0.5)
    )
    assert low["departure_rate"][0] > high["departure_rate"][0]


def test_a_range_of_a_parameter_is_drawn_from_it() -> None:
    given = {"central": 0.2, "low": 0.1, "high": 0.5}
    document = told("HND", parameters={"departure_rate": given, "lean_effect": given, "window_share": given})
    records = draw(lay_out(document), 40_000, mode="drawn").parameters
    for name in ("departure_rate", "lean_effect", "window_share"):
        assert np.quantile(records[name], [0.05, 0.5, 0.95]) == pytest.approx([0.1, 0.2, 0.5], abs=0.03), name


def test_a_certain_event_stays_certain_under_ranges_elsewhere() -> None:
    laid = lay_out(changed(rich(), {"scenario.end": "2025-02-28"}))
    drawn = draw(laid, 400, mode="drawn")
    for place, entry in enumerate(laid.entries):
        if entry.event.chance == 1.0:
            assert np.all(drawn.chances[:, place] == 1.0)


# --- what the record says is drawn together ---------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> tuple[Fit, np.ndarray]:
    """What is known on a day, and 5,000 draws of the parameters by it."""
    laid = lay_out(told("HND", "PLW"))
    return fit(laid.loaded.scenario.as_of), draw(laid, 100_000, mode="drawn").parameters


def test_effects_are_drawn_with_the_covariance_of_the_fit(many: tuple[Fit, np.ndarray]) -> None:
    known, p = many
    for effects, names in ((known.leaving, LEAVING), (known.returning, RETURNING)):
        values, scale = np.stack([p[name] for name in names]), np.outer(effects.errors, effects.errors)
        error = 4.0 / math.sqrt(values.shape[1])
        assert np.all(np.abs(values.mean(axis=1) - effects.mode) < error * effects.errors)
        assert np.max(np.abs(np.cov(values) - effects.covariance) / scale) < math.sqrt(2.0) * error
    apart = np.corrcoef(p["population_effect"], p["return_population_effect"])[0, 1]
    assert abs(apart) < 4.0 / math.sqrt(len(p)), "the two hazards are fitted apart"


@pytest.mark.parametrize(("memory", "weight"), [(0.0, "recent"), (1.0, "window")])
@pytest.mark.parametrize(("rate", "side"), [("departure_rate", "leaving"), ("return_rate", "returning")])
def test_rates_are_drawn_so_that_the_record_comes_out(
    many: tuple[Fit, np.ndarray], rate: str, side: str, memory: float, weight: str
) -> None:
    """Hazards times years at risk, at the share and effects of each draw, make the record's events on average.

    By the memory of the draw: each has half of them.
    """
    known, p = many
    assert np.mean(p["memory"] == memory) == pytest.approx(0.5, abs=4.0 * 0.5 / math.sqrt(len(p)))
    p = p[p["memory"] == memory]
    effects = getattr(known, side)
    at_risk, changes = (getattr(effects.panel, f"{weight}_{part}") for part in ("years", "changed"))
    worth = np.exp(
        np.stack([p[name] for name in (LEAVING if side == "leaving" else RETURNING)], axis=1) @ effects.standard.T
    )
    years = worth @ np.where(effects.panel.truce, 0.0, at_risk)
    years += p["acceptance_truce"] * (worth @ np.where(effects.panel.truce, at_risk, 0.0))
    events = float(changes.sum())
    counted = p[rate] * years
    assert counted.mean() == pytest.approx(events, abs=4.0 * math.sqrt(events / len(p)))
    assert counted.var() == pytest.approx(events, rel=4.0 * math.sqrt((2.0 + 6.0 / events) / len(p)))
    assert np.corrcoef(counted, years)[0, 1] == pytest.approx(0.0, abs=4.0 / math.sqrt(len(p)))
