"""Patterns of the record beside those of the model's own histories: each with a band, a verdict, and what made it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim import atlas, results
from sim.analysis.replays import ASKED, ORDERED, Era, History, Replays, eras, on_record, parts_of, replay, warm_up
from sim.atlas import record
from sim.atlas.reading import parsed_day
from sim.backtest.mechanisms import HAZARD, Mechanism, chosen
from sim.errors import InputError, Problem, ResultError
from sim.model.kernel import RUNS_PER_DRAW
from sim.results.documented import documented
from sim.results.identity import ROOMS
from sim.results.manifests import PATTERNS
from sim.results.table import BLANK, TEXT, WHOLE, Columns, Table, check_rows
from sim.runs.run import check_numbers
from sim.runs.setup import announce
from sim.scenario.values import whole
from sim.shown import Shown
from sim.words import at_digits, listed, many

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]

RUNS, SEED = 1_000, 1
"""Histories of each model, and the seed of their random numbers."""
MODEL = "model"
"""The name of the model with everything in place."""
INSIDE, ABOVE, BELOW, UNREAD = "inside", "above", "below", "not read"
"""Verdicts: where the record lies against the band of the histories; not read: one of the two is not known."""
Test = Literal["fitted", "known", "new"]
FITTED: Test = "fitted"
KNOWN: Test = "known"
NEW: Test = "new"
"""What kind of test a pattern is: put in, or fitted on such numbers; not fitted, but seen by those who made the model;
neither."""
LOW, HIGH = 0.05, 0.95
"""Levels of the band, which holds 90 % of the histories."""
READABLE = 0.5
"""Share of the histories that must have a number, for a band to be given."""
BATCHES = 10
"""Parts of the histories whose bands are compared, for the Monte Carlo error of a band."""
LEAST_PACKAGES = 5
"""Packages from which a line of prices by size is drawn."""
SIZE = 3_000.0
"""GDP, US$ million, at which the level of prices is read: that at which the model states Beijing's limit."""


# --- the patterns -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """Something that can be read off a history, the record's or the model's."""

    name: str
    label: str
    unit: str
    kind: Test
    measure: Callable[[History], float]
    """NaN if the history does not have it."""
    count: Callable[[History], int]
    """Number of cases behind it."""
    note: str
    by_era: bool = False
    """Whether it is read era by era."""


def _share(part: float, whole_of: float) -> float:
    return part / whole_of if whole_of else math.nan


def _departures_a_year(history: History) -> float:
    return _share(12.0 * history.departed.shape[0], history.at_risk.shape[0])


