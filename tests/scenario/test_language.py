"""The scenario language where it is right: days, ranges, levers, elections, roster, parts that are left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.runs.run import Request, simulate
from sim.scenario import Range, members
from sim.scenario.levers import called
from tests.scenario.documents import FILE, HEADER, header, loaded

EVENT = '[events.a]\ntype = "lobbying"\ndate = {day}\nstate = "HND"\n'
VOTE = '[elections.v]\ndate = 2022-03-01\nstate = "HND"\n[elections.v.outcomes.a]\nchance = 0.5\n'


@pytest.mark.parametrize("day", ["2022-01-15", '"2022-01-15"'])
def test_a_day_with_or_without_quotes_is_the_same_day(tmp_path: Path, day: str) -> None:
    assert loaded(tmp_path, EVENT.format(day=day)).scenario.events["a"].date == date(2022, 1, 15)


def test_a_day_with_or_without_quotes_gives_the_same_id(tmp_path: Path) -> None:
    ids = {Request(loaded(tmp_path, EVENT.format(day=d)), 20, 1).identity for d in ("2022-01-15", '"2022-01-15"')}
    assert len(ids) == 1


@pytest.mark.parametrize("day", ["1971-11-01", "2021-12-09", "2021-12-10", "2022-06-30"])
def test_an_event_may_lie_before_the_start_and_up_to_the_end(tmp_path: Path, day: str) -> None:
    scenario = loaded(tmp_path, EVENT.format(day=day))
    assert simulate(Request(scenario, 20, 1)).runs == 20


def test_the_end_counts_by_its_month(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, EVENT.format(day="2022-06-30"), header(end="2022-06-01"))
    assert scenario.scenario.months == 6


def test_effects_happen_in_the_state_that_votes(tmp_path: Path) -> None:
    effects = (
        '[elections.v.outcomes.a.effects.office]\ntype = "inauguration"\ndelay_months = 1\n'
        '[elections.v.outcomes.a.effects.abroad]\ntype = "order"\ndelay_months = 2\nstate = "GTM"\n'
        '[elections.v.outcomes.a.effects.truce]\ntype = "truce"\ndelay_months = 0\n'
    )
    made = loaded(tmp_path, VOTE + effects).scenario.elections["v"].outcomes["a"].effects
    assert made["office"].state == "HND"  # type: ignore[union-attr]
    assert made["abroad"].state == "GTM"  # type: ignore[union-attr]
    assert not hasattr(made["truce"], "state")


def test_an_election_that_is_not_held_may_lie_anywhere(tmp_path: Path) -> None:
    made = loaded(tmp_path, VOTE.replace("2022-03-01", "2021-03-01\nenabled = false")).scenario
    assert not made.elections["v"].enabled


def test_chances_may_leave_room(tmp_path: Path) -> None:
    two = VOTE + "[elections.v.outcomes.b]\nchance = {central = 0.5, low = 0.2, high = 0.8}\n"
    assert loaded(tmp_path, two).scenario.elections["v"].outcomes["b"].chance == Range(central=0.5, low=0.2, high=0.8)


def test_a_range_may_be_a_point(tmp_path: Path) -> None:
    body = EVENT.format(day="2022-01-01") + "pressure = {central = 1, low = 1, high = 1}"
    assert simulate(Request(loaded(tmp_path, body), 40, 1)).runs == 40


def test_whole_numbers_are_numbers(tmp_path: Path) -> None:
    body = "[washington]\nattention = {}"
    ids = {Request(loaded(tmp_path, body.format(n)), 20, 1).identity for n in ("2", "2.0", "2e0", "0x2", "+2.00")}
    assert len(ids) == 1


def test_the_roster_of_the_scenario(tmp_path: Path) -> None:
    made = loaded(tmp_path, '[roster]\nadd = ["NIC"]\nremove = ["GTM", "VAT"]\ncandidates = []').scenario
    who = members(made)
    assert who.candidates == ()
    assert "NIC" in who.recognisers
    assert not {"GTM", "VAT"} & set(who.recognisers)
    assert len(who.recognisers) == 14 - 2 + 1


def test_the_roster_of_as_of(tmp_path: Path) -> None:
    before = loaded(tmp_path, head=header(as_of="2021-12-08")).scenario
    assert len(members(before).recognisers) == len(members(loaded(tmp_path).scenario).recognisers) + 1
    assert "NIC" in members(before).recognisers


def refusal(folder: Path, body: str = "", head: str = HEADER) -> list[str]:
    """The lines of the error that loading raises; none where it loads, and then it must run."""
    try:
        known = loaded(folder, body, head)
    except ScenarioError as error:
        return error.lines()
    assert simulate(Request(known, 20, 1)).runs == 20
    return []


NO_ECONOMY = (
    "roster.add: a state whose economy the atlas has for 2020, "
    "or with states.{code}.gdp_million_usd, states.{code}.us_aid and states.{code}.population (got '{code}')"
)


@pytest.mark.parametrize("code", ["CHN", "USA", "TWN", "FRA", "NIC", "JPN", "TON"])
def test_a_state_that_is_added_can_be_run(tmp_path: Path, code: str) -> None:
    """One of which the atlas knows no economy is refused when the file is read, not when it is run."""
    found = refusal(tmp_path, f'[roster]\nadd = ["{code}"]')
    assert found in ([], [f"{tmp_path / FILE}: {NO_ECONOMY.format(code=code)}"])
    assert (found == []) == (code in ("NIC", "JPN", "TON"))


def test_the_economy_of_a_state_that_is_added_may_be_said(tmp_path: Path) -> None:
    body = '[roster]\nadd = ["FRA"]\n[states.FRA]\n{}\n'
    said = ["gdp_million_usd = 5_000_000", "us_aid = 0", "population = 125_000_000"]
    assert refusal(tmp_path, body.format("\n".join(said))) == []
    for few in ([], *([one] for one in said), *([one for one in said if one != left] for left in said)):
        lines = [f"{tmp_path / FILE}: {NO_ECONOMY.format(code='FRA')}"]
        assert refusal(tmp_path, body.format("\n".join(few))) == lines


@pytest.mark.parametrize("start", ["1971-10-25", "1971-12-31", "1972-01-01", "1979-01-01", "1990-07-31", "2026-09-28"])
def test_a_start_at_any_time_runs_or_is_refused(tmp_path: Path, start: str) -> None:
    early = f"not before 1972-01-01: the record before it tells no rate (got {start})"
    wanted = [f"{tmp_path / FILE}: scenario.start: {early}"] if start < "1972" else []
    assert refusal(tmp_path, head=header(start=start, end=f"{int(start[:4]) + 3}-01-01")) == wanted


def test_knowledge_before_1972(tmp_path: Path) -> None:
    head = header(start="1972-02-01", end="1975-01-01", as_of="1971-12-31")
    assert refusal(tmp_path, head=head) == [
        f"{tmp_path / FILE}: scenario.as_of: not before 1972-01-01: the record before it tells no rate (got 1971-12-31)"
    ]


@pytest.mark.parametrize("kept", [["VAT"], []], ids=["only the Holy See", "nobody"])
def test_nobody_is_left_whom_a_budget_could_court(tmp_path: Path, kept: list[str]) -> None:
    others = [code for code in members(loaded(tmp_path).scenario).recognisers if code not in kept]
    assert refusal(tmp_path, f"[roster]\nremove = {others}\ncandidates = []") == [
        f"{tmp_path / FILE}: roster: at least one state that recognises Taipei, besides the Holy See"
    ]


def test_one_state_is_left_beside_the_holy_see(tmp_path: Path) -> None:
    others = [code for code in members(loaded(tmp_path).scenario).recognisers if code not in ("VAT", "HND")]
    result = simulate(Request(loaded(tmp_path, f"[roster]\nremove = {others}\ncandidates = []"), 40, 1))
    assert [code for code, _, side in result.members if side == "taipei"] == ["HND", "VAT"]
    assert set(result.counts[:, 0].tolist()) == {2}


# --- The second tie


HOSTS = '[cooperation]\nhosts = ["HND"]\n'


def test_hosts_are_simulated_where_the_scenario_names_them(tmp_path: Path) -> None:
    assert simulate(Request(loaded(tmp_path), 20, 1)).cooperation is None
    made = simulate(Request(loaded(tmp_path, '[cooperation]\nhosts = ["HND", "SLV"]\n'), 20, 1))
    assert made.hosts == (("HND", "Honduras"), ("SLV", "El Salvador"))
    assert made.cooperation is not None
    assert set(made.cooperation[:, 0].tolist()) == {2}


@pytest.mark.parametrize("kind", ["threat", "notice", "notice-withdrawn"])
def test_words_about_cooperation(tmp_path: Path, kind: str) -> None:
    event = f'[events.a]\ntype = "{kind}"\ndate = 2022-01-01\nstate = "HND"\n'
    with_hosts = simulate(Request(loaded(tmp_path, HOSTS + event), 40, 1))
    assert with_hosts.runs == 40
    plain = simulate(Request(loaded(tmp_path, HOSTS), 40, 1))
    assert (with_hosts.counts == plain.counts).all()


def test_hostility_is_felt_by_the_state_alone(tmp_path: Path) -> None:
    event = '[events.a]\ntype = "hostility"\ndate = 2022-01-01\nstate = "HND"\nhostility = 3.0\nhalf_life_months = 5\n'
    assert loaded(tmp_path, event).scenario.events["a"].hostility == 3.0  # type: ignore[union-attr]
    one, other = (simulate(Request(loaded(tmp_path, body), 2000, 1)) for body in (event, ""))
    gained = {
        code: p - q
        for code, p, q in zip(
            *(r.states_columns[k] for r, k in ((one, "iso3"), (one, "p_end"), (other, "p_end"))), strict=True
        )
    }
    assert gained["HND"] > 0
    assert all(abs(gain) < 0.01 for code, gain in gained.items() if code != "HND")


def test_order_in_the_file_does_not_matter(tmp_path: Path) -> None:
    """Two files that say the same give one result, whatever the order they say it in."""
    vote = '[elections.v]\ndate = 2022-03-01\nstate = "HND"\n'
    order = (
        '[elections.v.outcomes.a]\nchance = 0.5\n[elections.v.outcomes.a.effects.e]\ntype = "order"\ndelay_months = 0\n'
    )
    office = (
        '[elections.v.outcomes.b]\nchance = 0.4\n[elections.v.outcomes.b.effects.e]\ntype = "inauguration"\n'
        "lean = -1.0\ndelay_months = 0\n"
    )
    one, other = (Request(loaded(tmp_path, vote + body), 400, 1) for body in (order + office, office + order))
    same = (simulate(one).counts == simulate(other).counts).all()
    assert same or one.identity != other.identity, "one id, two results"
    assert same


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("beijing.budget", "Beijing's money"),
        ("beijing.approach", "Beijing's approach"),
        ("washington.hostility", "Washington's hostility to all"),
        ("parameters.money_effect", "money effect"),
        ("events.unmet-request.million_usd", "sum of unmet request"),
        ("states.PRY.access", "access of Paraguay"),
        ("elections.vote-2028.outcomes.truce.chance", "chance of truce of vote 2028"),
    ],
)
def test_a_path_has_a_name_in_words(path: str, said: str) -> None:
    assert called(path) == said
