"""What the page says in words, every number in it taken from the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.reading import Row, about, end_words, known_to, last_of, observed, rows_of
from sim.analysis.subject import DONE
from sim.results.result import Result, further
from sim.results.table import Table
from sim.results.tables import COOPERATION, RECOGNITION
from sim.words import (
    between,
    beyond_luck,
    chance,
    dashed,
    listed,
    many,
    minus,
    month,
    month_end,
    month_in_full,
    percent,
    points,
    share,
    spoken,
    tenths,
    the,
)

if TYPE_CHECKING:
    from sim.analysis.removals import Removals

KINDS = {
    "estimated": "fitted to the record of who left and returned",
    "documented": "counted from dated cases, or published",
    "assumed": "judged, with a range",
}
"""How a number of the model is known, and what that means."""


# --- the answer


def answer(result: Result) -> list[str]:
    """The answer: a sentence of the states it is about, one of the count, and one of the hosts where there are any."""
    return [sentence for sentence in (_of_states(result), _of_count(result), _of_hosts(result)) if sentence]


def _of_states(result: Result) -> str:
    rows, end = about(result), end_words(result)
    if not rows:
        return ""
    if result.runs == 1:
        moved = [f"{the(row.name)} has {'' if row.p else 'not '}{_did(row, result)}" for row in rows]
        return f"In the one run that was made, {listed(moved)} by {end}."
    ranges = any(row.low < row.high for row in rows)
    groups = [[row for row in rows if _did(row, result) == did] for did in (_LEFT, _CAME)]
    parts = []
    for group in groups:
        for number, row in enumerate(group):
            span = f" ({percent(row.low)} to {percent(row.high)} %)" if row.low < row.high else ""
            if len(rows) == 1:
                span = span.replace(")", f", {_RANGE})")
            odds = f"{chance(row.p)} to have {_did(row, result)}" if number == 0 else f"one of {share(row.p)}"
            parts.append(f"{the(row.name)} {odds}{span}")
    text = f"By {end_words(result)} the model gives {listed(parts)}"
    ending = "; the ranges are what is not known about the model’s numbers" if ranges and len(rows) > 1 else ""
    return f"{text}{ending}."


_LEFT, _CAME = "left Taipei", "come to Taipei"
_RANGE = "the range being what is not known about the model’s numbers"


def _did(row: Row, result: Result) -> str:
    stayed = {code for code, _, side in result.members if side == "taipei"}
    return _LEFT if row.iso3 in stayed else _CAME


def _of_count(result: Result) -> str:
    start, last = result.count_at_start(), last_of(result)
    subject = f"The {start} states that recognise Taipei at the start become"
    if start < 2:
        subject = f"The number of states that recognise Taipei goes from {start} at the start to"
    if result.runs == 1:
        return f"{subject} {last['mean']:.0f} in it."
    span = between(last["q05"], last["q95"])
    return f"{subject} {last['mean']:.1f} on average; 90 % of the runs end with {span}."


def _of_hosts(result: Result) -> str:
    if not result.hosts:
        return ""
    last, hosts = last_of(result, COOPERATION), len(result.hosts)
    rows = rows_of(result, True, COOPERATION)
    named = result.scenario["scenario"].get("about", ())
    row = next((row for row in rows if row.iso3 in named), rows[0])
    part = f"in {share(row.p)} of the runs"
    if row.low < row.high:
        part += f" ({percent(row.low)} to {percent(row.high)} %)"
    if hosts == 1:
        return f"{the(row.name)}, the one host of Washington’s forces, has suspended cooperation {part}."
    text = f"Of the {hosts} hosts of Washington’s forces {last['mean']:.1f} still cooperate on average"
    return f"{text}; {the(row.name)} has suspended cooperation {part}."


def happened(result: Result) -> str:
    """What the record says of the time since the start; empty where it does not reach beyond it."""
    points = observed(result)
    if len(points) < 2:
        return ""
    known, since = result.known, known_to(result)
    moved = [
        f"{the(_name(change.iso3))} {'left' if change.origin == 'taipei' else 'came'} in "
        + (str(change.date.year) if change.precision == "year" else month_in_full(change.date))
        for change in known.changes_between(since, min(known.confirmed_until, month_end(result.months[-1])))
        if change.date > since and "taipei" in (change.origin, change.destination)
    ]
    count = many(points[-1][1], "state")
    who = f": {listed(moved)}" if moved else "; none left and none came"
    return f"On record it was {count} at the end of {month_in_full(points[-1][0])}{who}."


def own_facts(result: Result) -> list[str]:
    """What the user's own record adds: how far it reaches, then one sentence per row, with its source."""
    table = result.scenario.get("record") or {}
    facts = [(_fact(kind, row), row["source"]) for kind in _FACTS for row in table.get(kind, ())]
    return [*further(result.scenario), *(f"{fact} (source: {source.rstrip('.')})." for fact, source in facts)]


