"""Time in a truce: closed forms of what it is worth, one course in contest, and nothing known from after the origin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sim.atlas import Record, record, regimes
from sim.backtest import truce
from sim.backtest.truce import VOTE_ENDS_TRUCE, Course, acceptance, courses, in_truce, mostly_in_truce, truce_since
from sim.fit import panel, posterior

BEGIN, END = date(2008, 5, 20), date(2016, 1, 16)


@pytest.mark.parametrize("origin", [1995, 2008, 2017, 2024])
@pytest.mark.parametrize("horizon", [1, 3, 5])
def test_in_contest_years_are_years(origin: int, horizon: int) -> None:
    """Nor is a truce foreseen, from 2008."""
    assert courses(origin, horizon) == (Course(1.0, (1.0,) * horizon),)
    assert courses(origin, horizon)[0].years == float(horizon)


def test_from_a_truce_with_both_votes_ahead() -> None:
    """From 2012, five years: 14 days and the rest of the year, four years and 16 days, or five years within."""
    accepted = acceptance(date(2011, 12, 31))
    first, second, never = courses(2012, 5)
    assert (first.chance, second.chance, never.chance) == (0.5, 0.25, 0.25)
    assert first.shares == pytest.approx([1.0 - (1.0 - accepted) * 14 / 366, 1.0, 1.0, 1.0, 1.0], rel=1e-12)
    assert second.shares == pytest.approx([accepted] * 4 + [1.0 - (1.0 - accepted) * 16 / 366], rel=1e-12)
    assert never.shares == (accepted,) * 5
    assert never.years == pytest.approx(5.0 * accepted, rel=1e-12)
    assert VOTE_ENDS_TRUCE == 0.5


@pytest.mark.parametrize(
    ("origin", "horizon", "chances"),
    [
        (2009, 1, [1.0]), (2009, 3, [1.0]), (2009, 5, [0.5, 0.5]), (2012, 1, [0.5, 0.5]), (2012, 5, [0.5, 0.25, 0.25]),
        (2013, 3, [1.0]), (2014, 3, [0.5, 0.5]), (2016, 1, [0.5, 0.5]), (2016, 5, [0.5, 0.5]),
    ],
)  # fmt: skip
def test_each_vote_within_the_horizon_may_end_it(origin: int, horizon: int, chances: list[float]) -> None:
    found = courses(origin, horizon)
    assert [course.chance for course in found] == chances
    assert sum(chances) == 1.0
    years = [course.years for course in found]
    assert years == sorted(years, reverse=True)
    assert all(0.0 < share <= 1.0 for course in found for share in course.shares)


def test_the_record_of_a_truce() -> None:
    assert [truce_since(day) for day in (BEGIN - timedelta(1), BEGIN, END - timedelta(1), END)] == [
        None, BEGIN, BEGIN, None,
    ]  # fmt: skip
    assert in_truce(date(1990, 1, 1), date(2026, 1, 1)) == [(BEGIN, END)]
    assert in_truce(date(2010, 1, 1), date(2011, 1, 1)) == [(date(2010, 1, 1), date(2011, 1, 1))]
    assert in_truce(date(2016, 1, 16), date(2026, 1, 1)) == in_truce(date(1990, 1, 1), BEGIN) == []
    assert [year for year in range(1972, 2026) if mostly_in_truce(year)] == list(range(2008, 2016))


@pytest.mark.parametrize("origin", [2009, 2012, 2016, 2020])
def test_acceptance_is_what_was_known(monkeypatch: pytest.MonkeyPatch, origin: int) -> None:
    """Cut record and regimes after the origin: acceptance, and what years ahead are worth, stay."""

    def found() -> tuple[float, tuple[Course, ...]]:
        for cached in (panel.leaving, panel.returning, posterior.fit, posterior.beliefs):
            cached.cache_clear()
        return acceptance(as_of), courses(origin, 5)

    as_of = date(origin - 1, 12, 31)
    before, known = found(), record()
    cut = Record(known.start, as_of, known.roster_1971, tuple(c for c in known.changes if c.date <= as_of))
    after = as_of + timedelta(days=1)
    kept = [replace(regime, end=min(regime.end, after)) for regime in regimes() if regime.start <= as_of]
    with monkeypatch.context() as patched:
        patched.setattr(panel, "record", lambda **_: cut)
        for room in (panel, truce):
            patched.setattr(room, "regimes", lambda: kept)
        assert found() == before
    found()
