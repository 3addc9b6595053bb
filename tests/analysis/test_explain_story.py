"""A departure as a story of talks: exact sentences, sums by name, luck said, how close a state came that stayed."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.bids import share_error
from sim.analysis.explain import Explanation, explain, stories
from sim.analysis.story import NO_MONEY, _least, _opened, _tipped, _washington, story
from sim.analysis.subject import first_decisions, subject_of
from sim.analysis.talks import COLUMNS, FREE, _counted, _own, held_by, more_money, talks
from sim.analysis.words import sum_in_words
from sim.model import rules
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import LEFT, NOT_TAKEN, STAYED
from sim.results import Result
from sim.runs.run import Request
from sim.scenario.events import phrase
from sim.words import dollars, money, of_gdp
from tests.analysis.test_explain import result_of
from tests.worlds import Document, told

RUNS = 200


def march() -> Document:
    """Honduras asks, is refused and orders; Beijing signs something for Guatemala."""
    return told(
        "GTM",
        "HND",
        "PRY",
        "VAT",
        start="2023-03-14",
        end="2025-12-31",
        states={"VAT": {"susceptibility": 20.0}},
        events={
            "asked": {
                "type": "request",
                "state": "HND",
                "date": "2023-03-13",
                "million_usd": 2450.0,
                "years": 10.0,
                "answer": "refused",
                "source": "The press of March.",
            },
            "order": {"type": "order", "state": "HND", "date": "2023-03-14", "assumption": "Told"},
            "envoy": {"type": "lobbying", "state": "HND", "date": "2023-03-17", "pressure": 1.0},
            "never": {"type": "protest", "state": "HND", "date": "2023-03-17", "chance": 0.0},
            "money": {"type": "offer", "state": "GTM", "date": "2023-05-01", "million_usd": 900.0, "signed": True},
        },
    )


@pytest.fixture(scope="module")
def result() -> Result:
    return result_of(march(), runs=RUNS, parameters="central")


@pytest.fixture(scope="module")
def honduras(result: Result) -> Explanation:
    return explain(result, "HND", runs=20, threads=1)


@pytest.fixture(scope="module")
def guatemala(result: Result) -> Explanation:
    return explain(result, "GTM", runs=20, threads=1)


# --- a departure ------------------------------------------------------------------------------------------


def test_a_departure_is_told_in_four_sentences_with_its_sums(honduras: Explanation) -> None:
    run = honduras.document["run"]
    first, bids, washington, end = run["story"]
    assert re.fullmatch(
        r"Run \d+, the first with the median month of the \d+ in which it does: Honduras leaves "
        r"Taipei in \w+ 2023; its "
        r"talks were opened by its order of 14 Mar 2023 to open ties with Beijing, after its request of 13 Mar 2023 to "
        r"Taipei for US\$ 2,450 million over 10 years \(US\$ 245 million a year, 0\.78 % of its GDP\), which was "
        r"refused\.",
        first,
    )
    act, paid = run["acts"][run["row"]], run["talks"]
    assert f"bid {money(act['beijing_face_share'], act['beijing_face_million_usd'])}, of which Honduras" in bids
    assert f"believed {of_gdp(act['beijing_share'])} of GDP ({dollars(act['beijing_million_usd'])}), and won" in bids
    won = "free of charge" if paid["price"] < FREE else f"with {money(paid['price'], paid['price_musd'])} promised"
    limit = money(act["taipei_share"], act["taipei_million_usd"])
    assert f"and won {won}; Taipei's limit was {limit}, what stood, for it had refused the request" in bids
    assert washington == (
        f"Washington's pressure was {act['pressure']:.2f} of 3 ({run['usual']['pressure']:.2f} at "
        f"reference), which put "
        f"{money(act['stake_share'], act['stake_million_usd'])} at stake, as believed "
        f"({of_gdp(run['usual']['stake_share'])} at reference); it offered nothing for staying."
    )
    assert end.startswith("What tipped it was “standing order”: without it 13 % of such talks are lost, with it ")
    assert "the least single change that would have kept it: " in end
    assert honduras.sentences[1:5] == run["story"]
    assert stories(honduras.result, "HND") == (run["story"], honduras.document["talks"]["sentences"])


def test_the_calendar_is_told_by_its_own_words(honduras: Explanation, guatemala: Explanation) -> None:
    sentences = [act["sentence"] for act in honduras.document["run"]["words"]]
    assert sentences == [
        "Its request of 13 Mar 2023 to Taipei for US$ 2,450 million over 10 years (US$ 245 million a "
        "year, 0.78 % of its "
        "GDP), refused (in the scenario: asked). Source: The press of March.",
        "Its order of 14 Mar 2023 to open ties with Beijing (in the scenario: order). Assumed: Told.",
        "Washington presses on the tie with Taipei, 17 Mar 2023, pressure 1 of 3 (in the scenario: envoy).",
    ]
    (offer,) = guatemala.document["run"]["words"]
    assert (offer["million_usd"], offer["million_usd_a_year"], offer["signed"]) == (900.0, 180.0, True)
    assert offer["believed"] == pytest.approx(0.7 * offer["share"])
    assert offer["sentence"] == (
        "Beijing's offer of 1 May 2023, signed, of US$ 900 million over 5 years (US$ 180 million a year, 0.19 % of its "
        "GDP), of which it believed 0.13 % of GDP a year (in the scenario: money)."
    )


@pytest.mark.parametrize("state", ["HND", "PRY"])
def test_what_taipei_could_not_reach_is_what_the_least_package_adds(result: Result, state: str) -> None:
    """Of a signed package the state believes 0.7; with it Taipei's limit comes to the sum that the story names."""
    run = explain(result, state, runs=20, threads=1).document["run"]
    act = run["acts"][run["row"]]
    (package,) = (row for row in run["keeping"]["rows"] if row["lever"] == "taipei.package")
    assert (package["keeps"], package["other_luck"]) == (True, False)
    needed = more_money(act["taipei_share"], run["surplus"], run["money_effect"])
    assert needed == pytest.approx(0.7 * package["size"], rel=0.02)
    total = act["taipei_share"] + needed
    assert f"it took more than {money(total, total * act['gdp_million_usd'] / 100.0)} to hold it" in run["story"][1]
    assert f"{money(package['size'], package['to'])}." in run["story"][3]


