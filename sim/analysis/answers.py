"""Washington's answers to hosts in sentences: how often it gives each, what follows, what that costs each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.terms import ANSWER_HOST, ANSWER_KIND, ANSWER_MONTH, ANSWERS
from sim.results.answers import MONEY
from sim.results.outcomes import STATE
from sim.results.result import Result
from sim.results.tables import COOPERATION
from sim.words import dollars, listed, month, percent

DOES = {"gives-way": "gives way", "waits": "waits", "retaliates": "retaliates"}
"""Washington's answers to words or a notice, as verbs."""
ALL = DOES | {"cuts-aid": "cuts its aid after the suspension", "keeps-aid": "leaves its aid after the suspension"}
LEAST = 0.005
"""Other hosts that suspend less often than this whatever the answer are left out."""


def answers_in_words(result: Result, codes: tuple[str, ...] = ()) -> list[str]:
    """Sentences for each host whose words or notice Washington answers; nothing where it answers nobody.

    codes : of hosts asked about; none: all
    """
    sentences: list[str] = []
    for iso3, state in result.hosts:
        rows = {row["answer"]: row for row in result.answers_columns.rows(iso3=iso3)}
        if (not codes or iso3 in codes) and any(answer in rows for answer in DOES):
            sentences += [
                *_of_host(state, rows),
                *_ripples(result, iso3, [answer for answer in DOES if answer in rows]),
            ]
    return sentences


def answers_in(rows: NDArray[np.float64], host: int, months: Sequence[str]) -> list[dict[str, Any]]:
    """Washington's answers to one host in a run, in order: month, row, answer, what each changes, and a sentence.

    rows : (answers, ANSWER_COLUMNS) of the run; host : its number; months : label of each row
    """
    answers = []
    for row in rows[rows[:, ANSWER_HOST] == host]:
        answer, at = ANSWERS[int(row[ANSWER_KIND])], int(row[ANSWER_MONTH])
        sums = {name: float(row[column]) for name, column in MONEY.items()}
        changes = [
            f"{name} {'+' if value > 0 else '−'}{dollars(abs(value))} a year" for name, value in sums.items() if value
        ]
        also = f" ({listed(changes)} for the host)" if changes else ""
        sentence = f"Washington {ALL[answer]} in {month(months[at])}{also}."
        answers.append({"row": at, "month": months[at], "answer": answer, **sums, "sentence": sentence})
    return answers


def _of_host(state: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    given = [(word, rows[answer]) for answer, word in DOES.items() if answer in rows]
    shares = listed([f"{word} in {percent(row['p'])} %" for word, row in given])
    ends = listed([percent(row["suspended"]) for _, row in given])
    sentences = [
        f"Washington, answering {state}, {shares} of the runs, "
        f"and cooperation is suspended at the end in {ends} % of these."
    ]
    costs = []
    if (row := rows.get("gives-way")) is not None and row["rent"]:
        costs.append(f"giving way costs it {_sum(row, 'rent')} a year")
    if (row := rows.get("retaliates")) is not None and (row["aid"] or row["remittances"]):
        both = f"{_sum(row, 'aid')} of aid and {_sum(row, 'remittances')} of remittances"
        costs.append(f"retaliation costs {state} {both} a year")
    if (row := rows.get("cuts-aid")) is not None and row["aid"]:
        costs.append(f"an aid cut after a suspension costs {state} {_sum(row, 'aid')} a year")
    if costs:
        text = "; ".join(costs)
        sentences.append(f"{text[0].upper()}{text[1:]} (5 to 95 % over what is not known).")
    return sentences


def _ripples(result: Result, iso3: str, answers: list[str]) -> list[str]:
    """What goes with each answer elsewhere: for the other hosts, and for the states that the scenario is about."""
    if len(answers) < 2:
        return []
    about = result.scenario["scenario"].get("about", ())
    with_taipei = {code for code, _, side in result.members if side == "taipei"}
    of_vote = [result.outcomes_columns.rows(what=STATE, vote=iso3, outcome=answer) for answer in answers]
    parts, errors = [], []
    for same in zip(*of_vote, strict=True):
        host = same[0]["tie"] == COOPERATION
        chances = [row["p"] for row in same if row["p"] is not None]
        of_host = host and same[0]["iso3"] != iso3 and max(chances, default=0.0) >= LEAST
        if of_host or (not host and same[0]["iso3"] in about and same[0]["iso3"] in with_taipei):
            does = "has suspended cooperation" if host else "has left Taipei"
            parts.append(f"{same[0]['state']} {does} in {listed([percent(chance) for chance in chances])} %")
            errors += [row["mc"] for row in same if row["mc"] is not None]
    if not parts:
        return []
    luck = f" (± {100 * max(errors):.0f} points at most, by luck)" if errors else ""
    when = listed([DOES[answer] for answer in answers], "or")
    return [f"Elsewhere, where it {when}: {listed(parts)} of these runs{luck}."]


def _sum(row: Mapping[str, Any], name: str) -> str:
    """A mean sum without its sign, with its range."""
    low, high = sorted(abs(row[f"{name}{part}"]) for part in ("_low", "_high"))
    return f"{dollars(abs(row[name]))} ({low:,.0f} to {high:,.0f})"
