"""What the priors alone say: computed with the model's own rules, put into `prior-predictive.md`, and drawn.

`python -m docs.prior_predictive` rewrites the tables between their marks and the picture; a test computes the tables
again. "Priors" draws what was assumed or documented, and from its declared prior what the record then moved; what is
estimated without a declared prior is held at its central value. "Posterior" draws everything, as a run does.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from docs import prior_posterior
from docs.story import DOCS
from sim.atlas import record
from sim.fit import Belief, beliefs, yardsticks
from sim.fit.prices import PRICED
from sim.model import rules
from sim.model.draws import purpose_of
from sim.model.kernel import uniforms
from sim.model.plan import plan
from sim.model.terms import TAIPEI
from sim.parameters import Held
from sim.results import Result
from sim.results.tables import moved
from sim.runs.run import Request, simulate
from sim.runs.sampling import Mode, sample
from sim.scenario import ResolvedScenario, Scenario, load

Floats = NDArray[np.float64]

PAGE = DOCS / "prior-predictive.md"
PICTURE = DOCS / "images" / "prior-predictive.png"
DRAWS, RUNS, SEED = 2_000, 2_000, 1
HIGH, LOW, PRIDE = 0.8, 0.1, 0.5
"""A high and a low dependence on Washington, and the usual pride."""
USUAL = 1.0
"""Washington's usual pressure in the Americas."""


class Draw(NamedTuple):
    """One draw of the parameters, with what follows from it."""

    p: Any
    """The parameters by name."""
    centre: float
    return_centre: float
    u: float
    """A uniform number, for times that are drawn."""


Known = Literal["priors", "posterior"]


def before_the_record(belief: Belief) -> Belief:
    """The declared prior of an estimated parameter, or its central value if none is declared. Others as they are."""
    if belief.parameter.kind != "estimated":
        return belief
    if belief.parameter.central is not None:
        return replace(belief, distribution=belief.parameter.distribution)
    middle = belief.distribution.central
    return replace(belief, distribution=Held(middle, middle, middle))


@cache
def draws(known: Known) -> tuple[Draw, ...]:
    """Draws of the parameters from the priors or the posterior, both by the same random numbers."""
    day = record().confirmed_until
    laws = beliefs(day)
    if known == "priors":
        laws = {name: before_the_record(belief) for name, belief in laws.items()}
    drawn = sample(plan(load("outlook-2026"), yardsticks(day)), laws, SEED, DRAWS, "drawn").parameters
    numbers = uniforms(SEED, DRAWS, purpose_of("prior-predictive:luck"))
    names = drawn.dtype.names or ()
    return tuple(
        Draw(
            p := SimpleNamespace(**dict(zip(names, row, strict=True))),
            rules.window_centre(p.window_effect, p.window_share),
            rules.window_centre(p.return_window_effect, p.window_share),
            float(u),
        )
        for row, u in zip(drawn.tolist(), numbers, strict=True)
    )


Measure = Callable[[Draw], float]


def over_draws(measure: Measure, known: Known) -> tuple[float, float, float]:
    """Median, 5 % and 95 % points of something over the draws."""
    low, middle, high = np.quantile([measure(draw) for draw in draws(known)], [0.05, 0.5, 0.95]).tolist()
    return middle, low, high


# --- Terms at typical levers ---------------------------------------------------------------------------------


def _package(percent: float) -> Measure:
    return lambda d: rules.offer_term(d.p.money_effect, rules.worth(percent), rules.worth(0.0))


def _aid(percent: float, instead_of: float) -> Measure:
    return lambda d: rules.aid_term(d.p.money_effect, rules.worth(percent), rules.worth(instead_of))


def _threat(pressure: float, dependence: float, instead_of: float) -> Measure:
    def measure(d: Draw) -> float:
        stakes = (rules.stake(level, d.p.credibility, dependence, d.p.gdp_at_risk) for level in (pressure, instead_of))
        return rules.threat_term(d.p.money_effect, *map(rules.worth, stakes))

    return measure


def _backfire(pressure: float, hostility: float, pride: float, instead_of: float) -> Measure:
    return lambda d: rules.backfire_term(d.p.backfire_effect, pride, pressure, hostility, instead_of)


