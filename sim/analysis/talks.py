"""The talks of one state over many runs: how often, how they end, what is bid and paid, how close it came."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.bids import share_error
from sim.analysis.subject import DONE, Subject
from sim.model import rules
from sim.model.draws import COME_LUCK, LUCK, philox, state_code, uniform
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.plan import Plan
from sim.model.terms import LEFT, NOT_TAKEN, OUTCOMES, SIDES, STAYED, TAIPEI, TALK_ENDS, TALK_HEADS, TRIGGERS
from sim.results.tables import LEVELS
from sim.words import dollars, listed, money, month, of_gdp, whole_percent

Row = dict[str, Any]
Floats = NDArray[np.float64]

FREE = 0.005
"""A price below this, % of GDP a year, counts as none: it would be written 0.00."""
COLUMNS = {name: column for name, column in (TALK_HEADS | TALK_ENDS).items() if name not in ("state", "side")}
"""Columns of a concluded talk, with their numbers in the engines."""


def talks(subject: Subject, plan: Plan) -> Row | None:
    """The concluded talks of a state with the other side, over the runs whose talks the result keeps; None if none.

    plan : the plan of the result
    Returns runs, talks, a_run, public and lost (shares, 0 to 1; lost among those that ended with bids, with its Monte
    Carlo error lost_mc), left, stayed, not_taken and dropped (numbers), triggers (numbers by what opened them),
    beijing, taipei and price (5, 50 and 95 % points: % of GDP a year and US$ million a year; price of those that left),
    free (share of departures, 0 to 1), told (departures without talks), close (how close it came in runs in which it
    never left; None if no talks ended with bids), sentences. An unknown value is None.
    """
    result = subject.result
    runs, table = result.talk_runs, _own(subject)
    if not runs:
        return None
    moved = subject.decisions("run")["run"]
    moved = moved[moved < runs]
    document = _counted(table, runs, float(plan.timeline.gdp[subject.member]))
    document["told"] = int(moved.shape[0]) - document["left"]
    if not plan.timeline.economy[subject.member]:
        document["beijing"] = document["taipei"] = document["price"] = document["free"] = None
    document["close"] = how_close(subject, plan, table, moved)
    document["sentences"] = sentences(subject, document)
    return document


def _own(subject: Subject) -> dict[str, Floats]:
    """A state's concluded talks as numbers like the engines': months by row, trigger and outcome by number."""
    columns = subject.result.talks_columns
    own = np.asarray(columns["iso3"]) == subject.iso3
    own &= (np.asarray(columns["side"]) == SIDES["recognition"][TAIPEI]) == (subject.decision == "leave")
    numbers = {
        **{key: {month: row for row, month in enumerate(subject.result.months)} for key in ("opened", "closed")},
        "trigger": {name: number for number, name in enumerate(TRIGGERS)},
        "outcome": {name: number for number, name in enumerate(OUTCOMES)},
    }
    numbers_by_name = {}
    for name in COLUMNS:
        column = np.asarray(columns[name])[own]
        if name in numbers:
            column = np.array([numbers[name].get(label, -1) for label in column.tolist()])
        numbers_by_name[name] = column.astype(np.float64)
    return numbers_by_name


def _counted(table: Mapping[str, Floats], runs: int, gdp: float) -> Row:
    ends, count = table["outcome"], int(table["outcome"].shape[0])
    left, stayed = int((ends == LEFT).sum()), int((ends == STAYED).sum())
    bid = (ends == LEFT) | (ends == STAYED)
    triggers = {name: int((table["trigger"] == number).sum()) for number, name in enumerate(TRIGGERS)}
    not_taken = int((ends == NOT_TAKEN).sum())
    price = table["price"][ends == LEFT]
    error = share_error(ends[bid] == LEFT, table["run"][bid].astype(np.int64) // RUNS_PER_DRAW)
    return {
        "runs": runs,
        "talks": count,
        "a_run": count / runs,
        "public": float(table["public"].mean()) if count else None,
        "lost": left / (left + stayed) if left + stayed else None,
        "lost_mc": None if math.isnan(error) else error,
        "left": left,
        "stayed": stayed,
        "not_taken": not_taken,
        "dropped": count - left - stayed - not_taken,
        "triggers": triggers,
        "beijing": _spread(table["beijing_limit"][bid], gdp),
        "taipei": _spread(table["taipei_limit"][bid], gdp),
        "price": _spread(price, gdp),
        "free": float((price < FREE).mean()) if left else None,
    }


def _spread(shares: Floats, gdp: float) -> Row | None:
    """5, 50 and 95 % points of sums in % of GDP a year, and the same in US$ million a year."""
    if shares.shape[0] == 0:
        return None
    low, middle, high = np.quantile(shares, [LEVELS[0], 0.5, LEVELS[-1]]).tolist()
    points = {"low": low, "middle": middle, "high": high}
    return points | {f"{name}_musd": value / 100.0 * gdp for name, value in points.items()}


# --- how close it came ------------------------------------------------------------------------------------


def how_close(subject: Subject, plan: Plan, table: Mapping[str, Floats], left: NDArray[np.int64]) -> Row | None:
    """In the runs in which a state never left: the talks with the highest chance, and those with the least surplus.

    table : columns of its concluded talks; left : runs in which it left
    """
    held = np.flatnonzero((table["outcome"] == STAYED) & ~np.isin(table["run"], left))
    if held.shape[0] == 0:
        return None
    chance, surplus = table["chance"][held], _surpluses(subject, plan, table, held)
    dangerous, close = (
        [held_by(subject, plan, {name: float(table[name][row]) for name in COLUMNS}) for row in held[some]]
        for some in (chance == chance.max(), surplus <= surplus.min() + _ROUNDING)
    )
    return {
        "talks": int(held.shape[0]),
        "highest": min(dangerous, key=lambda each: each["run"]),
        "least": min(close, key=lambda each: (each["surplus"], each["run"])),
    }


_ROUNDING = 1e-9
"""More than the logarithms of NumPy and of Python differ by, log odds."""


def _surpluses(subject: Subject, plan: Plan, table: Mapping[str, Floats], held: NDArray[np.int64]) -> Floats:
    """(talks,) the surplus of `held_by`, log odds, for all talks at once and within `_ROUNDING`."""
    luck = LUCK if subject.decision == "leave" else COME_LUCK
    months = int(plan.timeline.calendar_month[0]) + table["opened"][held].astype(np.int64)
    runs = table["run"][held].astype(np.int64)
    seed = subject.result.seed
    first, second, _, _ = philox(seed & 0xFFFFFFFF, seed >> 32, runs, months, state_code(subject.iso3), luck)  # type: ignore[arg-type]
    drawn = np.asarray((first >> 5) * 67108864 + (second >> 6)) * 2.0**-53  # as `uniform` has it
    acceptance = table["acceptance"][held]
    wins = np.minimum(rules.MOST_CHANCE, table["chance"][held] / np.maximum(rules.TINY, acceptance))
    share = np.maximum(rules.TINY, drawn / acceptance)
    surplus: Floats = np.log(share / (1.0 - share)) - np.log(wins / (1.0 - wins))
    return surplus


def held_by(subject: Subject, plan: Plan, talk: Mapping[str, float]) -> Row:
    """By how much a state stayed in talks that it did not lose.

    talk : a row of concluded talks, as in the engines. Returns run, opened, closed, public, trigger, chance (0 to
    1), drawn (the number drawn, 0 to 1), surplus (log odds, > 0 if it stayed; None if the suitor did not take it up),
    suitor (the patron that did not win it), and the sum by which it was short: more_share (% of GDP a year, as
    believed; None if no sum would have won) and more_musd (US$ million a year), beside the talk's own bids and price.
    """
    run, opened, draw = int(talk["run"]), int(talk["opened"]), int(talk["run"]) // RUNS_PER_DRAW
    result = subject.result
    months, calendar = result.months, int(plan.timeline.calendar_month[0])
    leaving = subject.decision == "leave"
    drawn = uniform(result.seed, run, calendar + opened, state_code(subject.iso3), LUCK if leaving else COME_LUCK)
    wins = min(rules.MOST_CHANCE, talk["chance"] / max(rules.TINY, talk["acceptance"]))
    taken = drawn < talk["acceptance"]
    surplus = -rules.surplus(rules.log_odds(wins), drawn / talk["acceptance"]) if taken else None
    gdp, money_effect = float(plan.timeline.gdp[subject.member]), float(result.draws_columns["money_effect"][draw])
    bid = talk["taipei_limit"]
    if leaving:
        bid = talk["beijing_limit"] + float(plan.timeline.access[subject.member])
    bids = bool(plan.timeline.economy[subject.member]) and surplus is not None and surplus >= 0.0
    more = more_money(bid, surplus, money_effect) if bids and surplus is not None else None
    return {
        "run": run,
        "opened": "before the start" if opened < 0 else months[opened],
        "closed": months[int(talk["closed"])],
        "public": bool(talk["public"]),
        "trigger": TRIGGERS[int(talk["trigger"])],
        "beijing_share": talk["beijing_limit"],
        "taipei_share": talk["taipei_limit"],
        "price": talk["price"],
        "price_musd": talk["price_musd"],
        "pressure": talk["pressure"],
        "chance": talk["chance"],
        "drawn": drawn,
        "surplus": surplus,
        "suitor": "Beijing" if leaving else "Taipei",
        "more_share": more,
        "more_musd": None if more is None else more / 100.0 * gdp,
    }


def more_money(bid: float, surplus: float, money_effect: float) -> float | None:
    """The sum to add to a bid (% of GDP a year) to make up a surplus (log odds, > 0); None if no sum would."""
    if money_effect <= 0.0 or rules.worth(bid) + surplus / money_effect > math.log(1e4):
        return None
    return math.exp(rules.worth(bid) + surplus / money_effect) - 1.0 - bid


# --- in words ---------------------------------------------------------------------------------------------


def sentences(subject: Subject, document: Mapping[str, Any]) -> list[str]:
    """The talks over all runs in words; for a state that stays in most runs, how close it came."""
    name, runs = subject.name, document["runs"]
    gone = (document["left"] + document["told"]) / runs
    if not document["talks"]:
        return [f"In {runs:,} runs {name} concludes no talks."]
    lines = [_ends(document, name, subject.decision)]
    winner, change, changes = ("Beijing", "departure", "departures")
    if subject.decision == "return":
        winner, change, changes = ("Taipei", "switch to it", "switches")
    if document["beijing"] is not None:
        lines.append(
            f"At the median Beijing's limit was {_span(document['beijing'])}, as it believed it, and Taipei's "
            f"{_span(document['taipei'])}."
        )
    if document["price"] is not None:
        paid = f"At the median {winner} promised {_span(document['price'])} for a {change}"
        if document["price"]["middle"] < FREE:
            high = money(document["price"]["high"], document["price"]["high_musd"])
            paid = f"At the median a {change} cost {winner} nothing, at the 95 % point {high}"
        lines.append(f"{paid}; {_share(document['free'])} of the {document['left']:,} {changes} were free of charge.")
    if document["told"]:
        lines.append(f"{document['told']:,} more {changes} were set by the scenario, without talks.")
    if document["close"] is not None and gone < 0.5:
        lines += _close(document["close"], document, name, subject.decision)
    return lines


def _ends(document: Mapping[str, Any], name: str, decision: str) -> str:
    """The number of talks per run, how they opened and how they ended."""
    with_whom, lost, taker = ("", "lost to Beijing", "Beijing")
    if decision == "return":
        with_whom, lost, taker = (" with Taipei", "won by it", "Taipei")
    text = f"Over {document['runs']:,} runs {name} concludes {document['a_run']:.2g} talks{with_whom} a run, "
    text += f"{_share(document['public'])} of them in public"
    called = [
        f"{document['triggers'][key]:,} by {'an' if key == 'order' else 'a'} {key}"
        for key in TRIGGERS[1:]
        if document["triggers"][key]
    ]
    text += f" ({', '.join(called)})" if called else ""
    if document["lost"] is not None:
        bids = document["left"] + document["stayed"]
        text += f"; of the {bids:,} that ended with bids {_share(document['lost'])} were {lost}"
        text += "" if document["lost_mc"] is None else f" (Monte Carlo error {100 * document['lost_mc']:.1f} points)"
    ends = [
        f"{document[key]:,} {words}"
        for key, words in (("not_taken", f"that {taker} did not take up"), ("dropped", "dropped by its government"))
        if document[key]
    ]
    return f"{text}; in addition, {listed(ends)}." if ends else f"{text}."


def _span(points: Mapping[str, float]) -> str:
    """A median with its range: `0.33 % of its GDP a year (US$ 103 million; 5 to 95 %: 0.10 to 0.90 %)`."""
    ends = " to ".join(of_gdp(points[key]).removesuffix(" %") for key in ("low", "high"))
    return f"{of_gdp(points['middle'])} of its GDP a year ({dollars(points['middle_musd'])}; 5 to 95 %: {ends} %)"


def _share(value: float | None) -> str:
    return "none" if value is None else f"{whole_percent(value)} %"


def _close(close: Mapping[str, Any], document: Mapping[str, Any], name: str, decision: str) -> list[str]:
    """How close it came in the runs in which it stayed."""
    highest, least = close["highest"], close["least"]
    done = DONE[decision].removeprefix("has ")
    lines = [
        f"How close it came where it never {done}: of {close['talks']:,} talks that it did not lose, the most "
        f"dangerous ({_which(highest)}) had a chance of {100 * highest['chance']:.0f} % of being lost; the number "
        f"drawn was {100 * highest['drawn']:.0f} %."
    ]
    if decision == "return":
        lines = [
            f"How close it came where it never {done}: of {close['talks']:,} talks that Taipei did not win, the most "
            f"promising ({_which(highest)}) had a chance of {100 * highest['chance']:.0f} %; the number drawn was "
            f"{100 * highest['drawn']:.0f} %."
        ]
    return [*lines, f"The closest ({_which(least)}): {held_in_words(least)}."]


def _which(talk: Mapping[str, Any]) -> str:
    kind = "in public" if talk["public"] else "in silence"
    return f"run {talk['run']}, {kind}, closed in {month(talk['closed'])}"


def held_in_words(talk: Mapping[str, Any]) -> str:
    """Why a state stayed in talks: the chance, the number drawn, and the sum by which the suitor was short."""
    text = f"a chance of {100 * talk['chance']:.3g} %, the number drawn {100 * talk['drawn']:.3g} %, "
    text += f"a surplus of {talk['surplus']:.2g} log odds"
    if talk["more_share"] is None:
        return f"{text}, which no sum of {talk['suitor']}'s would have made up"
    return (
        f"{text}; {talk['suitor']} would have won with {money(talk['more_share'], talk['more_musd'])} more, as believed"
    )
