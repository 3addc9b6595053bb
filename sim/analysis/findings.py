"""Headlines: what a result, a comparison or a backtest found, never stronger than its error (`words`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sim.analysis.reading import Row, end_words, known_to, last_of, rows_of
from sim.analysis.times import chances
from sim.backtest.scores import SIMULATION
from sim.model.terms import decision_from
from sim.results.result import Result
from sim.results.tables import COOPERATION, RECOGNITION, count_error
from sim.words import (
    LEAST,
    between,
    beyond_luck,
    beyond_range,
    chance_with_range,
    differs,
    leading,
    listed,
    many,
    month,
    opening,
    percent,
    share,
    spoken,
    the,
)

if TYPE_CHECKING:
    from sim.analysis.compare import Comparison
    from sim.analysis.pairs import Pair

MOST_NAMED = 3
"""States, or scenarios, that a headline names."""
UNITS = {RECOGNITION: ("state", "states"), COOPERATION: ("host", "hosts")}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven")


# --- one result -------------------------------------------------------------------------------------------


def of_count(result: Result) -> str:
    """What becomes of the count."""
    start, last, end = result.count_at_start(), last_of(result), end_words(result)
    begun = f"{start} {'state recognises' if start == 1 else 'states recognise'} Taipei on {spoken(known_to(result))}"
    if result.runs == 1:
        return f"{begun}; in this single run {last['mean']:.0f} do by {end}"
    most = between(last["q05"], last["q95"])
    return f"{begun}; {last['mean']:.1f} on average by {end}, {most} in 90 % of runs"


def of_states(result: Result) -> str:
    """Who is the likeliest to leave."""
    return likeliest(rows_of(result, True), "left Taipei", "states", end_words(result), result.runs == 1)


def of_cooperation(result: Result) -> str:
    """Who is the likeliest to suspend military cooperation."""
    rows = rows_of(result, True, COOPERATION)
    return likeliest(rows, "suspended cooperation", "hosts", end_words(result), result.runs == 1)


def likeliest(rows: Sequence[Row], did: str, units: str, end: str, single: bool = False) -> str:
    """Who has done something by the end most often, or that no one is told from the others.

    rows : with the chance and its Monte Carlo error; did : `left Taipei`; units : `states`; end : `the end of 2026`;
    single : whether there is but one run
    """
    moved = [row for row in rows if row.p > 0.0]
    if not moved:
        return f"Nobody has {did} by {end}{' in this single run' if single else ' in any run'}"
    if single:
        names = [the(row.name) for row in moved]
        some = listed(names) if len(names) <= MOST_NAMED else f"{names[0]} and {len(names) - 1} other {units}"
        return opening(f"{some} {'has' if len(names) == 1 else 'have'} {did} by {end} in this single run")
    if len(rows) == 1:
        return opening(f"{the(rows[0].name)} has {did} by {end} in {_chance(rows[0])} of the runs")
    first = [rows[place] for place in leading([row.p for row in rows], [row.error for row in rows])]
    if not first:
        return f"Who has {did} by {end}, so few runs do not tell"
    if len(first) == 1:
        return opening(f"{the(first[0].name)} is the likeliest to have {did} by {end}: {_chance(first[0])}")
    if len(first) <= MOST_NAMED:
        both, chances_of = (listed([text(row) for row in first]) for text in (_name, _percent))
        return opening(f"{both} are the likeliest to have {did} by {end}: {chances_of} %")
    least, most = first[-1].p, first[0].p
    return (
        f"{len(first)} of {len(rows)} {units} are about as likely to have {did} by {end}, {percent(least)} to "
        f"{percent(most)} %"
    )


def _name(row: Row) -> str:
    return the(row.name)


def _percent(row: Row) -> str:
    return percent(row.p)


def _chance(row: Row) -> str:
    return chance_with_range(row.p, row.low, row.high).replace("<", "less than ")


def of_times(result: Result) -> str:
    """In which year, or longer block of time, most departures are, and in which the fewest."""
    times = chances(result, [row.iso3 for row in rows_of(result, True)])
    sizes = [end - begin for begin, end in pairwise(times.block_edges)]
    whole = [place for place, size in enumerate(sizes) if size == max(sizes)]
    if result.runs == 1 or len(whole) < 2:
        return of_states(result)
    numbers = [float(times.blocks[:, place].sum()) for place in whole]
    return busiest([times.block_names[place] for place in whole], numbers, result.runs)


def busiest(names: Sequence[str], departures: Sequence[float], runs: int) -> str:
    """Which blocks of time have most departures, beyond luck, and which has fewest.

    names : (n,) of blocks equally long, n >= 2; departures : (n,) mean number a run, with the error of rare events
    """
    errors = [(number / runs) ** 0.5 for number in departures]
    order = sorted(range(len(names)), key=departures.__getitem__)
    least, most = order[0], order[-1]
    if not beyond_luck(departures[most] - departures[least], errors[most] + errors[least]):
        return f"Departures from Taipei are spread evenly over {names[0]} to {names[-1]}, as far as the runs tell"
    first = sorted(leading(departures, errors))
    if len(first) > MOST_NAMED or least in first:
        return f"Fewest departures from Taipei are in {names[least]}: {departures[least]:.2f} a run"
    numbers = listed([f"{departures[place]:.2f}" for place in first])
    when = listed([names[place] for place in first])
    return (
        f"Most departures from Taipei are in {when}: {numbers} a run, against {departures[least]:.2f} in {names[least]}"
    )


# --- several results --------------------------------------------------------------------------------------


def of_several(results: Sequence[Result], names: Sequence[str]) -> str:
    """Between which counts results end, whether or not they can be paired."""
    last = [last_of(result)["mean"] for result in results]
    errors = [
        count_error(result.counted[RECOGNITION][:, -1:], int(result.settings["runs_per_draw"])) for result in results
    ]
    ends = {end_words(result) for result in results}
    when = f"by {ends.pop()}" if len(ends) == 1 else "at the end of each"
    high, low = max(range(len(last)), key=last.__getitem__), min(range(len(last)), key=last.__getitem__)
    unknown = errors[high] != errors[high] or errors[low] != errors[low]
    if unknown or not beyond_luck(last[high] - last[low], errors[high] + errors[low]):
        span = (
            f"{last[low]:.1f} to {last[high]:.1f}" if f"{last[low]:.1f}" != f"{last[high]:.1f}" else f"{last[low]:.1f}"
        )
        return f"{span} states recognise Taipei {when} on average: no difference is told from luck"
    return (
        f"{last[low]:.1f} to {last[high]:.1f} states recognise Taipei {when} on average: fewest in “{names[low]}”, "
        f"most in “{names[high]}”"
    )


def of_comparison(comparison: Comparison, tie: str = RECOGNITION) -> str:
    """Which scenario moves the count most, against the baseline."""
    rows = [
        (title, row, pair)
        for title, pair in zip(comparison.titles[1:], comparison.pairs, strict=True)
        for row in pair.at_end
        if row["tie"] == tie
    ]
    unit = UNITS[tie][1]
    if len(rows) == 1:
        title, row, pair = rows[0]
        return f"{opening(title)}: {_moves(row, unit)} by {_until(pair)}"
    ends = {_until(pair) for _, _, pair in rows}
    when = f" by {ends.pop()}" if len(ends) == 1 else ""
    if all(row["mc"] is None for _, row, _ in rows):
        title, row, _ = max(rows, key=lambda each: abs(each[1]["mean"]))
        return f"In single runs {title} differs most, {_moves(row, unit)}{when}"
    first = [rows[place] for place in leading([row["mean"] for _, row, _ in rows], [row["mc"] for _, row, _ in rows])]
    if not first:
        return f"No scenario moves the number of {unit} by more than luck could{when}"
    if len(first) == 1:
        title, row, _ = first[0]
        return f"Largest change: {title}, {_moves(row, unit)}{when}"
    if len(first) <= MOST_NAMED:
        each = listed([f"{title} ({_moves(row, unit)})" for title, row, _ in first])
        return f"Largest changes{when}: {each}; which is larger, luck may decide"
    return f"{opening(NUMBERS[len(first)])} of {NUMBERS[len(rows)]} scenarios move the count about as much{when}"


def _moves(row: Mapping[str, Any], unit: str) -> str:
    return differs(row["mean"], row["mc"], f"{unit} fewer".strip(), f"{unit} more".strip())


def _until(pair: Pair) -> str:
    return f"the end of {month(pair.months[-1])}"


def answer(comparison: Comparison) -> list[str]:
    """What a comparison found, in sentences: of the count, of hosts where there are any, of the states."""
    ties = [tie for tie in (RECOGNITION, COOPERATION) if any(tie in pair.ties for pair in comparison.pairs)]
    return [f"{text}." for text in (*(of_comparison(comparison, tie) for tie in ties), of_chances(comparison))]


def of_chances(comparison: Comparison) -> str:
    """Which state's chance differs most, in which scenario."""
    rows = [
        (title, row)
        for title, pair in zip(comparison.titles[1:], comparison.pairs, strict=True)
        for row in pair.rows("states", horizon="p_end")
    ]
    clear = [each for each in rows if beyond_luck(each[1]["difference"], each[1]["mc"])]
    if not clear:
        if any(abs(row["difference"]) >= LEAST and row["mc"] is None for _, row in rows):
            return "Single runs differ; how likely that is, they do not tell"
        return "No state’s chance differs by more than luck could"
    title, row = max(clear, key=lambda each: (abs(each[1]["difference"]), each[1]["state"]))
    did = decision_from(row["tie"], row["at_start"]).done.replace(" military", "")
    become = f"{the(row['state'])} {did} in {share(row['p'])} of the runs, not {share(row['p_against'])}"
    return f"Moved most: {become}" if len(comparison.pairs) == 1 else f"Moved most: {become} ({title})"


