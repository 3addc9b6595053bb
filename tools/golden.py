"""Reference results of the shipped scenarios, kept in git: `make results` writes them, a test compares them.

Not a command of `sim`: run as `python -m tools.golden [FOLDER]`. Besides the tables of each scenario it
writes the points and charts of each shipped sweep, the levers and the count chart of the outlook, the numbers of the
front page (`tools.front`), the tables of scenarios and of effects in `scenarios/README.md`, the backtest: its tables,
its charts, the table on its page, and the scores that the page of every result shows; what the outlook hangs on; and
how the second implementation agrees; and the patterns of the record beside the model's, also on the backtest's page.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.model.terms import decision_from
from sim.words import beyond_luck, month, plus_minus, whole_percent
from tools.front import LEVERS, OUTLOOK, write_front
from tools.marks import between

if TYPE_CHECKING:
    from sim.analysis.patterns import Patterns
    from sim.analysis.sensitivity import Sensitivity
    from sim.backtest.backtest import Backtest
    from sim.results import Result
    from sim.sweeps.executors import Executor
    from sim.sweeps.sweep import Sweep

FOLDER = Path("results") / "reference"
LISTED_IN = Path("scenarios") / "README.md"
ROOM = Path("sim") / "backtest"
"""Where the package keeps the main scores of the backtest: the page of a result shows them."""
PROTOCOL = ROOM / "BACKTEST.md"
"""The page that says how good forecasts were, and which patterns the model shows."""
PUBLISHED_SCORES = ("crps", "coverage_90", "log_score", "auc_within_year")
_SHOWN = (("crps", 1), ("crps", 5), ("coverage_90", 5), ("log_score_sum", 1), ("auc_within_year", 1))
"""Scores and horizons of the table on the page of the backtest."""
_OF_LEVERS = ("mean", "mean_mc", "mean_change", "mean_change_mc", "mean_change_low", "mean_change_high")
"""Columns of a sweep that are kept of the outlook's levers."""
SENSITIVITY_POINTS, SENSITIVITY_RUNS = 128, 40
"""Blocks of the outlook's design, and runs per point: some four minutes of one core for all outcomes together."""
_MOST_NAMED = 3
_MOST_MOVED = 2
"""States named in the table of effects."""


def run_shipped(names: Iterable[str] | None = None) -> dict[str, Result]:
    """Every shipped scenario, or these of them, run with its own runs and seed."""
    from sim.runs.run import Request, simulate
    from sim.scenario import load, shipped

    results = {}
    for name in shipped() if names is None else names:
        results[name] = simulate(Request.of(load(name)))
    return results


def write_reference(folder: Path, charts: bool = True, results: Mapping[str, Result] | None = None) -> list[Path]:
    """Write `summary.csv` and `states.csv` of every shipped scenario under a folder.

    charts : also draw the count chart of the outlook, which the front page shows
    """
    written = []
    for name, result in (results or run_shipped()).items():
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        result.summary_columns.write(place / "summary.csv")
        result.states_columns.write(place / "states.csv")
        written += [place / "summary.csv", place / "states.csv"]
        if charts and name == OUTLOOK:
            from sim.charts.catalogue import of_result

            written += of_result(result).draw(place, only=("count",), formats=("png",))
    return written


def write_sweeps(folder: Path, charts: bool = True) -> list[Path]:
    """Run every shipped sweep and write its `points.csv` under a folder, with six decimals.

    charts : also draw the count, and what `chart_of` says
    """
    from sim.charts.catalogue import draw_sweep
    from sim.results import Table
    from sim.scenario import shipped_sweeps
    from sim.sweeps.executors import executor
    from sim.sweeps.sweep import run_sweep, sweep_of

    written = []
    for name in shipped_sweeps():
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        sweep = sweep_of(name)
        with tempfile.TemporaryDirectory() as out:
            swept, _ = run_sweep(sweep, Path(out), executor("local"))
            document = swept.document()
            Table(dict(swept.columns)).write(place / "points.csv")
        written.append(place / "points.csv")
        if charts:
            written += draw_sweep(document, place, chart_of(sweep), formats=("png",))
    return written


def write_levers(folder: Path) -> Path:
    """Move each patron's lever in the outlook, one at a time, and write what that does to the count under a folder.

    Every point has the outlook's own runs, so that the one where nothing is moved is the outlook itself.
    """
    from sim.results import Table
    from sim.scenario import load
    from sim.sweeps.executors import executor
    from sim.sweeps.sweep import run_sweep, sweep_of

    place = folder / LEVERS
    place.mkdir(parents=True, exist_ok=True)
    sweep = sweep_of(OUTLOOK, runs=load(OUTLOOK).scenario.scenario.runs)
    with tempfile.TemporaryDirectory() as out:
        columns = run_sweep(sweep, Path(out), executor("local"))[0].columns
        Table({name: columns[name] for name in ("point", *sweep.paths, *_OF_LEVERS)}).write(place / "points.csv")
    return place / "points.csv"


