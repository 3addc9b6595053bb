"""One run of a result: its months up to the decision, the decision by terms, and the patrons' acts."""

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
from sim.analysis.words import acts_in_words
from sim.errors import Problem, ResultError
from sim.model import rules
from sim.model.calendar import AID, DOUBTED, INDUCEMENT, OFFER, draw_happenings
from sim.model.draws import SUSPEND, state_code, uniform
from sim.model.kernel import RUNS_PER_DRAW
from sim.model.terms import (
    CHANCE,
    DECISIONS,
    HAZARD,
    IN_PUBLIC,
    IN_TALKS,
    OUTCOMES,
    SIDE,
    SIDES,
    TAIPEI,
    TALK_SIDE,
    TALK_STATE,
    TALKS,
    TERMS,
)
from sim.runs.ensemble import Ensemble
from sim.runs.processes import Call
from sim.runs.setup import Setup

Row = dict[str, Any]

MONTHS_BEFORE = 24
"""Months up to the decision, its own included, over which chances are added up."""
MOST_HIGHEST = 5


def one_run(subject: Subject, setup: Setup, run: int, typical: bool, call: Call | None = None) -> dict[str, Any]:
    """One run: its months up to the decision, the decision by terms, the patrons' acts, and what would have kept it.

    setup : of the request behind the result; call : processes of Python agents
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
    document: dict[str, Any] = {
        "decision": subject.decision,
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
        "words": acts_in_words(subject, setup.plan, happens, draws.values[draw], beliefs),
        "answers": answers_in(ensemble.answers, subject.place - len(result.members), result.months),
    }
    document["keeping"] = None if decided is None else smallest_change(subject, run, last, call)
    return document


def _closed(subject: Subject, setup: Setup, ensemble: Ensemble) -> dict[int, Row]:
    """The talks of the state that ended in a run, by the row of their end."""
    if not DECISIONS[subject.decision].by_talks:
        return {}
    rows: dict[int, Row] = {}
    leaving = subject.decision == "leave"
    own = (ensemble.talks[:, TALK_STATE] == subject.place) & ((ensemble.talks[:, TALK_SIDE] == TAIPEI) == leaving)
    for talk_row in ensemble.talks[own]:
        talk = {name: float(talk_row[column]) for name, column in COLUMNS.items()}
        outcome = OUTCOMES[int(talk["outcome"])]
        document = held_by(subject, setup.plan, talk)
        if outcome not in ("left", "stayed"):
            document |= dict.fromkeys(("drawn", "surplus", "more_share", "more_musd"))
        rows[int(talk["closed"])] = document | {
            "row": int(talk["opened"]),
            "outcome": outcome,
            "acceptance": talk["acceptance"],
        }
    return rows


def _month(subject: Subject, timeline: Any, seed: int, run: int, row: int, weighed: Any, closed: Row | None) -> Row:
    """The terms of the state in a month, the chance that follows from them, and the number drawn.

    closed : its talks that ended in the month
    """
    decision = DECISIONS[subject.decision]
    terms = {name: float(weighed[TERMS[name]]) for name in decision.terms}
    hazard, number = float(weighed[HAZARD]), int(timeline.calendar_month[row])
    side = SIDES[subject.tie][int(weighed[SIDE])]
    open_to = bool(decision.may_follow(weighed[SIDE]))
    chance = rules.monthly_chance(hazard, float(timeline.exposure[row])) if open_to else None
    document: Row = {"month": subject.result.months[row], "row": row, "side": side, **terms}
    u: float | None = None
    if decision.by_talks:
        document["talks"] = TALKS[int(weighed[IN_TALKS])] if open_to else None
        document["losing"] = float(weighed[CHANCE]) if open_to else None
        u = None if closed is None else closed["drawn"]
    elif open_to:
        u = uniform(seed, run, number, state_code(subject.iso3), SUSPEND)
    return document | {"hazard": hazard, "chance": chance, "luck": u}


def steps(decision: str, terms: Mapping[str, float]) -> list[Row]:
    """From reference conditions to the decision, term by term in the order of the rules.

    terms : a month's, by name
    Each step has `term`, `label`, `value`, `before`, `after`, and `factor` (after over before). They are, for leaving
    and coming, the chance that talks closing in the month end in the change; for suspending, the annual hazard. The
    last `after` is the ledger's to the last bit.
    """
    law = DECISIONS[decision]

    def measure(total: float) -> float:
        if law.by_talks:
            return rules.wins(max(-rules.MOST_BALANCE, min(rules.MOST_BALANCE, total)))
        return math.exp(min(total, rules.MOST_LOG_HAZARD))

    total = terms["base"]
    after = measure(total)
    first: Row = {"term": "base", "label": law.base, "value": total, "factor": None, "before": None, "after": after}
    rows = [first]
    for term in law.added:
        total = total + terms[term.name]
        rows.append(_step(term.name, term.label, terms[term.name], rows[-1]["after"], measure(total)))
    for term in law.after:
        value, before = terms[term.name], rows[-1]["after"]
        rows.append(
            _step(term.name, term.label, value, before, before + value if term.name == "order" else value * before)
        )
    return rows


def _step(term: str, label: str, value: float, before: float, after: float) -> Row:
    factor = after / before if before > 0.0 else None
    return {"term": term, "label": label, "value": value, "factor": factor, "before": before, "after": after}


def _adds_up(chances: Sequence[float]) -> float:
    """The chance of the decision within months that have these chances."""
    return -math.expm1(sum(math.log1p(-chance) if chance < 1.0 else -math.inf for chance in chances))


def _acts(subject: Subject, setup: Setup, run: int, rows: Any, last: int, public: int) -> tuple[list[Row], Row]:
    """The patrons' acts in a run, month by month, from the agents themselves; and the same at reference.

    rows : (T + 1, COLUMNS) the run's ledger of the place; the agents must give the same to the last bit
    public : 1 if the reference is that of public talks, otherwise 0
    """
    acts: list[Row] = []
    weighed: list[list[float]] = []

    class Watched(setup.world_class):  # type: ignore[name-defined]
        """A world that notes the acts towards the state before its decision is carried out."""

        def record(self, places: Any, after: list[int]) -> None:
            acts.append(_act(self, self.members[subject.member], subject.result.months[self.month]))
            super().record(places, after)
            weighed.append(list(places[subject.place].row))

    world = setup.world(run, Watched)
    for _ in range(last + 1):
        world.step()
    if not same_bits(np.array(weighed), rows[: last + 1]):
        rule = "what both engines of this version give again: run the scenario again"
        raise ResultError(Problem("events.parquet", rule), subject.result.folder)
    reference, i = world.reference, subject.member
    gdp = float(setup.plan.timeline.gdp[i])
    access = math.exp(float(reference.access[i]))
    package = math.exp(float(reference.bid[i, last])) - access
    answer = reference.win_answer if subject.decision == "return" else reference.answer
    aid = math.expm1(float(answer[i]))
    usual = {
        "beijing_share": package,
        "beijing_million_usd": package / 100.0 * gdp,
        "taipei_share": aid,
        "taipei_million_usd": aid / 100.0 * gdp,
        "pressure": float(reference.pressed[i, public]),
        "stake_share": math.expm1(float(reference.stake[i, public])),
        "dependence": float(setup.plan.timeline.dependence_ref[i]),
    }
    return acts, usual


def _act(world: Any, state: Any, month: str) -> Row:
    """The acts towards a state in a month.

    Shares are in % of GDP a year and as believed, except `beijing_face_share`, Beijing's bid at face value. Pressure
    and hostility are from 0 to 3.
    """
    with_taipei = state.side == TAIPEI
    believed, aid = state.bid, state.aid
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
    happens = np.empty(len(setup.plan.entries), dtype=np.bool_)
    draw_happenings(setup.plan.timeline.events, draws.chances[draw], draws.outcomes[draw], setup.seed, run, happens)
    return happens
