"""Patterns: what is read off a history, on record and in the model; bands, verdicts, sentences."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.patterns import (
    ABOVE,
    BELOW,
    COLUMNS,
    INSIDE,
    MODEL,
    NO,
    PATTERNS_READ,
    SIZE,
    UNKNOWN,
    UNREAD,
    YES,
    Patterns,
    band,
    patterns,
    patterns_to_folder,
    read,
    sentences,
    surely,
    verdict,
    verdicts,
    yearly,
)
from sim.analysis.replays import (
    ASKED,
    ORDERED,
    REPORTED,
    Era,
    History,
    concordant,
    eras,
    number_of,
    on_record,
    parts_of,
    replay,
    replayable,
)
from sim.atlas import cases, packages, record
from sim.backtest.mechanisms import MECHANISMS
from sim.backtest.truce import VOTES
from sim.errors import InputError, ResultError
from sim.results.table import read_csv
from tests.examples import thorough
from tools.golden import FOLDER, PROTOCOL, patterns_page, write_patterns
from tools.marks import part_of

ROOT = Path(__file__).resolve().parents[2]
EARLY = date(2001, 6, 15)
"""A day with little record before it, so that little is replayed."""
BY_NAME = {pattern.name: pattern for pattern in PATTERNS_READ}


def history(**parts: Any) -> History:
    """Two years from January 2000 with five states with Taipei, in which nothing happens unless told."""
    quiet = History(
        first=number_of(date(2000, 1, 1)),
        departed=np.empty(0, dtype=np.int64),
        public=np.empty(0, dtype=np.bool_),
        came=np.empty(0, dtype=np.int64),
        back=np.empty(0, dtype=np.bool_),
        at_risk=np.full(24, 5.0),
        truce=np.zeros(24, dtype=np.bool_),
        talks=0,
        lost=0,
        log_gdp=np.empty(0),
        log_seen=np.empty(0),
        concordant=0.0,
        pairs=0.0,
        waits={name: np.empty(0) for name in (*ASKED, ORDERED)},
    )
    for name in ("departed", "came"):
        if name in parts:
            parts[name] = quiet.first + np.array(parts[name], dtype=np.int64)
    return replace(quiet, **parts)


def measured(name: str, some: History) -> float:
    return BY_NAME[name].measure(some)


# --- what is read off a history ---------------------------------------------------------------------------------


def test_departures_are_read_off_a_small_history() -> None:
    some = history(departed=[0, 0, 7, 23], public=np.array([True, False, False, False]))
    assert measured("departures", some) == 2.0
    assert yearly(some).tolist() == [3.0, 1.0]
    assert measured("variance", some) == 2.0
    assert measured("gap_median", some) == 7.0
    assert measured("gap_longest", some) == 16.0
    assert measured("public_departures", some) == 0.25
    assert [BY_NAME[name].count(some) for name in ("departures", "gap_median", "variance")] == [4, 3, 2]


def test_only_whole_calendar_years_count_for_the_variance() -> None:
    some = history(at_risk=np.full(27, 5.0), departed=[0, 1, 2, 13, 24])
    later = replace(some, first=some.first - 2, departed=some.departed - 2)  # from November 1999 to January 2002
    assert yearly(later).tolist() == [2.0, 1.0]


def test_a_quiet_history_has_nothing_to_read() -> None:
    quiet = history()
    nothing = {name for name, pattern in BY_NAME.items() if math.isnan(pattern.measure(quiet))}
    assert nothing == {
        "gap_median", "gap_longest", "public_departures", "public_lost", "refused_followed", "met_followed",
        "request_months", "orders_carried_out", "order_months", "price_level", "price_slope", "price_spread",
        "truce_rate", "ranking",
    }  # fmt: skip
    assert measured("departures", quiet) == measured("variance", quiet) == measured("returns", quiet) == 0.0


def test_talks_requests_and_the_truce_are_read_as_shares_and_rates() -> None:
    truce = np.zeros(24, dtype=np.bool_)
    truce[12:] = True
    waits = {ASKED[0]: np.array([3.0, math.nan, 5.0, math.nan]), ASKED[1]: np.full(2, math.nan), ORDERED: np.zeros(1)}
    some = history(departed=[3, 15], public=np.zeros(2, dtype=np.bool_), truce=truce, talks=8, lost=2, waits=waits)
    assert measured("public_talks", some) == 0.8
    assert measured("public_lost", some) == 0.25
    assert measured("truce_rate", some) == 0.2
    assert BY_NAME["truce_rate"].count(some) == 1
    assert (measured("refused_followed", some), measured("request_months", some)) == (0.5, 4.0)
    assert (measured("met_followed", some), measured("orders_carried_out", some)) == (0.0, 1.0)
    assert [BY_NAME[name].count(some) for name in ("refused_followed", "request_months")] == [4, 2]


def test_prices_are_read_off_a_line() -> None:
    x = np.log(SIZE) + np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    some = history(log_gdp=x, log_seen=math.log(0.8) - 0.6 * (x - math.log(SIZE)))
    level, slope, spread = (measured(f"price_{name}", some) for name in ("level", "slope", "spread"))
    assert (level, slope) == (pytest.approx(0.8), pytest.approx(-0.6))
    assert spread == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(measured("price_level", replace(some, log_gdp=x[:4], log_seen=x[:4])))
    assert math.isnan(measured("price_slope", replace(some, log_gdp=np.full(5, 8.0))))


def test_an_era_of_a_history_has_its_own_months() -> None:
    some = history(departed=[3, 12, 15], public=np.zeros(3, dtype=np.bool_), came=[13], back=np.array([True]))
    second = some.within(Era(date(2000, 12, 31), date(2001, 12, 31)))
    assert (second.departed - second.first).tolist() == [0, 3]
    assert (second.came - second.first).tolist() == [1]
    assert second.at_risk.shape == (12,)
    assert (measured("returns", second), measured("joins", second)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("gone", "pairs"),
    [
        ([True, False, False, False], [3.0, 3.0]),  # the likeliest left
        ([False, False, True, False], [0.5, 3.0]),  # one of two with equal chances left
        ([False, False, True, True], [0.0, 4.0]),
        ([True, False, True, False], [2.5, 4.0]),
        ([False] * 4, [0.0, 0.0]),
        ([True] * 4, [0.0, 0.0]),
    ],
)
def test_pairs_are_concordant_by_hand(gone: list[bool], pairs: list[float]) -> None:
    assert concordant(np.array([0.3, 0.2, 0.1, 0.1]), np.array([gone]))[0].tolist() == pairs


# --- the record -------------------------------------------------------------------------------------------------


def test_eras_tile_the_record_and_begin_with_regimes() -> None:
    whole = eras(record().confirmed_until)
    assert [era.name for era in whole] == [
        "1990-01 to 1999-12", "2000-01 to 2008-05", "2008-06 to 2016-01", "2016-02 to 2026-08",
    ]  # fmt: skip
    assert sum(era.months for era in whole) == 440
    assert [era.name for era in eras(EARLY)] == ["1990-01 to 1999-12", "2000-01 to 2001-05"]
    assert [era.name for era in eras(date(2008, 5, 31))][-1] == "2000-01 to 2008-05"


@pytest.mark.parametrize("day", [date(1990, 12, 30), date(2026, 9, 29)])
def test_eras_want_a_year_of_record(day: date) -> None:
    with pytest.raises(InputError) as caught:
        eras(day)
    assert caught.value.lines() == [
        f"--as-of: a day from 1990-12-31 to 2026-09-28, which the record reaches (got '{day}')"
    ]


def test_the_record_is_read_from_the_atlas() -> None:
    stretch = eras(record().confirmed_until)
    some, known = on_record(stretch), record()
    left = [
        change
        for change in known.changes_between(date(1990, 1, 1), date(2026, 8, 31))
        if change.origin == "taipei" and not change.short_lived and change.kind != "state_ceased"
    ]
    assert some.departed.tolist() == [number_of(change.date) for change in left]
    signs = {
        change.iso3
        for change in left
        for name in (REPORTED, ORDERED, "pledge_kept")
        for case in cases(name, date(2026, 8, 31))
        if case.outcome and (case.iso3, case.outcome_known) == (change.iso3, change.date)
    }
    assert signs == {"ZAF", "GRD", "MWI", "SLB", "HND"}
    assert some.public.sum() == len(signs)
    assert some.at_risk[0] == known.count(date(1989, 12, 31))
    assert (some.talks, some.lost) == (len(cases(REPORTED, date(2026, 8, 31))), 4)
    assert some.log_seen.shape[0] == len(packages())
    assert some.truce.sum() == 91
    assert {name: waits.shape[0] for name, waits in some.waits.items()} == {
        name: len(cases(name, date(2026, 8, 31))) for name in some.waits
    }


def test_an_earlier_day_knows_less() -> None:
    stretch = eras(EARLY)
    some = on_record(stretch)
    assert not some.truce.any()
    assert some.log_seen.shape == (0,)
    assert [case.iso3 for case in replayable(ASKED[0], stretch)] == ["CAF"]
    assert some.waits[ASKED[1]].shape == (1,)
    assert math.isnan(some.concordant)


# --- the model --------------------------------------------------------------------------------------------------


def test_replays_repeat_their_numbers_and_each_run_is_a_history() -> None:
    stretch = eras(date(1991, 3, 31))
    steps: list[int] = []
    one = replay(stretch, None, 40, 3, 1, lambda: steps.append(1))
    two, fewer = replay(stretch, None, 40, 3, 2), replay(stretch, None, 20, 3, 1)
    assert len(steps) == parts_of(stretch) == 2
    assert np.array_equal(one.departed, two.departed)
    assert np.array_equal(one.at_risk, two.at_risk)
    assert np.array_equal(one.paid, two.paid)
    first = [some for some, _ in zip(one.histories(), range(20), strict=False)]
    for some, same in zip(first, fewer.histories(), strict=True):
        assert some.departed.tolist() == same.departed.tolist()
        assert np.all((some.departed >= some.first) & (some.departed < some.first + 15))
        # What leaves and comes is what the count shows.
        net = some.at_risk[0] - (some.departed < some.first + 14).sum() + (some.came < some.first + 14).sum()
        assert net == some.at_risk[-1]


def test_a_truce_holds_from_the_first_day_until_a_vote() -> None:
    truce = eras(date(2016, 1, 31))[-1:]
    some = replay(truce, MECHANISMS["words"], 60, 1, 1)
    ends = {int(row.sum()) for row in some.truce}
    assert ends == {number_of(vote) - truce[0].first for vote in VOTES} | {truce[0].months}
    assert some.truce[:, 0].all()


@pytest.fixture(scope="module")
def small() -> Patterns:
    return patterns(EARLY, ["money", "words"], runs=40, threads=1)


def test_a_table_has_a_row_for_each_pattern_era_and_model(small: Patterns) -> None:
    by_era = sum(pattern.by_era for pattern in PATTERNS_READ)
    assert len(small.rows) == 3 * (len(PATTERNS_READ) + by_era)
    assert [one["variant"] for one in small.document["variants"]] == [MODEL, "money", "words"]
    own = verdicts(small.rows, MODEL)
    assert own["price_level", "all"]["verdict"] == UNREAD  # no package was known
    assert own["truce_rate", "all"]["record"] is None
    for row in small.rows:
        assert row["verdict"] == verdict(row["record"], row["low"], row["high"])
        assert row["sure"] == UNKNOWN  # too few runs for an error
    assert small.document["until"] == "2001-05-31"
    assert repr(small) == "<Patterns to 2001-05-31: 3 models, 40 runs of each, seed 1>"
    assert small.table().shape[0] == len(small.rows)


def test_the_same_question_has_the_same_answer(small: Patterns) -> None:
    assert patterns(EARLY, ["money", "words"], runs=40, threads=2).document == small.document


def test_patterns_are_found_again_in_their_folder(small: Patterns, tmp_path: Path) -> None:
    first, there = patterns_to_folder(tmp_path, EARLY, ["money", "words"], runs=40, threads=1)
    again, found = patterns_to_folder(tmp_path, EARLY, ["money", "words"], runs=40)
    assert (there, found) == (False, True)
    assert first.document == again.document == small.document
    assert first.folder is not None
    assert sorted(path.name for path in first.folder.iterdir()) == ["manifest.json", "patterns.csv", "patterns.json"]
    (first.folder / "patterns.json").write_text("{}", "utf-8")
    with pytest.raises(ResultError, match=r"patterns\.json: unchanged since it was written"):
        read(first.folder)


def test_python_asks_by_date_and_name() -> None:
    with pytest.raises(InputError, match=r"as_of: a date written YYYY-MM-DD \(got 'yesterday'\)"):
        sim.patterns(as_of="yesterday")
    with pytest.raises(InputError, match=r"--without: one of money, .* \(got 'silnce'\); did you mean silence\?"):
        sim.patterns(without="silnce")
    with pytest.raises(InputError, match="--runs: a whole number from 1"):
        sim.patterns(runs=0)


@thorough
def test_the_published_table_and_page_are_what_the_model_gives(tmp_path: Path) -> None:
    now = patterns(threads=2)
    write_patterns(now, tmp_path, charts=False)
    files = [place / "patterns" / "patterns.csv" for place in (ROOT / FOLDER, tmp_path)]
    kept, made = (read_csv(file, COLUMNS, len(now.rows)).rows() for file in files)
    assert len(kept) == len(made)
    for old, new in zip(kept, made, strict=True):
        for name, value in old.items():
            same = abs(value - new[name]) <= 1e-6 if isinstance(value, float) else value == new[name]
            assert same, (old["pattern"], old["era"], old["variant"], name, value, new[name])
    assert part_of(ROOT / PROTOCOL, "patterns") == patterns_page(now)


def test_the_page_shows_the_published_table() -> None:
    """What the page prints is what the kept table says, whatever the model gives now."""
    file = ROOT / FOLDER / "patterns" / "patterns.csv"
    document = json.loads((file.parent / "patterns.json").read_text("utf-8"))
    kept = Patterns({**document, "rows": read_csv(file, COLUMNS, 1000).rows()})
    assert part_of(ROOT / PROTOCOL, "patterns") == patterns_page(kept)
    off = [MECHANISMS[one["variant"]] for one in document["variants"][1:]]
    assert sentences(kept.rows, off) == document["sentences"]
    assert [one["set"] for one in document["variants"][1:]] == [mechanism.switched for mechanism in MECHANISMS.values()]
    assert (file.parent / "patterns.png").is_file()


# --- bands, verdicts, words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "low", "high", "told"),
    [
        (1.0, 1.0, 2.0, INSIDE),
        (2.0, 1.0, 2.0, INSIDE),
        (2.001, 1.0, 2.0, ABOVE),
        (0.999, 1.0, 2.0, BELOW),
        (None, 1.0, 2.0, UNREAD),
        (1.0, None, None, UNREAD),
    ],
)
def test_a_verdict_says_where_the_record_lies(value: float | None, low: Any, high: Any, told: str) -> None:
    assert verdict(value, low, high) == told


@pytest.mark.parametrize(
    ("value", "errors", "told"),
    [
        (1.5, (0.2, 0.2), YES),
        (1.5, (0.25, 0.1), NO),
        (2.1, (0.1, 0.1), NO),
        (2.3, (0.1, 0.1), YES),
        (1.0, (0.0, 0.1), YES),
        (None, (0.1, 0.1), UNKNOWN),
        (1.5, (None, None), UNKNOWN),
    ],
)
def test_a_verdict_is_sure_beyond_two_errors_from_both_ends(value: float | None, errors: Any, told: str) -> None:
    assert surely(value, (1.0, 2.0), errors) == told


def test_a_band_is_of_single_histories() -> None:
    assert band(np.arange(1.0, 101.0)) == (5.0, 50.0, 95.0)
    assert band(np.array([3.0])) == (3.0, 3.0, 3.0)


def rows_of(**told: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Rows of patterns with the verdict of the model and of a model without money."""
    for name, both in told.items():
        for variant, one in zip((MODEL, "money"), both, strict=True):
            low, high = {ABOVE: (0.0, 0.5), BELOW: (2.0, 3.0), INSIDE: (0.5, 1.5)}[one.removesuffix("?")]
            yield {
                "pattern": name, "label": name.title(), "era": "all", "unit": "u", "kind": "new", "record": 1.0, "n": 3,
                "variant": variant, "low": low, "median": low, "high": high, "verdict": one.removesuffix("?"),
                "sure": NO if one.endswith("?") else YES,
            }  # fmt: skip