def chart_of(sweep: Sweep) -> str | None:
    """Of a sweep's first state that it is about: its cooperation where it is a host, else its tie with Taipei."""
    scenario = sweep.centre.loaded.scenario
    code = next(iter(scenario.scenario.about), None)
    kind = "suspended" if code in scenario.cooperation.hosts else "left"
    return code and f"{kind}:{code}"


def outlook_sensitivity(
    points: int = SENSITIVITY_POINTS, runs: int = SENSITIVITY_RUNS, where: Executor | None = None
) -> list[Sensitivity]:
    """What the outlook's count, and the chance of each state with Taipei, hang on: all over the same points."""
    from sim.analysis.sensitivity import Question, sensitivities
    from sim.scenario import load

    question = Question.of(load(OUTLOOK), runs, points=points)
    plan = question.space().setup.plan
    allies = [iso3 for iso3, ally in zip(plan.states, plan.timeline.with_taipei.tolist(), strict=True) if ally]
    return sensitivities(question, ["count", *(f"left:{iso3}" for iso3 in allies)], where)


def write_sensitivity(analyses: Sequence[Sensitivity], folder: Path, charts: bool = True) -> list[Path]:
    """Write the outlook's sensitivity under a folder: `outcomes.csv`, `indices.csv`, and the chart of the count."""
    from sim.charts.catalogue import of_sensitivity
    from sim.results import Table

    place = folder / f"{OUTLOOK}.sensitivity"
    place.mkdir(parents=True, exist_ok=True)
    about = ("outcome", "points", "evaluated", "runs", "seed", "mean", "variance", "noise_share")
    Table.of([{name: getattr(one, name) for name in about} for one in analyses]).write(place / "outcomes.csv")
    rows = [{"outcome": one.outcome, **row} for one in analyses for row in one.rows]
    kept = [{name: value for name, value in row.items() if name != "meaning"} for row in rows]
    Table.of(kept).write(place / "indices.csv")
    written = [place / "outcomes.csv", place / "indices.csv"]
    if charts:
        written += of_sensitivity(analyses[0].document).draw(place, formats=("png",))
    return written