def _pressed(pressure: float, dependence: float, instead_of: float) -> Measure:
    deters, provokes = _threat(pressure, dependence, instead_of), _backfire(pressure, 0.0, PRIDE, instead_of)
    return lambda d: deters(d) + provokes(d)


def _window(months: int) -> Measure:
    return lambda d: rules.window_term(d.p.window_effect, d.centre, months)


def _leaning(d: Draw) -> float:
    return rules.government_term(d.p.lean_effect, 1.0, 0.0)


def _promised(d: Draw) -> float:
    usual = 1.0 - rules.survival(d.p.departure_rate, rules.TERM_YEARS)
    return rules.log_odds(_kept(1.0, d)) - rules.log_odds(usual)


def _reassured(d: Draw) -> float:
    return math.log(rules.courtship(1.0, d.p.money_effect, 0.0, d.p.reassurance_effect, 1.0))


def _refused(d: Draw) -> float:
    return rules.request_term(d.p.request_followed, d.p.requests_unseen, d.p.lost_public, d.p.money_effect, 0.0, 0.0)


def _truce(d: Draw) -> float:
    return math.log(rules.acceptance(1.0, True, d.p.acceptance_truce))


def _order(d: Draw) -> float:
    return rules.words_term(d.p.order_carried_out, d.p.lost_public)


TERMS: tuple[tuple[str, str, Measure], ...] = (
    ("offer", "a package of 1 % of GDP a year, as believed", _package(1.0)),
    ("offer", "a package of 3 %, as believed", _package(3.0)),
    ("offer", "a package of 10 %, as believed", _package(10.0)),
    ("aid", "Taipei's aid halved, from 1 % of GDP a year", _aid(0.5, 1.0)),
    ("aid", "Taipei's aid doubled, from 1 %", _aid(2.0, 1.0)),
    ("threat, backfire", "pressure at 3, not the usual 1; dependence 0.8", _pressed(3.0, HIGH, USUAL)),
    ("threat, backfire", "pressure at 3, not the usual 1; dependence 0.1", _pressed(3.0, LOW, USUAL)),
    ("backfire", "hostility 2 on other questions", _backfire(USUAL, 2.0, PRIDE, USUAL)),
    ("government", "a government that leans to Beijing by 1 more", _leaning),
    ("time", "a new government, first 12 months (rate)", _window(0)),
    ("time", "a government later in its term (rate)", _window(24)),
    ("pledge", "a promise to leave (odds of leaving in a term)", _promised),
    ("opening", "a fresh reassurance to Taipei (odds that talks open)", _reassured),
    ("request", "a request to Taipei refused (against other public talks)", _refused),
    ("order", "a public order to open ties (against other public talks)", _order),
    ("neighbours", "a neighbour that has just left", lambda d: rules.neighbours_term(d.p.neighbours_effect, 1.0)),
    ("acceptance", "a truce between Beijing and Taipei (chance)", _truce),
)  # fmt: skip
"""Term, lever, and the change of the log odds that talks are lost (or of what is said), all else as usual."""


def terms_table() -> str:
    """What each lever multiplies the odds by: median and 90 % of draws, from the priors and with the record."""
    rows = ["| term | lever | by the priors | with the record |", "|---|---|---|---|"]
    for term, lever, measure in TERMS:
        priors, posterior = (_range(measure, known) for known in get_args(Known))
        rows.append(f"| {term} | {lever} | {priors} | {'the same' if posterior == priors else posterior} |")
    return "\n".join(rows)


def _range(measure: Measure, known: Known) -> str:
    middle, low, high = (_times(math.exp(value)) for value in over_draws(measure, known))
    return f"{middle} ({low} to {high})"


def _times(value: float) -> str:
    if value >= 1000.0:
        return f"{float(f'{value:.1e}'):,.0f}"
    return f"{value:.0f}" if value >= 20.0 else f"{value:.1f}" if value >= 10.0 else f"{value:.2f}"


# --- Five years ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Five years of contest on the record."""

    start: date
    end: date

    @property
    def lost(self) -> int:
        """States with Taipei at the start that were not with it at the end, on record."""
        known = record()
        return sum(known.side(code, self.end) != "taipei" for code in known.recognisers(self.start))


