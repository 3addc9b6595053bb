"""The fitted hazards: who, how little in a truce, and how often, against slow and plain versions of the same laws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from sim.fit import Effects, Panel, fit, hazard, leaving, returning
from sim.fit.hazard import effect_laws, fit_effects, rate_law, truce_law
from sim.fit.panel import Cell
from sim.fit.posterior import LEAVING, RETURNING, TRUCE
from sim.model import covariates, rules
from sim.parameters import PARAMETERS, Posterior
from tests.examples import THOROUGH

DAYS = [date(1995, 6, 30), date(2010, 1, 1), date(2021, 12, 10), date(2026, 5, 15)]
SPREAD = 0.3
PRIOR = PARAMETERS[TRUCE]


# --- the same laws, written with loops --------------------------------------------------------------------


def scales_by_loops(panel: Panel) -> list[tuple[float, float]]:
    """Mean and spread of each covariate, an ally-year counting by its age; where it is not known, not at all."""
    found = []
    for k in range(len(panel.cells[0].covariates)):
        pairs = zip(panel.recent_years.tolist(), (cell.covariates[k] for cell in panel.cells), strict=True)
        known = [(w, x) for w, x in pairs if not math.isnan(x)]
        total = math.fsum(w for w, _ in known)
        mean = math.fsum(w * x for w, x in known) / total
        square = math.fsum(w * (x - mean) ** 2 for w, x in known) / total
        found.append((mean, math.sqrt(square) if square > 1e-18 else 1.0))
    return found


def score_of(cell: Cell, effects: Sequence[float], scales: Sequence[tuple[float, float]]) -> float:
    """Effects times covariates in standard deviations; what is not known adds nothing."""
    terms = zip(effects, cell.covariates, scales, strict=True)
    return sum(effect * (x - mean) / spread for effect, x, (mean, spread) in terms if not math.isnan(x))


def log_posterior(panel: Panel, effects: Sequence[float]) -> float:
    """Of who changed, given how many did in each year and regime; and of effects around zero."""
    scales = scales_of(panel)
    by_stratum: dict[tuple[int, bool], list[tuple[Cell, float]]] = {}
    for cell in panel.cells:
        by_stratum.setdefault((cell.year, cell.truce), []).append((cell, score_of(cell, effects, scales)))
    total = -sum(effect**2 for effect in effects) / (2.0 * SPREAD**2)
    for together in by_stratum.values():
        at_risk = math.fsum((cell.end - cell.begin).days / 365.25 * math.exp(score) for cell, score in together)
        for cell, score in together:
            if cell.changed:
                total += score - math.log(at_risk)
    return total


@cache
def scales_of(panel: Panel) -> list[tuple[float, float]]:
    return scales_by_loops(panel)


def worth_of(effects: Effects, values: Sequence[float] | None = None) -> list[float]:
    """What a year of each cell is worth: how much likelier a change is there than at average covariates."""
    panel, at = effects.panel, effects.mode.tolist() if values is None else values
    scales = scales_of(panel)
    return [math.exp(score_of(cell, at, scales)) for cell in panel.cells]


def exposure_by_loops(
    effects: Effects, share: float, values: Sequence[float] | None = None, memory: str = "recent"
) -> float:
    """Weighted years at risk, a year in the truce counting for its share, each worth what covariates make of it."""
    panel = effects.panel
    return math.fsum(
        years * worth * (share if cell.truce else 1.0)
        for cell, years, worth in zip(panel.cells, years_by(memory, panel), worth_of(effects, values), strict=True)
    )


def years_by(memory: str, panel: Panel) -> list[float]:
    """Years at risk as one memory has them: `recent` or `window`."""
    return list(getattr(panel, f"{memory}_years").tolist())


def events_by(memory: str, panel: Panel) -> float:
    return float(getattr(panel, f"{memory}_changed").sum())


MEMORIES = pytest.mark.parametrize(("memory", "drawn_as"), [("recent", 0.0), ("window", 1.0)])


# --- who: effects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [date(1995, 6, 30), date(2021, 12, 10)], ids=str)
@pytest.mark.parametrize("side", ["leaving", "returning"])
def test_an_independent_optimiser_finds_the_same_effects(as_of: date, side: str) -> None:
    found = getattr(fit(as_of), side)
    best = optimize.minimize(
        lambda x: -log_posterior(found.panel, x.tolist()), np.zeros(len(found.mode)), method="BFGS", tol=1e-7
    )
    assert found.mode == pytest.approx(best.x, abs=2e-5)
    assert log_posterior(found.panel, found.mode.tolist()) >= -best.fun - 1e-9
    assert [tuple(scale) for scale in found.scales] == [
        pytest.approx(pair, rel=1e-8) for pair in scales_of(found.panel)
    ]


@pytest.mark.parametrize("as_of", [date(1995, 6, 30), date(2021, 12, 10)], ids=str)
def test_at_the_mode_nothing_rises_and_the_covariance_is_that_of_the_curvature(as_of: date) -> None:
    """Gradient and Hessian by differences of the plain version."""
    for found in (fit(as_of).leaving, fit(as_of).returning):
        mode, width, step = found.mode, len(found.mode), 1e-3
        unit = np.eye(width) * step

        def at(x: np.ndarray, panel: Panel = found.panel) -> float:
            return log_posterior(panel, x.tolist())

        slopes = [(8.0 * (at(mode + u) - at(mode - u)) - at(mode + 2 * u) + at(mode - 2 * u)) / 12 / step for u in unit]
        assert slopes == pytest.approx([0.0] * width, abs=1e-6)
        hessian = np.array(
            [
                [
                    (at(mode + u + v) - at(mode + u - v) - at(mode - u + v) + at(mode - u - v)) / (4 * step**2)
                    for v in unit
                ]
                for u in unit
            ]
        )
        np.testing.assert_allclose(found.covariance, np.linalg.inv(-hessian), rtol=1e-4, atol=1e-6)
        assert np.array_equal(found.covariance, found.covariance.T)
        assert found.errors == pytest.approx(np.sqrt(np.diag(found.covariance)), rel=1e-8)
        assert np.all(found.errors <= SPREAD * (1.0 + 1e-9))


def test_the_mode_is_found_whatever_the_day() -> None:
    """At the end of a year: no slope, and a covariance that is one."""
    for year in range(1972, 2026, 1 if THOROUGH else 4):
        for found in (fit(date(year, 12, 31)).leaving, fit(date(year, 12, 31)).returning):
            panel, x = found.panel, found.standard
            risk, slope = panel.years * np.exp(x @ found.mode), -found.mode / SPREAD**2
            for stratum in set(panel.strata[panel.changed > 0.0].tolist()):
                here = panel.strata == stratum
                changed = panel.changed[here]
                slope = slope + changed @ x[here] - changed.sum() * (risk[here] @ x[here]) / risk[here].sum()
            assert slope == pytest.approx(np.zeros(len(slope)), abs=1e-6), year
            assert np.min(np.linalg.eigvalsh(found.covariance)) > 0.0


def test_the_prior_of_an_effect_is_three_tenths() -> None:
    assert hazard.PRIOR_SPREAD == SPREAD


def test_who_left_of_two_kinds_in_one_year_in_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a prior the effect is the log ratio of the kinds' rates, and its variance the sum of 1 / departures."""
    monkeypatch.setattr(hazard, "PRIOR_SPREAD", 1e4)
    begin, end = date(1999, 12, 31), date(2000, 12, 30)
    cells = [
        Cell(f"S{number:02d}", 2000, False, begin, end, number in (0, 1, 2, 10), (float(number < 5),))
        for number in range(20)
    ]
    found = fit_effects(Panel(date(2001, 1, 1), tuple(cells)), ("kind",))
    spread = math.sqrt(0.25 * 0.75)
    assert tuple(found.scales[0]) == pytest.approx((0.25, spread), rel=1e-8)
    assert found.mode[0] == pytest.approx(spread * math.log((3 / 5) / (1 / 15)), rel=1e-6)
    assert found.covariance[0, 0] == pytest.approx(spread**2 * (1 / 3 + 1 / 1), rel=1e-6)
    late = date(2000, 6, 30)
    shorter = (cell if cell.covariates == (1.0,) else replace(cell, begin=late) for cell in cells)
    again = fit_effects(Panel(date(2001, 1, 1), tuple(shorter)), ("kind",))
    ratio = (3 / 5 / (end - begin).days) / (1 / 15 / (end - late).days)
    assert again.mode[0] / again.scales[0].spread == pytest.approx(math.log(ratio), rel=1e-6)