def test_luck_is_said_where_it_was_luck(guatemala: Explanation) -> None:
    run = guatemala.document["run"]
    usual = run["steps"][0]["after"]
    assert run["drawn"] < usual
    assert "of themselves" in run["story"][0]
    assert "after Beijing's offer of 1 May 2023, signed, of US$ 900 million over 5 years" in run["story"][0]
    assert run["story"][3].startswith(
        f"It was luck: at their reference {100 * usual:.2g} % of such talks are lost already"
    )


def a_run(drawn: float, base: float = -2.0, **terms: float) -> dict[str, Any]:
    """What `_tipped` reads of a run."""
    steps = [{"term": "base", "label": "share", "value": base, "after": rules.wins(base)}]
    steps += [{"term": name, "label": name, "value": value} for name, value in terms.items()]
    steps.append({"term": "acceptance", "label": "acceptance", "value": 1.0})
    return {"decision": "leave", "steps": steps, "wins": rules.wins(base + sum(terms.values())), "drawn": drawn}


def test_what_tipped_it() -> None:
    reference = "at their reference 12 % of such talks are lost"
    assert (
        _tipped(a_run(0.05, offer=0.0)) == f"It was luck: {reference} already, here 12 %, and the number drawn was 5 %"
    )
    assert _tipped(a_run(0.05, offer=0.5)) == (
        f"It was luck: {reference} already, here 18 %, and the number drawn was 5 % (what raised the "
        f"chance most was “offer”)"
    )
    assert _tipped(a_run(0.15, offer=0.5)) == (
        "What tipped it was “offer”: without it 12 % of such talks are lost, with it 18 %, and the "
        "number drawn was 15 %, "
        "so luck had its part"
    )
    assert _tipped(a_run(0.8, order=4.0, aid=-0.5)) == (
        "What tipped it was “order”: without it 7.6 % of such talks are lost, with it 82 %, and the "
        "number drawn was 80 %"
    )
    assert _tipped(a_run(0.05, order=4.0)) == (
        "What tipped it was “order”: without it 12 % of such talks are lost, with it 88 %, and the "
        "number drawn was 5 % "
        f"({reference}: once in talks, this luck settled them in any case)"
    )
    assert _tipped(a_run(0.4, order=2.0, offer=1.9)) == (
        "What tipped it was “order”: without it 48 % of such talks are lost, with it 87 %, and the "
        "number drawn was 40 %: "
        "with this luck it was not that alone"
    )