SPANS = (Span(date(1995, 1, 1), date(1999, 12, 31)), Span(date(2016, 5, 20), date(2021, 5, 31)))
CASES: tuple[tuple[str, str, Known, Mapping[str, Any]], ...] = (
    ("luck alone", "priors at their central values", "priors", {}),
    ("and the priors", "they are drawn", "priors", {}),
    ("and what the record says", "everything is drawn, as in a run of the simulator", "posterior", {}),
    ("Beijing's budget doubled", "priors drawn", "priors", {"beijing": {"budget": 2.0}}),
    ("the same", "everything drawn", "posterior", {"beijing": {"budget": 2.0}}),
    ("Taipei's budget halved", "priors drawn", "priors", {"taipei": {"budget": 0.5}}),
    ("the same", "everything drawn", "posterior", {"taipei": {"budget": 0.5}}),
    ("Washington's attention tripled", "priors drawn", "priors", {"washington": {"attention": 3.0}}),
    ("the same", "everything drawn", "posterior", {"washington": {"attention": 3.0}}),
    ("hostility 2 towards everyone", "priors drawn", "priors", {"washington": {"hostility": 2.0}}),
)
"""What varies, in words, what is drawn, and the levers moved."""


def _priors_of_a_run(as_of: date) -> dict[str, Any]:
    """What a scenario sets for money to have its prior, and all else that is estimated its central value."""
    given: dict[str, Any] = {}
    for name, belief in beliefs(as_of).items():
        prior = belief.parameter
        if name in PRICED:
            given[name] = {"central": prior.central, "low": prior.low, "high": prior.high}
        elif prior.kind == "estimated":
            given[name] = belief.distribution.central
    return given


@cache
def losses(span: Span, case: int) -> NDArray[np.int64]:
    """(runs,) states with Taipei at the start that are gone at the end, run by run."""
    header = {
        "name": f"five-years-from-{span.start.year}",
        "title": "Prior-predictive check",
        "question": "How many are lost?",
        "start": span.start,
        "end": span.end,
    }
    _, _, known, levers = CASES[case]
    document: dict[str, Any] = {"scenario": header, **levers}
    if known == "priors":
        document["parameters"] = _priors_of_a_run(span.start)
    scenario = Scenario.model_validate(document)
    mode: Mode = "central" if case == 0 else "drawn"
    return lost_in(simulate(Request(ResolvedScenario(scenario, scenario, "docs", ()), RUNS, SEED, parameters=mode)))


def lost_in(result: Result) -> NDArray[np.int64]:
    """(runs,) states with Taipei at the start that are gone at the end of a result."""
    allies = [place for place, (_, _, side) in enumerate(result.members) if side == "taipei"]
    return gone(result)[:, allies].sum(axis=1)


def gone(result: Result) -> NDArray[np.bool_]:
    """(runs, places) whether each tie has changed by the end."""
    at_start = np.array([0 if place.at_start in ("taipei", "active") else 1 for place in result.places])
    changes = {name: result.changes[name].astype(np.int64) for name in ("run", "month", "state", "to")}
    return moved(at_start, changes, result.runs, len(result.months) - 1)


def losses_table() -> str:
    heads = [f"{span.start:%b %Y} to {span.end:%b %Y}" for span in SPANS]
    rows = ["| what varies | " + " | ".join(f"lost, {head}" for head in heads) + " |", "|---|---|---|"]
    for number, (name, what, *_) in enumerate(CASES):
        cells = []
        for span in SPANS:
            lost = losses(span, number)
            low, high = np.quantile(lost, [0.05, 0.95], method="inverted_cdf").tolist()
            cells.append(f"{lost.mean():.1f} ({low:.0f} to {high:.0f})")
        rows.append(f"| {name}: {what} | " + " | ".join(cells) + " |")
    rows.append(
        "| **on record** | " + " | ".join(f"**{span.lost}** of {record().count(span.start)}" for span in SPANS) + " |"
    )
    return "\n".join(rows)


# --- The judgements, and what the model makes of each -------------------------------------------------------------


