"""`extends`: chains are followed, later files win key by key, circles and missing bases are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.scenario import load, members
from tests.scenario.documents import refused, written

EVENT = '[events.a]\ntype = "lobbying"\ndate = 2022-01-01\nstate = "HND"\npressure = 2.0\n'


def change(name: str, extends: str, more: str = "") -> str:
    return f'[scenario]\nname = "{name}"\nextends = "{extends}"\n{more}'


def test_a_chain_of_three(tmp_path: Path) -> None:
    written(tmp_path, EVENT + "[washington]\nattention = 2.0\nhostility = 1.0", name="one.toml")
    written(tmp_path, head=change("two", "one", 'title = "Two"\n[washington]\nattention = 3.0\n'), name="two.toml")
    three = written(tmp_path, head=change("three", "two.toml", "[events.a]\npressure = 1.0\n"), name="three.toml")
    loaded = load(three)
    assert (loaded.name, loaded.chain) == ("three", ("two", "small"))
    assert loaded.scenario.scenario.title == "Two"
    assert loaded.scenario.scenario.extends is None
    assert loaded.scenario.washington.attention == 3.0
    assert loaded.scenario.washington.hostility == 1.0
    assert loaded.scenario.events["a"].pressure == 1.0  # type: ignore[union-attr]
    assert loaded.reference == load(tmp_path / "one.toml").scenario


def test_a_number_replaces_dated_changes_and_lists_replace_lists(tmp_path: Path) -> None:
    base = '[washington]\nattention = {2022-01-01 = 2.0}\n[roster]\nadd = ["NIC"]'
    written(tmp_path, base, name="one.toml")
    two = written(
        tmp_path, head=change("two", "one", "[washington]\nattention = 3\n[roster]\nadd = []\n"), name="two.toml"
    )
    scenario = load(two).scenario
    assert scenario.washington.attention == 3.0
    assert scenario.roster.add == []
    assert load(tmp_path / "one.toml").scenario.washington.attention == {date(2022, 1, 1): 2.0}


def test_enabled_false_leaves_an_event_out(tmp_path: Path) -> None:
    written(tmp_path, EVENT.replace("2022-01-01", "2030-01-01"), name="one.toml")
    line = "events.a.date: not after the end, 2022-06-30 (got 2030-01-01)"
    assert refused(tmp_path / "one.toml") == [f"one.toml: {line}"]
    one = tmp_path / "one.toml"
    one.write_text(one.read_text().replace("2022-06-30", "2030-06-30"))
    two = change("two", "one", "end = 2022-06-30\n")
    assert refused(written(tmp_path, head=two, name="two.toml")) == [f"two.toml: {line}"]
    without = written(tmp_path, head=f"{two}[events.a]\nenabled = false\n", name="two.toml")
    assert not load(without).scenario.events["a"].enabled


def test_a_shipped_scenario_can_be_extended_from_anywhere(tmp_path: Path) -> None:
    loaded = load(written(tmp_path, head=change("mine", "honduras-2021-no-lobbying"), name="mine.toml"))
    assert loaded.chain == ("honduras-2021-no-lobbying", "honduras-2021")
    assert not loaded.scenario.events["washington-lobbying"].enabled


def test_a_base_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "bases").mkdir()
    written(tmp_path / "bases", head=change("two", "one"), name="two.toml")
    written(tmp_path / "bases", EVENT, name="one.toml")
    loaded = load(written(tmp_path, head=change("three", "bases/two"), name="three.toml"))
    assert loaded.chain == ("two", "small")


def test_a_circle_of_two(tmp_path: Path) -> None:
    written(tmp_path, head=change("one", "two"), name="one.toml")
    written(tmp_path, head=change("two", "one"), name="two.toml")
    assert refused(tmp_path / "one.toml") == [
        "one.toml: scenario.extends: no circles: one.toml extends two extends one"
    ]


def test_itself(tmp_path: Path) -> None:
    written(tmp_path, head=change("one", "one.toml"), name="one.toml")
    assert refused(tmp_path / "one.toml") == ["one.toml: scenario.extends: no circles: one.toml extends one.toml"]


def test_itself_under_another_name(tmp_path: Path) -> None:
    written(tmp_path, head=change("one", "link"), name="one.toml")
    (tmp_path / "link.toml").symlink_to(tmp_path / "one.toml")
    (line,) = refused(tmp_path / "one.toml")
    assert line.startswith("one.toml: scenario.extends: no circles: ")


def test_a_circle_further_up(tmp_path: Path) -> None:
    written(tmp_path, head=change("one", "two"), name="one.toml")
    written(tmp_path, head=change("two", "three"), name="two.toml")
    written(tmp_path, head=change("three", "two"), name="three.toml")
    (line,) = refused(tmp_path / "one.toml")
    assert line == "one.toml: scenario.extends: no circles: one.toml extends two extends three extends two"


@pytest.mark.parametrize(
    ("extends", "problem"),
    [
        (
            '"honduras-2012"',
            "no such file, and no shipped scenario of this name (got 'honduras-2012'); did you mean honduras-2025?",
        ),
        ('"folder"', "a scenario file, not a folder (got 'folder')"),
        ('"../"', "a scenario file, not a folder (got '../')"),
        ('""', "the name or file of a scenario (got '')"),
        ("3", "the name or file of a scenario (got 3)"),
        ("[]", "the name or file of a scenario (got [])"),
        (r'"a\u0000b"', r"no such file, and no shipped scenario of this name (got 'a\x00b')"),
    ],
)
def test_a_base_that_is_none(tmp_path: Path, extends: str, problem: str) -> None:
    (tmp_path / "folder").mkdir()
    path = written(tmp_path, head=f'[scenario]\nname = "one"\nextends = {extends}\n', name="one.toml")
    assert refused(path) == [f"one.toml: scenario.extends: {problem}"]


def test_a_base_of_the_widest_name(tmp_path: Path) -> None:
    path = written(tmp_path, head=change("one", "a" * 5000), name="one.toml")
    assert refused(path)[0].startswith("one.toml: scenario.extends: no such file")


def test_problems_of_the_base_name_the_base(tmp_path: Path) -> None:
    written(tmp_path, "[washington]\natention = 1", name="base.toml")
    path = written(tmp_path, head=change("one", "base"), name="one.toml")
    assert refused(path) == [
        "base (extended by one.toml): washington.atention: unknown key (got 'atention'); did you mean attention?"
    ]
    written(tmp_path, "[washington", name="base.toml")
    assert refused(path)[0].startswith("base (extended by one.toml): not valid TOML")


BASES = {
    "future": (
        "start = 2021-12-10\nend = 2022-06-30",
        "start = 2030-01-01\nend = 2031-06-30",
        "scenario.start: not after 2026-09-28, where the record ends: say in [record] what has happened since, "
        "or set scenario.assume_unchanged = true (got 2030-01-01)",
    ),
    "roster": (
        "[roster]\nremove = []",
        '[roster]\nremove = ["VAT", "JPN"]',
        "roster.remove: on the record's roster of 2021-12-10 (got 'JPN')",
    ),
    "expectations": (
        "[expectations]\ncount_at_start = 14",
        "[expectations]\ncount_at_start = 1",
        "expectations.count_at_start: 14, the states on the roster (got 1)",
    ),
    "parameters": (
        "[parameters]\nlean_effect = 0.5",
        "[parameters]\nlean_effect = 50",
        "parameters.lean_effect: from -10 to 10 (got 50.0)",
    ),
}


@pytest.mark.parametrize("base", BASES)
def test_a_base_that_would_not_run_itself(tmp_path: Path, base: str) -> None:
    """Reference conditions are the base's: one that means nothing is refused, though what extends it puts it right."""
    good, bad, line = BASES[base]
    dates = "" if base == "future" else "start = 2021-12-10\nend = 2022-06-30\n"
    written(tmp_path, head=f'[scenario]\nname = "base"\ntitle = "t"\nquestion = "q?"\n{dates}{bad}\n', name="base.toml")
    path = written(tmp_path, head=change("one", "base", good + "\n"), name="one.toml")
    assert refused(path) == [f"base (extended by one.toml): {line}"]
    assert refused(path, {"washington.attention": 2}) == [f"base (extended by one.toml): {line}"]


def test_what_is_set_on_a_file_cannot_put_it_right(tmp_path: Path) -> None:
    """The file before its settings is the reference."""
    path = written(tmp_path, "[expectations]\ncount_at_start = 1", name="one.toml")
    assert refused(path, {"expectations.count_at_start": 14}) == [
        "one.toml: expectations.count_at_start: 14, the states on the roster (got 1)"
    ]


@pytest.mark.parametrize("kept", [["VAT"], []], ids=["only the Holy See", "nobody"])
def test_a_base_in_which_nobody_has_an_economy(tmp_path: Path, kept: list[str]) -> None:
    """The reference budget would be shared among none."""
    removed = [code for code in members(load("honduras-2021").scenario).recognisers if code not in kept]
    written(tmp_path, f"[roster]\nremove = {removed}\n", name="base.toml")
    path = written(tmp_path, head=change("one", "base", "[roster]\nremove = []\n"), name="one.toml")
    assert refused(path) == [
        "base (extended by one.toml): roster: at least one state that recognises Taipei, besides the Holy See"
    ]