def _fact(kind: str, row: Mapping[str, Any]) -> str:
    """One row of the user's record in words."""
    when = spoken(row["date"]) if "date" in row else str(row["year"])
    words = {name: str(value).replace("-", " ") for name, value in row.items() if name in ("vote", "outcome")}
    words |= {"who": the(_name(row["state"]))} if "state" in row else {}
    words |= {"lean": minus(f"{row['lean']:+g}")} if "lean" in row else {}
    words |= {"moves": _MOVES[row["to"]]} if "to" in row else {}
    words |= {"names": "names" if row["names_taiwan"] else "does not name"} if "names_taiwan" in row else {}
    return f"{when}: {_FACTS[kind].format(**words)}"


_FACTS = {
    "changes": "{who} {moves}",
    "governments": "{who} has a new government, lean {lean}",
    "elections": "{vote} ends with {outcome}",
    "economy": "figures of the economy of {who}",
    "voice": "{who} {names} Taiwan in the General Debate",
}
_MOVES = {"taipei": "comes to Taipei", "beijing": "goes to Beijing", "none": "has ties with neither"}


def recorded(result: Result) -> str:
    """How far the record goes, where a table tells of those that moved; empty where it does not go beyond the start."""
    until = result.known.confirmed_until
    if until <= known_to(result):
        return ""
    reaches = "" if until >= month_end(result.months[-1]) else f", which reaches to {month(until)},"
    moved = any(row.moved for row in [*rows_of(result, True), *rows_of(result, False)])
    return f"On record{reaches} {'all others' if moved else 'all of them'} stayed where they were."


def _name(iso3: str) -> str:
    from sim.atlas import states

    return states()[iso3].name


# --- how the numbers are known


def kinds(result: Result) -> list[dict[str, Any]]:
    """How many numbers of the model are known in which way: kind, number, meaning."""
    counts = Counter(str(belief["kind"]) for belief in result.beliefs)
    return [{"kind": kind, "number": counts[kind], "meaning": meaning} for kind, meaning in KINDS.items()]


def knowledge(result: Result) -> str:
    """A sentence of how the model's numbers are known; empty where the result does not keep them."""
    if not result.beliefs:
        return ""
    parts = [
        f"{each['number']} {'is' if each['number'] == 1 else 'are'} {each['kind']} ({each['meaning']})"
        for each in kinds(result)
    ]
    text = f"Of the {len(result.beliefs)} numbers of the model, {listed(parts)}"
    late = sum(bool(belief["hindsight"]) for belief in result.beliefs)
    since = known_to(result)
    if late and since.year < 2026:
        text += f"; {late} were judged in 2026 by people who knew what came after {spoken(since)}"
    drawn = (
        "All are held at their central values."
        if result.settings["parameters"] == "central"
        else f"They are drawn anew for every {result.settings['runs_per_draw']} runs."
    )
    return f"{text}. {drawn}"


# --- why


def heading(removals: Removals) -> str:
    """Who did what."""
    words = f"{the(removals.subject.name)} {DONE[removals.subject.decision]}"
    return f"{words[0].upper()}{words[1:]}"


def without_levers(removals: Removals) -> list[str]:
    """The chance with everything in place, without the parts that matter most, and without all of them."""
    subject, p = removals.subject, tenths(removals.p)
    end = end_words(subject.result)
    sentences = [f"By {end} {the(subject.name)} {DONE[subject.decision]} in {p} of {removals.runs:,} runs."]
    clear = [row for row in removals.rows if beyond_luck(row["difference"], row["mc"])]
    singles = [f"{tenths(row['without'])} without “{row['label']}”" for row in clear if row["group"] == "single"]
    if singles:
        sentences.append(f"Taken away one at a time, the same runs give {listed(singles[:3])}.")
    else:
        sentences.append("No part of the scenario moves it, by itself, by more than luck would.")
    sentences += [
        f"Without all of them, under reference conditions, it is {tenths(row['without'])} "
        f"({points(row['difference'])} points)."
        for row in clear
        if row["group"] == "all"
    ]
    return sentences


# --- tables


def by_year(result: Result, tie: str = RECOGNITION) -> list[dict[str, str]]:
    """The count at the start, at the end of each year (or fewer, or quarters) and at the end, as texts."""
    summary: Table = result.summary_of(tie)
    last = len(result.months) - 1
    rows = [row for row in range(1, last) if result.months[row].endswith("-12")]
    if last <= 24:
        rows = [row for row in range(1, last) if int(result.months[row][5:]) % 3 == 0]
    elif len(rows) > 12:
        rows = [row for row in rows if int(result.months[row][:4]) % 5 == 0]
    digits = 1 if tie == RECOGNITION else 2
    lines = []
    for row in [0, *rows, last]:
        at = {name: values[row] for name, values in summary.items()}
        when = spoken(known_to(result)) if row == 0 else month(result.months[row])
        lines.append(
            {
                "when": when,
                "mean": f"{at['mean']:.{digits if row else 0}f}",
                "half": dashed(at["q25"], at["q75"]),
                "most": dashed(at["q05"], at["q95"]),
                "observed": "" if at["observed"] is None else str(at["observed"]),
            }
        )
    return lines