def _kept(acceptance: float, d: Draw) -> float:
    """Chance that a pledge is kept in a term."""
    rate, lost = d.p.departure_rate, d.p.lost_public
    stays, late = (
        rules.survival(rate * acceptance, years)
        for years in (rules.TERM_YEARS, rules.TERM_YEARS - d.p.talks_months / 6.0)
    )
    usual = rules.survival(rate, rules.TERM_YEARS), rules.survival(rate, rules.TERM_YEARS - d.p.talks_months / 6.0)
    opens = rules.pledge_opens(d.p.pledge_kept, lost, *usual)
    lost = acceptance * rules.pledge_lost(d.p.pledge_kept, lost, usual[1])
    return (1.0 - opens) * (1.0 - stays) + opens * (1.0 - (1.0 - lost) * late)


def _months_with_taipei(leaves: float, months: float) -> float:
    """Mean months until leaving within a term of `months`, if it happens with the chance `leaves`."""
    monthly = -math.log1p(-leaves) / months
    return leaves / monthly


def _delay(d: Draw) -> float:
    leaves = _kept(1.0, d)
    pressed = rules.wins(rules.log_odds(leaves) + _pressed(3.0, HIGH, 0.0)(d))
    return _months_with_taipei(pressed, 48.0) - _months_with_taipei(leaves, 48.0)


def _crisis(d: Draw) -> float:
    term = rules.hostility_term(d.p.hostility_effect, PRIDE, 2.0)
    return rules.hazard_of_suspension(math.log(d.p.suspension_rate) + term, 0.0)


def _acts(notice: float, words: float, d: Draw) -> float:
    base = d.p.suspension_rate
    added = rules.rate_of_acts(
        rules.notice_rate(d.p.notice_carried_out), notice, rules.words_rate(d.p.words_followed, base), words, 0.0
    )
    return -math.expm1(-rules.hazard_of_suspension(math.log(base), added) * rules.NOTICE_YEARS)


def _answered(notice: float, words: float, d: Draw) -> float:
    """The same over Washington's answers: where it gives way the acts are off (the month before that left out)."""
    return (1.0 - d.p.gives_way) * _acts(notice, words, d) + d.p.gives_way * _acts(0.0, 0.0, d)


def _welcome(d: Draw) -> float:
    window = rules.window_term(d.p.return_window_effect, d.return_centre, 0)
    return rules.wooed(1.0, d.p.return_pledge_effect, 1.0) * math.exp(window)


class Judgement(NamedTuple):
    """A prior as it was written down in 2026, by the letter that `sim parameters` cites as `priors`."""

    id: str
    what: str
    judged: str
    """Central value, and 90 % of belief."""
    check: bool
    """Nothing in the model was set to meet it."""


def judgements() -> list[Judgement]:
    """All of them, from `judgements.csv`."""
    with (DOCS / "judgements.csv").open(encoding="utf-8", newline="") as file:
        return [
            Judgement(row["id"], row["judgement"], row["judged"], bool(row["check"])) for row in csv.DictReader(file)
        ]


@cache
def unannounced() -> float:
    """Share of the departures from Taipei in `honduras-2023` that no standing order had announced."""
    result = simulate(Request.of(load("honduras-2023"), RUNS))
    leaves = (result.changes["from"] == TAIPEI) & (result.changes["state"] < len(result.members))
    return float((result.changes["order"][leaves] == 0.0).mean())


@cache
def both_breaks() -> tuple[float, float]:
    """Log odds ratio, over runs, of leaving Taipei and of having suspended cooperation; and its standard error."""
    result = simulate(Request.of(load("honduras-2021", {"cooperation.hosts": ["HND"]}), 4 * RUNS))
    ends = gone(result)
    codes = [(place.iso3, place.tie) for place in result.places]
    left, suspended = (ends[:, codes.index(("HND", tie))] for tie in ("recognition", "cooperation"))
    cells = [((left == a) & (suspended == b)).sum() + 0.5 for a in (True, False) for b in (True, False)]
    return math.log(cells[0] * cells[3] / (cells[1] * cells[2])), math.sqrt(sum(1.0 / cell for cell in cells))


def _orders_told() -> str:
    return f"1 where no order is told; {unannounced():.2f} in `honduras-2023`, which tells one"


