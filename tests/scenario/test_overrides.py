"""`--set PATH=VALUE`: any number by its path, values typed as in TOML, unknown paths refused with the nearest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.scenario import Range, load, parse_overrides
from sim.scenario.values import as_set
from tests.scenario.documents import FILE, refused, written

NAME = "honduras-2021"
SIMULATED = "a state simulated here: on the roster at the start, or a candidate for coming to Taipei"
TABLES = (
    "scenario, roster, beijing, taipei, washington, cooperation, states, events, elections, record, given, "
    "expectations and parameters"
)
HINT = "PATH=VALUE, such as washington.attention=2"


def got(scenario: Any, path: str) -> Any:
    """What a resolved scenario holds at a dotted path."""
    for part in path.split("."):
        scenario = scenario[part] if isinstance(scenario, dict) else getattr(scenario, part)
    return scenario


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("washington.attention=2", 2),
        (" washington.attention = 2.5 ", 2.5),
        ("scenario.start=2021-12-11", date(2021, 12, 11)),
        ("events.castro-pledge.enabled=false", False),
        ("events.castro-pledge.to=taipei", "taipei"),
        ('events.castro-pledge.to="taipei"', "taipei"),
        ('roster.add=["NIC"]', ["NIC"]),
        ("scenario.runs=1_000", 1000),
        ("washington.attention={2022-01-01 = 2}", {"2022-01-01": 2}),
        ("states.HND.lean={central=0, low=-1, high=1}", {"central": 0, "low": -1, "high": 1}),
        ("washington.attention=", ""),
        ("scenario.title=a=b", "a=b"),
        ("scenario.title=True", "True"),
        ("washington.attention=1e400", float("inf")),
        ("washington.attention=.5", 0.5),
        ("washington.attention=5.", 5),
        ("washington.attention=+2", 2),
        ("scenario.runs=1e3", 1000),
        ("washington.attention=-1_0.5", -10.5),
        ("scenario.title=0,5", "0,5"),
        ("scenario.title=1__0", "1__0"),
    ],
)
def test_a_value_is_typed_as_in_toml_or_plain_text(text: str, value: object) -> None:
    ((path, parsed),) = parse_overrides([text]).items()
    assert path == text.partition("=")[0].strip()
    assert parsed == value or isinstance(value, str)
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["", "x", "=", "=2", "  =2", "washington.attention", "--set"])
def test_what_is_no_path_and_value(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_overrides([text])
    assert caught.value.lines() == [f"--set: {HINT} (got {text.replace('  ', ' ')!r})"]


@pytest.mark.parametrize(
    "text", ["x=" + "[" * 100_000, "x=" + "[" * 30 + "]" * 30, "x={" + "a." * 40_000 + "a = 1}", "x=\0", "x=\ud800"]
)
def test_values_that_break_parsers_are_texts(text: str) -> None:
    assert parse_overrides([text]) == {"x": text[2:]}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("9" * 5000, "--set: x: a number of fewer than 4,000 digits"),
        ("9" * 4000, "--set: x: a whole number below 2^63 (got 'a number of many digits')"),
        ("0x" + "f" * 5000, "--set: x: a whole number below 2^63 (got 'a number of many digits')"),
        ("{a = [-9223372036854775809]}", "--set: x.a.0: a whole number below 2^63 (got 'a number of many digits')"),
        ("{a = " * 15 + "{a.b.c.d.e.f.g = 1}" + "}" * 15, "--set: x.a.a: tables nested less deeply"),
    ],
)
def test_values_beyond_measure_are_refused(value: str, line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_overrides([f"x={value}"])
    assert caught.value.lines() == [line]


def test_the_last_of_two_values_holds() -> None:
    assert parse_overrides(["washington.attention=1", "washington.attention=3"]) == {"washington.attention": 3}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("washington.attention", 2.0),
        ("beijing.budget", 0.0),
        ("beijing.approach", 1.0),
        ("states.HND.lean", 0.5),
        ("states.GTM.dependence", 0.25),
        ("states.HND.population", 1e7),
        ("events.castro-pledge.strength", 0.25),
        ("events.beijing-protest.hostility.high", 1.0),
        ("events.washington-lobbying.half_life_months", 12.0),
        ("parameters.lean_effect", 0.5),
        ("parameters.us_aid_effect", -0.3),
        ("parameters.requests_unseen", 2.0),
        ("scenario.runs", 7),
        ("scenario.seed", 9),
    ],
)
def test_any_number_can_be_set(path: str, value: float) -> None:
    assert got(load(NAME, {path: value}).scenario, path) == value
    assert load(NAME, {path: value}).reference == load(NAME).reference


def test_numbers_of_elections_can_be_set() -> None:
    path = "elections.taiwan-2028.outcomes.kmt.chance"
    effect = "elections.taiwan-2028.outcomes.kmt.effects.truce.delay_months"
    scenario = load("outlook-2026", {path: 0.4, effect: 6, f"{path[:-10]}dpp.chance.central": 0.5}).scenario
    assert (got(scenario, path), got(scenario, effect)) == (0.4, 6)
    assert scenario.elections["taiwan-2028"].outcomes["dpp"].chance == Range(central=0.5, low=0.37, high=0.70)


def test_an_offer_can_be_set(tmp_path: Path) -> None:
    offer = '[events.offer]\ntype = "offer"\ndate = 2022-01-01\nstate = "HND"\nmillion_usd = 5\n'
    scenario = load(written(tmp_path, offer), {"events.offer.million_usd": 900}).scenario
    assert got(scenario, "events.offer.million_usd") == 900.0


def test_dated_changes_can_be_set() -> None:
    scenario = load(NAME, {"washington.attention.2022-01-01": 2, "washington.attention.2023-01-01": 3}).scenario
    assert scenario.washington.attention == {date(2022, 1, 1): 2.0, date(2023, 1, 1): 3.0}


def test_a_dated_change_keeps_the_plain_value_before_it(tmp_path: Path) -> None:
    path = written(tmp_path, "[beijing]\nbudget = 3\n")
    scenario = load(path, {"beijing.budget.2022-03-01": 2}).scenario
    assert scenario.beijing.budget == {date(1971, 10, 25): 3.0, date(2022, 3, 1): 2.0}
    dated = written(tmp_path, "[beijing]\nbudget = {2022-01-01 = 3}\n")
    scenario = load(dated, {"beijing.budget.2022-03-01": 2}).scenario
    assert scenario.beijing.budget == {date(2022, 1, 1): 3.0, date(2022, 3, 1): 2.0}


def test_part_of_a_range_does_not_keep_a_plain_value(tmp_path: Path) -> None:
    event = '[events.a]\ntype = "lobbying"\ndate = 2022-01-01\nstate = "HND"\npressure = 1\n'
    assert refused(written(tmp_path, event), {"events.a.pressure.low": 0.5}) == [
        f"{FILE}: events.a.pressure.central: required",
        f"{FILE}: events.a.pressure.high: required",
    ]


def test_the_bare_name_of_a_parameter_is_enough() -> None:
    loaded = load(NAME, {"lean_effect": np.float64(1.0), "scenario.seed": np.int64(9)})
    assert loaded.scenario.parameters["lean_effect"] == 1.0
    assert loaded.overrides == {"parameters.lean_effect": 1.0, "scenario.seed": 9}
    assert type(loaded.overrides["scenario.seed"]) is int


def test_of_a_table_a_message_lists_the_names() -> None:
    (line,) = refused("outlook-2026", {"events.zzzz-qqqq.date": 1})
    assert line.endswith(": no such path: no `zzzz-qqqq` in this scenario, only asfura-inauguration and asfura-pledge")


def test_a_range_is_written_as_in_a_file() -> None:
    assert str(Range(central=0.5, low=0.25, high=1.0)) == "{central = 0.5, low = 0.25, high = 1.0}"
    assert as_set({"central": 0, "low": -1, "high": 1}) == "{central = 0, low = -1, high = 1}"
    assert (as_set("taipei"), as_set(True), as_set(date(2022, 1, 1))) == ("taipei", "true", "2022-01-01")
    path, given = "events.washington-lobbying.pressure", "{central = 0.5, low = 0.25, high = 0.75}"
    assert str(got(load(NAME, parse_overrides([f"{path}={given}"])).scenario, path)) == given


def test_what_was_set_is_kept(tmp_path: Path) -> None:
    told = {"washington.attention": 2, "beijing.budget.2022-03-01": 2}
    assert load(NAME, told).overrides == told
    assert load(NAME).overrides == {}


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("washington.atention", 2, "no such path: no `atention` here; did you mean washington.attention?"),
        ("washingtn.attention", 2, "no such path: no `washingtn` here; did you mean washington?"),
        ("x", 2, f"no such path: no `x` here, only {TABLES}"),
        ("a.b.c", 2, f"no such path: no `a` here, only {TABLES}"),
        ("bugdet", 2, "no such path: no `bugdet` here; did you mean beijing.budget or taipei.budget?"),
        ("lean_efect", 1, "no such path: no `lean_efect` here; did you mean parameters.lean_effect?"),
        ("attention", 2, "no such path: no `attention` here; did you mean washington.attention?"),
        ("beijing.bugdet", 1, "no such path: no `bugdet` here; did you mean beijing.budget?"),
        ("beijing.xyz", 1, "no such path: no `xyz` here, only budget, acceptance and approach"),
        ("states.HND.lena", 0, "no such path: no `lena` here; did you mean states.HND.lean?"),
        (
            "events.castro-plege.strength",
            0,
            "no such path: no `castro-plege` in this scenario; did you mean events.castro-pledge?",
        ),
        (
            "events.castro-pledge.strenght",
            0,
            "no such path: no `strenght` here; did you mean events.castro-pledge.strength?",
        ),
        (
            "events.washington-lobbying.pressure.lo",
            0,
            "no such path: no `lo` here; did you mean events.washington-lobbying.pressure.low?",
        ),
        ("elections.next.date", "2022-01-01", "no such path: no `next` in this scenario"),
        ("scenario.name.x", 1, "no such path: `name` is not a table"),
        ("roster.add.0", "NIC", "no such path: `add` is not a table"),
        ("washington..attention", 1, "a path of names joined by dots (got 1)"),
        ("washington.attention", -1, "at least 0 (got -1)"),
        ("washington.attention", 11, "at most 10 (got 11)"),
        ("washington.attention", float("nan"), "a finite number (got nan)"),
        ("washington.attention", "", "a number (got '')"),
        ("washington.attention", "two", "a number (got 'two')"),
        ("states.HND.lean", 2, "at most 1 (got 2)"),
        ("events.castro-pledge.type", "order-", None),
        ("scenario.extends", "outlook-2026", "settled by the file: it cannot be set (got 'outlook-2026')"),
        ("scenario.extends.x", 1, "settled by the file: it cannot be set (got 1)"),
        ("expectations.count_without", {"HND": 14}, None),
        ("cooperation.hosts", ["HND", "FRA"], f"{SIMULATED} (got 'FRA')"),
        ("parameters.lean_effect", 11, "from -10 to 10 (got 11.0)"),
        ("washington.attention", [1, {"a": True}], "a number (got [1, {a = true}])"),
        ("washington.attention", "x" * 500, f"a number (got 'x{'x' * 115}...)"),
        ("events.castro-pledge", 5, "a table (got 5)"),
        ("scenario.start", "2021-02-30", "no such day in the calendar (got '2021-02-30')"),
        ("scenario.start", 2021, "a date written YYYY-MM-DD (got 2021)"),
        ("scenario.runs", 1.5, "a whole number (got 1.5)"),
        ("expectations.count_at_start", 13, "14, the states on the roster (got 13)"),
    ],
)
def test_a_wrong_path_or_value_is_refused(path: str, value: object, line: str | None) -> None:
    lines = refused(NAME, {path: value})
    assert line is None or lines == [f"{NAME}: {path}: {line}"]
    assert all(told.startswith(f"{NAME}: {path}") for told in lines)


def test_a_wrong_outcome_is_refused_with_the_nearest() -> None:
    path = "elections.taiwan-2028.outcomes.ktm.chance"
    assert refused("outlook-2026", {path: 0.4}) == [
        f"outlook-2026: {path}: no such path: no `ktm` in this scenario; "
        "did you mean elections.taiwan-2028.outcomes.kmt?"
    ]


def test_a_wrong_parameter_is_refused_with_the_nearest() -> None:
    (line,) = refused(NAME, {"parameters.lean_efect": 1})
    assert line.startswith(f"{NAME}: parameters.lean_efect: ")
    assert line.endswith("; did you mean lean_effect?") or line.endswith("; did you mean parameters.lean_effect?")


def test_a_wrong_state_is_refused_with_the_nearest() -> None:
    (line,) = refused(NAME, {"states.HNDD.lean": 0})
    assert line.startswith(f"{NAME}: states.HNDD")
    assert line.endswith("did you mean HND (Honduras)?")


def test_an_end_before_the_start_is_told_with_all_that_lies_after_it() -> None:
    lines = refused(NAME, {"scenario.end": "2021-12-01"})
    assert lines == [
        f"{NAME}: scenario.end: after the start, 2021-12-10 (got 2021-12-01)",
        f"{NAME}: events.castro-inauguration.date: not after the end, 2021-12-01 (got 2022-01-27)",
        f"{NAME}: events.next-inauguration.date: not after the end, 2021-12-01 (got 2026-01-27)",
    ]


def test_all_wrong_values_are_listed_at_once() -> None:
    lines = refused(NAME, {"washington.attention": -1, "beijing.budget": -1, "states.HND.lean": 2})
    assert [line.split(": ")[1] for line in lines] == ["beijing.budget", "washington.attention", "states.HND.lean"]


def test_all_wrong_paths_are_listed_at_once() -> None:
    lines = refused(NAME, {"washington.atention": 1, "taipei.budget": 2, "beijing.budgt": 1, "scenario.extends": "x"})
    assert [line.split(": ")[1] for line in lines] == ["washington.atention", "beijing.budgt", "scenario.extends"]


@pytest.mark.parametrize("path", [".", "..", "", " ", "a" * 10_000, ".".join(["states"] * 3000), "states.\n.lean"])
def test_paths_that_are_none(path: str) -> None:
    for line in refused(NAME, {path: 1}):
        assert line.startswith(f"{NAME}: ")
        assert len(line.splitlines()) == 1
        assert len(line) < 2000


def test_setting_does_not_touch_the_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    load(path, {"washington.attention": 3})
    assert path.read_bytes() == before
    assert load(path).scenario.washington.attention == 1.0
    assert path.name == FILE
