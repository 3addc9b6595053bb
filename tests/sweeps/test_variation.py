"""What is varied: options and files, the values they stand for, and the text of what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.fit import beliefs_for
from sim.scenario import ResolvedScenario, load
from sim.sweeps.reading import parse_variation, parse_variations, read_sweep
from sim.sweeps.variation import Variation

VOTE = "elections.taiwan-2028"


@pytest.fixture(scope="module")
def honduras() -> ResolvedScenario:
    return load("honduras-2021")


@pytest.fixture(scope="module")
def outlook() -> ResolvedScenario:
    return load("outlook-2026")


def refused(text: str | list[str], scenario: ResolvedScenario) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_variations([text] if isinstance(text, str) else text, scenario)
    return error.value.lines()


# --- options


def test_a_range_with_points(honduras: ResolvedScenario) -> None:
    one = parse_variation("washington.attention=0:3:7", honduras)
    assert one == Variation("washington.attention", low=0.0, high=3.0, points=7)
    assert one.grid == (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
    assert (one.size, one.text) == (7, "washington.attention=0:3:7")


def test_a_range_without_points(honduras: ResolvedScenario) -> None:
    one = parse_variation(" washington.attention = 0 : 3 ", honduras)
    assert (one.low, one.high, one.points, one.size, one.grid) == (0.0, 3.0, None, 0, ())
    assert one.text == "washington.attention=0:3"


def test_a_list(honduras: ResolvedScenario) -> None:
    one = parse_variation("beijing.budget=1, 2,4", honduras)
    assert one == Variation("beijing.budget", values=(1.0, 2.0, 4.0))
    assert one.grid == (1.0, 2.0, 4.0)
    assert [one.value_at(u) for u in (0.0, 0.33, 0.34, 0.66, 0.67, 1.0)] == [1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
    assert one.text == "beijing.budget=1,2,4"


def test_a_state_by_name(honduras: ResolvedScenario) -> None:
    by_name, by_code = (parse_variation(f"states.{state}.pride=0:1:3", honduras) for state in ("St. Lucia", "LCA"))
    assert by_name == by_code == Variation("states.LCA.pride", low=0.0, high=1.0, points=3)
    assert refused(["states.LCA.pride=0:1", "states.Saint Lucia.pride=0:1"], honduras) == [
        "--vary: states.LCA.pride: a path that is varied once (got 'states.Saint Lucia.pride=0:1')"
    ]
    assert refused("states.Paraguay.pride=0:1", load("honduras-2021", {"states.PRY.pride": 1})) == [
        "--vary: states.PRY.pride: not set as well, for it is varied (got 1)"
    ]


@pytest.mark.parametrize("text", ["lean_effect", "parameters.lean_effect"])
def test_a_parameter_alone_has_the_range_of_its_law(text: str, honduras: ResolvedScenario) -> None:
    law = beliefs_for(honduras.scenario)["lean_effect"].distribution
    assert parse_variation(text, honduras) == Variation("parameters.lean_effect", low=law.low, high=law.high)


def test_a_range_of_the_record_is_that_of_the_scenarios_day(
    honduras: ResolvedScenario, outlook: ResolvedScenario
) -> None:
    early, late = (parse_variation("departure_rate", scenario) for scenario in (honduras, outlook))
    assert early.low != late.low
    assert early.low == float(f"{beliefs_for(honduras.scenario)['departure_rate'].distribution.low:.8e}")


def test_a_parameter_that_is_held_still_has_its_range(honduras: ResolvedScenario) -> None:
    assert (parse_variation("neighbours_effect", honduras).low, 0.75) == (-1.3, 0.75)


def test_a_range_of_the_scenario_alone(outlook: ResolvedScenario) -> None:
    one = parse_variation(f"{VOTE}.outcomes.kmt.effects.truce.chance", outlook)
    assert (one.low, one.high) == (0.35, 0.85)


def test_what_a_value_breaks_elsewhere_is_told_with_it(outlook: ResolvedScenario) -> None:
    path = f"{VOTE}.outcomes.kmt.chance"
    assert refused(path, outlook) == [
        f"--vary: {VOTE}: the chances of an election's outcomes add up to 1 at most, not 1.14, with {path} = 0.6"
    ]


def test_days(honduras: ResolvedScenario) -> None:
    path = "events.castro-inauguration.date"
    one = parse_variation(f"{path}=2022-01-01:2022-01-11:3", honduras)
    assert one.grid == (date(2022, 1, 1), date(2022, 1, 6), date(2022, 1, 11))
    assert one.text == f"{path}=2022-01-01:2022-01-11:3"
    assert one.value_at(0.5) == date(2022, 1, 6)
    listed = parse_variation(f"{path}=2022-01-27,2022-03-01", honduras)
    assert listed.values == (date(2022, 1, 27), date(2022, 3, 1))


def test_whole_numbers_stay_whole(outlook: ResolvedScenario) -> None:
    one = parse_variation(f"{VOTE}.outcomes.kmt.effects.truce.delay_months=0:6:4", outlook)
    assert one.grid == (0, 2, 4, 6)
    values = [one.value_at(u / 700) for u in range(701)]
    assert {type(value) for value in values} == {int}
    assert [values.count(n) for n in range(7)] == [100] * 6 + [101]


def test_a_dated_change(honduras: ResolvedScenario) -> None:
    assert parse_variation("washington.attention.2023-01-01=0:3", honduras).high == 3.0


def test_numbers_have_nine_digits(honduras: ResolvedScenario) -> None:
    one = parse_variation("washington.attention=0.123456789123:3:4", honduras)
    assert one.grid == (0.123456789, 1.08230453, 2.04115226, 3.0)


@given(st.floats(0.0, 1.0))
def test_values_stay_in_their_range(u: float) -> None:
    for one in (
        Variation("x", low=-0.3, high=0.1),
        Variation("x", low=2, high=9, whole=True),
        Variation("x", low=date(2022, 1, 1), high=date(2024, 6, 1)),
    ):
        value = one.value_at(u)
        assert one.low <= value <= one.high  # type: ignore[operator]
        assert (one.value_at(0.0), one.value_at(1.0)) == (one.low, one.high)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("washington.attentoin=0:3", "washington.attentoin: no such path: no `attentoin` here; "
         "did you mean washington.attention?"),
        ("lean_efect=0:1", "a path of the scenario or a parameter (sim parameters lists them) (got 'lean_efect'); "
         "did you mean parameters.lean_effect?"),
        ("parameters.lean_efect=0:1", "parameters.lean_efect: a model parameter (sim parameters lists them) "
         "(got 'lean_efect'); did you mean parameters.lean_effect?"),
        ("events.castro-pledg.strength=0:1", "events.castro-pledg.strength: no such path: no `castro-pledg` in this "
         "scenario; did you mean events.castro-pledge?"),
        ("washington=0:1", "a path of the scenario or a parameter (sim parameters lists them); washington holds "
         "attention, focus and hostility (got 'washington')"),
        ("=0:1", "a path of the scenario or a parameter (sim parameters lists them) (got '')"),
        ("states.HND=0:1", "states.HND: a path that holds a number, or the day of an event or election"),
        ("events.castro-pledge.type=1", "events.castro-pledge.type: a path that holds a number, or the day of an "
         "event or election"),
        ("scenario.runs=1:2", "scenario.runs: a path of what happens: days of the scenario stay, runs and seed are "
         "options"),
        ("washington.attention", "washington.attention: values, such as washington.attention=low:high: only what is "
         "not known has a range of its own"),
        ("washington.attention=a:b", "washington.attention: a number (got 'a')"),
        ("washington.attention=", "washington.attention: a number (got '')"),
        ("washington.attention=0:nan", "washington.attention: a finite number (got nan)"),
        ("washington.attention=0,inf", "washington.attention: a finite number (got inf)"),
        ("washington.attention=2022-01-01:2", "washington.attention: a number (got '2022-01-01')"),
        ("washington.attention=3:1", "washington.attention: low:high, with low below high (got '3:1')"),
        ("washington.attention=3:3:2", "washington.attention: low:high, with low below high (got '3:3')"),
        ("washington.attention=0:3:1", "washington.attention: a whole number of points, 2 or more (got 1)"),
        ("washington.attention=0:3:2.5", "washington.attention: a whole number of points, 2 or more (got 2.5)"),
        ("washington.attention=0:3:1e9", "washington.attention: at most 10,000,000 points in all (got 1000000000)"),
        ("washington.attention=0:1:2:3", "washington.attention: low:high, low:high:points or a list of values with "
         "commas, such as washington.attention=0:1:5 (got '0:1:2:3')"),
        ("washington.attention=1,2,1", "washington.attention: each value once (got 1.0)"),
        ("washington.attention=0:30", "washington.attention: at most 10 (got 30.0)"),
        ("washington.attention=1,11", "washington.attention: at most 10 (got 11.0)"),
        ("lean_effect=-20:1", "parameters.lean_effect: from -10 to 10 (got -20.0)"),
        ("states.XYZ.pride=0:1", "states.XYZ: a state's three-letter code or name, such as HND or "
         "Honduras (got 'XYZ')"),
        ("events.castro-inauguration.date=2022-02-30,2022-03-01", "events.castro-inauguration.date: no such day in the "
         "calendar (got '2022-02-30')"),
        ("events.castro-inauguration.date=1:3", "events.castro-inauguration.date: a date written YYYY-MM-DD (got 1)"),
        ("events.castro-inauguration.date=2022-01-01:2022-01-03:4", "events.castro-inauguration.date: at most 3 "
         "points, for there are no more days in the range (got 4)"),
        ("events.castro-inauguration.date=2022-01-01:2028-01-01", "events.castro-inauguration.date: not after the end, "
         "2026-12-31 (got 2028-01-01)"),
    ],
)  # fmt: skip
def test_what_cannot_be_varied_is_refused(text: str, message: str, honduras: ResolvedScenario) -> None:
    assert refused(text, honduras) == [f"--vary: {message}"]


def test_a_share_of_a_month_is_no_month(outlook: ResolvedScenario) -> None:
    path = f"{VOTE}.outcomes.kmt.effects.truce.delay_months"
    assert refused(f"{path}=1.5,2", outlook) == [f"--vary: {path}: a whole number (got 1.5)"]


def test_all_problems_are_told_at_once(honduras: ResolvedScenario) -> None:
    told = refused(["washington.attention=0:3", "washington.attention=1,2", "lean_effect=2:1"], honduras)
    assert told == [
        "--vary: washington.attention: a path that is varied once (got 'washington.attention=1,2')",
        "--vary: parameters.lean_effect: low:high, with low below high (got '2:1')",
    ]


def test_a_parameter_the_scenario_sets_has_no_range_of_its_own() -> None:
    loaded = load("honduras-2021", {"washington.attention": 2, "parameters.reassurance_effect": 0.3})
    assert refused("reassurance_effect=0:1", loaded) == [
        "--vary: parameters.reassurance_effect: not set as well, for it is varied (got 0.3)"
    ]
    assert refused("washington.attention=0:1", loaded) == [
        "--vary: washington.attention: not set as well, for it is varied (got 2)"
    ]


# --- files


def written(folder: Path, text: str) -> Path:
    path = folder / "sweep.toml"
    path.write_text(text, "utf-8")
    return path


def file_problems(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_sweep(path)
    return [line.removeprefix(f"{path}: ") for line in error.value.lines()]


def test_a_sweep_file(tmp_path: Path) -> None:
    found = read_sweep(
        written(
            tmp_path,
            """
            [sweep]
            scenario = "honduras-2021"
            design = "lhs"
            points = 64
            runs = 1000
            seed = 0
            [vary]
            "washington.attention" = { low = 0, high = 3 }
            beijing.budget = [1, 2, 4]
            events.castro-inauguration.date = { low = 2022-01-01, high = "2022-03-01", points = 3 }
            lean_effect = {}
            """,
        )
    )
    assert (found.design, found.points, found.runs, found.seed) == ("lhs", 64, 1000, 0)
    assert found.scenario.name == "honduras-2021"
    assert [one.text for one in found.variations] == [
        "washington.attention=0:3",
        "beijing.budget=1,2,4",
        "events.castro-inauguration.date=2022-01-01:2022-03-01:3",
        "parameters.lean_effect=-0.2:1",
    ]


def test_a_sweep_file_needs_little_and_names_a_scenario_beside_it(tmp_path: Path) -> None:
    head = '[scenario]\nname = "mine"\ntitle = "Mine"\nquestion = "What?"\nstart = 2021-12-10\nend = 2022-12-31\n'
    (tmp_path / "mine.toml").write_text(head, "utf-8")
    path = written(tmp_path, '[sweep]\nscenario = "mine.toml"\n[vary]\nwashington.attention = [0, 1]\n')
    found = read_sweep(path, {"beijing.budget": 2})
    assert (found.design, found.points, found.runs, found.seed) == ("grid", None, None, None)
    assert found.scenario.name == "mine"
    assert found.scenario.scenario.beijing.budget == 2.0


def test_all_problems_of_a_sweep_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        more = 1
        [sweep]
        scenario = "honduras-2021"
        desing = "grid"
        design = "grad"
        points = 1
        runs = 0
        seed = 1.5
        [vary]
        "washington.attentoin" = [1]
        washington.attention = { low = 0, hihg = 3 }
        beijing.budget = 3
        taipei.budget = { low = 0 }
        lean_effect = {}
        parameters.lean_effect = [0, 1]
        reassurance_effect = ["a"]
        backfire_effect = { low = 2, high = 1 }
        states.HND.pride = []
        """,
    )
    assert file_problems(path) == [
        "more: unknown key (got 'more')",
        "sweep.desing: unknown key (got 'desing'); did you mean design?",
        "sweep.points: a whole number from 2 to 10000000 (got 1)",
        "sweep.runs: a whole number from 1 to 10000000 (got 0)",
        "sweep.seed: a whole number (got 1.5)",
        "sweep.design: one of grid, lhs, sobol, saltelli, morris, levers (got 'grad'); did you mean grid?",
        "vary.washington.attentoin: no such path: no `attentoin` here; did you mean washington.attention?",
        "vary.washington.attention.hihg: unknown key (got 'hihg'); did you mean high?",
        "vary.beijing.budget: a list of values, or a table {low, high, points}; {} for a parameter's own range (got 3)",
        "vary.taipei.budget: both low and high, or neither",
        "vary.parameters.lean_effect: a path that is varied once (got 'parameters.lean_effect')",
        "vary.parameters.reassurance_effect: a number (got 'a')",
        "vary.parameters.backfire_effect: low:high, with low below high (got '2:1')",
        "vary.states.HND.pride: at least one value",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["sweep.scenario: required: a shipped scenario or a file beside this one",
              "vary: required: what is varied, by path"]),
        ("sweep = 1\nvary = []", ["sweep: a table (got 1)", "vary: a table (got [])"]),
        ("[sweep]\nscenario = 3\n[vary]\nlean_effect = [1]", ["sweep.scenario: a scenario's name or file (got 3)"]),
        ('[sweep]\nscenario = "honduras-2022"\n[vary]\nlean_effect = [1]',
         ["sweep.scenario: no such file, and no shipped scenario of this name (got 'honduras-2022'); "
          "did you mean honduras-2025?"]),
        ('[sweep]\nscenario = "honduras-2021"\n[vary]\nlean_effect = {}',
         ["vary: parameters.lean_effect: a number of points, which a grid needs, such as "
          "parameters.lean_effect=-0.2:1.0:5"]),
        ('[sweep]\nscenario = "honduras-2021"\ndesign = "saltelli"\npoints = 50\n[vary]\nlean_effect = {}',
         ["sweep.points: a power of two for a design of kind saltelli (got 50); did you mean 64?"]),
        ("[sweep", ["not valid TOML: Expected ']' at the end of a table declaration (at end of document)"]),
    ],
)  # fmt: skip
def test_what_is_no_sweep_file_is_refused(text: str, messages: list[str], tmp_path: Path) -> None:
    assert file_problems(written(tmp_path, text)) == messages


def test_a_sweep_file_that_is_not_there(tmp_path: Path) -> None:
    assert file_problems(tmp_path / "none.toml") == ["no such file"]
