"""Bids: both patrons' limits in the talks of each state, how talks ended, and what was paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import DROPPED, LEFT, NOT_TAKEN, OUTCOMES, SIDES, STAYED, TAIPEI
from sim.results.result import Result
from sim.results.tables import LEVELS, RECOGNITION
from sim.words import listed

Floats = NDArray[np.float64]
ENDED = tuple(OUTCOMES[end] for end in (LEFT, STAYED, NOT_TAKEN, DROPPED))
"""How talks end, in the order of the chart."""
NINETY = 1.645
"""Standard errors on either side that cover 90 % of a normal law."""


@dataclass(frozen=True)
class Side:
    """The limit of one patron and its price, % of GDP a year."""

    middle: float
    """Median over talks of its limit, as the state believes it."""
    low: float
    high: float
    """5 % and 95 % points over talks."""
    paid: float | None
    """Mean price of the talks that it won; None if it won none."""


@dataclass(frozen=True)
class Bids:
    """The talks of one state in which there were bids."""

    iso3: str
    name: str
    talks: int
    """Concluded talks of all runs, including those dropped without a bid."""
    a_run: float
    beijing: Side
    taipei: Side
    ended: dict[str, float]
    """Share of the talks by outcome, in the order of `ENDED`; their sum is 1."""
    above: float
    """Share of the talks with bids in which Beijing's limit is above Taipei's, 0 to 1."""
    above_error: float
    """Its Monte Carlo standard error, with draws as clusters; NaN if all are of one draw."""
    gdp_musd: float | None
    """US$ million a year, from prices known both ways; None if nothing was ever paid."""

    @property
    def more(self) -> int:
        """1 if Beijing's limit is above Taipei's in most talks, -1 if it is below, 0 if the error leaves it open."""
        margin = NINETY * self.above_error
        return int(self.above - margin > 0.5) - int(self.above + margin < 0.5) if margin == margin else 0


def bids(result: Result) -> list[Bids]:
    """One record per state with bids in talks of leaving Taipei, Beijing's strongest first; the Holy See has none."""
    talks, runs = result.talks_columns, result.talk_runs
    if not runs or not len(talks["run"]):
        return []
    outcome = np.asarray(talks["outcome"])
    ended = {end: outcome == end for end in ENDED}
    limits = np.stack([np.asarray(talks[f"{who}_limit"], dtype=np.float64) for who in ("beijing", "taipei")])
    price, musd = (np.asarray(talks[name], dtype=np.float64) for name in ("price", "price_musd"))
    draw = np.asarray(talks["run"]) // int(result.settings["runs_per_draw"])
    with_taipei = np.flatnonzero(np.asarray(talks["side"]) == SIDES[RECOGNITION][TAIPEI])
    named, of_state = np.unique(np.asarray(talks["iso3"])[with_taipei], return_inverse=True)
    by_state = np.split(with_taipei[np.argsort(of_state, kind="stable")], np.cumsum(np.bincount(of_state))[:-1])
    talks_of = dict(zip(named.tolist(), by_state, strict=True))
    rows = []
    for code, name, _ in result.members:
        own = talks_of.get(code, with_taipei[:0])
        bid = own[~ended[OUTCOMES[DROPPED]][own]]
        if not limits[:, bid].any():
            continue
        left, stayed = (own[ended[OUTCOMES[end]][own]] for end in (LEFT, STAYED))
        above = limits[0, bid] > limits[1, bid]
        paid = own[(price[own] > 0.0) & np.isfinite(musd[own])]
        rows.append(
            Bids(
                code,
                name,
                len(own),
                len(own) / runs,
                _side(limits[0, bid], price[left]),
                _side(limits[1, bid], price[stayed]),
                {end: float(ended[end][own].mean()) for end in ENDED},
                float(above.mean()),
                share_error(above, draw[bid]),
                float(np.median(musd[paid] / price[paid]) * 100.0) if len(paid) else None,
            )
        )
    return sorted(rows, key=lambda one: (-one.above, one.taipei.middle - one.beijing.middle, one.name))


def _side(limit: Floats, paid: Floats) -> Side:
    low, middle, high = np.quantile(limit, [LEVELS[0], 0.5, LEVELS[-1]]).tolist()
    return Side(middle, low, high, float(paid.mean()) if len(paid) else None)


def share_error(happened: NDArray[np.bool_], draw: NDArray[np.integer]) -> float:
    """Monte Carlo standard error of a share of talks, with draws of the parameters as clusters.

    happened, draw : (talks,)
    Returns NaN if all talks are of one draw
    """
    of_draw = np.bincount(draw)
    draws = int((of_draw > 0).sum())
    if draws < 2:
        return float("nan")
    off = np.bincount(draw, happened) - happened.mean() * of_draw
    return float(np.sqrt((off * off).sum() * draws / (draws - 1)) / len(happened))


def finding(rows: list[Bids]) -> str:
    """The headline: the states for which Beijing would pay more than Taipei, and less, both beyond the error."""
    beijing = [row for row in rows if row.more > 0]
    taipei = [row for row in reversed(rows) if row.more < 0]
    if not beijing and not taipei:
        return "Neither patron outbids the other in most talks of any state"
    clauses = [_outbids("Beijing", "Taipei", beijing)] if beijing else []
    if taipei:
        clauses.append(_outbids("Taipei", "it" if clauses else "Beijing", taipei))
    return "; ".join(clauses)


def _outbids(who: str, whom: str, rows: list[Bids]) -> str:
    return f"{who} outbids {whom} in most talks with {names([row.name for row in rows])}"


_NAMED = 2


def names(every: list[str]) -> str:
    """A few names, and the number of the others."""
    if len(every) > _NAMED + 1:
        return ", ".join(every[:_NAMED]) + f" and {len(every) - _NAMED} others"
    return listed(every)