def _return_rate() -> str:
    law = beliefs(record().confirmed_until)["return_rate"].distribution
    return f"estimated: {law.central:.4f} ({law.low:.4f} to {law.high:.4f})"


def _both_told() -> str:
    odds, error = both_breaks()
    return f"{odds:.1f} (Monte Carlo error {error:.1f}) in `honduras-2021` with Honduras as a host"


TO_SCENARIOS = "left to scenarios: `outlook-2026` has it"
ANSWERS: Mapping[str, str | tuple[Measure, int] | Callable[[], str]] = {
    "a1": (_package(1.0), 2),
    "a2": (_package(3.0), 2),
    "a3": (_package(10.0), 2),
    "b1": (_aid(0.3, 0.0), 2),
    "b2": (_aid(1.0, 0.0), 2),
    "b3": (_aid(3.0, 0.0), 2),
    "b4": (_refused, 2),
    "c1": (_threat(3.0, HIGH, 0.0), 2),
    "c2": (_threat(3.0, LOW, 0.0), 2),
    "c3": (_backfire(3.0, 0.0, 0.8, 0.0), 2),
    "c4": (_delay, 1),
    "d1": (lambda d: _kept(1.0, d), 2),
    "d2": (lambda d: _kept(rules.acceptance(1.0, True, d.p.acceptance_truce), d), 2),
    "d3": (_reassured, 2),
    "d4": (lambda d: max(d.p.order_carried_out, d.p.lost_public), 2),
    "d5": (lambda d: -math.log1p(-d.u) * d.p.order_months * 365.25 / 12.0, 0),
    "d6": _orders_told,
    "d7": (lambda d: _window(0)(d) - _window(24)(d), 2),
    "e": "only as a change of lean (e2)",
    "e2": (_leaning, 2),
    "f1": "0, unless a scenario sets `neighbours_effect`",
    "f2": "not used",
    "g1": (lambda d: d.p.delivered_headline, 2),
    "g2": (lambda d: d.p.delivered_signed, 2),
    "g3": _return_rate,
    "g4": (_welcome, 0),
    "h1": "within the record's rate: 1 is as on the record",
    "h2": (lambda d: d.p.acceptance_truce, 2),
    "h3": TO_SCENARIOS,
    "i1": (lambda d: d.p.suspension_rate, 4),
    "i2": (_crisis, 3),
    "i3": (lambda d: _answered(1.0, 0.0, d), 2),
    "i4": (lambda d: _answered(0.0, 1.0, d), 2),
    "i5": _both_told,
    "i6": (lambda d: d.p.restoration_rate, 2),
    "i7": (lambda d: d.p.answer_chance, 2),
    "i8": (lambda d: d.p.answer_share, 2),
    "j1": TO_SCENARIOS,
    "j2": TO_SCENARIOS,
    "j3": TO_SCENARIOS,
    "j4": TO_SCENARIOS,
}
"""What the model makes of each: words, something over the draws and its decimals, or something computed otherwise."""


def judgements_table() -> str:
    """Every judgement beside the model's own."""
    rows = ["| | judgement | judged | in the model |", "|---|---|---|---|"]
    for one in judgements():
        what = f"**check**: {one.what}" if one.check else one.what
        rows.append(f"| {one.id} | {what} | {one.judged} | {_answer(one.id)} |")
    return "\n".join(rows)


def _answer(name: str) -> str:
    says = ANSWERS[name]
    if isinstance(says, str):
        return says
    if isinstance(says, tuple):
        middle, low, high = (f"{value:.{says[1]}f}" for value in over_draws(says[0], "posterior"))
        return f"{middle} ({low} to {high})"
    return says()


# --- The page -------------------------------------------------------------------------------------------------------

TABLES: Mapping[str, Callable[[], str]] = {
    "terms": terms_table,
    "losses": losses_table,
    "changed": prior_posterior.table,
    "judgements": judgements_table,
}


