"""One run in words: a departure as a story of talks, or how close a state came to one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.analysis.smallest_change import change_in_words
from sim.analysis.subject import DOES, STAYS
from sim.analysis.talks import held_in_words, more_money
from sim.analysis.words import MONEY, OPENERS
from sim.model import rules
from sim.words import dollars, listed, money, month, of_gdp, rate, two_digits

Told = Mapping[str, Any]

LEAST_TERM = 0.1
"""A term that raises the log odds by less tips nothing."""


NO_MONEY = "Nobody bids money for it, and Washington has nothing at stake there."


def story(run: Told, decided_runs: int, decision: str, name: str) -> list[str]:
    """A run in four sentences at the most.

    A departure: who or what opened the talks; what Beijing bid and paid and what Taipei answered; what Washington did;
    what tipped it, and what least change would have kept it. A state that stayed: how close it came.
    run : a run as `sim.analysis.explain` has it; decided_runs : in how many of all the decision is taken
    """
    if decision == "leave":
        return _left(run, decided_runs, name) if run["decided"] else _stayed(run, name)
    return _taken(run, decided_runs, decision, name) if run["decided"] else _not_taken(run, decision, name)


def _which(run: Told, decided_runs: int) -> str:
    if not run["typical"]:
        return f"Run {run['run']}"
    return f"Run {run['run']}, the first with the median month of the {decided_runs:,} in which it does"


# --- a departure ------------------------------------------------------------------------------------------


def _left(run: Told, decided_runs: int, name: str) -> list[str]:
    which, when, talks = _which(run, decided_runs), month(run["month"]), run["talks"]
    if talks is None:
        told = [f"{which}: {name} {DOES['leave']} in {when}. The scenario tells it: no talks are needed."]
        least = _least(run)
        return [*told, f"{least[0].upper()}{least[1:]}"]
    act = run["acts"][run["row"]]
    if not run["economy"]:
        return [f"{which}: {name} {DOES['leave']} in {when}; {_opened(run, talks)}.", NO_MONEY, _end(run)]
    return [
        f"{which}: {name} {DOES['leave']} in {when}; {_opened(run, talks)}.",
        _bids(run, talks, act, name),
        _washington(run, act),
        _end(run),
    ]


def _end(run: Told) -> str:
    """What tipped it, and the least change that would have kept it."""
    return f"{_tipped(run)}; {_least(run)}"


def _opened(run: Told, talks: Told) -> str:
    """Who or what opened the talks, with the sum of a request or an offer."""
    since = "before the start" if talks["row"] < 0 else f"in {month(talks['opened'])}"
    heard = [act for act in run["words"] if act["row"] <= run["row"]]
    by = [act for act in heard if act["type"] in OPENERS.get(talks["trigger"], ())]
    opener = by[-1] if by else None
    if talks["trigger"] == "itself":
        said = f"its talks had opened {since} of themselves, {'in public' if talks['public'] else 'in silence'}"
    elif opener is None:
        said = f"its talks had opened {since}, by a {talks['trigger']}"
    elif talks["row"] < max(0, opener["row"]) and talks["trigger"] != "pledge":
        said = f"its talks had opened {since} and were taken over by {opener['phrase']}"
    elif talks["trigger"] == "pledge":
        said = f"its talks had opened {since}, upon {opener['phrase']}"
    else:
        said = f"its talks were opened by {opener['phrase']}"
    if opener is not None and opener["type"] == "request":
        said += _answer(opener)
    sums = [f"{act['phrase']}{_answer(act)}" for act in heard if act["type"] in MONEY and act is not opener]
    return f"{said}, after {listed(sums)}" if sums else said


def _answer(act: Told) -> str:
    answers = {"refused": ", which was refused", "met": ", which was met"}
    return answers.get(str(act["answer"]), "") if act["type"] == "request" else ""


def _bids(run: Told, talks: Told, act: Told, name: str) -> str:
    """What Beijing bid at its limit and paid; what Taipei answered, and what it could not reach."""
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


def _unreached(run: Told, act: Told) -> str:
    """What Taipei would have had to bid to keep it."""
    if run["surplus"] is None or not run["surplus"] > 0.0:
        return ""
    needed = more_money(act["taipei_share"] + act["inducement_share"], run["surplus"], run["money_effect"])
    if needed is None or act["taipei_share"] + needed > 100.0:
        return ", and no sum that it could pay would have held it"
    total = act["taipei_share"] + needed
    return f", and it took more than {money(total, total * act['gdp_million_usd'] / 100.0)} to hold it"


def _washington(run: Told, act: Told) -> str:
    """What Washington did: pressure, its stake as believed, inducement."""
    usual = run["usual"]
    said = (
        f"Washington's pressure was {act['pressure']:.2f} of 3 ({usual['pressure']:.2f} at reference), which put "
        f"{money(act['stake_share'], act['stake_million_usd'])} at stake, as believed "
        f"({of_gdp(usual['stake_share'])} at reference)"
    )
    if act["inducement_share"] > 0.0:
        induced = money(act["inducement_share"], act["inducement_share"] * act["gdp_million_usd"] / 100.0)
        return f"{said}, and its inducement to stay was {induced}, as believed."
    return f"{said}; it offered nothing for staying."


def _largest(run: Told) -> Told:
    """The term that raised the odds most."""
    largest: Told = max(
        (step for step in run["steps"][1:] if step["term"] != "acceptance"), key=lambda step: step["value"]
    )
    return largest


def tipping(run: Told) -> str | None:
    """What the term is called that tipped talks; None for luck: it would have done alone, and the chance was small."""
    largest = _largest(run)
    if largest["value"] < LEAST_TERM or (run["drawn"] < run["steps"][0]["after"] and run["wins"] < 0.5):
        return None
    return str(largest["label"])


def _tipped(run: Told) -> str:
    """What tipped it: the term that raised the odds most, or luck."""
    terms = {step["term"]: step for step in run["steps"][1:] if step["term"] != "acceptance"}
    usual, chance, drawn = run["steps"][0]["after"], run["wins"], run["drawn"]
    balance = run["steps"][0]["value"] + math.fsum(step["value"] for step in terms.values())
    largest = _largest(run)
    without = rules.wins(max(-rules.MOST_BALANCE, min(rules.MOST_BALANCE, balance - largest["value"])))
    luck = f"the number drawn was {two_digits(drawn)}"
    at_reference = f"at their reference {two_digits(usual)} of such talks are lost"
    if tipping(run) is None:
        said = f"It was luck: {at_reference} already, here {two_digits(chance)}, and {luck}"
        if largest["value"] >= LEAST_TERM:
            said += f" (what raised the chance most was “{largest['label']}”)"
        return said
    said = f"What tipped it was “{largest['label']}”: without it {two_digits(without)} of such talks are lost, "
    said += f"with it {two_digits(chance)}, and {luck}"
    if drawn < usual:
        return f"{said} ({at_reference}: once in talks, this luck lost them in any case)"
    if chance < 0.5:
        said += ", so luck had its part"
    return said if drawn >= without else f"{said}: with this luck it was not that alone"


def _least(run: Told) -> str:
    """The least change that would have kept it; where that is not money, the least sum as well."""
    kept = [row for row in run["keeping"]["rows"] if row["keeps"]]
    if not kept:
        return "no single change of a lever would have kept it."
    same = [row for row in kept if not row["other_luck"]]
    first = [*same, *kept][0]
    said = f"the least single change that would have kept it: {change_in_words(first)}"
    sums = [row for row in same if row["lever"].endswith(".package") or (row["unit"] or "").startswith("US$")]
    if not sums or sums[0] is first:
        return f"{said}."
    in_money = change_in_words(sums[0])
    return f"{said}; in money: {in_money[0].lower()}{in_money[1:]}."


# --- a state that stayed ----------------------------------------------------------------------------------


def _stayed(run: Told, name: str) -> list[str]:
    """How close it came: its talks, those held by the least, what Taipei paid, what luck spared it."""
    ended, held = run["concluded"], [talk for talk in run["concluded"] if talk["outcome"] == "stayed"]
    highest = ", ".join(month(label) for label in run["highest"])
    spared = (
        f"Its hazard was highest in {highest}; for who sees no silent talks, the chances of leaving add up to "
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


# --- returning and suspending -----------------------------------------------------------------------------


def _taken(run: Told, decided_runs: int, decision: str, name: str) -> list[str]:
    return [
        f"{_which(run, decided_runs)}: {name} {DOES[decision]} in {month(run['month'])}.",
        f"Its hazard that month was {rate(run['hazard'])}, a chance of {two_digits(run['chance'])} in the month; the "
        f"number drawn, {two_digits(run['luck'])}, is below it. Luck chose the month: over the {run['months_before']} "
        f"months up to it the chances add up to {two_digits(run['chance_before'])}.",
    ]


def _not_taken(run: Told, decision: str, name: str) -> list[str]:
    odds, highest = run["chance"], ", ".join(month(label) for label in run["highest"])
    told = f"In {month(run['month'])} it was {rate(run['hazard'])}"
    if odds is not None and run["luck"] is not None:
        told += f", a chance of {two_digits(odds)} in the month; the number drawn, {two_digits(run['luck'])}, is not"
        told += " below it"
    spared = f"this run is one of the {two_digits(1.0 - run['chance_in_all'])} that luck spares"
    return [
        f"In run {run['run']} {name} {STAYS[decision]}. Its hazard was highest in {highest}.",
        f"{told}. Over all its months the chances add up to {two_digits(run['chance_in_all'])}; {spared}.",
    ]


# --- beside the story -------------------------------------------------------------------------------------


def beside(run: Told, decision: str) -> list[str]:
    """What goes with the story of a run: for a departure, what an onlooker could know; the calendar's own words."""
    words = [act["sentence"] for act in run["words"] if act["row"] <= run["row"]]
    if decision == "suspend":
        words += [answer["sentence"] for answer in run["answers"] if answer["row"] <= run["row"]]
    if decision != "leave" or not run["decided"]:
        return words
    known = (
        f"For who sees no silent talks, the chances of leaving add up to {two_digits(run['chance_before'])} over the "
        f"{run['months_before']} months up to it."
    )
    return [known, *words]


