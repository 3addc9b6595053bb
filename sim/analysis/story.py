"""One run in words: a departure as a story of talks, or how close a state came to one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.analysis.smallest_change import change_in_words
from sim.analysis.subject import DOES, STAYS
from sim.analysis.talks import held_in_words, more_money
from sim.analysis.words import MONEY
from sim.model import rules
from sim.scenario.events import EVENTS
from sim.words import dollars, listed, money, month, of_gdp, rate, two_digits

Row = Mapping[str, Any]

LEAST_TERM = 0.1
"""A term must raise the log odds by this to tip talks."""


_ENDS = {"leave": "are lost", "return": "are won by Taipei"}
"""What becomes of talks that end in the change."""
NO_MONEY = "Nobody bids money for it, and Washington has nothing at stake there."


def story(run: Row, decided_runs: int, decision: str, name: str) -> list[str]:
    """A run in four sentences at the most.

    A departure: who or what opened the talks; Beijing's bid and price, and Taipei's answer; what Washington did; what
    tipped it, and the least change that would have kept the state. A state that stayed: how close it came.
    run : a run as in `Explanation.document`; decided_runs : the number of runs in which the decision is taken
    """
    if decision == "leave":
        return _left(run, decided_runs, name) if run["decided"] else _stayed(run, name)
    if decision == "return" and run["decided"]:
        return _came(run, decided_runs, name)
    return _taken(run, decided_runs, decision, name) if run["decided"] else _not_taken(run, decision, name)


def _which(run: Row, decided_runs: int) -> str:
    if not run["typical"]:
        return f"Run {run['run']}"
    return f"Run {run['run']}, the first with the median month of the {decided_runs:,} in which it does"


# --- a departure ------------------------------------------------------------------------------------------


def _left(run: Row, decided_runs: int, name: str) -> list[str]:
    which, when, talks = _which(run, decided_runs), month(run["month"]), run["talks"]
    if talks is None:
        sentences = [f"{which}: {name} {DOES['leave']} in {when}. The scenario sets it: no talks are needed."]
        least = _least(run)
        return [*sentences, f"{least[0].upper()}{least[1:]}"]
    act = run["acts"][run["row"]]
    if not run["economy"]:
        return [f"{which}: {name} {DOES['leave']} in {when}; {_opened(run, talks)}.", NO_MONEY, _end(run)]
    return [
        f"{which}: {name} {DOES['leave']} in {when}; {_opened(run, talks)}.",
        _bids(run, talks, act, name),
        _washington(run, act),
        _end(run),
    ]


def _end(run: Row) -> str:
    """What tipped it, and the least change that would have kept it."""
    return f"{_tipped(run)}; {_least(run)}"


def _opened(run: Row, talks: Row) -> str:
    """Who or what opened the talks, with the sum of a request or an offer."""
    since = "before the start" if talks["row"] < 0 else f"in {month(talks['opened'])}"
    heard = [act for act in run["words"] if act["row"] <= run["row"]]
    by = [act for act in heard if EVENTS[act["type"]].opens == talks["trigger"]]
    opener = by[-1] if by else None
    if talks["trigger"] == "itself":
        text = f"its talks had opened {since} of themselves, {'in public' if talks['public'] else 'in silence'}"
    elif opener is None:
        text = f"its talks had opened {since}, by a {talks['trigger']}"
    elif talks["row"] < max(0, opener["row"]) and talks["trigger"] != "pledge":
        text = f"its talks had opened {since} and were taken over by {opener['phrase']}"
    elif talks["trigger"] == "pledge":
        text = f"its talks had opened {since}, upon {opener['phrase']}"
    else:
        text = f"its talks were opened by {opener['phrase']}"
    if opener is not None and opener["type"] == "request":
        text += _answer(opener)
    paid = [act for act in heard if EVENTS[act["type"]].number == MONEY and act is not opener]
    sums = [f"{act['phrase']}{_answer(act)}" for act in paid]
    return f"{text}, after {listed(sums)}" if sums else text


def _answer(act: Row) -> str:
    answers = {"refused": ", which was refused", "met": ", which was met"}
    return answers.get(str(act["answer"]), "") if act["type"] == "request" else ""


def _bids(run: Row, talks: Row, act: Row, name: str) -> str:
    """Beijing's bid at its limit and its price; Taipei's answer, and the sum that it did not reach."""
    believed = money(act["beijing_share"], act["beijing_million_usd"])
    bid = f"At its limit Beijing bid {believed}"
    if act["beijing_face_share"] > act["beijing_share"] * (1.0 + 1e-9):
        face = money(act["beijing_face_share"], act["beijing_face_million_usd"])
        bid = f"At its limit Beijing bid {face}, of which {name} believed {of_gdp(act['beijing_share'])} of GDP "
        bid += f"({dollars(act['beijing_million_usd'])})"
    price = money(talks["price"], talks["price_musd"])
    paid = "won free of charge" if talks["price"] < 0.005 else f"won with {price} promised"
    limit = money(act["taipei_share"], act["taipei_million_usd"])
    stands = act["taipei_share"] - act["taipei_standing_share"] < 5e-4
    refused = any(
        one["type"] == "request" and one["answer"] == "refused" and one["row"] <= run["row"] for one in run["words"]
    )
    why = ", what stood, for it had refused the request" if stands and refused else (", what stood" if stands else "")
    return f"{bid}, and {paid}; Taipei's limit was {limit}{why}{_unreached(run, act)}."


def _unreached(run: Row, act: Row) -> str:
    """The sum that Taipei needed to keep the state."""
    if run["surplus"] is None or not run["surplus"] > 0.0:
        return ""
    needed = more_money(act["taipei_share"] + act["inducement_share"], run["surplus"], run["money_effect"])
    if needed is None or act["taipei_share"] + needed > 100.0:
        return ", and no sum that it could pay would have held it"
    total = act["taipei_share"] + needed
    return f", and it took more than {money(total, total * act['gdp_million_usd'] / 100.0)} to hold it"


def _washington(run: Row, act: Row) -> str:
    """Washington's pressure, its stake as believed, and its inducement."""
    usual = run["usual"]
    text = (
        f"Washington's pressure was {act['pressure']:.2f} of 3 ({usual['pressure']:.2f} at reference), which put "
        f"{money(act['stake_share'], act['stake_million_usd'])} at stake, as believed "
        f"({of_gdp(usual['stake_share'])} at reference)"
    )
    if act["inducement_share"] > 0.0:
        induced = money(act["inducement_share"], act["inducement_share"] * act["gdp_million_usd"] / 100.0)
        return f"{text}, and its inducement to stay was {induced}, as believed."
    return f"{text}; it offered nothing for staying."


