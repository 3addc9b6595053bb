"""Votes whose outcome is given: read, checked, said in words, and the same random numbers for everything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.analysis.reading import source
from sim.cli.summary import summary_json, summary_text
from sim.errors import InputError, ScenarioError
from sim.report.page import html_of
from sim.scenario import as_options, given_in_words, load, parse_given, titled
from sim.sweeps.sweep import sweep_of

PARAGUAY = {"paraguay-2028": "opposition"}


def test_a_vote_is_named_with_its_section_or_without() -> None:
    assert parse_given(["elections.paraguay-2028=opposition", " taiwan-2028 = kmt "]) == {
        "given.paraguay-2028": "opposition",
        "given.taiwan-2028": "kmt",
    }


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["paraguay-2028"], "--given: VOTE=OUTCOME, such as paraguay-2028=opposition (got 'paraguay-2028')"),
        (["=opposition"], "--given: VOTE=OUTCOME, such as paraguay-2028=opposition (got '=opposition')"),
        (["elections.a.b=c"], "--given: VOTE=OUTCOME, VOTE being the name of an election (got 'elections.a.b=c')"),
        (["a=b", "elections.a=c"], "--given: one outcome for a vote, and b is given already (got 'elections.a=c')"),
    ],
)
def test_what_is_no_vote_and_outcome_is_refused(texts: list[str], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_given(texts)
    assert caught.value.lines() == [line]


@pytest.mark.parametrize(
    ("scenario", "changes", "given", "line"),
    [
        (
            "outlook-2026", {}, {"paraguay-2028": "oposition"},
            "outlook-2026: given.paraguay-2028: an outcome of this vote: governing-party or opposition "
            "(got 'oposition'); did you mean opposition?",
        ),
        (
            "outlook-2026", {"elections.taiwan-2028.enabled": False}, {"taiwan-2028": "kmt"},
            "outlook-2026: given.taiwan-2028: a vote that is held, and elections.taiwan-2028.enabled is false "
            "(got 'taiwan-2028')",
        ),
        ("honduras-2023", {}, PARAGUAY,
         "honduras-2023: given.paraguay-2028: a vote, and this scenario has none (got 'paraguay-2028')"),
    ],
)  # fmt: skip
def test_what_cannot_be_given(scenario: str, changes: dict[str, object], given: dict[str, str], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(scenario, changes, given)
    assert caught.value.lines() == [line]


def test_an_unknown_vote_is_told_the_nearest_and_all() -> None:
    with pytest.raises(
        ScenarioError, match=r"a vote of this scenario: belize-2030, .* or tuvalu-2028 .*paraguay-2028\?"
    ):
        load("outlook-2026", given={"paraguay2028": "opposition"})


def test_what_is_given_in_words_and_as_options() -> None:
    loaded = load(
        "outlook-2026", {"washington.attention": 2}, {"taiwan-2028": "kmt", "haiti-2026": "elected"} | PARAGUAY
    )
    document = loaded.scenario.model_dump(mode="json")
    assert given_in_words(document) == [
        "Haiti votes: elected (6 December 2026)",
        "Taiwan votes for the KMT (15 January 2028)",
        "Paraguay votes for the opposition (30 April 2028)",
    ]
    kept = {"washington.attention": "2", "given.paraguay-2028": "opposition"}
    told = titled("A", kept, document)
    assert told == "A [washington.attention = 2, given: Paraguay votes for the opposition (30 April 2028)]"
    assert as_options(kept) == ["--set", "washington.attention=2", "--given", "paraguay-2028=opposition"]


def test_chances_are_one_and_nought_and_the_open_rest_is_nought() -> None:
    scenario = load("outlook-2026", given={"taiwan-2028": "kmt"}).scenario
    assert (scenario.chance_of("taiwan-2028", "kmt"), scenario.chance_of("taiwan-2028", "dpp")) == (1.0, 0.0)
    assert (
        scenario.chance_of("paraguay-2028", "opposition")
        == scenario.elections["paraguay-2028"].outcomes["opposition"].chance
    )


def test_runs_that_had_the_outcome_anyhow_are_the_same_runs() -> None:
    free = sim.run("outlook-2026", runs=100)
    (vote,) = (vote for vote in free.voted() if vote.name == "taiwan-2028")
    assert vote.outcomes == ("dpp", "kmt", "none of these")
    given = sim.run("outlook-2026", runs=100, given={"taiwan-2028": "kmt"})
    had = vote.which == vote.outcomes.index("kmt")
    assert 0 < had.sum() < 100
    assert (free.counts[had] == given.counts[had]).all()
    assert (free.counts[~had] != given.counts[~had]).any()
    assert given.outcomes().query("vote == 'taiwan-2028' and what == 'vote'")["p"].tolist() == [0.0, 1.0]
    assert given.settings["id"] != free.settings["id"]


def test_both_engines_take_what_is_given() -> None:
    made = [sim.run("outlook-2026", runs=2, given=PARAGUAY, engine=engine) for engine in ("compiled", "mesa")]
    assert (made[0].counts == made[1].counts).all()


def test_a_chance_is_not_varied_while_an_outcome_is_given() -> None:
    path = "elections.paraguay-2028.outcomes.opposition.chance"
    with pytest.raises(InputError) as caught:
        sweep_of("outlook-2026", [f"{path}=0.1,0.2"], fixed=parse_given(["paraguay-2028=opposition"]))
    assert caught.value.lines() == [f"--vary: {path}: not varied, for the outcome of this vote is given: opposition"]


def test_a_sweep_file_says_what_is_given(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = '[sweep]\nscenario = "outlook-2026"\ngiven = { %s }\n[vary]\n"washington.attention" = [0, 1]\n'
    file.write_text(text % 'paraguay-2028 = "opposition"')
    sweep = sweep_of(file)
    assert sweep.centre.loaded.scenario.given == PARAGUAY
    assert sweep.base.fixed == {"given.paraguay-2028": "opposition"}
    file.write_text(text % 'paraguay-2028 = "none"')
    with pytest.raises(
        InputError, match=r"given\.paraguay-2028: an outcome of this vote: governing-party or opposition"
    ):
        sweep_of(file)
    file.write_text(text.replace("{ %s }", "3"))
    with pytest.raises(InputError, match=r"sweep\.given: outcomes by vote, such as"):
        sweep_of(file)


def test_it_is_said_in_summary_page_and_source_line() -> None:
    result = sim.run("outlook-2026", runs=40, given=PARAGUAY, parameters="central")
    said = "Paraguay votes for the opposition (30 April 2028)"
    assert f"given: {said}" in source([result])
    text = summary_text(result, False, {}, charts=False)
    assert f"\nGiven: {said}.\n" in text
    assert re.search(r"\nNobody leaves in \d+ % of the runs; at least one in \d+ %, two in ", text)
    assert "By outcome of their own vote" not in text, "it has one outcome"
    told = summary_json(result, False, {})
    assert told["given"] == PARAGUAY
    assert told["outcomes"]["nobody"]["p"] + told["outcomes"]["at_least"][0]["p"] == pytest.approx(1.0)
    page = html_of(result)
    assert f"Given: {said}." in page
    assert "opposition: given" in page
    assert "sim run outlook-2026 --runs 40 --seed 2026 --parameters central --given paraguay-2028=opposition" in page


def test_a_free_vote_is_told_by_outcome() -> None:
    text = summary_text(sim.run("outlook-2026", runs=60, parameters="central"), False, {}, charts=False)
    assert re.search(r"\n  Paraguay, 30 Apr 2028: governing party .* runs?\); opposition .* runs?\)\n", text)
