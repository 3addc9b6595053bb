"""Small worlds for the tests: a scenario told as tables, laid out, drawn, and run or stepped."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.atlas import record
from sim.fit import beliefs_for, yardsticks
from sim.fit.posterior import LEAVING, RETURNING
from sim.model.kernel import RUNS_PER_DRAW, simulate
from sim.model.plan import Plan, plan
from sim.model.terms import ACCOUNTS, COLUMNS, HAZARD, HEAD, SIDE, SIDES, TERMS
from sim.model.world import World
from sim.runs.ensemble import Engine, Ensemble, run_ensemble
from sim.runs.sampling import Draws, Mode, sample
from sim.scenario import ResolvedScenario, Scenario
from sim.scenario.checks import meaning_problems

Document = dict[str, Any]

START = "2021-12-31"

CERTAIN = {"departure_rate": 10.0, "return_rate": 10.0}
"""With a susceptibility of 1000 whoever may change does (hazard 10,000 a year); with 0 nobody does."""

NO_FEEDBACK = {"money_effect": 0.0, "backfire_effect": 0.0}
"""Nothing that patrons do moves a state, so that states do not touch each other."""

ALIKE = dict.fromkeys((*LEAVING, *RETURNING), 0.0)
"""Covariates count for nothing, so that all states share one hazard of leaving and one of returning."""


def told(*states: str, start: str = START, end: str = "2024-12-31", **tables: Any) -> Document:
    """A scenario in which just `states` are with Taipei at the start, and no former ally unless `roster` says so."""
    on_record = set(record().recognisers(date.fromisoformat(start)))
    roster = {
        "add": sorted(set(states) - on_record),
        "remove": sorted(on_record - set(states)),
        "candidates": [],
    }
    document: Document = {
        "scenario": {"name": "test", "title": "A test", "question": "Does it hold?", "start": start, "end": end},
        "roster": roster | tables.pop("roster", {}),
    }
    return document | tables


def changed(document: Document, changes: Mapping[str, Any]) -> Document:
    """A copy with values put at dotted paths, tables being made where there are none."""
    made = copy.deepcopy(document)
    for path, value in changes.items():
        *above, last = path.split(".")
        table = made
        for part in above:
            table = table.setdefault(part, {})
        table[last] = value
    return made


def problems_of(document: Document) -> list[str]:
    """What a well-formed scenario still gets wrong, a line each."""
    return [problem.line(None) for problem in meaning_problems(Scenario.model_validate(document))]


def lay_out(document: Document, root: Document | None = None) -> Plan:
    """The plan of a scenario that extends `root` (or nothing), which must be free of problems."""
    scenario = Scenario.model_validate(document)
    reference = scenario if root is None else Scenario.model_validate(root)
    found = problems_of(document) + ([] if root is None else problems_of(root))
    assert not found, found
    return plan(ResolvedScenario(scenario, reference, "test", ()), yardsticks(scenario.as_of))


def draw(laid: Plan, runs: int = 20, seed: int = 1, mode: Mode = "central") -> Draws:
    """The draws that serve so many runs."""
    return sample(laid, beliefs_for(laid.loaded.scenario), seed, -(-runs // RUNS_PER_DRAW), mode)


def run(
    document: Document | Plan,
    runs: int = 20,
    *,
    root: Document | None = None,
    seed: int = 1,
    mode: Mode = "central",
    engine: Engine = "compiled",
    threads: int | None = 1,
    ledger: bool = True,
    horizons: Sequence[int] | None = None,
) -> Ensemble:
    """Lay out, draw and simulate; without horizons, moves are expected at the first, a middle and the last month."""
    laid = document if isinstance(document, Plan) else lay_out(document, root)
    rows = horizons_of(laid) if horizons is None else horizons
    settings = {"engine": engine, "horizons": rows, "threads": threads, "ledger": ledger, "talks": runs}
    return run_ensemble(laid, draw(laid, runs, seed, mode), seed, runs, **settings)


def horizons_of(laid: Plan) -> tuple[int, ...]:
    """The first month, one in the middle and the last."""
    last = len(laid.months) - 1
    return tuple(sorted({0, last // 2, last}))


def in_pieces(laid: Plan, draws: Draws, seed: int, sizes: list[int], ledger: bool = False) -> Ensemble:
    """The runs in pieces of the sizes given, one kernel call each."""
    length, places = len(laid.months), len(laid.states) + len(laid.hosts)
    rows = np.array(horizons_of(laid), dtype=np.int64)
    total = sum(sizes)
    counts = np.empty((total, length, 2), dtype=np.uint8)
    expected = np.zeros((-(-total // RUNS_PER_DRAW), places, len(rows), 2))
    book = np.zeros((total, length, places, COLUMNS)) if ledger else None
    accounts = np.zeros((total, places, ACCOUNTS))
    changes, talked, answers, first = [], [], [], 0
    for size in sizes:
        last = first + size
        found = simulate(
            laid.timeline,
            draws.parameters,
            draws.values,
            draws.chances,
            draws.outcomes,
            draws.spreads,
            seed,
            first,
            size,
            rows,
            counts[first:last],
            expected[first // RUNS_PER_DRAW : -(-last // RUNS_PER_DRAW)],
            np.empty((0, 0, 0, 0)) if book is None else book[first:last],
            accounts[first:last],
            True,
        )
        changes.append(found[0])
        talked.append(found[1])
        answers.append(found[2])
        first = last
    rows_found = (np.concatenate(each) for each in (talked, answers))
    return Ensemble(counts, np.concatenate(changes), expected, book, *rows_found, accounts)


def bits(values: NDArray[np.float64] | None) -> NDArray[np.int64]:
    """Floats as whole numbers, so that equal means equal to the last bit (and NaN equals itself)."""
    assert values is not None
    return np.ascontiguousarray(values).view(np.int64)


def term(ensemble: Ensemble, name: str, place: int) -> NDArray[np.float64]:
    """One column of the ledger for one place (states, then hosts): (runs, T + 1)."""
    assert ensemble.ledger is not None
    column = {"hazard": HAZARD, "side": SIDE}.get(name, TERMS.get(name, -1))
    assert column >= 0
    return ensemble.ledger[:, :, place, column]


def recognising(ensemble: Ensemble) -> NDArray[np.uint8]:
    """(runs, T + 1) states that recognise Taipei."""
    return ensemble.counts[:, :, 0]


def cooperating(ensemble: Ensemble) -> NDArray[np.uint8]:
    """(runs, T + 1) hosts that cooperate with Washington."""
    return ensemble.counts[:, :, 1]


def sequence(laid: Plan, ensemble: Ensemble, run_number: int = 0) -> list[tuple[str, str, str, str]]:
    """What changed in one run, in words: month, state, side before, side after."""
    found = []
    for number, month, place, before, after in ensemble.changes[:, :HEAD].astype(int).tolist():
        if number == run_number:
            sides = SIDES["recognition" if place < len(laid.states) else "cooperation"]
            code = (*laid.states, *laid.hosts)[place]
            found.append((laid.months[month], code, sides[before], sides[after]))
    return found


def open_world(
    laid: Plan,
    draws: Draws | None = None,
    *,
    run_number: int = 0,
    seed: int = 1,
    kind: type[World] = World,
) -> World:
    """A Mesa world at the end of `as_of`, at central parameters unless `draws` says otherwise."""
    drawn = draw(laid) if draws is None else draws
    return kind(drawn.setting(laid, run_number // RUNS_PER_DRAW), seed, run_number)


@dataclass(frozen=True)
class Difference:
    """Where two ensembles differ, for a message that helps."""

    counts: int
    changes: bool
    expected: int
    ledger: int
    talks: bool
    answers: bool
    accounts: int


def difference(one: Ensemble, other: Ensemble) -> Difference:
    """Numbers that differ by a bit or more."""
    same = one.changes.shape == other.changes.shape and bool(np.all(bits(one.changes) == bits(other.changes)))
    ledger = 0
    if one.ledger is not None or other.ledger is not None:
        ledger = int(np.count_nonzero(bits(one.ledger) != bits(other.ledger)))
    expected = int(np.count_nonzero(bits(one.expected) != bits(other.expected)))
    alike = one.talks.shape == other.talks.shape and bool(np.all(bits(one.talks) == bits(other.talks)))
    answers = one.answers.shape == other.answers.shape and bool(np.all(bits(one.answers) == bits(other.answers)))
    counts = int(np.count_nonzero(one.counts != other.counts))
    accounts = int(np.count_nonzero(bits(one.accounts) != bits(other.accounts)))
    return Difference(counts, not same, expected, ledger, not alike, not answers, accounts)


SAME = Difference(counts=0, changes=False, expected=0, ledger=0, talks=False, answers=False, accounts=0)

assert HEAD == 5  # the tests below name the columns of a change by number


def rich() -> Document:
    """A scenario with every kind of event, every lever changed by date, every kind of state and of host."""
    unsure = {"central": 0.4, "low": 0.1, "high": 0.8}
    return {
        "scenario": {
            "name": "rich",
            "title": "Everything at once",
            "question": "Do the engines agree?",
            "start": "2021-12-10",
            "end": "2025-12-31",
        },
        "roster": {
            "add": ["PAN", "GMB"],
            "remove": ["BLZ", "KNA", "LCA", "NRU", "SWZ", "TUV", "VCT"],
            "candidates": ["BFA", "DOM", "FSM", "KIR", "NIC", "SLB", "SLV", "SYC"],
        },
        "beijing": {
            "budget": {"2022-03-01": 2.0, "2023-02-01": 0.0, "2024-02-01": 5.0},
            "acceptance": {"2022-05-01": 0.5, "2022-09-01": 1.0},
            "approach": {"2022-04-01": 1.5},
        },
        "taipei": {
            "budget": {"2022-06-01": 0.5, "2024-01-01": 3.0},
            "acceptance": {"2023-01-01": 0.7},
            "wooing": {"2022-08-01": 3.0, "2024-06-01": 0.5},
        },
        "washington": {
            "attention": {"2022-02-01": 2.5, "2023-05-01": 0.3},
            "focus": {"2022-07-01": 3.0},
            "hostility": {"2022-10-01": 1.0, "2024-03-01": 2.5},
        },
        "cooperation": {"hosts": ["GTM", "HND", "MHL", "PAN", "PLW", "SLV"]},
        "states": {
            "HND": {"lean": -0.2, "pride": 0.9, "susceptibility": 4.0, "government_since": "2021-06-01"},
            "PRY": {"prestige": 3.0, "dependence": 0.5, "susceptibility": 5.0, "access": 1.0, "taipei_aid": 40.0},
            "GTM": {
                "exports_to_usa": 60.0,
                "remittances_from_usa": 25.0,
                "us_aid": 3.0,
                "security_tie": 3.0,
                "population": 20e6,
            },
            "PLW": {"gdp_million_usd": 250.0, "susceptibility": 0.0},
            "NIC": {"susceptibility": 30.0},
            "VAT": {"susceptibility": 3.0},
        },
        "events": {
            "campaign": {"type": "campaign-pledge", "state": "HND", "date": "2021-11-01"},
            "castro": {
                "type": "inauguration",
                "state": "HND",
                "date": "2022-01-27",
                "lean": {"central": 0.4, "low": 0.0, "high": 0.8},
            },
            "castro-again": {"type": "inauguration", "state": "HND", "date": "2025-01-27"},
            "murmur": {
                "type": "pledge",
                "state": "PRY",
                "date": "2022-02-10",
                "strength": unsure,
                "half_life_months": 9.0,
            },
            "longing": {"type": "pledge", "state": "NIC", "to": "taipei", "date": "2022-04-01"},
            "managua": {"type": "inauguration", "state": "NIC", "date": "2022-03-10", "lean": -0.8},
            "comfort": {
                "type": "reassurance",
                "state": "HND",
                "date": "2022-06-01",
                "strength": 0.7,
                "half_life_months": 6.0,
            },
            "comfort-to-come": {
                "type": "reassurance",
                "state": "PRY",
                "date": "2022-06-01",
                "incoming": True,
            },
            "asuncion": {"type": "inauguration", "state": "PRY", "date": "2023-08-15", "chance": 0.8},
            "order": {"type": "order", "state": "HND", "date": "2023-03-14", "chance": unsure},
            "order-2": {"type": "order", "state": "HTI", "date": "2022-09-14", "chance": 0.9},
            "taken-back": {"type": "withdrawal", "state": "HTI", "date": "2023-01-14", "chance": 0.5},
            "drift": {"type": "lean", "state": "GTM", "date": "2023-01-14", "lean": 0.6},
            "envoys": {
                "type": "lobbying",
                "state": "HND",
                "date": "2023-03-15",
                "pressure": {"central": 1.5, "low": 0.5, "high": 2.5},
                "half_life_months": 8.0,
            },
            "outrage": {"type": "protest", "state": "HND", "date": "2023-03-16"},
            "outrage-2": {"type": "protest", "state": "GTM", "date": "2022-03-16", "half_life_months": 3.0},
            "headline": {
                "type": "offer",
                "state": "PRY",
                "date": "2022-09-01",
                "million_usd": {"central": 900.0, "low": 300.0, "high": 2000.0},
                "from_budget": True,
            },
            "signed": {
                "type": "offer",
                "state": "PLW",
                "date": "2022-10-01",
                "million_usd": 80.0,
                "years": 2.0,
                "signed": True,
                "half_life_months": 12.0,
            },
            "holy": {"type": "offer", "state": "VAT", "date": "2022-10-01", "million_usd": 80.0},
            "answer": {
                "type": "offer",
                "by": "taipei",
                "state": "PRY",
                "date": "2022-11-01",
                "million_usd": 100.0,
                "years": 3.0,
                "signed": True,
                "from_budget": True,
            },
            "lure": {"type": "offer", "by": "taipei", "state": "NIC", "date": "2023-11-01", "million_usd": 100.0},
            "match": {"type": "match", "state": "PRY", "date": "2023-01-01", "share": 0.8},
            "unmet": {
                "type": "request",
                "state": "HND",
                "date": "2022-08-01",
                "million_usd": 2450.0,
                "years": 10.0,
                "answer": "refused",
                "chance": unsure,
            },
            "met": {"type": "request", "state": "HTI", "date": "2022-03-05", "million_usd": 150.0, "answer": "met"},
            "asked": {"type": "request", "state": "GTM", "date": "2021-11-20", "million_usd": 90.0},
            "told": {"type": "switch", "state": "PAN", "to": "beijing", "date": "2025-02-02", "chance": 0.5},
            "told-back": {"type": "switch", "state": "NIC", "to": "taipei", "date": "2025-02-02", "chance": 0.3},
            "induced": {
                "type": "offer",
                "by": "washington",
                "state": "GTM",
                "date": "2022-02-01",
                "million_usd": 400.0,
                "years": 3.0,
                "signed": True,
            },
            "cut": {"type": "aid-cut", "by": "taipei", "state": "HTI", "date": "2022-05-01", "share": 0.6},
            "cut-2": {
                "type": "aid-cut",
                "by": "washington",
                "state": "HTI",
                "date": "2022-06-01",
                "share": unsure,
            },
            "visas": {"type": "hostility", "state": "HND", "date": "2022-04-01", "hostility": unsure},
            "tariffs": {
                "type": "hostility",
                "state": "PAN",
                "date": "2023-04-01",
                "hostility": {"central": 2.0, "low": 1.0, "high": 3.0},
                "half_life_months": 7.0,
            },
            "grumble": {"type": "threat", "state": "GTM", "date": "2022-03-01", "strength": unsure},
            "open-threat": {"type": "threat", "state": "HND", "date": "2023-01-03"},
            "notice": {"type": "notice", "state": "HND", "date": "2022-11-20", "chance": 0.8},
            "notice-2": {"type": "notice", "state": "PAN", "date": "2021-09-01"},
            "notice-3": {"type": "notice", "state": "MHL", "date": "2024-02-01"},
            "notice-4": {"type": "notice", "state": "SLV", "date": "2022-02-01"},
            "as-you-were": {"type": "notice-withdrawn", "state": "MHL", "date": "2024-09-01", "chance": 0.6},
            "given-way": {"type": "answer", "state": "SLV", "date": "2022-05-01", "answer": "gives-way", "chance": 0.7},
            "punished": {"type": "answer", "state": "PAN", "date": "2022-01-20", "answer": "retaliates"},
            "flights": {"type": "deportations", "state": "HTI", "date": "2022-08-01", "share": unsure},
            "pause": {"type": "truce", "date": "2023-10-01", "years": 0.5, "chance": 0.5},
        },
        "elections": {
            "taiwan": {
                "date": "2024-01-13",
                "state": "TWN",
                "outcomes": {
                    "kmt": {
                        "chance": {"central": 0.4, "low": 0.2, "high": 0.6},
                        "effects": {
                            "truce": {"type": "truce", "delay_months": 4, "chance": 0.7},
                            "over": {"type": "truce-ends", "delay_months": 16},
                        },
                    },
                    "tpp": {
                        "chance": 0.3,
                        "effects": {"calm": {"type": "truce", "delay_months": 2, "years": 1.0}},
                    },
                },
            },
            "guatemala": {
                "date": "2023-08-20",
                "state": "GTM",
                "outcomes": {
                    "left": {
                        "chance": 0.6,
                        "effects": {
                            "promise": {"type": "campaign-pledge", "state": "GTM", "delay_months": 1},
                            "office": {"type": "inauguration", "state": "GTM", "delay_months": 5, "lean": 0.3},
                        },
                    },
                    "right": {
                        "chance": 0.3,
                        "effects": {
                            "office": {"type": "inauguration", "state": "GTM", "delay_months": 5, "lean": -0.3}
                        },
                    },
                },
            },
        },
        "parameters": {
            "neighbours_effect": {"central": 0.2, "low": -0.3, "high": 0.7},
            "restoration_rate": {"central": 0.8, "low": 0.4, "high": 1.6},
        },
    }


def in_the_truce() -> Document:
    """A start within the truce, with a state (the Gambia) on neither side."""
    return told(
        "GTM",
        "HND",
        "PAN",
        "VAT",
        start="2014-01-31",
        end="2018-12-31",
        roster={"candidates": ["CRI", "GMB", "MWI"]},
        states={"GMB": {"susceptibility": 40.0}, "PAN": {"susceptibility": 60.0}},
        cooperation={"hosts": ["HND", "PAN"]},
        events={
            "truce": {"type": "truce", "date": "2008-05-20"},
            "contest": {"type": "truce-ends", "date": "2016-01-16"},
        },
    )