def _largest(run: Row) -> Row:
    """The term that raised the odds most."""
    largest: Row = max(
        (step for step in run["steps"][1:] if step["term"] != "acceptance"), key=lambda step: step["value"]
    )
    return largest


def tipping(run: Row) -> str | None:
    """The label of the term that tipped talks; None if luck alone was enough and the chance was small."""
    largest = _largest(run)
    if largest["value"] < LEAST_TERM or (run["drawn"] < run["steps"][0]["after"] and run["wins"] < 0.5):
        return None
    return str(largest["label"])


def _tipped(run: Row) -> str:
    """What tipped it: the term that raised the odds most, or luck."""
    terms = {step["term"]: step for step in run["steps"][1:] if step["term"] != "acceptance"}
    usual, chance, drawn = run["steps"][0]["after"], run["wins"], run["drawn"]
    balance = run["steps"][0]["value"] + math.fsum(step["value"] for step in terms.values())
    largest = _largest(run)
    without = rules.wins(max(-rules.MOST_BALANCE, min(rules.MOST_BALANCE, balance - largest["value"])))
    number = f"the number drawn was {two_digits(drawn)}"
    ends = _ENDS[run["decision"]]
    at_reference = f"at their reference {two_digits(usual)} of such talks {ends}"
    if tipping(run) is None:
        text = f"It was luck: {at_reference} already, here {two_digits(chance)}, and {number}"
        if largest["value"] >= LEAST_TERM:
            text += f" (what raised the chance most was “{largest['label']}”)"
        return text
    text = f"What tipped it was “{largest['label']}”: without it {two_digits(without)} of such talks {ends}, "
    text += f"with it {two_digits(chance)}, and {number}"
    if drawn < usual:
        return f"{text} ({at_reference}: once in talks, this luck settled them in any case)"
    if chance < 0.5:
        text += ", so luck had its part"
    return text if drawn >= without else f"{text}: with this luck it was not that alone"


