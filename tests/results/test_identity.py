"""The identity of a result: whatever decides a number changes it, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.results import identity, without_prose
from sim.runs.run import Request
from sim.scenario import load
from tests.scenario.documents import HEADER, written

BODY = """
[washington]
attention = 2.0
[states.HND]
lean = 0.5
[events.offer]
type = "offer"
date = 2022-01-15
state = "HND"
million_usd = 500
source = "AP"
assumption = "Guess"
[elections.vote]
date = 2022-03-01
state = "GTM"
source = "Law"
[elections.vote.outcomes.left]
chance = 0.4
[elections.vote.outcomes.left.effects.office]
type = "inauguration"
delay_months = 1
source = "Law"
[expectations]
count_at_start = 14
"""


def named(folder: Path, text: str = HEADER + BODY, set: dict[str, Any] | None = None, **settings: Any) -> str:
    """The identity of a scenario told as text."""
    wanted = {"runs": 20, "seed": 1} | settings
    return Request(load(written(folder, head=text), set), **wanted).identity


def test_an_identity_is_sixteen_hex_digits(tmp_path: Path) -> None:
    made = named(tmp_path)
    assert len(made) == 16
    assert set(made) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "A small one"', 'title = "Another"'),
        ('question = "Does it hold?"', 'question = "Or not?"'),
        ('question = "Does it hold?"', 'question = "Does it hold?"\nknown = ["a"]\nassumed = ["b"]'),
        ("end = 2022-06-30", 'end = 2022-06-30\nsources = [{title = "AP", date = 2021-12-10}]'),
        ("end = 2022-06-30", 'end = 2022-06-30\narticle = "It will leave."\nabout = ["HND", "GTM"]'),
        ('source = "AP"', 'source = "Reuters"'),
        ('source = "AP"\n', ""),
        ('assumption = "Guess"', 'assumption = "Better guess"'),
        ('source = "Law"', 'source = "Constitution"'),
        ("count_at_start = 14", 'with_taipei = ["HND"]'),
        ("count_at_start = 14", "count_without = { HND = 13 }"),
        ("[expectations]\ncount_at_start = 14\n", ""),
        ("end = 2022-06-30", "end = 2022-06-30\nruns = 77\nseed = 78"),
        ("million_usd = 500", "million_usd = 500.0"),
        ("date = 2022-01-15", 'date = "2022-01-15"'),
        ("[washington]", "# a remark\n[washington]"),
        ('state = "HND"\nmillion_usd = 500', 'million_usd = 500\nstate = "HND"'),
        ('state = "HND"\nmillion_usd', 'state = "HND"\nenabled = true\nmillion_usd'),
    ],
)
def test_prose_and_the_way_of_writing_keep_it(tmp_path: Path, old: str, new: str) -> None:
    text = HEADER + BODY
    assert old in text
    assert named(tmp_path, text.replace(old, new)) == named(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("attention = 2.0", "attention = 2.0000000001"),
        ("lean = 0.5", "lean = 0.4"),
        ("lean = 0.5", "lean = 0.5\npride = 0.4"),
        ("million_usd = 500", "million_usd = 501"),
        ("million_usd = 500", "million_usd = 500\nsigned = true"),
        ("million_usd = 500", "million_usd = 500\nchance = 0.99"),
        ("million_usd = 500", "million_usd = {central = 500, low = 400, high = 600}"),
        ("[events.offer]", "[events.an-offer]"),
        ("date = 2022-01-15", "date = 2022-01-16"),
        ("date = 2022-01-15", "date = 2022-01-15\nenabled = false"),
        ("end = 2022-06-30", "end = 2022-07-31"),
        ("start = 2021-12-10", "start = 2021-12-11"),
        ("start = 2021-12-10", "start = 2021-12-11\nas_of = 2021-12-10"),
        ("chance = 0.4", "chance = 0.41"),
        ("delay_months = 1", "delay_months = 2"),
        ("outcomes.left", "outcomes.right"),
        ("elections.vote", "elections.poll"),
        ("[washington]", "[parameters]\nlean_effect = 0.4\n[washington]"),
        ("[washington]", "[roster]\ncandidates = []\n[washington]"),
        ("[washington]", '[cooperation]\nhosts = ["HND"]\n[washington]'),
        ("[washington]", "[beijing]\nbudget = {2022-01-01 = 1.0}\n[washington]"),
        ('name = "small"', 'name = "little"'),
    ],
)
def test_what_decides_a_number_changes_it(tmp_path: Path, old: str, new: str) -> None:
    text = HEADER + BODY
    assert old in text
    assert named(tmp_path, text.replace(old, new)) != named(tmp_path)


@pytest.mark.parametrize(
    "settings",
    [{"runs": 21}, {"seed": 2}, {"engine": "mesa"}, {"parameters": "central"}, {"set": {"beijing.budget": 2}}],
)
def test_settings_change_it(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert named(tmp_path, **settings) != named(tmp_path)


def test_a_setting_to_what_is_there_already_keeps_it(tmp_path: Path) -> None:
    assert named(tmp_path, set={"washington.attention": 2}) == named(tmp_path)


@pytest.mark.parametrize("name", ["title", "source", "expectations"])
@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ('[events.{0}]\ntype = "order"\nstate = "HND"\ndate = 2022-01-15\n', ("2022-01-15", "2022-03-15")),
        (
            '[elections.{0}]\ndate = 2022-02-01\nstate = "HND"\n[elections.{0}.outcomes.left]\nchance = 0.5\n',
            ("0.5", "0.75"),
        ),
        (
            '[elections.v]\ndate = 2022-02-01\nstate = "HND"\n[elections.v.outcomes.{0}]\nchance = 0.5\n',
            ("0.5", "0.75"),
        ),
        (
            '[elections.v]\ndate = 2022-02-01\nstate = "HND"\n[elections.v.outcomes.left]\nchance = 0.5\n'
            '[elections.v.outcomes.left.effects.{0}]\ntype = "order"\ndelay_months = 1\n',
            ("delay_months = 1", "delay_months = 2"),
        ),
    ],
    ids=["event", "election", "outcome", "effect"],
)
def test_a_name_that_is_also_a_key_of_prose_decides_all_the_same(
    tmp_path: Path, name: str, body: str, changed: tuple[str, str]
) -> None:
    text = HEADER + body.format(name)
    assert len({named(tmp_path, HEADER), named(tmp_path, text), named(tmp_path, text.replace(*changed))}) == 3


def test_facts_of_the_base_decide(tmp_path: Path) -> None:
    """They are the reference conditions, even where the file itself says otherwise."""
    change = '[scenario]\nname = "two"\nextends = "small"\n[states.HND]\nlean = -0.5\n'
    path = written(tmp_path, head=change, name="two.toml")

    def with_base(text: str) -> str:
        written(tmp_path, head=text)
        return Request(load(path), 20, 1).identity

    text = HEADER + BODY
    kept = with_base(text)
    assert with_base(text.replace("lean = 0.5", "lean = 0.25")) != kept
    assert with_base(text.replace("A small one", "Another")) == kept
    assert with_base(text.replace('name = "small"', 'name = "smaller"')) == kept


def test_prose_is_taken_from_its_own_tables_only() -> None:
    """A key of prose in `[scenario]` may be a name elsewhere; expectations decide nothing, remarks neither."""
    whole = {
        "scenario": {"name": "a", "title": "t", "article": "x", "about": ["HND"], "start": 1, "source": "s"},
        "expectations": {"count_at_start": 14},
        "events": {"source": {"date": 1, "source": "AP", "assumption": "Guess", "title": 2}},
        "elections": {
            "assumption": {
                "source": "Law",
                "date": 2,
                "outcomes": {"title": {"chance": 0.5, "effects": {"source": {"type": "order", "source": "AP"}}}},
            }
        },
        "parameters": {"title": 1, "source": 2, "assumption": 3},
        "states": {"HND": {"lean": 0.5, "known": 1}},
    }
    assert without_prose(whole) == {
        "scenario": {"name": "a", "start": 1, "source": "s"},
        "events": {"source": {"date": 1, "title": 2}},
        "elections": {
            "assumption": {"date": 2, "outcomes": {"title": {"chance": 0.5, "effects": {"source": {"type": "order"}}}}}
        },
        "parameters": {"title": 1, "source": 2, "assumption": 3},
        "states": {"HND": {"lean": 0.5, "known": 1}},
    }
    assert whole["scenario"]["title"] == "t"


def test_identity_does_not_depend_on_the_order_of_keys() -> None:
    assert identity({"a": 1, "b": {"c": 2, "d": 3}}) == identity({"b": {"d": 3, "c": 2}, "a": 1})
    assert identity({"a": 1}) != identity({"a": "1"})
