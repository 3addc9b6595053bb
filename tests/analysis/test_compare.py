"""Comparisons: exact where the inputs are the same, by hand where they are not, refused where runs are no pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.compare import Comparison, compare, labels, obstacles, pairing
from sim.analysis.pairs import COLUMNS, MOST_SWAPS, Pair
from sim.errors import InputError, ScenarioError
from sim.model.terms import TIES
from sim.results import Result

STATES = (("AAA", "Alpha", "taipei"), ("BBB", "Beta", "taipei"), ("CCC", "Gamma", "beijing"))
SIXTY = tuple(f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(62))
Move = tuple[int, int, int, int]


def tiny(
    *moves: Move,
    name: str = "a",
    runs: int = 4,
    months: tuple[str, ...] = ("2022-01", "2022-02", "2022-03"),
    members: tuple[tuple[str, str, str], ...] = STATES,
    hosts: tuple[tuple[str, str], ...] = (),
    roster: dict[str, list[str]] | None = None,
    **settings: Any,
) -> Result:
    """A result told as moves (run, row, place, side after), with draws of two runs."""
    start = [("taipei", "beijing", "none").index(side) for _, _, side in members] + [0] * len(hosts)
    sides, rows = np.tile(start, (runs, 1)), []
    counts = np.zeros((runs, len(months), 2), dtype=np.uint8)
    ordered = sorted(moves)
    for row in range(len(months)):
        for run, when, place, side in ordered:
            if max(1, when) == row:
                rows.append((run, when, place, sides[run, place], side))
                sides[run, place] = side
        counts[:, row, 0] = (sides[:, : len(members)] == 0).sum(axis=1)
        counts[:, row, 1] = (sides[:, len(members) :] == 0).sum(axis=1)
    table = np.array(sorted(rows), dtype=np.int64).reshape(len(rows), 5).T
    return Result(
        scenario={
            "scenario": {"name": name, "title": name.upper(), "start": f"{months[0]}-10"},
            "roster": roster or {},
        },
        months=months,
        members=members,
        counted={tie: counts[:, :, number] for number, tie in enumerate(TIES[: 1 + bool(hosts)])},
        changes=dict(zip(("run", "month", "state", "from", "to"), table, strict=True)),
        observed=(None,) * len(months),
        settings={"id": f"{name}-id", "seed": 1, "runs": runs, "parameters": "drawn", "runs_per_draw": 2} | settings,
        beliefs=(),
        budgets={},
        hosts=hosts,
    )


def pair(here: Result, there: Result) -> Pair:
    (found,) = compare([there, here]).pairs
    return found


def row(found: Pair, iso3: str, horizon: str = "p_end", tie: str = "recognition") -> dict[str, Any]:
    (told,) = found.rows("states", iso3=iso3, horizon=horizon, tie=tie)
    return told


# --- nothing differs --------------------------------------------------------------------------------------


def test_a_scenario_against_itself_is_nought_throughout() -> None:
    result = tiny((0, 1, 0, 1), (1, 2, 1, 2), (3, 0, 2, 0))
    found = compare([result, result])
    (only,) = found.pairs
    assert only.first is None
    assert only.saved == {"recognition": 1.0}
    count = found.columns("count")
    for name in ("mean", "q05", "q25", "q50", "q75", "q95", "more", "fewer", "mc"):
        assert count[name] == [0, 0, 0]
    states = found.columns("states")
    for name in ("difference", "low", "high", "mc"):
        assert states[name] == [0.0, 0.0, 0.0]
    assert states["p"] == states["p_against"] == [0.25, 0.25, 0.25]
    assert found.columns("swaps") == {name: [] for name in COLUMNS["swaps"]}
    assert found.columns("instead")["both"] == [0.25, 0.25]


def test_without_any_variance_there_is_none_to_save() -> None:
    assert pair(tiny(), tiny()).saved == {"recognition": None}


# --- known differences ------------------------------------------------------------------------------------

HERE = tiny((0, 1, 0, 1), (1, 1, 0, 1), (1, 2, 1, 1), (2, 2, 2, 0), name="b")
THERE = tiny((0, 1, 0, 1), (3, 2, 1, 1))


def test_the_count_s_difference_by_hand() -> None:
    found = pair(HERE, THERE)
    end = found.rows("count")[-1]
    # At the end 1, 0, 3, 2 here and 1, 2, 2, 1 there: 0, -2, 1 and 1 more.
    assert (HERE.counts[:, 2].tolist(), THERE.counts[:, 2].tolist()) == ([1, 0, 3, 2], [1, 2, 2, 1])
    assert (end["scenario"], end["against"], end["month"], end["tie"]) == ("b", "a", "2022-03", "recognition")
    assert [end[name] for name in ("mean", "q05", "q25", "q50", "q75", "q95")] == [0.0, -2, -2, 0, 1, 1]
    assert (end["more"], end["fewer"]) == (0.5, 0.25)
    # Draws of two runs: their totals about the mean are -2 and 2, so the error is sqrt(8 * 2 / 1) / 4.
    assert end["mc"] == pytest.approx(1.0)
    assert found.saved["recognition"] == pytest.approx(1 - 1.5 / (1.25 + 0.25))
    middle = found.rows("count", month="2022-02")[0]
    assert (middle["mean"], middle["q05"], middle["fewer"]) == (-0.25, -1, 0.25)
    assert middle["mc"] == pytest.approx(np.sqrt(((-0.5) ** 2 + 0.5**2) * 2) / 4)


def test_before_the_first_change_that_differs_the_difference_is_nought() -> None:
    found = pair(HERE, THERE)
    assert found.first == "2022-02"
    assert [found.rows("count")[0][name] for name in ("mean", "q05", "q95", "mc")] == [0, 0, 0, 0]


def test_a_change_in_the_month_of_the_start_counts_in_that_month_as_in_the_table_of_events() -> None:
    found = pair(tiny((0, 0, 0, 1), name="b"), tiny())
    assert found.first == "2022-01"
    assert [told["mean"] for told in found.rows("count")] == [0.0, -0.25, -0.25]


def test_one_state_instead_of_another_is_a_difference_though_the_counts_agree() -> None:
    found = pair(tiny((0, 1, 0, 1), name="b"), tiny((0, 1, 1, 1)))
    assert found.first == "2022-02"
    assert {told["mean"] for told in found.rows("count")} == {0.0}


def test_from_beijing_to_neither_is_no_difference() -> None:
    assert pair(tiny((0, 1, 2, 2), name="b"), tiny()).first is None


def test_the_states_differences_by_hand() -> None:
    found = pair(HERE, THERE)
    alpha, beta, gamma = (row(found, code) for code in ("AAA", "BBB", "CCC"))
    assert [alpha[name] for name in ("p", "p_against", "difference")] == [0.5, 0.25, 0.25]
    assert [beta[name] for name in ("p", "p_against", "difference")] == [0.25, 0.25, 0.0]
    assert [gamma[name] for name in ("p", "p_against", "difference")] == [0.25, 0.0, 0.25]
    assert [told["at_start"] for told in (alpha, beta, gamma)] == ["taipei", "taipei", "beijing"]
    assert alpha["mc"] == pytest.approx(np.sqrt((0.5**2 + 0.5**2) * 2) / 4)  # totals about the mean: 0.5, -0.5
    assert beta["mc"] == pytest.approx(np.sqrt((1 + 1) * 2) / 4)


def test_draws_that_decide_everything_make_the_range() -> None:
    """In every other draw it leaves in all runs: no luck within a draw, so the range is the whole of it."""
    moves = [(run, 1, 0, 1) for run in range(80) if run // 20 % 2]
    made = pair(tiny(*moves, name="b", runs=80, runs_per_draw=20), tiny(runs=80, runs_per_draw=20))
    told = row(made, "AAA")
    assert [told[name] for name in ("difference", "low", "high")] == [0.5, 0.0, 1.0]
    assert told["mc"] == pytest.approx(0.5 / np.sqrt(3))
    less = row(pair(tiny(runs=80, runs_per_draw=20), tiny(*moves, name="b", runs=80, runs_per_draw=20)), "AAA")
    assert [less[name] for name in ("difference", "low", "high")] == [-0.5, -1.0, 0.0]


def test_luck_alone_makes_no_range() -> None:
    moves = [(run, 1, 0, 1) for run in range(0, 400, 2)]  # half of every draw
    told = row(pair(tiny(*moves, name="b", runs=400, runs_per_draw=20), tiny(runs=400, runs_per_draw=20)), "AAA")
    assert [told[name] for name in ("difference", "low", "high")] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(("runs", "mode", "known"), [(39, "drawn", False), (40, "drawn", True), (39, "central", True)])
def test_a_range_needs_two_whole_draws_or_central_parameters(runs: int, mode: str, known: bool) -> None:
    settings = {"runs": runs, "runs_per_draw": 20, "parameters": mode}
    told = row(pair(tiny((0, 1, 0, 1), name="b", **settings), tiny(**settings)), "AAA")
    assert ((told["low"], told["high"]) != (None, None)) == known
    if mode == "central":
        assert told["low"] == told["high"] == told["difference"]


def test_one_run_tells_no_error() -> None:
    found = pair(tiny((0, 1, 0, 1), name="b", runs=1), tiny(runs=1))
    assert found.at_end[0]["mc"] is None
    assert [row(found, "AAA")[name] for name in ("difference", "low", "high", "mc")] == [1.0, None, None, None]


def test_who_left_instead_of_whom() -> None:
    found = pair(tiny((0, 1, 0, 1), (1, 1, 0, 1), name="b"), tiny((0, 1, 1, 1), (1, 1, 0, 1), (2, 1, 1, 1)))
    told = {each["iso3"]: (each["both"], each["only_here"], each["only_there"]) for each in found.rows("instead")}
    assert told == {"AAA": (0.25, 0.25, 0.0), "BBB": (0.0, 0.0, 0.5)}, "one that had left before has no row"
    assert found.rows("swaps") == [
        {"scenario": "b", "against": "a", "iso3_here": "AAA", "iso3_there": "BBB", "share": 0.25}
    ]


def test_the_commonest_swaps_come_first_and_no_more_than_thirty() -> None:
    members = tuple((f"S{n:02d}", f"State {n}", "taipei") for n in range(20))
    here = [(run, 1, place, 1) for place in range(10) for run in range(10 - place)]
    there = [(run, 1, place, 1) for place in range(10, 20) for run in range(10)]
    found = pair(
        tiny(*here, name="b", runs=10, members=members), tiny(*there, name="a", runs=10, members=members)
    ).rows("swaps")
    assert len(found) == MOST_SWAPS
    assert [each["share"] for each in found] == [1.0] * 10 + [0.9] * 10 + [0.8] * 10
    assert [each["iso3_there"] for each in found[:10]] == [f"S{n}" for n in range(10, 20)]


# --- months, starts, hosts --------------------------------------------------------------------------------


def test_horizons_are_those_within_what_both_share() -> None:
    long, short = tiny(months=SIXTY), tiny(months=SIXTY[:40], name="b")
    assert [told["horizon"] for told in pair(short, long).rows("states", iso3="AAA")] == ["p_12m", "p_36m", "p_end"]
    found = pair(tiny((0, 39, 0, 1), (0, 45, 1, 1), months=SIXTY, name="b"), short)
    assert found.months == SIXTY[:40]
    assert [row(found, code)["difference"] for code in ("AAA", "BBB")] == [0.25, 0.0], "what comes later does not count"


def test_places_are_found_by_their_codes() -> None:
    other = (STATES[1], STATES[0], STATES[2])
    found = pair(tiny((0, 2, 1, 1), name="b", members=other), tiny((0, 2, 0, 1)))
    assert row(found, "AAA")["difference"] == 0.0


HOSTS = (("AAA", "Alpha"), ("CCC", "Gamma"))


def test_the_second_tie_is_compared_where_both_follow_the_same_hosts() -> None:
    here, there = tiny((0, 1, 3, 1), (1, 2, 4, 1), name="b", hosts=HOSTS), tiny((0, 2, 3, 1), hosts=HOSTS)
    found = pair(here, there)
    assert found.ties == ("recognition", "cooperation")
    assert [told["mean"] for told in found.rows("count", tie="cooperation")] == [0.0, -0.25, -0.25]
    told = row(found, "CCC", tie="cooperation")
    assert [told[name] for name in ("p", "p_against", "difference", "at_start")] == [0.25, 0.0, 0.25, "active"]
    other = pair(here, tiny(hosts=HOSTS[:1]))
    assert other.ties == ("recognition",)
    assert {told["tie"] for told in other.rows("states")} == {"recognition"}
    assert pair(here, tiny()).ties == ("recognition",)


# --- what cannot be paired --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        ({"seed": 2}, "b: seed: 1, as in a, to pair the runs (got 2)", "different seed"),
        ({"runs": 6}, "b: runs: 4, as in a, to pair the runs (got 6)", "different runs"),
        (
            {"parameters": "central"},
            "b: parameters: drawn, as in a, to pair the runs (got 'central')",
            "different parameters",
        ),
        ({"runs_per_draw": 1}, "b: runs_per_draw: 2, as in a, to pair the runs (got 1)", "different runs per draw"),
    ],
)
def test_results_that_are_no_pairs_are_refused(change: dict[str, Any], line: str, why: str) -> None:
    results = [tiny(), tiny(name="b", **change)]
    with pytest.raises(InputError) as caught:
        compare(results)
    assert caught.value.lines() == [line]
    assert caught.value.exit_status == 2
    assert pairing(results) == (False, f"{why}, so that part of a difference is luck")


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (
            {"months": SIXTY[:3]},
            "b: start: 2022-01-10, as in a: chances are told from one start, to pair the runs (got '2020-01-10')",
            "start",
        ),
        (
            {"members": (*STATES[:2], ("CCC", "Gamma", "taipei"))},
            "b: roster: the states of a at the start, to pair the runs: "
            "Gamma is with Taipei in b, not with Taipei in a",
            "roster",
        ),
        (
            {"members": STATES[1:], "roster": {"remove": ["AAA"]}},
            "b: roster: the states of a at the start, to pair the runs: Alpha is not simulated in b, with Taipei in a",
            "roster",
        ),
        (
            {"members": (*((code, name, "beijing") for code, name, _ in STATES), ("DDD", "Delta", "none"))},
            "b: roster: the states of a at the start, to pair the runs: Alpha is not with Taipei in b, with Taipei in "
            "a; Beta is not with Taipei in b, with Taipei in a; Delta is not with Taipei in b, not simulated in a",
            "roster",
        ),
    ],
)
def test_results_that_start_otherwise_are_refused(change: dict[str, Any], line: str, what: str) -> None:
    results = [tiny(), tiny(name="b", **change)]
    with pytest.raises(InputError) as caught:
        compare(results)
    assert caught.value.lines() == [line]
    assert pairing(results) == (False, f"different {what}, so that a difference is no effect of what is done")


def test_all_that_differs_is_said() -> None:
    results = [tiny(), tiny(name="b", seed=2, runs=6), tiny(name="c", seed=3), tiny(name="d")]
    assert [problem.path for problem in obstacles(results)] == ["b: seed", "b: runs", "c: seed"]
    assert pairing(results) == (
        False,
        "different seed, different runs, so that part of a difference is luck",
    )


def test_pairs_may_come_from_either_engine() -> None:
    results = [tiny(engine="mesa"), tiny(name="b", engine="compiled")]
    assert obstacles(results) == []
    assert pairing(results) == (
        True,
        "the same seed, runs and parameters, so run by run they share their random numbers",
    )


@pytest.mark.parametrize("results", [[], [tiny()]])
def test_one_result_is_nothing_to_compare(results: list[Result]) -> None:
    with pytest.raises(InputError, match=rf"at least two scenarios to compare \(got {len(results)}\)"):
        compare(results)


def test_twins_are_told_apart() -> None:
    plain, changed, other = tiny(), tiny(id="3", set={"x.y": "2"}), tiny(id="4567890")
    assert labels([plain, tiny(name="b")]) == ["a", "b"]
    assert labels([plain, plain]) == ["a", "a"]
    assert labels([plain, changed]) == ["a", "a [x.y = 2]"]
    assert labels([plain, changed, other]) == ["a [a-id]", "a [x.y = 2]", "a [456789]"]


# --- scenarios --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def levers() -> Comparison:
    """A lever that is moved in January 2028, and a vote of that month left out before a truce."""
    changed = sim.load("outlook-2026", {"beijing.budget.2028-01-01": 4.0})
    return sim.compare("outlook-2026", changed, "outlook-2026-truce", runs=200, seed=5)


def test_before_the_first_input_that_differs_the_difference_is_exactly_nought(levers: Comparison) -> None:
    month = "2028-01"
    for found in levers.pairs:
        assert found.first is not None
        assert found.first >= month
        before = [told for told in found.rows("count") if told["month"] < month]
        assert len(before) == 16
        for name in ("mean", "q05", "q95", "more", "fewer", "mc"):
            assert {told[name] for told in before} == {0}
        after = [told["mean"] for told in found.rows("count") if told["month"] >= month]
        assert any(after), "the lever moves nobody"
        early = found.rows("states", horizon="p_12m")
        assert {told[name] for told in early for name in ("difference", "low", "high", "mc")} == {0.0}


def test_the_states_differences_add_up_to_that_of_the_count(levers: Comparison) -> None:
    for found in levers.pairs:
        end = found.rows("states", horizon="p_end")
        total = sum(told["difference"] * (-1 if told["at_start"] == "taipei" else 1) for told in end)
        assert total == pytest.approx(found.at_end[0]["mean"], abs=1e-4)


def test_the_chances_are_those_of_the_results(levers: Comparison) -> None:
    base, *others = levers.results
    for found, result in zip(levers.pairs, others, strict=True):
        for label in ("p_12m", "p_36m", "p_60m", "p_end"):
            told = found.rows("states", horizon=label)
            assert [each["p_against"] for each in told] == base.states_columns[label]
            assert [each["p"] for each in told] == result.states_columns[label]


def test_pairing_leaves_less_luck_than_seeds_of_their_own(levers: Comparison) -> None:
    for found, result in zip(levers.pairs, levers.results[1:], strict=True):
        (end,) = found.at_end
        assert 0.0 < (found.saved["recognition"] or 0.0) < 1.0
        assert end["mc"] < np.hypot(result.mean_error, levers.results[0].mean_error)


def test_the_frames(levers: Comparison) -> None:
    for name in COLUMNS:
        frame = getattr(levers, name)()
        assert tuple(frame.columns) == COLUMNS[name]
        if name != "swaps":
            assert set(frame["scenario"]) == {"outlook-2026 [beijing.budget.2028-01-01 = 4.0]", "outlook-2026-truce"}
    assert len(levers.count()) == 2 * 61
    assert len(levers.states()) == 2 * len(levers.results[0].members) * 4
    numbers = levers.states()[["p", "p_against"]]
    assert ((numbers >= 0) & (numbers <= 1)).all(axis=None)


def test_what_was_compared(levers: Comparison) -> None:
    told = levers.document
    assert (told["baseline"], told["runs"], told["seed"], told["runs_to_halve"]) == ("outlook-2026", 200, 5, 800)
    assert [each["name"] for each in told["scenarios"]] == list(levers.names)
    assert [each["first_difference"] for each in told["pairs"]] == [found.first for found in levers.pairs]
    assert levers.id == compare(levers.results).id != compare(levers.results[::-1]).id


def test_results_are_taken_as_they_are_and_the_others_run_to_match(tmp_path: Path) -> None:
    first = sim.run("honduras-2021", runs=20, seed=9, parameters="central")
    found = sim.compare(first, "honduras-2021-reassured", out=tmp_path)
    assert found.results[0] is first
    assert [found.results[1].settings[name] for name in ("runs", "seed", "parameters")] == [20, 9, "central"]
    again = sim.compare(first, "honduras-2021-reassured", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["honduras-2021-reassured"]
    assert again.columns("states") == found.columns("states")
    with pytest.raises(InputError, match="honduras-2021-reassured: seed: 9, as in honduras-2021, to pair the runs"):
        sim.compare(first, "honduras-2021-reassured", seed=8)


def test_a_result_read_back_compares_as_the_one_in_memory(tmp_path: Path) -> None:
    results = [sim.run(name, runs=60, seed=2, out=tmp_path) for name in ("honduras-2025", "honduras-2025-notice")]
    back = [sim.read(result.folder or "") for result in results]
    for name in COLUMNS:
        assert compare(results).columns(name) == compare(back).columns(name)


def test_runs_and_seed_are_the_first_s_own_where_left_out() -> None:
    first = sim.load("honduras-2021", {"scenario.runs": 20, "scenario.seed": 3})
    found = sim.compare(first, "honduras-2021-reassured")
    assert [(result.runs, result.seed) for result in found.results] == [(20, 3), (20, 3)]


def test_settings_count_for_every_scenario() -> None:
    found = sim.compare("honduras-2021", "honduras-2021-reassured", runs=20, set={"washington.attention": 2})
    assert [result.scenario["washington"]["attention"] for result in found.results] == [2.0, 2.0]
    with pytest.raises(ScenarioError, match=r"honduras-2021: .*did you mean washington\.attention\?"):
        sim.compare("honduras-2021", "honduras-2021-reassured", runs=20, set={"washington.atention": 2})


def test_scenarios_that_start_apart_are_refused_before_they_are_run(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        sim.compare("truce-2008", "outlook-2026", out=tmp_path / "out")
    assert caught.value.lines() == [
        "outlook-2026: start: 2008-05-20, as in truce-2008: chances are told from one start, to pair the runs "
        "(got '2026-09-28')"
    ]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=r"at least two scenarios to compare \(got 1\)"):
        sim.compare("truce-2008")


def test_the_hand_made_results_are_sound() -> None:
    """Counts are what the moves make of them."""
    assert HERE.counts.tolist() == [[2, 1, 1], [2, 1, 0], [2, 2, 3], [2, 2, 2]]
