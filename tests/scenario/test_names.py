"""States by name wherever a scenario says one: the resolved scenario is the same as with the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.language import path_by_code
from tests.scenario.documents import refused, written

CODES = """
[scenario]
name = "names"
title = "t"
question = "q"
start = 2021-12-10
end = 2024-12-31
about = ["HND"]
[roster]
remove = ["VCT", "VAT"]
[cooperation]
hosts = ["HND"]
[states.KNA]
lean = 0.1
[events.a]
type = "lobbying"
state = "SWZ"
date = 2022-02-01
[elections.v]
state = "TWN"
date = 2024-01-13
[elections.v.outcomes.a]
chance = 0.5
[elections.v.outcomes.a.effects.e]
type = "lobbying"
state = "PRY"
delay_months = 1
[expectations]
with_taipei = ["HND"]
not_with_taipei = ["CHN"]
count_without = { HND = 11 }
"""
NAMES = {
    '"HND"': '"honduras"',
    '"VCT", "VAT"': '"Saint Vincent", "Vatican"',
    "states.KNA": 'states."St. Kitts & Nevis"',
    '"SWZ"': '"Swaziland"',
    '"TWN"': '"Republic of China"',
    '"PRY"': '"Republic of Paraguay"',
    '"CHN"': '"China"',
    "{ HND": "{ Honduras",
}


def test_a_scenario_in_names_is_the_one_in_codes(tmp_path: Path) -> None:
    named = CODES
    for code, name in NAMES.items():
        assert code in named
        named = named.replace(code, name)
    (tmp_path / "codes.toml").write_text(CODES, encoding="utf-8")
    (tmp_path / "names.toml").write_text(named, encoding="utf-8")
    assert load(tmp_path / "names.toml").scenario == load(tmp_path / "codes.toml").scenario


def test_what_extends_by_name_adds_to_what_stands_by_code(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(CODES, encoding="utf-8")
    own = CODES.split("about")[0].replace('"names"', '"own"').replace("title", 'extends = "base.toml"\ntitle')
    (tmp_path / "own.toml").write_text(own + '[states."Saint Kitts"]\npride = 0.2\n', encoding="utf-8")
    states = load(tmp_path / "own.toml").scenario.states
    assert {code: (said.lean, said.pride) for code, said in states.items()} == {"KNA": (0.1, 0.2)}


def test_a_state_is_set_by_name() -> None:
    loaded = load("honduras-2021", {"states.Paraguay.lean": 0.5, "states.St. Lucia.pride": 0.25})
    assert loaded.overrides == {"states.PRY.lean": 0.5, "states.LCA.pride": 0.25}
    assert loaded.scenario.states["PRY"].lean == 0.5
    assert loaded == load("honduras-2021", {"states.PRY.lean": 0.5, "states.LCA.pride": 0.25})
    assert load("honduras-2021", {"states": {"Paraguay": {"lean": 0.5}}}).scenario.states["PRY"].lean == 0.5


@pytest.mark.parametrize(
    ("path", "coded"),
    [
        ("states.Paraguay.lean", "states.PRY.lean"),
        ("states.St. Vincent & the Grenadines.lean", "states.VCT.lean"),
        ("states.U.S.A..lean", "states.USA.lean"),
        ("states.Guinea.lean", "states.GIN.lean"),
        ("states.Paraguay", "states.PRY"),
        ("states.Congo.lean", "states.Congo.lean"),
        ("states", "states"),
        ("expectations.count_without.Honduras", "expectations.count_without.HND"),
        ("events.Paraguay.strength", "events.Paraguay.strength"),
        ("states." + "a." * 30 + "lean", "states." + "a." * 30 + "lean"),
    ],
)
def test_a_path_takes_the_code(path: str, coded: str) -> None:
    assert path_by_code(path) == coded


def test_a_name_of_two_states_is_refused_with_both(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "[states.Korea]\nlean = 0")) == [
        "small.toml: states.Korea: the name of one state, not of several: "
        "KOR (South Korea) or PRK (North Korea) (got 'Korea')"
    ]