def filled(text: str) -> str:
    """A page with every table between its marks computed anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: written by `make docs` -->", f"<!-- end of {name} -->"
        head, _, rest = text.partition(begin)
        _, there, tail = rest.partition(end)
        if not there:
            raise ValueError(f"{PAGE.name} has no place for {name}")
        text = f"{head}{begin}\n{table()}\n{end}{tail}"
    return text


def write() -> None:
    """The tables and the pictures."""
    text = PAGE.read_text("utf-8")
    new = filled(text)
    if new != text:
        PAGE.write_text(new, "utf-8")
        print(PAGE.relative_to(DOCS.parent))
    draw(PICTURE)
    prior_posterior.draw(prior_posterior.PICTURE)


def draw(path: Path) -> None:
    """The picture: terms above, losses in five years below."""
    from matplotlib.ticker import FixedLocator, NullLocator

    from sim.charts import sheet, style

    width, row, left, right = 8.0, 0.27, 4.1, 0.75
    high = row * len(TERMS)
    gap, low_high = 0.75, 1.9
    heading = "What the priors say, and what the record made of it"
    subtitle = (
        "Above: what each lever multiplies the odds by, logarithmic scale; pale: 90 % of draws from the priors,\n"
        "blue: median (written) and 90 % with the record\n"
        "Below: states lost in five years by the priors, in % of runs; black: the record"
    )
    source = (
        f"Priors: judgements of 2026 and counted cases (sim parameters). {DRAWS:,} draws; {RUNS:,} runs, seed {SEED}. "
        "By the priors, what is estimated without a declared prior is held at its central value."
    )
    with sheet.sheet(width, high + gap + low_high + 0.45, heading, subtitle, source) as (drawing, above):
        plot = sheet.panel(drawing, left, above, width - left - right, high)
        sheet.grid(plot, "x")
        terms = [
            (lever, over_draws(measure, "priors"), over_draws(measure, "posterior")) for _, lever, measure in TERMS
        ]
        terms.sort(key=lambda term: -term[2][0])
        places = range(len(terms))
        for place, (_, prior, posterior) in zip(places, terms, strict=True):
            _, least, most = (math.exp(value) for value in prior)
            middle, low, up = (math.exp(value) for value in posterior)
            plot.plot([least, most], [place, place], color=style.BLUE_MOST, linewidth=9, solid_capstyle="butt")
            plot.plot([low, up], [place, place], color=style.SIMULATED, linewidth=2.5, solid_capstyle="butt")
            plot.plot([middle], [place], "o", color=style.SIMULATED, markersize=5)
            plot.text(
                1.02, place, _times(middle), transform=plot.get_yaxis_transform(), size=8.5, va="center",
                color=style.SIMULATED,
            )  # fmt: skip
        plot.axvline(1.0, color=style.GREY, linewidth=1)
        plot.set_xscale("log")
        ticks = [0.01, 0.1, 1, 10, 100, 1000, 100_000]
        plot.xaxis.set_major_locator(FixedLocator(ticks))
        plot.xaxis.set_minor_locator(NullLocator())
        plot.set_xticklabels([f"{tick:,}" for tick in ticks], size=8.5)
        plot.set_yticks(list(places), [lever for lever, *_ in terms], size=8.5, color=style.BLACK)
        plot.set_ylim(len(TERMS) - 0.4, -0.6)
        wide = (width - 0.65 - 0.5 - 0.3) / 2
        for number, span in enumerate(SPANS):
            bars = sheet.panel(drawing, 0.65 + number * (wide + 0.5), above + high + gap, wide, low_high)
            sheet.grid(bars, "y")
            found = losses(span, 1)
            shares = 100.0 * np.bincount(found, minlength=int(found.max()) + 1) / found.shape[0]
            bars.bar(range(len(shares)), shares, color=style.BLUE_HALF, width=0.85)
            bars.axvline(span.lost, color=style.OBSERVED, linewidth=2)
            bars.set_title(
                f"{span.start:%B %Y} to {span.end:%B %Y}: {span.lost} of {record().count(span.start)} lost on record",
                size=8.5, loc="left", color=style.BLACK,
            )  # fmt: skip
            bars.set_xlabel("states lost", size=8.5)
            bars.set_ylim(0.0, 25.0)
            bars.set_yticks(range(0, 26, 5))
            bars.tick_params(labelsize=8.5)
        style.save(drawing, path)


if __name__ == "__main__":
    write()
