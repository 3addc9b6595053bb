"""One run of a result: its months up to the decision, that decision by terms, what the patrons did in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.answers import answers_in
from sim.analysis.bench import ledger_again, same_bits
from sim.analysis.dates import calendar_of
from sim.analysis.smallest_change import smallest_change
from sim.analysis.subject import Subject, first_decisions
from sim.analysis.talks import COLUMNS, held_by
from sim.analysis.words import acts_told
from sim.errors import Problem, ResultError
from sim.model import rules
from sim.model.calendar import AID, DOUBTED, INDUCEMENT, OFFER, draw_happenings
from sim.model.draws import RETURN, SUSPEND, state_code, uniform
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import (
    CHANCE,
    DECISIONS,
    HAZARD,
    IN_PUBLIC,
    IN_TALKS,
    OUTCOMES,
    SIDE,
    TAIPEI,
    TALK_STATE,
    TALKS,
    TERMS,
)
from sim.results.result import SIDES
from sim.runs.ensemble import Ensemble
from sim.runs.setup import Setup

Row = dict[str, Any]

MONTHS_BEFORE = 24
"""Months that are counted as those before the decision, its own included."""
MOST_HIGHEST = 5
PURPOSES = {"return": RETURN, "suspend": SUSPEND}


def one_run(subject: Subject, setup: Setup, run: int, typical: bool) -> dict[str, Any]:
    """One run: its months up to the decision, that decision by terms, what the patrons did, what would have kept it.

    setup : of the request that gave the result
    """
    result, timeline = subject.result, setup.plan.timeline
    ensemble = ledger_again(result, setup, [run], result.settings["engine"])
    assert ensemble.ledger is not None
    rows = ensemble.ledger[0, :, subject.place, :]
    closed = _closed(subject, setup, ensemble)
    runs, when = first_decisions(subject)
    taken = when[runs == run]
    decided = int(taken[0]) if taken.shape[0] else None
    last = len(result.months) - 1 if decided is None else decided
    months = [_month(subject, timeline, setup.seed, run, row, rows[row], closed.get(row)) for row in range(last + 1)]
    ranked = sorted(months, key=lambda month: (-month["hazard"], month["row"]))
    at = months[last] if decided is not None else ranked[0]
    public = int(rows[at["row"], IN_TALKS] == IN_PUBLIC)
    acts, usual = _acts(subject, setup, run, rows, last, public)
    before = months[max(0, at["row"] - MONTHS_BEFORE + 1) : at["row"] + 1]
    chances = [month["chance"] for month in months if month["chance"] is not None]
    draw, happens = run // RUNS_PER_DRAW, _happenings(setup, run)
    draws = setup.draws(run + 1)
    beliefs = {name: float(draws.parameters[name][draw]) for name in draws.parameters.dtype.names or ()}
    talk = closed.get(at["row"]) if decided is not None else None
    told: dict[str, Any] = {
        "run": run,
        "draw": draw,
        "typical": typical,
        "decided": decided is not None,
        "month": at["month"],
        "row": at["row"],
        "exposure": float(timeline.exposure[at["row"]]),
        "hazard": at["hazard"],
        "chance": at["chance"],
        "luck": at["luck"],
        "losing": at.get("losing"),
        "talks": talk,
        "drawn": None if talk is None else talk["drawn"] / talk["acceptance"],
        "wins": None if talk is None else talk["chance"] / talk["acceptance"],
        "surplus": None if talk is None else -talk["surplus"],
        "money_effect": beliefs["money_effect"],
        "economy": bool(timeline.economy[subject.member]),
        "concluded": [closed[row] for row in sorted(closed) if row <= last],
        "chance_before": _adds_up([month["chance"] for month in before if month["chance"] is not None]),
        "months_before": len(before),
        "chance_in_all": _adds_up(chances),
        "steps": steps(subject.decision, at),
        "months": months,
        "highest": [] if decided is not None else [month["month"] for month in ranked[:MOST_HIGHEST]],
        "acts": acts,
        "usual": usual,
        "calendar": list(calendar_of(subject, setup.plan, happens)),
        "words": acts_told(subject, setup.plan, happens, draws.values[draw], beliefs),
        "answers": answers_in(ensemble.answers, subject.place - len(result.members), result.months),
    }
    told["keeping"] = None if decided is None else smallest_change(subject, run, decided)
    return told


def _closed(subject: Subject, setup: Setup, ensemble: Ensemble) -> dict[int, Row]:
    """The talks of the state that ended in a run, by the row in which they did."""
    if subject.decision != "leave":
        return {}
    found: dict[int, Row] = {}
    for row in ensemble.talks[ensemble.talks[:, TALK_STATE] == subject.place]:
        talk = {name: float(row[column]) for name, column in COLUMNS.items()}
        outcome = OUTCOMES[int(talk["outcome"])]
        told = held_by(subject, setup.plan, talk)
        if outcome not in ("left", "stayed"):
            told |= dict.fromkeys(("drawn", "surplus", "more_share", "more_musd"))
        found[int(talk["closed"])] = told | {
            "row": int(talk["opened"]),
            "outcome": outcome,
            "acceptance": talk["acceptance"],
        }
    return found


def _month(subject: Subject, timeline: Any, seed: int, run: int, row: int, weighed: Any, closed: Row | None) -> Row:
    """What the state weighed in a month, the chance that followed, and the number drawn.

    closed : its talks that ended in the month
    """
    decision = DECISIONS[subject.decision]
    terms = {name: float(weighed[TERMS[name]]) for name in decision.terms}
    hazard, number = float(weighed[HAZARD]), int(timeline.calendar_month[row])
    side = SIDES[subject.tie][int(weighed[SIDE])]
    open_to = side == SIDES[subject.tie][decision.home]
    chance = rules.monthly_chance(hazard, float(timeline.exposure[row])) if open_to else None
    told: Row = {"month": subject.result.months[row], "row": row, "side": side, **terms}
    luck: float | None = None
    if subject.decision == "leave":
        told["talks"] = TALKS[int(weighed[IN_TALKS])] if open_to else None
        told["losing"] = float(weighed[CHANCE]) if open_to else None
        luck = None if closed is None else closed["drawn"]
    elif open_to:
        luck = uniform(seed, run, number, state_code(subject.iso3), PURPOSES[subject.decision])
    return told | {"hazard": hazard, "chance": chance, "luck": luck}


def steps(decision: str, terms: Mapping[str, float]) -> list[Row]:
    """From reference conditions to the decision, term by term as the rules do it.

    terms : a month's, by name
    Each step has `term`, `label`, `value`, `before` and `after`, and `factor`, the one over the other: of leaving, the
    chance that talks are lost which close in the month; of the other decisions, the annual hazard. The last `after` is
    the ledger's to the last bit.
    """
    told = DECISIONS[decision]
    leaves = decision == "leave"

    def measure(total: float) -> float:
        if leaves:
            return rules.wins(max(-rules.MOST_BALANCE, min(rules.MOST_BALANCE, total)))
        return math.exp(min(total, rules.MOST_LOG_HAZARD))

    total = terms["base"]
    after = measure(total)
    first: Row = {"term": "base", "label": told.base, "value": total, "factor": None, "before": None, "after": after}
    found = [first]
    for term in told.added:
        total = total + terms[term.name]
        found.append(_step(term.name, term.label, terms[term.name], found[-1]["after"], measure(total)))
    for term in told.after:
        value, before = terms[term.name], found[-1]["after"]
        found.append(
            _step(term.name, term.label, value, before, before + value if term.name == "order" else value * before)
        )
    return found


def _step(term: str, label: str, value: float, before: float, after: float) -> Row:
    factor = after / before if before > 0.0 else None
    return {"term": term, "label": label, "value": value, "factor": factor, "before": before, "after": after}


def _adds_up(chances: Sequence[float]) -> float:
    """The chance of the decision within months that have these chances."""
    return -math.expm1(sum(math.log1p(-chance) if chance < 1.0 else -math.inf for chance in chances))


def _acts(subject: Subject, setup: Setup, run: int, rows: Any, last: int, public: int) -> tuple[list[Row], Row]:
    """What the patrons did in a run, month by month, from the agents themselves; and the same at reference.

    rows : (T + 1, COLUMNS) the run's ledger of the place, which the agents must give again to the last bit
    public : whether the reference is that of public talks (0 or 1)
    """
    from sim.model.world import World

    found: list[Row] = []
    weighed: list[list[float]] = []

    class Watched(World):
        """A world that notes what was done to the state before its decision is carried out."""

        def record(self, places: Any, after: list[int]) -> None:
            found.append(_act(self, self.members[subject.member], subject.result.months[self.month]))
            super().record(places, after)
            weighed.append(list(places[subject.place].row))

    draws, draw = setup.draws(run + 1), run // RUNS_PER_DRAW
    names = draws.parameters.dtype.names or ()
    world = Watched(
        setup.plan.timeline,
        setup.plan.states,
        {name: float(draws.parameters[name][draw]) for name in names},
        draws.values[draw],
        draws.chances[draw],
        draws.outcomes[draw],
        draws.spreads[draw],
        setup.seed,
        run,
    )
    for _ in range(last + 1):
        world.step()
    if not same_bits(np.array(weighed), rows[: last + 1]):
        rule = "what both engines of this version give again: run the scenario again"
        raise ResultError(Problem("events.parquet", rule), subject.result.folder)
    reference, i = world.reference, subject.member
    gdp = float(setup.plan.timeline.gdp[i])
    access = math.exp(float(reference.access[i]))
    package, aid = math.exp(float(reference.bid[i, last])) - access, math.expm1(float(reference.answer[i]))
    usual = {
        "beijing_share": package,
        "beijing_million_usd": package / 100.0 * gdp,
        "taipei_share": aid,
        "taipei_million_usd": aid / 100.0 * gdp,
        "pressure": float(reference.pressed[i, public]),
        "stake_share": math.expm1(float(reference.stake[i, public])),
        "dependence": float(setup.plan.timeline.dependence_ref[i]),
    }
    return found, usual


def _act(world: Any, state: Any, month: str) -> Row:
    """What was done to a state in a month.

    Shares in % of GDP a year, as believed but for `beijing_face_share`, Beijing's bid at face value; pressure and
    hostility 0 to 3.
    """
    with_taipei = state.side == TAIPEI
    believed = state.bid if with_taipei else state.level(OFFER)
    aid = state.aid if with_taipei else state.level(AID)
    offers, standing = float(state.level(OFFER)), float(state.standing) if with_taipei else 0.0
    face = (believed - offers) / state.trust() + offers + float(state.level(DOUBTED))
    stake = float(state.stake[min(state.kind, 1)]) if with_taipei else 0.0
    return {
        "month": month,
        "gdp_million_usd": float(state.gdp),
        "beijing_share": float(believed),
        "beijing_face_share": float(face),
        "beijing_face_million_usd": float(face) / 100.0 * state.gdp,
        "of_it_offers": float(state.level(OFFER)),
        "beijing_million_usd": float(believed) / 100.0 * state.gdp,
        "beijing_accepts": float(world.beijing.acceptance),
        "taipei_share": float(aid),
        "taipei_million_usd": float(aid) / 100.0 * state.gdp,
        "taipei_standing_share": rules.percent(standing, state.gdp) + (float(state.level(AID)) if with_taipei else 0.0),
        "inducement_share": float(state.level(INDUCEMENT)),
        "stake_share": stake,
        "stake_million_usd": stake / 100.0 * state.gdp,
        "taipei_accepts": float(world.taipei.acceptance),
        "pressure": float(state.pressed[min(state.kind, 1)]) if with_taipei else None,
        "hostility": state.hostility(),
        "dependence": float(state.dependence()),
    }


def _happenings(setup: Setup, run: int) -> NDArray[np.bool_]:
    """(E,) whether each event of the calendar happens in a run."""
    draws, draw = setup.draws(run + 1), run // RUNS_PER_DRAW
    found = np.empty(len(setup.plan.entries), dtype=np.bool_)
    draw_happenings(setup.plan.timeline.events, draws.chances[draw], draws.outcomes[draw], setup.seed, run, found)
    return found