def _least(run: Row) -> str:
    """The least change that would have kept it, and the least sum if that is not money."""
    keeping = [row for row in run["keeping"]["rows"] if row["keeps"]]
    if not keeping:
        return "no single change of a lever would have kept it."
    same = [row for row in keeping if not row["other_luck"]]
    first = [*same, *keeping][0]
    text = f"the least single change that would have kept it: {change_in_words(first)}"
    sums = [row for row in same if row["lever"].endswith(".package") or (row["unit"] or "").startswith("US$")]
    if not sums or sums[0] is first:
        return f"{text}."
    in_money = change_in_words(sums[0])
    return f"{text}; in money: {in_money[0].lower()}{in_money[1:]}."


# --- a state that stayed ----------------------------------------------------------------------------------


def _stayed(run: Row, name: str) -> list[str]:
    """How close it came: its talks, the closest of them, what Taipei paid, and what luck spared the state."""
    ended, held = run["concluded"], [talk for talk in run["concluded"] if talk["outcome"] == "stayed"]
    highest = ", ".join(month(label) for label in run["highest"])
    spared = (
        f"Its hazard was highest in {highest}; to those who see no silent talks, the chances of leaving add up to "
        f"{two_digits(run['chance_in_all'])} over all its months, and this run is one of the "
        f"{two_digits(1.0 - run['chance_in_all'])} that luck spares."
    )
    first = f"In run {run['run']} {name} {STAYS['leave']}"
    if not ended:
        return [f"{first}: no talks were concluded.", spared]
    public = sum(talk["public"] for talk in ended)
    count = "one talk was" if len(ended) == 1 else f"{len(ended)} talks were"
    ways = {"not_taken": "not taken up by Beijing", "dropped": "dropped by its government"}
    rest = [
        f"{number} {words}" for way, words in ways.items() if (number := sum(talk["outcome"] == way for talk in ended))
    ]
    first += f": {count} concluded ({public} in public{''.join(', ' + one for one in rest)})."
    if not held:
        return [first, spared]
    close = min(held, key=lambda talk: talk["surplus"])
    kind = "in public" if close["public"] else "in silence"
    since = close["opened"] if close["row"] < 0 else month(close["opened"])
    bids = (
        f"Beijing's limit was {of_gdp(close['beijing_share'])} of its GDP a year, as believed, Taipei's "
        f"{of_gdp(close['taipei_share'])}, Washington's pressure {close['pressure']:.2f} of 3; Taipei held it with "
        f"{money(close['price'], close['price_musd'])}."
    )
    dangerous = max(held, key=lambda talk: talk["chance"])
    more = ""
    if dangerous is not close:
        more = f"; the most dangerous closed in {month(dangerous['closed'])}, at {two_digits(dangerous['chance'])}"
    opened = f"open from {since}" if close["row"] >= 0 else "open before the start"
    return [
        first,
        f"It came closest in those of {month(close['closed'])} ({kind}, {opened}): {held_in_words(close)}{more}.",
        bids if run["economy"] else NO_MONEY,
        spared,
    ]


# --- coming to Taipei and suspending -----------------------------------------------------------------------------


def _came(run: Row, decided_runs: int, name: str) -> list[str]:
    """A state that comes to Taipei: how its talks opened, what both sides bid, what was paid, what tipped it."""
    which, when, talks = _which(run, decided_runs), month(run["month"]), run["talks"]
    if talks is None:
        return [f"{which}: {name} {DOES['return']} in {when}. The scenario tells it: no talks are needed."]
    since = "before the start" if talks["row"] < 0 else f"in {month(talks['opened'])}"
    kind = "in public" if talks["public"] else "in silence"
    first = f"{which}: {name} {DOES['return']} in {when}; its talks with Taipei had opened {since}, {kind}."
    if not run["economy"]:
        return [first, NO_MONEY]
    act = next(act for act in run["acts"] if act["month"] == run["month"])
    package, aid = (money(act[f"{who}_share"], act[f"{who}_million_usd"]) for who in ("beijing", "taipei"))
    price = money(talks["price"], talks["price_musd"])
    paid = "won free of charge" if talks["price"] < 0.005 else f"won with {price} promised"
    bids = (
        f"At its limit Taipei bid {aid}, and {paid}; Beijing would have paid up to {package} to keep it, as believed."
    )
    return [first, bids, f"{_tipped(run)}."]