def test_the_stronger_the_prior_the_nearer_to_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, before = leaving(date(2021, 12, 10)), np.full(len(LEAVING), np.inf)
    for spread in (10.0, 0.3, 0.1, 0.03, 1e-3, 1e-5):
        monkeypatch.setattr(hazard, "PRIOR_SPREAD", spread)
        found = fit_effects(panel, covariates.LEAVING)
        assert found.mode @ found.mode < before @ before
        assert np.all(found.errors <= spread * (1.0 + 1e-8))
        before = found.mode
    assert np.max(np.abs(before)) < 1e-7
    assert found.errors == pytest.approx([1e-5] * len(LEAVING), rel=1e-6)


@pytest.mark.parametrize("side", ["leaving", "returning"])
def test_the_tide_of_a_year_says_nothing_of_who(side: str) -> None:
    """Each year and regime with a level of its own, whatever it is: the effects stay."""
    known, found = getattr(fit(date(2021, 12, 10)), side), {"leaving": leaving, "returning": returning}[side]
    panel = found(date(2021, 12, 10))
    tides = np.random.default_rng(1).lognormal(0.0, 2.0, panel.strata.max() + 1)
    shaken = Panel(panel.as_of, panel.cells)
    shaken.__dict__["years"] = panel.years * tides[panel.strata]
    again = fit_effects(shaken, getattr(covariates, side.upper()))
    assert again.mode == pytest.approx(known.mode, rel=1e-7, abs=1e-12)
    np.testing.assert_allclose(again.covariance, known.covariance, rtol=1e-7, atol=1e-12)
    assert again.scales == known.scales