def scenario_table(results: Mapping[str, Result]) -> str:
    """The table of scenarios in Markdown: question, dates, article, what the model says, what happened."""
    rows = [
        "| scenario | question | dates | what the article said | what the model says | what happened |",
        "|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        header = result.scenario["scenario"]
        cells = (
            f"`{name}`",
            header["question"],
            f"{header['start']} to {header['end']}",
            header.get("article", ""),
            model_says(result),
            what_happened(result),
        )
        rows.append("| " + " | ".join(" ".join(str(cell).replace("|", "/").split()) for cell in cells) + " |")
    return "\n".join(rows)


def effects_table(results: Mapping[str, Result]) -> str:
    """What each counterfactual changes against its baseline, in Markdown: the count, and the chances it moves most."""
    from sim.analysis.compare import compare, pairing
    from sim.atlas import states
    from sim.scenario import load

    rows = [
        "| counterfactual | against | states with Taipei at the end | chances it moves most, in points |",
        "|---" * 4 + "|",
    ]
    for name, result in results.items():
        chain = load(name).chain
        if not chain or not pairing([results[chain[-1]], result])[0]:
            continue
        pair = compare([results[chain[-1]], result]).pairs[0]
        count = next(row for row in pair.at_end if row["tie"] == "recognition")
        last = max(row["horizon"] for row in pair.rows("states"))
        ends = pair.rows("states", horizon=last)
        moved = sorted(
            (row for row in ends if row["mc"] and beyond_luck(row["difference"], row["mc"])),
            key=lambda row: (-abs(row["difference"]), row["iso3"]),
        )
        changes = []
        for row in moved[:_MOST_MOVED]:
            does = decision_from(row["tie"], row["at_start"]).does.split()[0]
            by = plus_minus(100 * row["difference"], 100 * row["mc"], 1)
            changes.append(f"{states()[row['iso3']].name} {does} {by}")
        change = plus_minus(count["mean"], count["mc"], 2)
        rows.append(f"| `{name}` | `{chain[-1]}` | {change} | {'; '.join(changes) or 'none'} |")
    return "\n".join(rows)


def turning_points() -> str:
    """A sentence: the pressure at which Washington provokes more than it deters, by recogniser."""
    from sim.atlas import record, states
    from sim.fit import beliefs, yardsticks
    from sim.model import rules
    from sim.model.plan import plan
    from sim.scenario import load

    day = record().confirmed_until
    known = beliefs(day)
    names = ("money_effect", "backfire_effect", "credibility", "gdp_at_risk")
    money, provokes, credibility, at_risk = (known[name].distribution.central for name in names)
    timeline = plan(load(OUTLOOK), yardsticks(day)).timeline
    points = {}
    for number, code in enumerate(record().recognisers(day)):
        ties, pride = float(timeline.dependence_ref[number]), float(timeline.pride[number])
        points[states()[code].name] = rules.turning_pressure(money, provokes, credibility, at_risk, ties, pride, 0.0)
    listed = ", ".join(f"{name} {value:.1f}" for name, value in sorted(points.items(), key=lambda item: -item[1]))
    return (
        "Pressure deters first and provokes later. At central parameters and without hostility it turns at these "
        "points of a scale that ends at 3 (beyond 3: more pressure always deters; hostility lowers the point): "
        f"{listed}."
    )


def model_says(result: Result) -> str:
    """The count at the end, the chances of the states the scenario is about, and of its hosts."""
    last = {name: values[-1] for name, values in result.summary_of().items()}
    parts = [f"{result.counts[0, 0]} become {last['mean']:.1f} ({last['q05']} to {last['q95']})"]
    table = result.states_of()
    rows = {
        code: (name, p, low, high, side)
        for code, name, p, low, high, side in zip(
            *(table[key] for key in ("iso3", "state", "p_end", "p_end_low", "p_end_high", "at_start")), strict=True
        )
    }
    leavers = sorted((code for code in rows if rows[code][4] == "taipei"), key=lambda code: -rows[code][1])
    about = [code for code in result.scenario["scenario"].get("about", []) if code in rows]
    for code in about or leavers[:1]:
        name, p, low, high, side = rows[code]
        does = decision_from("recognition", side).does.split()[0]
        parts.append(f"{name} {does}: {whole_percent(p)} % ({_bare(low)} to {_bare(high)})")
    if result.hosts:
        hosts = result.states_of("cooperation")
        columns = (hosts[key] for key in ("iso3", "p_end", "p_end_low", "p_end_high", "state"))
        _, p, low, high, name = max(zip(*columns, strict=True), key=lambda row: (row[0] in about, row[1]))
        parts.append(f"{name} has suspended military cooperation: {whole_percent(p)} % ({_bare(low)} to {_bare(high)})")
    return "; ".join(parts)


def what_happened(result: Result) -> str:
    """The count on record at the last month it reaches within the horizon, and who left or returned when."""
    from sim.atlas import record, states

    known = record()
    header = result.scenario["scenario"]
    start = date.fromisoformat(str(header.get("as_of", header["start"])))
    reached = [(label, count) for label, count in zip(result.months, result.observed, strict=True) if count is not None]
    if len(reached) < 2:
        return "not known yet"
    end, count = reached[-1]
    moved = [
        f"{states()[change.iso3].name} {'left' if change.origin == 'taipei' else 'returned'} {month(change.date)}"
        for change in known.changes_between(start, known.confirmed_until)
        if change.date > start
        and "taipei" in (change.origin, change.destination)
        and f"{change.date:%Y-%m}" <= result.months[-1]
    ]
    names = moved if len(moved) <= _MOST_NAMED else [*moved[:_MOST_NAMED], f"and {len(moved) - _MOST_NAMED} more"]
    return f"{count} at the end of {end}: " + (", ".join(names) if names else "nobody moved")


def write_list(results: Mapping[str, Result], file: Path = LISTED_IN) -> Path:
    """Put the table of scenarios, and that of effects, between their marks in a Markdown file."""
    between(file, "effects", effects_table(results))
    return between(file, "scenarios", f"{scenario_table(results)}\n\n{turning_points()}")


def write_backtest(judged: Backtest, folder: Path, charts: bool = True) -> list[Path]:
    """Write the tables of a backtest under a folder, and its charts as pictures."""
    from sim.backtest.backtest import TABLES
    from sim.results import Table

    place = folder / "backtest"
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name in TABLES:
        Table.of(getattr(judged, name)).write(place / f"{name}.csv")
        written.append(place / f"{name}.csv")
    if charts:
        from sim.charts.catalogue import of_backtest

        written += of_backtest(judged.document).draw(place, formats=("png",))
    return written


def write_patterns(read: Patterns, folder: Path, charts: bool = True) -> list[Path]:
    """Write the patterns of the record and of the model under a folder: the table, what it says, and the chart."""
    from sim.results import Table
    from sim.results.sealing import write_json

    place = folder / "patterns"
    place.mkdir(parents=True, exist_ok=True)
    Table.of(read.rows).write(place / "patterns.csv")
    write_json({key: value for key, value in read.document.items() if key != "rows"}, place / "patterns.json")
    written = [place / "patterns.csv", place / "patterns.json"]
    if charts:
        from sim.charts.catalogue import of_patterns

        written += of_patterns(read.document).draw(place, formats=("png",))
    return written


def patterns_page(read: Patterns) -> str:
    """The patterns in Markdown: a row for each, the model's band and verdict, and who else has another verdict."""
    from sim.analysis.patterns import MODEL, NO, verdicts
    from sim.words import at_digits, listed

    others = {one["variant"]: verdicts(read.rows, one["variant"]) for one in read.document["variants"][1:]}
    lines = [
        "| pattern | test | record (n) | model, 5 to 95 % | verdict | another verdict without |",
        "|---" * 6 + "|",
    ]

    def written(value: float | None) -> str:
        return "–" if value is None else at_digits(value, 2)

    for key, row in verdicts(read.rows, MODEL).items():
        era = "" if row["era"] == "all" else f", {row['era']}"
        differ = [
            f"{name} ({some[key]['verdict']})"
            for name, some in others.items()
            if some[key]["verdict"] != row["verdict"]
        ]
        cells = (
            f"{row['label']}{era} ({row['unit']})",
            row["kind"],
            f"{written(row['record'])} ({row['n']})",
            f"{written(row['median'])} ({written(row['low'])} to {written(row['high'])})",
            f"{row['verdict']}{'?' if row['sure'] == NO else ''}",
            listed(differ) or "–",
        )
        lines.append(f"| {' | '.join(cells)} |")
    notes = {row["label"]: row["note"] for row in verdicts(read.rows, MODEL).values()}
    switched = [f"- *{one['label']}*: {one['set']}; {one['note']}." for one in read.document["variants"][1:]]
    explained = [f"- *{label}*: {note}." for label, note in notes.items()]
    return "\n".join(
        [*lines, "", *(f"- {text}" for text in read.sentences), "", "What is switched off:", "", *switched, "",
         "What is compared:", "", *explained]
    )  # fmt: skip


def write_published(judged: Backtest, room: Path = ROOM) -> Path:
    """Write the main scores of a backtest where the package keeps them."""
    from sim.backtest.scores import PUBLISHED
    from sim.results import Table

    Table.of([row for row in judged.scores if row["score"] in PUBLISHED_SCORES]).write(room / PUBLISHED)
    return room / PUBLISHED


def backtest_table(judged: Backtest) -> str:
    """The main scores of a backtest in Markdown, a row a model."""
    from sim.backtest.scores import NAMES

    rows = {(row["model"], row["score"], row["horizon"]): row for row in judged.scores}
    heads = {
        "crps": "count, CRPS, {} ahead",
        "coverage_90": "90 % band holds, {} ahead",
        "log_score_sum": "states, log score, {} ahead (nats in all)",
        "auc_within_year": "states, AUC within a year, {} ahead",
    }
    titles = [heads[score].format("1 year" if horizon == 1 else f"{horizon} years") for score, horizon in _SHOWN]
    lines = ["| forecaster | " + " | ".join(titles) + " |", "|---" * (1 + len(titles)) + "|"]
    for model in dict.fromkeys(row["model"] for row in judged.scores):
        cells = [_scored(rows[model, score, horizon]) for score, horizon in _SHOWN]
        lines.append(f"| {NAMES[model]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _scored(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return "–"
    digits = 0 if row["score"] == "log_score_sum" else 2
    return f"{row['value']:.{digits}f} ({row['low']:.{digits}f} to {row['high']:.{digits}f})"


def _bare(value: float | None) -> str:
    return "?" if value is None else whole_percent(value)


if __name__ == "__main__":
    from benchmarks import docking
    from sim.analysis.patterns import patterns
    from sim.backtest.backtest import backtest

    results, judged, read = run_shipped(), backtest(), patterns()
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for path in (*write_reference(chosen, results=results), *write_sweeps(chosen), write_levers(chosen)):
        print(path)
    for path in (*write_backtest(judged, chosen), *write_patterns(read, chosen)):
        print(path)
    for path in (*write_sensitivity(outlook_sensitivity(), chosen), *docking.write(chosen)):
        print(path)
    if len(sys.argv) == 1:
        print(write_list(results))
        print(between(PROTOCOL, "backtest", backtest_table(judged)))
        print(write_published(judged))
        print(write_front(chosen))
        print(between(PROTOCOL, "patterns", patterns_page(read)))