# --- a backtest -------------------------------------------------------------------------------------------

Rows = Sequence[Mapping[str, Any]]


def _own(rows: Rows) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["model"] == SIMULATION]


def of_forecasts(document: Mapping[str, Any]) -> str:
    """How often the count on record was within 90 % of runs, at the shortest and the longest horizon."""
    rows = [row for row in _own(document["counts"]) if row["observed"] is not None]
    horizons = sorted({row["horizon"] for row in rows})
    if not horizons:
        return "Forecasts of the number of states, none of which can be checked yet"
    parts = []
    for horizon in dict.fromkeys((horizons[0], horizons[-1])):
        own = [row for row in rows if row["horizon"] == horizon]
        within = sum(row["q05"] <= row["observed"] <= row["q95"] for row in own)
        parts.append(f"{within} of {len(own)} times {many(horizon, 'year')} ahead")
    return f"The count on record was in the 90 % range {listed(parts)}"


def of_calibration(document: Mapping[str, Any]) -> str:
    """How many departures were forecast at the shortest horizon, and how many there were."""
    rows = [row for row in _own(document["calibration"]) if row["forecasts"]]
    if not rows:
        return "Chances of states to leave Taipei: no forecast can be checked yet"
    horizon = min(row["horizon"] for row in rows)
    own = [row for row in rows if row["horizon"] == horizon]
    forecast = sum(row["mean_forecast"] * row["forecasts"] for row in own)
    happened = sum(row["happened"] for row in own)
    # As if forecasts were independent; what they share makes luck larger still.
    error = sum(row["mean_forecast"] * (1.0 - row["mean_forecast"]) * row["forecasts"] for row in own) ** 0.5
    text = f"{opening(many(horizon, 'year'))} ahead, {forecast:.0f} departures were forecast and {happened} happened"
    alike = round(forecast) == happened or beyond_luck(happened - forecast, error)
    return text if alike else f"{text}, a difference that luck could make"