def test_the_least_change_passes_over_other_luck() -> None:
    rows = [
        {"lever": "beijing.approach", "label": "Approach", "way": "number", "unit": "times", "value": 1.0, "to": 1.02},
        {"lever": "events.a", "label": "a", "way": "out", "unit": None},
        {"lever": "taipei.package", "label": "A package", "way": "number", "unit": "US$ m", "to": 20.0, "size": 0.5},
    ]
    keeping = [{**row, "keeps": True, "other_luck": row["lever"] == "beijing.approach"} for row in rows]
    least = "the least single change that would have kept it: "
    assert _least({"keeping": {"rows": keeping}}) == (
        f"{least}a left out; in money: a package: 0.50 % of its GDP a year (US$ 20 million)."
    )
    assert _least({"keeping": {"rows": keeping[:1]}}) == (
        f"{least}Approach 1.02 instead of 1 (times) [its talks then open in another month, with other luck]."
    )
    assert _least({"keeping": {"rows": []}}) == "no single change of a lever would have kept it."


def test_who_opened_the_talks() -> None:
    order = {"type": "order", "row": 3, "phrase": "its order"}
    asked = {"type": "request", "row": 0, "phrase": "its request", "answer": "met"}
    pledge = {"type": "campaign-pledge", "row": -9, "phrase": "its pledge"}

    def opening(trigger: str, row: int, *words: Any) -> str:
        talks = {"trigger": trigger, "row": row, "opened": "2024-01", "public": True}
        return _opened({"words": words, "row": 5}, talks)

    assert opening("itself", -1) == "its talks had opened before the start of themselves, in public"
    assert opening("order", 1, order) == "its talks had opened in Jan 2024 and were taken over by its order"
    assert opening("order", 3, asked, order) == "its talks were opened by its order, after its request, which was met"
    assert opening("request", 0, asked) == "its talks were opened by its request, which was met"
    assert opening("pledge", 4, pledge) == "its talks had opened in Jan 2024, upon its pledge"
    assert opening("pledge", 4) == "its talks had opened in Jan 2024, by a pledge"


def test_an_inducement_is_told() -> None:
    act = {"pressure": 1.0, "stake_share": 0.5, "stake_million_usd": 50.0, "inducement_share": 0.2}
    run = {"usual": {"pressure": 1.0, "stake_share": 0.4}}
    assert _washington(run, act | {"gdp_million_usd": 10_000.0}) == (
        "Washington's pressure was 1.00 of 3 (1.00 at reference), which put 0.50 % of its GDP a year "
        "(US$ 50 million) at "
        "stake, as believed (0.40 % at reference), and its inducement to stay was 0.20 % of its GDP a year (US$ 20 "
        "million), as believed."
    )


def test_the_holy_see_is_bid_nothing(result: Result) -> None:
    explanation = explain(result, "VAT", runs=20, threads=1)
    run = explanation.document["run"]
    assert (len(run["story"]), run["story"][1]) == (3, NO_MONEY)
    assert all("GDP" not in sentence for sentence in (*run["story"], *explanation.document["talks"]["sentences"]))


def test_a_departure_that_is_told_needs_no_talks() -> None:
    switch = {"type": "switch", "state": "HND", "to": "beijing", "date": "2022-06-01"}
    document = told("GTM", "HND", states={"HND": {"susceptibility": 0.0}}, events={"told": switch})
    explanation = explain(result_of(document, runs=20), "HND", runs=20, threads=1)
    run = explanation.document["run"]
    assert run["talks"] is None
    assert run["story"] == [
        "Run 0, the first with the median month of the 20 in which it does: Honduras leaves Taipei in Jun 2022. The "
        "scenario sets it: no talks are needed.",
        "The least single change that would have kept it: told left out.",
    ]
    assert explanation.document["talks"]["told"] == 20


# --- a state that stays -----------------------------------------------------------------------------------


def test_how_close_a_state_came(result: Result, guatemala: Explanation) -> None:
    close, left = guatemala.document["talks"]["close"], first_decisions(guatemala.subject)[0]
    least = close["least"]
    assert least["run"] not in left
    assert least["surplus"] == pytest.approx(
        math.log(least["drawn"] / (1 - least["drawn"])) - math.log(least["chance"] / (1 - least["chance"]))
    )
    assert 0.0 < least["surplus"] < 0.5
    assert close["highest"]["chance"] >= least["chance"]
    told_of = explain(result, "GTM", least["run"], runs=20, threads=1).document["run"]
    assert (told_of["decided"], len(told_of["story"])) == (False, 4)
    same = min((talk for talk in told_of["concluded"] if talk["outcome"] == "stayed"), key=lambda talk: talk["surplus"])
    assert {key: same[key] for key in least} == least
    more = money(least["more_share"], least["more_musd"])
    assert f"Beijing would have won with {more} more, as believed" in told_of["story"][1]
    sentences = guatemala.document["talks"]["sentences"]
    assert any(sentence.startswith("How close it came where it never left Taipei: of ") for sentence in sentences)
    assert sentences[-1].startswith(f"The closest (run {least['run']}, ")