def yearly(history: History) -> Floats:
    """(years,) departures in each calendar year that lies within a history."""
    first = -(-history.first // 12)
    last = (history.first + history.at_risk.shape[0]) // 12
    counts = np.bincount(np.maximum(history.departed // 12 - first, -1) + 1, minlength=last - first + 1)
    return counts[1 : last - first + 1].astype(np.float64)


def _variance(history: History) -> float:
    counts = yearly(history)
    return float(counts.var(ddof=1)) if counts.shape[0] > 1 else math.nan


def _gap(level: float) -> Callable[[History], float]:
    def gap(history: History) -> float:
        gaps = np.diff(history.departed)
        return float(np.quantile(gaps, level)) if gaps.shape[0] else math.nan

    return gap


def _line(history: History) -> tuple[float, float, float]:
    """Level at `SIZE` (% of GDP a year), slope and spread of the log of prices by the log of GDP."""
    x, y = history.log_gdp - math.log(SIZE), history.log_seen
    if x.shape[0] < LEAST_PACKAGES or np.ptp(x) == 0.0:
        return math.nan, math.nan, math.nan
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    level = float(y.mean() - slope * x.mean())
    rest = y - level - slope * x
    return math.exp(level), slope, math.sqrt(float((rest**2).sum()) / (x.shape[0] - 2))


def _followed(name: str) -> Callable[[History], float]:
    return lambda history: _share(float((~np.isnan(history.waits[name])).sum()), history.waits[name].shape[0])


def _months(name: str) -> Callable[[History], float]:
    def months(history: History) -> float:
        waits = history.waits[name][~np.isnan(history.waits[name])]
        return float(np.median(waits)) if waits.shape[0] else math.nan

    return months


def _cases(name: str, followed: bool = False) -> Callable[[History], int]:
    def count(history: History) -> int:
        waits = history.waits[name]
        return int((~np.isnan(waits)).sum()) if followed else int(waits.shape[0])

    return count


def _truce_rate(history: History) -> float:
    within = history.departed - history.first
    return _share(12.0 * float(history.truce[within].sum()), float(history.at_risk[history.truce].sum()))


def _left(history: History) -> int:
    return int(history.departed.shape[0])


def _priced(history: History) -> int:
    return int(history.log_seen.shape[0])


PATTERNS_READ: tuple[Pattern, ...] = (
    Pattern(
        "departures", "Departures", "a year", FITTED, _departures_a_year, _left,
        "the level is fitted at each start, on the years before it",
    ),
    Pattern(
        "departures_by_era", "Departures", "a year", FITTED, _departures_a_year, _left,
        "the level is fitted at each start, on the years before it; from 2016 on the end of the truce is known",
        by_era=True,
    ),
    Pattern(
        "variance", "Variance of departures between calendar years", "departures squared", NEW, _variance,
        lambda history: int(yearly(history).shape[0]),
        "whole calendar years; without waves it equals the mean if the rate does not change",
    ),
    Pattern(
        "gap_median", "Gap between departures, median", "months", NEW, _gap(0.5), lambda history: _left(history) - 1,
        "calendar months from one departure to the next",
    ),
    Pattern(
        "gap_longest", "Gap between departures, longest", "months", NEW, _gap(1.0),
        lambda history: _left(history) - 1,
        "calendar months from one departure to the next; in the replays a truce is known from its start, and a vote "
        "may end it",
    ),
    Pattern(
        "public_departures", "Departures with a public sign", "share of departures", FITTED,
        lambda history: float(history.public.mean()) if history.public.shape[0] else math.nan, _left,
        "on record: after a bid or request in the news, a public order or a pledge (cases.csv), a lower bound; the "
        "model is given this share (public_share, judged on departures since 2016)",
    ),
    Pattern(
        "public_talks", "Public talks", "an ally-year", NEW,
        lambda history: _share(12.0 * history.talks, float(history.at_risk.sum())), lambda history: history.talks,
        "on record: bids and requests found in the news while open (cases.csv), a lower bound",
    ),
    Pattern(
        "public_lost", "Public talks lost", "share of public talks", FITTED,
        lambda history: _share(float(history.lost), history.talks), lambda history: history.talks,
        "lost_public is counted on these cases, as far as known at each start",
    ),
    Pattern(
        "refused_followed", "Requests refused or met in part, followed by departure", "share of requests", FITTED,
        _followed(ASKED[0]), _cases(ASKED[0]),
        "each request is replayed with what was known the day before; the list is selected, because refusals become "
        "known when the state leaves, and the model discounts it for that (requests_unseen)",
    ),
    Pattern(
        "met_followed", "Requests met, followed by departure", "share of requests", NEW, _followed(ASKED[1]),
        _cases(ASKED[1]),
        "each request is replayed with what was known the day before, without its sum, which is not in the table: "
        "Taipei bids as usual, so that the model's share is an upper bound",
    ),
    Pattern(
        "request_months", "From a refused request to departure, median", "months", NEW, _months(ASKED[0]),
        _cases(ASKED[0], followed=True), "calendar months; those followed within 400 days",
    ),
    Pattern(
        "orders_carried_out", "Orders carried out", "share of orders", FITTED, _followed(ORDERED), _cases(ORDERED),
        "order_carried_out is counted on these cases, as far as known the day before each",
    ),
    Pattern(
        "order_months", "From an order to departure, median", "months", FITTED, _months(ORDERED),
        _cases(ORDERED, followed=True), "calendar months; order_months was written from these cases",
    ),
    Pattern(
        "price_level", "Price of a state with a GDP of US$ 3 bn", "% of GDP a year", KNOWN,
        lambda history: _line(history)[0], _priced,
        "packages as seen: with ordinary lending and error of measurement, as the fit of prices assumes them; that fit "
        "used these packages, but only those known at each start, and the earlier starts know none",
    ),
    Pattern(
        "price_slope", "Slope of the price by size", "log % of GDP per log GDP", KNOWN,
        lambda history: _line(history)[1], _priced, "as for the level",
    ),
    Pattern(
        "price_spread", "Spread of prices about that line", "in logarithm", KNOWN,
        lambda history: _line(history)[2], _priced, "as for the level",
    ),
    Pattern(
        "returns", "Returns to Taipei", "states", NEW, lambda history: float(history.back.sum()),
        lambda history: int(history.back.sum()), "the rate is fitted at each start, on the years before it",
        by_era=True,
    ),
    Pattern(
        "joins", "First comers to Taipei", "states", NEW, lambda history: float((~history.back).sum()),
        lambda history: int((~history.back).sum()), "the rate is fitted at each start, on the years before it",
        by_era=True,
    ),
    Pattern(
        "truce_rate", "Departures while the truce holds", "an ally-year", FITTED, _truce_rate,
        lambda history: int(history.truce[history.departed - history.first].sum()),
        "whole months; acceptance_truce was judged by people who knew this truce; in the replays a vote may end it",
    ),
    Pattern(
        "ranking", "Leavers ranked above stayers of the same year (AUC)", "share of pairs", KNOWN,
        lambda history: _share(history.concordant, history.pairs), _left,
        "the model's chances at the start of each calendar year, against the record and against its own departures; "
        "the covariates were chosen by people who had seen such scores",
    ),
)  # fmt: skip
"""Every pattern, in the order of the table."""


# --- the table --------------------------------------------------------------------------------------------------

COLUMNS: Columns = {
    "pattern": TEXT, "label": TEXT, "era": TEXT, "unit": TEXT, "kind": TEXT, "record": BLANK, "n": WHOLE,
    "variant": TEXT, "low": BLANK, "median": BLANK, "high": BLANK, "low_mc": BLANK, "high_mc": BLANK,
    "histories": WHOLE, "verdict": TEXT, "sure": TEXT, "note": TEXT,
}  # fmt: skip
"""Columns of `patterns.csv`."""
_ERAS: Columns = {"era": TEXT, "known": TEXT, "until": TEXT}
_VARIANTS: Columns = {"variant": TEXT, "label": TEXT, "meaning": TEXT, "set": TEXT, "note": TEXT}
YES, NO, UNKNOWN = "yes", "no", "unknown"
"""Whether luck cannot have decided a verdict."""


@dataclass(frozen=True, eq=False, repr=False)
class Patterns(Shown):
    """Patterns on record beside those of the model, and of the model without each mechanism."""

    document: Mapping[str, Any]
    """What `patterns.json` and `--json` hold: as_of, until, runs, seed, eras, variants, rows, sentences."""
    folder: Path | None = None
    """Where it is kept; None if nothing was written."""

    def __repr__(self) -> str:
        models, runs, seed = len(self.document["variants"]), self.document["runs"], self.document["seed"]
        return f"<Patterns to {self.document['until']}: {models} models, {runs:,} runs of each, seed {seed}>"

    @property
    def rows(self) -> list[Row]:
        """One row per pattern, era and variant."""
        return list(self.document["rows"])

    @property
    def sentences(self) -> list[str]:
        """What the table says."""
        return list(self.document["sentences"])

    def table(self) -> pd.DataFrame:
        """One row per pattern, era and variant.

        record : the value on record, of n cases; low, median, high : 5, 50 and 95 % points over histories
        low_mc, high_mc : Monte Carlo standard errors of the ends, >= 0; histories : those that have the number
        verdict : inside, above (the record lies above the band), below, not read; sure : yes if the record is more than
        two Monte Carlo errors from both ends, no, or unknown
        """
        import pandas as pd

        return pd.DataFrame(self.rows)


def verdict(value: float | None, low: float | None, high: float | None) -> str:
    """Where a value on record lies against a band, whose ends belong to it."""
    if value is None or low is None or high is None:
        return UNREAD
    return ABOVE if value > high else BELOW if value < low else INSIDE


def surely(value: float | None, ends: Sequence[float | None], errors: Sequence[float | None]) -> str:
    """Whether a value is more than two Monte Carlo errors from both ends of a band: yes, no or unknown.

    An end without error is met exactly by most parts of the runs; only a value beyond it, or on it, is told apart.
    """
    if value is None or None in (*ends, *errors):
        return UNKNOWN
    apart = (abs(value - end) > 2.0 * error or error == 0.0 for end, error in zip(ends, errors, strict=True))  # type: ignore[operator]
    return YES if all(apart) else NO


def band(values: Floats) -> tuple[float, float, float]:
    """5, 50 and 95 % points of values, each one of them."""
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH], method="inverted_cdf").tolist()
    return low, middle, high


def _errors(values: Floats) -> tuple[float, float] | None:
    """Monte Carlo errors of the ends of a band, from those of parts of the runs; None if there are too few.

    values : (runs,) NaN where a run does not have the number; `RUNS_PER_DRAW` runs in a row share a draw
    """
    draws = values.shape[0] // RUNS_PER_DRAW
    if draws < 2 * BATCHES:
        return None
    parts = np.array_split(values[: draws * RUNS_PER_DRAW].reshape(draws, RUNS_PER_DRAW), BATCHES)
    ends = []
    for part in parts:
        known = part[~np.isnan(part)]
        if known.shape[0] == 0:
            return None
        low, _, high = band(known)
        ends.append((low, high))
    low_mc, high_mc = (np.array(ends).std(axis=0, ddof=1) / math.sqrt(BATCHES)).tolist()
    return low_mc, high_mc


def _rows_of(variant: str, replays: Replays, observed: History, ours: tuple[float, float, int]) -> list[Row]:
    """The rows of one model.

    ours : concordant pairs and pairs of this model's ranking and the departures on record, and their number
    """
    histories = list(replays.histories())
    rows: list[Row] = []
    for pattern in PATTERNS_READ:
        for era in replays.stretch if pattern.by_era else (None,):
            whole_of = observed if era is None else observed.within(era)
            value, n = pattern.measure(whole_of), pattern.count(whole_of)
            if pattern.name == "ranking":
                value, n = _share(ours[0], ours[1]), ours[2]
            some = [pattern.measure(one if era is None else one.within(era)) for one in histories]
            rows.append(_row(pattern, era, variant, _number(value), n, np.array(some, dtype=np.float64)))
    return rows


def _row(pattern: Pattern, era: Era | None, variant: str, value: float | None, n: int, values: Floats) -> Row:
    known = values[~np.isnan(values)]
    low = middle = high = None
    errors = None
    if known.shape[0] and known.shape[0] >= READABLE * values.shape[0]:
        low, middle, high = band(known)
        errors = _errors(values)
    low_mc, high_mc = errors or (None, None)
    return {
        "pattern": pattern.name, "label": pattern.label, "era": "all" if era is None else era.name,
        "unit": pattern.unit, "kind": pattern.kind, "record": value, "n": n, "variant": variant,
        **{key: _number(number) for key, number in (("low", low), ("median", middle), ("high", high))},
        "low_mc": _number(low_mc), "high_mc": _number(high_mc), "histories": int(known.shape[0]),
        "verdict": verdict(value, low, high), "sure": surely(value, (low, high), (low_mc, high_mc)),
        "note": pattern.note,
    }  # fmt: skip


def _number(value: float | None) -> float | None:
    """A number at nine digits; None for what is not known."""
    return None if value is None or math.isnan(value) else float(f"{value:.9g}") + 0.0


# --- in words -----------------------------------------------------------------------------------------------------


def named(row: Mapping[str, Any]) -> str:
    """A pattern as it stands in a list: `departures (2016-02 to 2026-08)`."""
    label = row["label"][:1].lower() + row["label"][1:] if row["label"][1:2].islower() else row["label"]
    return label if row["era"] == "all" else f"{label} ({row['era']})"


def verdicts(rows: Iterable[Mapping[str, Any]], variant: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The rows of a model by pattern and era."""
    return {(row["pattern"], row["era"]): row for row in rows if row["variant"] == variant}


def sentences(rows: Sequence[Row], off: Sequence[Mechanism]) -> list[str]:
    """What the table says of the model, and of what each mechanism makes better or worse."""
    own = verdicts(rows, MODEL)
    read = [row for row in own.values() if row["verdict"] != UNREAD]
    held = [row for row in read if row["verdict"] == INSIDE]
    lines = [f"The model's 90 % band holds the record in {len(held)} of {len(read)} patterns that can be read."]
    new = [row for row in read if row["kind"] == NEW]
    lines.append(
        f"Of these {len(new)} are a new kind of test, and it holds {sum(row['verdict'] == INSIDE for row in new)} of "
        "them; to the others the model was fitted, or its makers had seen them."
    )
    if any(mechanism.name == HAZARD for mechanism in off):
        bare = [row for row in verdicts(rows, HAZARD).values() if row["verdict"] != UNREAD]
        number = sum(row["verdict"] == INSIDE for row in bare)
        lines.append(
            f"The bare fitted hazard holds it in {number} of {len(bare)}. That a wide band holds the record proves "
            "little."
        )
    for side, words in ((ABOVE, "above"), (BELOW, "below")):
        if outside := [row for row in read if row["verdict"] == side]:
            lines.append(
                f"It fails where the record lies {words} it: {listed([_with_numbers(row) for row in outside])}."
            )
    if close := [named(row) for row in read if row["sure"] == NO]:
        lines.append(f"Too close to an end of the band to be told from luck: {listed(close)}.")
    if not any(row["sure"] in (YES, NO) for row in read):
        lines.append(f"With fewer than {2 * BATCHES * RUNS_PER_DRAW} runs no verdict is told from luck.")
    if unread := [named(row) for row in own.values() if row["verdict"] == UNREAD]:
        lines.append(f"Not read: {listed(unread)}.")
    return lines + [_without(rows, own, mechanism) for mechanism in off]


def _with_numbers(row: Mapping[str, Any]) -> str:
    """A pattern with the record and the band."""
    low, high = (at_digits(row[key], 2) for key in ("low", "high"))
    return f"{named(row)}, {at_digits(row['record'], 2)} on record, {low} to {high} in the model"


def _without(rows: Sequence[Row], own: Mapping[tuple[str, str], Mapping[str, Any]], mechanism: Mechanism) -> str:
    """Which verdicts change without a mechanism, as far as luck cannot have changed them."""
    better, worse, same, known = [], [], True, False
    for key, row in verdicts(rows, mechanism.name).items():
        with_it = own[key]
        same = same and all(row[part] == with_it[part] for part in ("record", "low", "median", "high"))
        if not row["sure"] == with_it["sure"] == YES:
            continue
        known = True
        if (with_it["verdict"], row["verdict"]) in ((ABOVE, INSIDE), (BELOW, INSIDE)):
            better.append(named(row))
        if with_it["verdict"] == INSIDE and row["verdict"] in (ABOVE, BELOW):
            worse.append(named(row))
    start = f"{mechanism.without[:1].upper()}{mechanism.without[1:]}"
    if mechanism.name == HAZARD:
        start = "With the bare fitted hazard"
    if same:
        return f"{start} nothing changes in these replays: they give it nothing to act on."
    if not known:
        return f"{start} no verdict is told from luck."
    if not worse and not better:
        return f"{start} no verdict changes beyond luck: it makes no pattern better."
    parts = []
    if worse:
        parts.append(f"the band no longer holds the record in {many(len(worse), 'pattern')}: {listed(worse)}")
    if better:
        parts.append(
            f"it holds the record in {many(len(better), 'pattern')} in which the model fails: {listed(better)}"
        )
    return f"{start} {'; '.join(parts)}."


# --- the whole ----------------------------------------------------------------------------------------------------


def patterns(
    as_of: date | None = None,
    without: Iterable[str] | None = None,
    runs: int = RUNS,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], object] | None = None,
) -> Patterns:
    """Read every pattern off the record and off replays of its eras, years and cases, each from what was known then.

    as_of : the record is read up to the last month that is complete on this day, and eras that begin before are
    replayed; the end of the record where left out
    without : names of mechanisms to switch off, one by one; all of them where left out
    runs : histories of each model
    progress : called with the number of parts done and wanted; tell : with a note before what takes long
    Raises InputError for an unknown mechanism, a day without enough record, or impossible numbers.
    """
    day, off = _asked(as_of, without, runs, seed)
    stretch = eras(day)
    warm_up(stretch, tell)
    observed, rows = on_record(stretch), []
    total, done = parts_of(stretch) * (1 + len(off)), 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    for mechanism in (None, *off):
        replays = replay(stretch, mechanism, runs, seed, threads, step)
        name = MODEL if mechanism is None else mechanism.name
        rows += _rows_of(name, replays, observed, replays.record_ranks)
    return Patterns(
        {
            "as_of": day.isoformat(),
            "until": stretch[-1].until.isoformat(),
            "runs": runs,
            "seed": seed,
            "eras": [
                {"era": era.name, "known": era.known.isoformat(), "until": era.until.isoformat()} for era in stretch
            ],
            "variants": [
                {"variant": MODEL, "label": "model", "meaning": "everything in place", "set": "", "note": ""},
                *(
                    {
                        "variant": mechanism.name,
                        "label": mechanism.without,
                        "meaning": mechanism.meaning,
                        "set": mechanism.switched,
                        "note": mechanism.note,
                    }
                    for mechanism in off
                ),
            ],
            "rows": rows,
            "sentences": sentences(rows, off),
        }
    )


def _asked(
    as_of: date | None, without: Iterable[str] | None, runs: int, seed: int
) -> tuple[date, tuple[Mechanism, ...]]:
    """What is asked for, checked."""
    check_numbers(runs, seed)
    day = record().confirmed_until if as_of is None else as_of
    eras(day)
    return day, chosen(without)


def patterns_to_folder(
    out: results.Out,
    as_of: date | None = None,
    without: Iterable[str] | None = None,
    runs: int = RUNS,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    draw: Callable[[Mapping[str, Any], Path], object] | None = None,
    command: str = "",
    pictures: bool = True,
    tell: Callable[[str], object] | None = None,
) -> tuple[Patterns, bool]:
    """Find the patterns under `<out>/patterns/<id>`, or read them and write them there; True if they were found.

    draw : draws the chart of a document into a folder; pictures : whether it is wanted
    Raises InputError, before anything is run, for an invalid request or folder.
    """
    day, off = _asked(as_of, without, runs, seed)
    names = [mechanism.name for mechanism in off]
    settings = {"as_of": day.isoformat(), "without": names, "runs": runs, "seed": seed}
    code = {"atlas": atlas.digest(), "sources": results.sources_digest((*ROOMS, "backtest", "analysis"))}
    identity = {"kind": PATTERNS.name, "id": results.identity({**settings, **code}), **settings}
    folder = results.at(out, "patterns", str(identity["id"]))
    own = results.claim(out, PATTERNS, str(identity["id"]))

    def tables(stage: Path, wanted: bool) -> Mapping[str, Any]:
        if not wanted:
            return read(folder).document
        computed = patterns(day, names, runs, seed, threads, progress, tell)
        Table.of(computed.rows).write(stage / "patterns.csv")
        return computed.document

    was_there = documented(folder, identity, tables, draw, own, command, pictures)
    return read(folder), was_there


def read(folder: Path) -> Patterns:
    """The patterns in a folder. Raises ResultError if it is missing, incomplete or damaged."""
    manifest = results.check(folder, PATTERNS, pictures=False)
    path = folder / PATTERNS.document
    document = results.read_json(path)
    if not isinstance(document, dict):
        raise ResultError(Problem("", "a table of keys and values"), path)
    for name in ("as_of", "runs", "seed"):
        if document.get(name) != manifest[name]:
            raise ResultError(Problem(name, f"{manifest[name]}, as the manifest says", document.get(name)), path)
    check_rows(document.get("rows"), COLUMNS, "rows", path)
    check_rows(document.get("eras"), _ERAS, "eras", path)
    check_rows(document.get("variants"), _VARIANTS, "variants", path)
    return Patterns(document, folder)


def face_patterns(
    *,
    as_of: str | date | None = None,
    without: Iterable[str] | None = None,
    runs: int = RUNS,
    seed: int = SEED,
    threads: int | None = None,
    out: str | Path | None = None,
    to: str | Path | None = None,
) -> Patterns:
    """Which patterns of the record the model shows, and which of its mechanisms make them.

    as_of : the record is read up to the last month complete on this day, such as "2020-12-31"; all of it where left out
    without : names of mechanisms to switch off one by one: money, threats, beliefs, words, governments, purses,
    silence, hazard (the bare fitted hazard); all of them where left out
    runs : histories of each model; 1,000 take about a minute on two cores
    out : a folder to write the table under, and to find it in; nothing is written where it is left out
    to : in place of `out`, the very folder to write it to, which is new, empty or holds this table
    Raises InputError with every problem found.
    """
    place = results.chosen(out, to)
    day = parsed_day(as_of) if isinstance(as_of, str) else as_of
    if day is None and as_of is not None:
        raise InputError(Problem("as_of", "a date written YYYY-MM-DD", as_of))
    if isinstance(without, str):
        without = [without]
    names = None if without is None else list(without)
    if place is None:
        return patterns(day, names, whole(runs), whole(seed), threads, tell=announce)
    settings = (day, names, whole(runs), whole(seed), threads)
    return patterns_to_folder(place, *settings, command="sim.patterns", tell=announce)[0]