def done(run: Told, decision: str) -> str:
    """What the patrons did in the month that is looked into."""
    act = next(act for act in run["acts"] if act["month"] == run["month"])
    usual, when = run["usual"], month(run["month"])
    if decision == "suspend":
        return (
            f"In {when} the hostility it felt was {act['hostility']:.2f} of 3, its dependence on Washington "
            f"{act['dependence']:.2f} of 1 (at reference {usual['dependence']:.2f})."
        )
    package, aid = (money(act[f"{who}_share"], act[f"{who}_million_usd"]) for who in ("beijing", "taipei"))
    if decision == "return":
        return f"In {when} Beijing offered it {package}, as believed, and Taipei {aid}."
    return (
        f"In {when} Beijing would have paid up to {package}, as believed (at reference "
        f"{of_gdp(usual['beijing_share'])}), Taipei {aid} ({of_gdp(usual['taipei_share'])}); Washington's pressure was "
        f"{act['pressure']:.2f} of 3 ({usual['pressure']:.2f})."
    )


_LEAST_TOLD = 0.02


def weighed(run: Told) -> str:
    """Which terms raised and which lowered the chance or the hazard, the strongest first."""
    base = run["steps"][0]
    moved = [step for step in run["steps"][1:] if step["factor"] and abs(math.log(step["factor"])) >= _LEAST_TOLD]
    moved.sort(key=lambda step: -abs(math.log(step["factor"])))
    told = [f"{step['label']} × {step['factor']:.2f}" for step in moved]
    start = f"Under reference conditions, with the run's parameters, its hazard is {rate(base['after'])}"
    if run["losing"] is not None:
        start = (
            f"Under reference conditions, with the run's parameters, {two_digits(base['after'])} of such talks are lost"
        )
    return f"{start}; it was multiplied by: {', '.join(told)}." if told else f"{start}, and nothing moved it."