def _taken(run: Row, decided_runs: int, decision: str, name: str) -> list[str]:
    return [
        f"{_which(run, decided_runs)}: {name} {DOES[decision]} in {month(run['month'])}.",
        f"Its hazard that month was {rate(run['hazard'])}, a chance of {two_digits(run['chance'])} in the month; the "
        f"number drawn, {two_digits(run['luck'])}, is below it. Luck chose the month: over the {run['months_before']} "
        f"months up to it the chances add up to {two_digits(run['chance_before'])}.",
    ]


def _not_taken(run: Row, decision: str, name: str) -> list[str]:
    odds, highest = run["chance"], ", ".join(month(label) for label in run["highest"])
    text = f"In {month(run['month'])} it was {rate(run['hazard'])}"
    if odds is not None and run["luck"] is not None:
        text += f", a chance of {two_digits(odds)} in the month; the number drawn, {two_digits(run['luck'])}, is not"
        text += " below it"
    spared = f"this run is one of the {two_digits(1.0 - run['chance_in_all'])} that luck spares"
    return [
        f"In run {run['run']} {name} {STAYS[decision]}. Its hazard was highest in {highest}.",
        f"{text}. Over all its months the chances add up to {two_digits(run['chance_in_all'])}; {spared}.",
    ]


# --- beside the story -------------------------------------------------------------------------------------


def beside(run: Row, decision: str) -> list[str]:
    """Sentences beside the story of a run: for a departure, what an onlooker could know; the acts of the calendar."""
    words = [act["sentence"] for act in run["words"] if act["row"] <= run["row"]]
    if decision == "suspend":
        words += [answer["sentence"] for answer in run["answers"] if answer["row"] <= run["row"]]
    if decision != "leave" or not run["decided"]:
        return words
    known = (
        f"To those who see no silent talks, the chances of leaving add up to {two_digits(run['chance_before'])} over "
        f"the {run['months_before']} months up to it."
    )
    return [known, *words]


def done(run: Row, decision: str) -> str:
    """The patrons' acts in the month of the decision, or of the highest hazard."""
    act = next(act for act in run["acts"] if act["month"] == run["month"])
    usual, when = run["usual"], month(run["month"])
    if decision == "suspend":
        return (
            f"In {when} the hostility it felt was {act['hostility']:.2f} of 3, its dependence on Washington "
            f"{act['dependence']:.2f} of 1 (at reference {usual['dependence']:.2f})."
        )
    package, aid = (money(act[f"{who}_share"], act[f"{who}_million_usd"]) for who in ("beijing", "taipei"))
    if decision == "return":
        return (
            f"In {when} Taipei would have paid up to {aid} to win it (at reference {of_gdp(usual['taipei_share'])}), "
            f"Beijing {package} to keep it, as believed ({of_gdp(usual['beijing_share'])})."
        )
    return (
        f"In {when} Beijing would have paid up to {package}, as believed (at reference "
        f"{of_gdp(usual['beijing_share'])}), Taipei {aid} ({of_gdp(usual['taipei_share'])}); Washington's pressure was "
        f"{act['pressure']:.2f} of 3 ({usual['pressure']:.2f})."
    )


_LEAST_FACTOR = 0.02


def weighed(run: Row) -> str:
    """The terms that raised or lowered the chance or the hazard, the strongest first."""
    base = run["steps"][0]
    moved = [step for step in run["steps"][1:] if step["factor"] and abs(math.log(step["factor"])) >= _LEAST_FACTOR]
    moved.sort(key=lambda step: -abs(math.log(step["factor"])))
    factors = [f"{step['label']} × {step['factor']:.2f}" for step in moved]
    start = f"Under reference conditions, with the run's parameters, its hazard is {rate(base['after'])}"
    if run["losing"] is not None:
        usual = f"{two_digits(base['after'])} of such talks {_ENDS[run['decision']]}"
        start = f"Under reference conditions, with the run's parameters, {usual}"
    return f"{start}; it was multiplied by: {', '.join(factors)}." if factors else f"{start}, and nothing moved it."