def test_a_year_in_which_nobody_left_says_nothing_of_who() -> None:
    panel = leaving(date(2021, 12, 10))
    moved = {int(s) for s, changed in zip(panel.strata, panel.changed, strict=True) if changed}
    kept = tuple(cell for cell, s in zip(panel.cells, panel.strata.tolist(), strict=True) if s in moved)
    assert len(kept) < len(panel.cells)
    few = Panel(panel.as_of, kept)
    x = covariates.measured((cell.covariates for cell in kept), fit(panel.as_of).leaving.scales)
    mode = fit(panel.as_of).leaving.mode
    slope = -mode / SPREAD**2
    for stratum in moved:
        here = few.strata == stratum
        risk = few.years[here] * np.exp(x[here] @ mode)
        slope = slope + few.changed[here] @ x[here] - few.changed[here].sum() * (risk @ x[here]) / risk.sum()
    assert slope == pytest.approx(np.zeros(len(LEAVING)), abs=1e-6)


def test_nothing_known_leaves_the_prior() -> None:
    """No cell at all, or none that changed."""
    empty = fit_effects(Panel(date(1971, 12, 1), ()), covariates.RETURNING)
    assert empty.mode.tolist() == [0.0, 0.0, 0.0]
    assert empty.covariance == pytest.approx(np.eye(3) * SPREAD**2, rel=1e-12)
    assert [tuple(scale) for scale in empty.scales] == [(0.0, 1.0)] * 3
    assert empty.standard.shape == (0, 3)
    assert returning(date(1971, 12, 1)).cases == 0
    quiet = fit(date(1971, 12, 1)).returning
    assert quiet.mode.tolist() == [0.0, 0.0, 0.0]
    assert quiet.covariance == pytest.approx(np.eye(3) * SPREAD**2, rel=1e-9)


def test_a_covariate_that_is_the_same_for_all_has_no_effect() -> None:
    """Before 1989 no state had left and come back; its spread then is taken as 1."""
    found = fit(date(1980, 1, 1)).leaving
    assert tuple(found.scales[3]) == (0.0, 0.25)
    assert abs(found.mode[3]) < 1e-12
    assert found.covariance[3] == pytest.approx([0.0, 0.0, 0.0, SPREAD**2, 0.0], abs=1e-9)