def of_skill(document: Mapping[str, Any], score: str = "crps") -> str:
    """How many simpler forecasts of the count the simulation beats at the shortest horizon, beyond their ranges."""
    rows = [row for row in _own(document["differences"]) if row["score"] == score and row["value"] is not None]
    if not rows:
        return "The simulation against simpler forecasts: no score can be compared yet"
    horizon = min(row["horizon"] for row in rows)
    own = [row for row in rows if row["horizon"] == horizon]
    told = [row for row in own if beyond_range(row["low"], row["high"])]
    better, worse = sum(row["value"] < 0.0 for row in told), sum(row["value"] > 0.0 for row in told)
    unknown = len(own) - len(told)
    parts = [f"is better than {better} of {many(len(own), 'simpler forecast')}"]
    parts.append(f"worse than {worse}" if worse else "worse than none")
    text = f"{opening(many(horizon, 'year'))} ahead, the simulation’s count {' and '.join(parts)}"
    return f"{text}; {unknown} {'is' if unknown == 1 else 'are'} not told apart" if unknown else text


def of_departures(document: Mapping[str, Any]) -> str:
    """How many of the states that left had stood in the upper half of the forecast."""
    rows = document["departures"]
    if not rows:
        return "No state left Taipei in the years forecast"
    above = sum(row["rank"] - 1 < row["of"] - row["rank"] for row in rows)
    text = (
        f"{above} of {many(len(rows), 'departure')} {'was' if len(rows) == 1 else 'were'} by states in the upper half "
        "of the forecast"
    )
    if not beyond_luck(above - len(rows) / 2, len(rows) ** 0.5 / 2):
        return f"{text}, as luck could make it"
    return f"{text}; by chance half would be"
