"""The user's facts after the atlas ends: read, checked, merged with the record, and told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.atlas import economy, government, last_speech, record
from sim.errors import ScenarioError
from sim.fit import beliefs_for, fit
from sim.model.plan import plan
from sim.runs.run import Request, simulate
from sim.scenario import load, members, read_record, remarks

ENDS = record().confirmed_until
FACTS = """
confirmed_until = 2027-02-20
[[changes]]
date = 2026-11-10
state = "HTI"
to = "beijing"
source = "test"
[[changes]]
date = 2027-01-05
state = "HND"
to = "taipei"
source = "test"
[[governments]]
date = 2026-10-20
state = "PRY"
lean = 0.4
source = "test"
[[elections]]
date = 2026-12-13
vote = "haiti-2026"
outcome = "elected"
source = "test"
[[economy]]
state = "PRY"
year = 2026
gdp_million_usd = 50_000
source = "test"
[[voice]]
state = "PRY"
year = 2027
names_taiwan = false
source = "test"
"""
START = date(2027, 2, 20)


def written(folder: Path, facts: str = FACTS, head: str = "", more: str = "") -> Path:
    """A scenario that changes the outlook, and the facts beside it."""
    (folder / "facts.toml").write_text(facts)
    path = folder / "mine.toml"
    path.write_text(
        f'{head}\n[scenario]\nname = "mine"\ntitle = "t"\nquestion = "q?"\nextends = "outlook-2026"\n'
        f"start = {START}\nend = 2031-12-31\n[expectations]\ncount_at_start = 12\nwith_taipei = []\n"
        f"not_with_taipei = []\n{more}"
    )
    return path


def refused(facts: str, folder: Path) -> list[str]:
    path = folder / "facts.toml"
    path.write_text(facts)
    with pytest.raises(ScenarioError) as caught:
        read_record(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.lines()]


def test_every_table_is_merged(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, head='record = "facts.toml"')).scenario
    known, own = scenario.known, scenario.own
    assert known.confirmed_until == START
    assert known.changes[:-2] == record().changes
    added = [(c.iso3, c.origin, c.destination, c.kind, c.confidence) for c in known.changes[-2:]]
    assert added == [("HTI", "taipei", "beijing", "switch", "own"), ("HND", "beijing", "taipei", "switch_back", "own")]
    assert [known.count(day) for day in (ENDS, date(2026, 11, 10), START)] == [12, 11, 12]
    who = members(scenario)
    assert ("HND" in who.recognisers, "HTI" in who.candidates) == (True, True)
    books, before = economy("PRY", 2026, own), economy("PRY", 2025)
    assert (books.gdp_usd, books.gdp_usd_flag) == (5e10, "own")
    assert (books.population, books.population_flag) == (before.population, "carried on")
    assert economy("BLZ", 2026, own).gdp_usd == economy("BLZ", 2025).gdp_usd
    office = government("PRY", START, own)
    assert office is not None
    assert (office.lean, office.date) == (0.4, date(2026, 10, 20))
    speeches = [last_speech("PRY", day, own) for day in (date(2027, 9, 27), date(2027, 9, 28))]
    assert [speech.year for speech in speeches if speech is not None] == [2026, 2027]
    vote = scenario.elections["haiti-2026"]
    assert (vote.date, vote.outcomes["elected"].chance, scenario.given) == (date(2026, 12, 13), 1.0, {})


def test_plan_and_fit_know_it(tmp_path: Path) -> None:
    from sim.fit import yardsticks_for

    loaded = load(written(tmp_path), record=tmp_path / "facts.toml")
    scenario = loaded.scenario
    laid = plan(loaded, yardsticks_for(scenario))
    place = laid.states.index("PRY")
    assert laid.timeline.gdp[place] == laid.timeline.gdp_ref[place] == 50_000.0
    assert laid.timeline.lean[place] == laid.timeline.lean_ref[place] == 0.4
    assert laid.timeline.government_since[place] == -4
    assert laid.timeline.left[laid.states.index("HTI")] == -3
    assert fit(START, own=scenario.own).leaving.panel.cases == fit(ENDS).leaving.panel.cases + 1
    assert beliefs_for(scenario)["return_rate"].cases == fit(ENDS).returning.panel.cases + 1


def test_a_scenario_that_starts_earlier_does_not_know_it(tmp_path: Path) -> None:
    """The id changes with the file; the numbers do not, and the record beyond the start is there to be drawn."""
    written(tmp_path)
    usual = simulate(Request(load("outlook-2026"), 40, 1))
    told = simulate(Request(load("outlook-2026", record=tmp_path / "facts.toml"), 40, 1))
    assert (told.counts == usual.counts).all()
    assert [row["central"] for row in told.beliefs] == [row["central"] for row in usual.beliefs]
    assert usual.observed[:7] == (12, None, None, None, None, None, None)
    assert told.observed[:7] == (12, 12, 11, 11, 12, None, None)
    assert told.settings["id"] != usual.settings["id"]
    assert usual.basis == "Record: recognition atlas to 28 Sep 2026."
    assert told.basis == "Record: recognition atlas to 28 Sep 2026, then facts.toml to 20 Feb 2027."


def test_sources_and_names_decide_no_number(tmp_path: Path) -> None:
    def identity(facts: str, name: str) -> str:
        (tmp_path / name).write_text(facts)
        return Request.of(load("outlook-2026", record=tmp_path / name)).identity

    written(tmp_path)
    same = identity(FACTS, "facts.toml")
    assert identity(FACTS.replace('"test"', '"another"'), "other.toml") == same
    assert identity(FACTS.replace("lean = 0.4", "lean = 0.5"), "other.toml") != same


def test_assumed_unchanged(tmp_path: Path) -> None:
    more = "[elections.haiti-2026]\nenabled = false\n"
    path = written(tmp_path, more=more)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert caught.value.lines() == [
        f"{path}: scenario.start: not after 2026-09-28, where the record ends: say in [record] what has happened "
        "since, or set scenario.assume_unchanged = true (got 2027-02-20)"
    ]
    loaded = load(path, {"scenario.assume_unchanged": True})
    assert loaded.scenario.as_of == loaded.reference.as_of == ENDS
    assert remarks(loaded.scenario)[-1] == (
        "assumed unchanged from 2026-09-28, where the record ends, to the start, 2027-02-20"
    )
    result = simulate(Request(loaded, 20, 1))
    assert result.basis == "Record: recognition atlas to 28 Sep 2026, assumed unchanged to 20 Feb 2027."
    before = load(path, {"scenario.assume_unchanged": True, "scenario.start": date(2026, 9, 28)}).scenario
    assert before.as_of == before.scenario.start, "it changes nothing where the record reaches"


def test_remarks_name_what_is_carried_on_and_what_is_not_there(tmp_path: Path) -> None:
    facts = FACTS.replace("haiti-2026", "haiti-2062")
    said = remarks(
        load(written(tmp_path, facts, 'record = "facts.toml"', "[elections.haiti-2026]\nenabled=false\n")).scenario
    )
    assert said[0] == (
        "the record has an outcome of haiti-2062, a vote that this scenario does not have; did you mean haiti-2026?"
    )
    (carried,) = [line for line in said if line.startswith("the record has no GDP of 2026 for BLZ, ")]
    assert "PRY" not in carried


def test_what_is_given_may_not_gainsay_the_record(tmp_path: Path) -> None:
    path = written(tmp_path, head='record = "facts.toml"')
    assert load(path, given={"haiti-2026": "elected"}).scenario.chance_of("haiti-2026", "elected") == 1.0
    facts = (
        FACTS.replace("haiti-2026", "paraguay-2028")
        .replace("2026-12-13", "2027-02-01")
        .replace("elected", "opposition")
    )
    path = written(tmp_path, facts, 'record = "facts.toml"', "[elections.haiti-2026]\nenabled=false\n")
    with pytest.raises(ScenarioError) as caught:
        load(path, given={"paraguay-2028": "governing-party"})
    assert caught.value.lines() == [
        f"{path}: given.paraguay-2028: opposition, as it ended on 2027-02-01 by the record (got 'governing-party')"
    ]


def test_python_gives_a_table(tmp_path: Path) -> None:
    told = load("outlook-2026", record={"confirmed_until": "2026-11-28"})
    assert told.scenario.known.confirmed_until == date(2026, 11, 28)
    with pytest.raises(ScenarioError, match="confirmed_until: required"):
        load("outlook-2026", record={})
    path = tmp_path / "facts.toml"
    path.write_text(HEAD)
    with pytest.raises(ScenarioError, match="a scenario, not a record of facts: give that with --record"):
        load(path)


HEAD = "confirmed_until = 2026-12-31\n"
MISTAKES = {
    "nothing": ("", ["confirmed_until: required"]),
    "no later than the atlas": (
        "confirmed_until = 2026-09-28",
        ["confirmed_until: after 2026-09-28, where the atlas ends (got 2026-09-28)"],
    ),
    "a key": (
        HEAD + '[[changes]]\ndate = 2026-11-01\nstate = "PRY"\nto = "beijing"\nsource = "s"\nkind = "switch"',
        ["changes.0.kind: unknown key (got 'kind')"],
    ),
    "who is not there cannot leave": (
        HEAD + '[[changes]]\ndate = 2026-11-01\nstate = "HND"\nto = "beijing"\nsource = "s"',
        ["changes.0.to: another side: Honduras is with Beijing already on 2026-11-01 (got 'beijing')"],
    ),
    "twice in a day": (
        HEAD
        + '[[changes]]\ndate = 2026-11-01\nstate = "PRY"\nto = "beijing"\nsource = "s"\n'
        + '[[changes]]\ndate = 2026-11-01\nstate = "PRY"\nto = "taipei"\nsource = "s"',
        ["changes.1.date: another day: Paraguay changes twice on it (got 2026-11-01)"],
    ),
    "days out of reach": (
        HEAD
        + '[[changes]]\ndate = 2026-09-28\nstate = "PRY"\nto = "beijing"\nsource = "s"\n'
        + '[[changes]]\ndate = 2027-01-01\nstate = "BLZ"\nto = "beijing"\nsource = "s"',
        [
            "changes.1.date: not after confirmed_until, 2026-12-31 (got 2027-01-01)",
            "changes.0.date: after 2026-09-28, up to which the atlas has every change (got 2026-09-28)",
        ],
    ),
    "years the atlas has": (
        HEAD + '[[economy]]\nstate = "PRY"\nyear = 2025\npopulation = 7e6\nsource = "s"',
        ["economy.0.year: after 2025, the last year there is of Paraguay (got 2025)"],
    ),
    "no figures": (
        HEAD + '[[economy]]\nstate = "PRY"\nyear = 2026\nsource = "s"',
        ["economy.0: one of population, gdp_million_usd, us_aid_million_usd at least"],
    ),
}


@pytest.mark.parametrize(("facts", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(tmp_path: Path, facts: str, lines: list[str]) -> None:
    found = refused(facts, tmp_path)
    assert [line.split(" (got {")[0] for line in found] == lines


def test_an_outcome_that_the_vote_does_not_have(tmp_path: Path) -> None:
    path = written(tmp_path, FACTS.replace('"elected"', '"elcted"'), 'record = "facts.toml"')
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert caught.value.lines() == [
        f"{path}: record.elections.0.outcome: an outcome of this vote: elected (got 'elcted'); did you mean elected?"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, head='record = "fact.toml"')
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert caught.value.lines() == [f"{path}: record: cannot be read: No such file or directory (got 'fact.toml')"]