def test_the_closest_are_those_of_all_talks_one_by_one(guatemala: Explanation) -> None:
    subject, left = guatemala.subject, first_decisions(guatemala.subject)[0]
    plan, table = Request.again(subject.result).setup.plan, _own(subject)
    stayed = np.flatnonzero((table["outcome"] == STAYED) & ~np.isin(table["run"], left))
    every = [held_by(subject, plan, {name: float(table[name][row]) for name in COLUMNS}) for row in stayed]
    assert len(every) > 20
    assert guatemala.document["talks"]["close"] == {
        "talks": len(every),
        "highest": max(every, key=lambda talk: (talk["chance"], -talk["run"])),
        "least": min(every, key=lambda talk: (talk["surplus"], talk["run"])),
    }


def test_a_state_that_mostly_leaves_is_not_told_as_one_that_stays(honduras: Explanation) -> None:
    assert not any("How close" in sentence for sentence in honduras.sentences)


def test_what_makes_up_a_surplus() -> None:
    more = more_money(0.5, 0.8, 1.6)
    assert more is not None
    assert 1.6 * (rules.worth(0.5 + more) - rules.worth(0.5)) == pytest.approx(0.8)
    assert more_money(0.5, 0.8, 0.0) is None
    assert more_money(0.5, 50.0, 1.0) is None


def test_no_talks_at_all() -> None:
    run = {"run": 3, "decided": False, "concluded": [], "highest": ["2024-01"], "chance_in_all": 0.25}
    assert story(run, 0, "leave", "Haiti") == [
        "In run 3 Haiti stays with Taipei: no talks were concluded.",
        "Its hazard was highest in Jan 2024; to those who see no silent talks, the chances of leaving "
        "add up to 25 % over all "
        "its months, and this run is one of the 75 % that luck spares.",
    ]


# --- over all runs ----------------------------------------------------------------------------------------


def test_talks_over_all_runs_are_counted() -> None:
    ends = np.array([LEFT, LEFT, STAYED, STAYED, NOT_TAKEN, 3.0])
    table = {
        "run": np.array([0.0, 1.0, 1.0, 25.0, 26.0, 27.0]),
        "outcome": ends,
        "public": np.array([1.0, 0, 0, 0, 0, 0]),
        "trigger": np.array([2.0, 0, 0, 0, 3, 0]),
        "price": np.array([0.0, 0.5, 0.2, 0.2, 0.1, 0.0]),
        "beijing_limit": np.array([0.4, 0.4, 0.2, 0.2, 9.0, 9.0]),
        "taipei_limit": np.full(6, 0.3),
    }
    counts = _counted(table, 40, 10_000.0)
    assert (counts["a_run"], counts["lost"], counts["free"]) == (0.15, 0.5, 0.5)
    assert [counts[key] for key in ("left", "stayed", "not_taken", "dropped")] == [2, 2, 1, 1]
    assert counts["triggers"] == {"itself": 4, "pledge": 0, "order": 1, "request": 1}
    assert (counts["beijing"]["middle"], counts["beijing"]["middle_musd"]) == (pytest.approx(0.3), pytest.approx(30.0))
    # Two draws, of three talks with two lost and of one with none: 0.5 apart each.
    assert counts["lost_mc"] == pytest.approx(math.sqrt(2 * 0.5) / 4)
    assert math.isnan(share_error(np.array([True, False]), np.array([0, 5]) // RUNS_PER_DRAW))


def test_departures_over_all_runs_are_those_of_the_result(result: Result, guatemala: Explanation) -> None:
    document = guatemala.document["talks"]
    assert document["left"] + document["told"] == len(guatemala.subject.decisions("run")["run"])
    table = result.talks()
    assert document["talks"] == (table["iso3"] == "GTM").sum()
    none = result_of(told("GTM", states={"GTM": {"susceptibility": 0.0}}), runs=20)
    assert stories(none, "GTM") == ([], ["In 20 runs Guatemala concludes no talks."])
    assert talks(guatemala.subject, Request.again(result).setup.plan) == document
    untold = replace(result, talk_runs=0)
    assert talks(subject_of(untold, "GTM"), Request.again(result).setup.plan) is None


# --- money in words ---------------------------------------------------------------------------------------


def test_sums_as_a_reader_says_them() -> None:
    asked = {"million_usd": 50.0, "years": 1.0, "million_usd_a_year": 50.0, "share": None}
    assert sum_in_words(asked) == "US$ 50 million over a year (US$ 50 million a year)"
    pledge = {"type": "campaign-pledge", "to": "taipei"}
    assert phrase(pledge, "1 May 2023") == "its campaign pledge of 1 May 2023 to return to Taipei"