def test_sentences_say_what_fails_and_who_makes_it() -> None:
    rows = list(rows_of(apples=(INSIDE, ABOVE), pears=(BELOW, INSIDE), plums=("inside?", ABOVE), figs=(ABOVE, ABOVE)))
    assert sentences(rows, [MECHANISMS["money"]]) == [
        "The model's 90 % band holds the record in 2 of 4 patterns that can be read.",
        "Of these 4 are a new kind of test, and it holds 2 of them; to the others the model was fitted, or its makers "
        "had seen them.",
        "It fails where the record lies above it: figs, 1 on record, 0 to 0.5 in the model.",
        "It fails where the record lies below it: pears, 1 on record, 2 to 3 in the model.",
        "Too close to an end of the band to be told from luck: plums.",
        "Without money the band no longer holds the record in 1 pattern: apples; it holds the record in 1 pattern in "
        "which the model fails: pears.",
    ]


def test_a_mechanism_that_makes_no_pattern_better_is_told() -> None:
    money = [MECHANISMS["money"]]
    assert sentences(list(rows_of(apples=(INSIDE, INSIDE))), money)[-1] == (
        "Without money nothing changes in these replays: they give it nothing to act on."
    )
    rows = list(rows_of(apples=(INSIDE, INSIDE), pears=("inside?", ABOVE)))
    assert sentences(rows, money)[-1] == ("Without money no verdict changes beyond luck: it makes no pattern better.")
    assert sentences(list(rows_of(pears=(BELOW, INSIDE))), money)[-1] == (
        "Without money it holds the record in 1 pattern in which the model fails: pears."
    )


def test_with_few_runs_nothing_is_told_from_luck(small: Patterns) -> None:
    assert "With fewer than 400 runs no verdict is told from luck." in small.sentences
    assert small.sentences[-1] == "Without words no verdict is told from luck."