def test_what_is_not_known_counts_as_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two kinds in closed form, and beside them states of which nothing is known: in scales they do not count."""
    begin, end = date(1999, 12, 31), date(2000, 12, 30)
    kinds = [1.0] * 5 + [0.0] * 15
    cells = [
        Cell(f"S{number:02d}", 2000, False, begin, end, number in (0, 1, 2, 10), (kind,))
        for number, kind in enumerate(kinds)
    ]
    blank = [Cell(f"T{number}", 2000, False, begin, end, False, (math.nan,)) for number in range(7)]
    alone, both = (fit_effects(Panel(date(2001, 1, 1), tuple(some)), ("kind",)) for some in (cells, cells + blank))
    assert both.scales == alone.scales
    assert tuple(both.scales[0]) == pytest.approx((0.25, math.sqrt(0.25 * 0.75)), rel=1e-8)
    assert both.standard[20:].tolist() == [[0.0]] * 7
    assert both.standard[:20].tolist() == alone.standard.tolist()
    at_mean = replace(blank[0], covariates=(both.scales[0].mean,))
    told = [replace(at_mean, iso3=cell.iso3) for cell in blank]
    monkeypatch.setattr(hazard, "_scales", lambda panel: both.scales)
    assert fit_effects(Panel(date(2001, 1, 1), (*cells, *told)), ("kind",)).mode.tolist() == both.mode.tolist()


def test_a_covariate_that_is_known_of_nobody_has_no_effect() -> None:
    """As silence in the first days: no speech was known before 1971 ended."""
    found = fit_effects(leaving(date(1971, 12, 1)), covariates.LEAVING)
    assert tuple(found.scales[4]) == (0.0, 0.25)
    assert not found.standard[:, 4].any()
    assert found.mode[4] == 0.0


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_covariates_are_standardised_by_the_weighted_years(as_of: date) -> None:
    for found in (fit(as_of).leaving, fit(as_of).returning):
        for column, values in zip(found.standard.T, found.panel.covariates.T, strict=True):
            known = ~np.isnan(values)
            weights = found.panel.recent_years[known] / found.panel.recent_years[known].sum()
            assert weights @ column[known] == pytest.approx(0.0, abs=1e-7)
            assert weights @ column[known] ** 2 == pytest.approx(1.0, rel=1e-7)
            assert not column[~known].any()


# --- effects as they are drawn ----------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_drawn_one_after_the_other_effects_have_the_covariance_of_the_fit(as_of: date) -> None:
    """Exactly: each is its mode, weights on the deviations of those before it, and an error of its own."""
    for found, names in ((fit(as_of).leaving, LEAVING), (fit(as_of).returning, RETURNING)):
        laws, width = effect_laws(found, names), len(names)
        assert list(laws) == list(names)
        loadings = np.zeros((width, width))
        for place, law in enumerate(laws.values()):
            assert [name for name, _, _ in law.given] == list(names[:place])
            assert [mode for _, mode, _ in law.given] == found.mode[:place].tolist()
            for earlier, (_, _, weight) in enumerate(law.given):
                loadings[place] += weight * loadings[earlier]
            loadings[place, place] = law.error
            assert law.central == found.mode[place]
            assert law.spread == pytest.approx(math.sqrt(found.covariance[place, place]), rel=1e-8)
        np.testing.assert_allclose(loadings @ loadings.T, found.covariance, rtol=1e-7, atol=1e-10)


def test_many_draws_of_the_effects_have_mean_and_covariance_of_the_fit() -> None:
    found, draws = fit(date(2021, 12, 10)).leaving, 200_000
    uniform, drawn = np.random.default_rng(2).uniform(1e-9, 1.0 - 1e-9, (len(LEAVING), draws)), {}
    for place, (name, law) in enumerate(effect_laws(found, LEAVING).items()):
        drawn[name] = law.quantile(uniform[place], drawn)
    values = np.stack([drawn[name] for name in LEAVING])
    errors = np.sqrt(np.diag(found.covariance))
    assert np.all(np.abs(values.mean(axis=1) - found.mode) < 4.0 * errors / math.sqrt(draws))
    scaled = np.cov(values) / np.outer(errors, errors)
    assert np.max(np.abs(scaled - found.covariance / np.outer(errors, errors))) < 4.0 * math.sqrt(2.0 / draws)
    assert np.max(np.abs(scaled - np.eye(len(LEAVING)))) > 0.1, "else the draws might as well be apart"


# --- how little in a truce --------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [date(1980, 1, 1), date(2008, 5, 19), date(2008, 5, 20)], ids=str)
def test_before_a_truce_the_prior_stands(as_of: date) -> None:
    assert truce_law(fit(as_of).leaving, PRIOR) == PRIOR.distribution


def test_the_first_day_of_a_truce_says_next_to_nothing() -> None:
    law = truce_law(fit(date(2008, 5, 21)).leaving, PRIOR)
    assert isinstance(law, Posterior)
    assert law.central == pytest.approx(PRIOR.distribution.central, rel=2e-3)
    assert law.high == pytest.approx(PRIOR.distribution.high, rel=2e-3)


def share_at(score: float) -> float:
    """The prior by hand: log odds of 0.05, spreads that reach 0.001 and 0.3 at 5 and 95 %; at least 0.01 to 1."""
    middle, low, high = (math.log(p / (1.0 - p)) for p in (0.05, 0.001, 0.3))
    reach = (middle - low if score < 0.0 else high - middle) / stats.norm.ppf(0.95)
    return min(max(1.0 / (1.0 + math.exp(-(middle + reach * score))), 0.01), 1.0)


@pytest.mark.parametrize("as_of", [date(2010, 1, 1), date(2014, 6, 30), date(2021, 12, 10)], ids=str)
def test_the_truce_is_what_integration_over_share_and_level_makes_of_it(as_of: date) -> None:
    """Brute force: prior of the share, flat prior of the log level, and the record cell by cell, weighted by age."""
    found = fit(as_of).leaving
    panel, worth = found.panel, worth_of(found)
    events = [
        (float(weight), math.log(value), cell.truce)
        for cell, weight, value in zip(panel.cells, panel.recent_changed, worth, strict=True)
        if cell.changed
    ]
    contest = exposure_by_loops(found, 0.0)
    truce = exposure_by_loops(found, 1.0) - contest

    def log_likelihood(level: np.ndarray, share: float) -> np.ndarray:
        total = -np.exp(level) * (contest + share * truce)
        for weight, value, under in events:
            total = total + weight * (level + value + (math.log(share) if under else 0.0))
        return np.asarray(total)

    levels = np.linspace(-9.0, 0.0, 300)
    top = max(log_likelihood(levels, share_at(score)).max() for score in np.linspace(-3.0, 3.0, 25))
    scores = np.linspace(-6.0, 6.0, 1001)
    marginal = np.array([np.exp(log_likelihood(levels, share_at(score)) - top).sum() for score in scores])
    below = integrate.cumulative_simpson(marginal * stats.norm.pdf(scores), x=scores, initial=0.0)
    below /= below[-1]
    law = truce_law(found, PRIOR)
    for uniform in (0.02, 0.05, 0.3, 0.5, 0.8, 0.95, 0.99):
        score = float(np.interp(uniform, below, scores))
        assert max(0.01, law.quantile(np.array([uniform]), {})[0]) == pytest.approx(share_at(score), rel=3e-3)


def test_departures_in_the_truce_raise_its_share_and_quiet_years_lower_it() -> None:
    """None until November 2013, when the Gambia left; then quiet again to the end of the truce."""
    days = [date(2008, 5, 20), date(2011, 1, 1), date(2013, 11, 13), date(2013, 11, 14), date(2016, 1, 16)]
    central = [truce_law(fit(day).leaving, PRIOR).central for day in days]
    assert central[0] > central[1] > central[2]
    assert central[3] > 2.0 * central[2]
    assert central[4] < central[3]


# --- how often --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_at_central_values_the_fitted_hazards_reproduce_the_record(as_of: date) -> None:
    """The sum over the cells of hazard times weighted years is the weighted number of changes."""
    for found, names in ((fit(as_of).leaving, LEAVING), (fit(as_of).returning, RETURNING)):
        for share in (0.01, 0.05, 0.4):
            law = rate_law(found, (TRUCE, share), names, 0.0)
            for memory, counted in (("recent", law.fading), ("window", law.window)):
                total = counted.central * exposure_by_loops(found, share, memory=memory)
                assert total == pytest.approx(events_by(memory, found.panel), rel=1e-7)
            assert law.central == pytest.approx((law.fading.central + law.window.central) / 2.0, rel=1e-12)


@MEMORIES
def test_draw_by_draw_the_rate_is_a_gamma_over_the_years_of_that_draw(memory: str, drawn_as: float) -> None:
    found = fit(date(2021, 12, 10)).leaving
    law = rate_law(found, (TRUCE, 0.05), LEAVING, 0.0)
    generator = np.random.default_rng(3)
    uniform, shares = generator.uniform(size=30), generator.uniform(0.01, 0.5, 30)
    effects = generator.multivariate_normal(found.mode, found.covariance, 30)
    drawn = {TRUCE: shares, "memory": np.full(30, drawn_as)} | dict(zip(LEAVING, effects.T, strict=True))
    events = events_by(memory, found.panel)
    years = [exposure_by_loops(found, shares[k], effects[k].tolist(), memory) for k in range(30)]
    np.testing.assert_allclose(law.quantile(uniform, drawn), stats.gamma(events).ppf(uniform) / years, rtol=1e-7)


@MEMORIES
def test_draw_by_draw_the_mean_of_the_rate_reproduces_the_record(memory: str, drawn_as: float) -> None:
    """Whatever share and effects are drawn: over the uniform numbers, hazards times years make the changes."""
    found = fit(date(2021, 12, 10)).leaving
    law, uniform = rate_law(found, (TRUCE, 0.05), LEAVING, 0.0), (np.arange(5_000) + 0.5) / 5_000
    for share, effects in ((0.02, found.mode), (0.3, found.mode + 2.0 * found.errors), (0.05, np.zeros(len(LEAVING)))):
        fixed = {TRUCE: share, "memory": drawn_as} | dict(zip(LEAVING, effects.tolist(), strict=True))
        rates = law.quantile(uniform, {name: np.full(uniform.shape, value) for name, value in fixed.items()})
        total = float(rates.mean()) * exposure_by_loops(found, share, effects.tolist(), memory)
        assert total == pytest.approx(events_by(memory, found.panel), rel=4e-4)


def test_the_least_number_of_events_holds_where_there_are_fewer() -> None:
    found = fit(date(1980, 1, 1)).returning
    law = rate_law(found, (TRUCE, 0.05), RETURNING, 0.05)
    assert (law.fading.events, law.window.events) == (0.05, 0.05)
    some = fit(date(2021, 12, 10)).leaving
    law = rate_law(some, (TRUCE, 0.05), LEAVING, 0.05)
    assert law.fading.events == events_by("recent", some.panel)
    assert law.window.events == events_by("window", some.panel) == 17.0


# --- one law with the model -------------------------------------------------------------------------------


@given(st.floats(1e-9, 10.0), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=80))
def test_quiet_months_of_the_model_are_years_of_the_likelihood(annual: float, exposures: list[float]) -> None:
    """The chance to stay through months, or parts of them, is that of a constant hazard over their years."""
    stays = math.prod(1.0 - rules.monthly_chance(annual, exposure) for exposure in exposures)
    assert stays == pytest.approx(math.exp(-annual * math.fsum(exposures) / 12.0), rel=1e-9, abs=1e-300)


def test_the_likelihood_of_a_spell_does_not_hang_on_where_it_is_cut() -> None:
    """Cells of a year and regime stand for the months in them: their years add up to those of the spell."""
    begin, end = date(2003, 3, 15), date(2017, 6, 20)
    cells = [c for c in leaving(date(2017, 6, 20)).cells if c.iso3 == "GTM" and c.end > begin]
    days = [(max(c.begin, begin), c.end) for c in cells]
    assert sum(((last - first).days for first, last in days)) == (end - begin).days
    assert all(one[1] == other[0] for one, other in pairwise(days))
    stays = math.prod(math.exp(-0.07 * (last - first).days / 365.25) for first, last in days)
    assert stays == pytest.approx(math.exp(-0.07 * (end - begin).days / 365.25), rel=1e-12)
