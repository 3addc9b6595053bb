"""The page of a result: what it must have, that its numbers are the result's, and that no text breaks it."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim as face
from sim.analysis.explain import stories
from sim.analysis.reading import rows_of
from sim.analysis.reasons import reasons
from sim.analysis.removals import removals
from sim.analysis.times import chances
from sim.errors import ResultError
from sim.report.limits import LIMITS, limits
from sim.report.page import html_of
from sim.results import Result
from sim.words import chance, chance_with_range, month, percent
from tests.charts.conftest import made
from tests.examples import thorough
from tests.report.conftest import RUNS, Page, page_of
from tests.report.reading import Element, read
from tests.report.rules import check
from tests.scenario.documents import written

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("honduras", "hosts", "outlook")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    found: Page = request.getfixturevalue(request.param)
    return found


def section(tree: Element, name: str) -> Element:
    return tree.one("section", **{"aria-labelledby": name})


def table(tree: Element, caption: str) -> Element:
    (found,) = [each for each in tree.all("table") if each.one("caption").text.startswith(caption)]
    return found


# --- what every page has


def test_rules(page: Page) -> None:
    check(page.html, page.tree)
    assert len(page.html.encode()) < 150_000


def test_sections(honduras: Page, hosts: Page) -> None:
    names = [each.attributes["id"] for each in honduras.tree.all("h2")]
    last = ["calendar", "parameters", "backtest", "limits", "again"]
    assert names == ["answer", "count", "leave", "accounts", "why", *last]
    assert "hosts" in [each.attributes["id"] for each in hosts.tree.all("h2")]
    assert honduras.tree.one("h1").text == honduras.result.title == honduras.tree.one("title").text
    assert honduras.result.scenario["scenario"]["question"] in honduras.tree.one("header").text


@thorough
def test_the_same_result_gives_the_same_page(page: Page, tmp_path: Path) -> None:
    """In memory or read back; whatever the command, the time and the folder were."""
    assert html_of(page.result, reasons(page.result, RUNS, threads=1)) == page.html
    name = page.result.name
    first = face.run(name, runs=RUNS, out=tmp_path / "a folder").folder
    assert first is not None
    back = face.read(first)
    assert html_of(back, reasons(back, RUNS)) == page.html
    assert str(tmp_path) not in page.html
    assert not re.search(r"\d\d:\d\d", page.tree.one("body").text), "a time of day"


# --- the numbers


def test_the_answer_is_made_from_the_numbers(honduras: Page) -> None:
    said = section(honduras.tree, "answer").one("p", class_="answer").text
    row = next(row for row in rows_of(honduras.result, True) if row.iso3 == "HND")
    last = {name: values[-1] for name, values in honduras.result.summary_of().items()}
    assert said == (
        f"By the end of 2026 the model gives Honduras a {percent(row.p)} % chance to have left Taipei "
        f"({percent(row.low)} to {percent(row.high)} %, the range being what is not known about the model’s numbers). "
        f"The 14 states that recognise Taipei at the start become {last['mean']:.1f} on average; "
        f"90 % of the runs end with {last['q05']} to {last['q95']}."
    )


def test_the_answer_of_several_states_and_hosts(hosts: Page) -> None:
    said = section(hosts.tree, "answer").one("p", class_="answer").text
    rows = {row.iso3: row for row in [*rows_of(hosts.result, True), *rows_of(hosts.result, False)]}
    assert f"Guatemala {chance(rows['GTM'].p)} to have left Taipei" in said
    assert f"Haiti one of {percent(rows['HTI'].p)} %" in said
    assert f"Honduras {chance(rows['HND'].p)} to have come to Taipei" in said
    (host,) = [row for row in rows_of(hosts.result, True, "cooperation") if row.iso3 == "HND"]
    assert f"Honduras has suspended cooperation in {percent(host.p)} % of the runs" in said


def test_kinds_are_counted(page: Page) -> None:
    said = section(page.tree, "answer").text
    kinds = [belief["kind"] for belief in page.result.beliefs]
    for kind in ("estimated", "documented", "assumed"):
        assert f"{kinds.count(kind)} are {kind}" in said
    late = sum(belief["hindsight"] for belief in page.result.beliefs)
    assert (f"{late} were judged in 2026" in said) == (page.result.name != "outlook-2026")


def test_what_happened(honduras: Page, outlook: Page) -> None:
    said = section(honduras.tree, "answer").text
    assert "On record it was 12 states at the end of August 2026: Honduras left in March 2023 and Nauru left" in said
    assert "What happened" not in outlook.tree.text


def test_the_table_of_the_count(page: Page) -> None:
    summary, months = page.result.summary_of(), page.result.months
    rows = table(page.tree, "The number of states that recognise Taipei").rows()
    wanted = [0, *(row for row in range(1, len(months) - 1) if months[row].endswith("-12")), len(months) - 1]
    assert len(rows) == len(wanted)
    for row, cells in zip(wanted[1:], rows[1:], strict=True):
        half, most = (f"{summary[low][row]}–{summary[high][row]}" for low, high in (("q25", "q75"), ("q05", "q95")))
        half, most = (text.split("–")[0] if len({*text.split("–")}) == 1 else text for text in (half, most))
        assert cells[:4] == [month(months[row]), f"{summary['mean'][row]:.1f}", half, most]
        if len(cells) == 5:
            assert cells[4] == ("–" if summary["observed"][row] is None else str(summary["observed"][row]))


def test_the_drawing_says_its_numbers(page: Page) -> None:
    last = {name: values[-1] for name, values in page.result.summary_of().items()}
    drawings = page.tree.all("svg")[:2]
    for drawing in drawings:
        assert f"{last['mean']:.1f} on average" in drawing.attributes["aria-label"]
        assert f"90 % of them {last['q05']} to {last['q95']}" in drawing.attributes["aria-label"]
    assert [drawing.attributes["id"] for drawing in drawings] == ["count-wide", "count-narrow"]
    texts = [each.text for each in drawings[0].all("text")]
    assert f"mean: {last['mean']:.1f}" in texts
    assert f"90 % of runs: {last['q05']} to {last['q95']}" in texts


@pytest.mark.parametrize("page", PAGES, indirect=True)
@pytest.mark.parametrize(("at_start", "caption"), [(True, "Chance to have left"), (False, "Not with Taipei")])
def test_chances_of_states(page: Page, at_start: bool, caption: str) -> None:
    found = {name.partition(" on record")[0]: told for name, told in table(page.tree, caption).rows()}
    rows = {row.name: row for row in rows_of(page.result, at_start)}
    assert found == {name: chance_with_range(rows[name].p, rows[name].low, rows[name].high) for name in found}
    if at_start:
        assert set(found) == set(rows)
    order = [rows[name].p for name in found]
    assert order == sorted(order, reverse=True)


def test_those_that_moved_on_record_are_marked(honduras: Page) -> None:
    names = [name for name, _ in table(honduras.tree, "Chance to have left").rows() if "on record" in name]
    assert sorted(names) == ["Honduras on record: left Mar 2023", "Nauru on record: left Jan 2024"]


def test_the_table_of_years(page: Page) -> None:
    found = table(page.tree, "Chance to leave, by state and year")
    rows = [row for row in rows_of(page.result, True) if row.p]
    times = chances(page.result, [row.iso3 for row in rows])
    assert [head.text for head in found.one("thead").all("th")] == ["State", *times.block_names]
    assert found.rows() == [
        [row.name, *(percent(float(share)) for share in times.blocks[number])] for number, row in enumerate(rows)
    ]


def test_why_is_what_explain_says(page: Page) -> None:
    """Each row is that of `removals` with as many runs, to the last bit."""
    assert page.why
    for each in page.why:
        found, subject = each.removals, each.removals.subject
        told = {row["lever"]: row for row in removals(page.result, subject.iso3, RUNS, tie=subject.tie).rows}
        assert found.rows
        for row in found.rows:
            assert {key: told[row["lever"]][key] for key in row} == row
        captions = [each.one("caption").text for each in section(page.tree, "why").all("table")]
        shown = any(f"{100 * found.p:.1f} %" in caption for caption in captions)
        assert shown == any(row["difference"] != 0.0 for row in found.rows), "where nothing moves a sentence says so"


def test_why_begins_with_the_story_of_a_run_and_its_talks(honduras: Page, hosts: Page) -> None:
    run, over_all = stories(honduras.result, "HND")
    assert len(run) == 4
    paragraphs = ["".join(each.text.split()) for each in section(honduras.tree, "why").all("p")]
    assert "".join(f"One run. {' '.join(run)}".split()) in paragraphs
    assert "".join(f"All runs. {' '.join(over_all)}".split()) in paragraphs
    (host,) = (found for found in reasons(hosts.result, 40) if found.removals.subject.tie == "cooperation")
    assert (host.story, host.talks) == ("", "")


def test_why_names_the_states_it_is_about(hosts: Page, honduras: Page) -> None:
    headings = [each.text for each in section(hosts.tree, "why").all("h3")]
    assert headings == [
        "Honduras has come to Taipei",
        "Guatemala has left Taipei",
        "Haiti has left Taipei",
        "Honduras has suspended military cooperation",
    ]
    rows = section(honduras.tree, "why").one("table").rows()
    assert {"Castro pledge", "Castro inauguration", "All of them: reference conditions"} <= {row[0] for row in rows}


def test_no_why_where_it_cannot_be_told(honduras: Page) -> None:
    older = replace(honduras.result, reference={})
    other = replace(honduras.result, settings={**honduras.result.settings, "id": "0123456789abcdef"})
    for result in (older, other):
        assert reasons(result) == []
        html = html_of(result)
        tree = read(html)
        assert "why" not in [each.attributes["id"] for each in tree.all("h2")]
        check(html, tree)
    with pytest.raises(ResultError):
        removals(older, "HND", 20)


def test_the_calendar(page: Page) -> None:
    said = section(page.tree, "calendar")
    scenario = page.result.scenario
    days = [each.attributes["datetime"] for each in said.all("time")]
    wanted = [each["date"] for kind in ("events", "elections") for each in scenario[kind].values()]
    assert days == sorted(wanted)
    for entry in [*scenario["events"].values(), *scenario["elections"].values()]:
        for key in ("source", "assumption"):
            if entry.get(key):
                assert " ".join(entry[key].split()) in said.text
    for key in ("known", "assumed"):
        assert all(" ".join(text.split()) in said.text for text in scenario["scenario"][key])
    assert all(each["title"] in said.text for each in scenario["scenario"]["sources"])


def test_numbers_of_events(honduras: Page, outlook: Page) -> None:
    said = section(honduras.tree, "calendar").text
    assert "pressure 1 (0.3 to 2); half of it forgotten after 6 months" in said
    assert "lean +0.3 (−0.3 to +0.8)" in said
    said = section(outlook.tree, "calendar").text
    assert "opposition: 35 % (15 to 55 %)" in said
    assert "At once: campaign pledge to join Beijing: chance 30 % (10 to 60 %)" in said
    assert "beijing.acceptance = 0.91" in said


def test_parameters_are_all_there(page: Page) -> None:
    said = section(page.tree, "parameters")
    names = [code.text for code in said.all("code")]
    assert sorted(names) == sorted(belief["name"] for belief in page.result.beliefs)
    for each in said.all("table"):
        kind = each.one("caption").text.split()[1].rstrip(":")
        told = {code.text for code in each.all("code")}
        assert told == {belief["name"] for belief in page.result.beliefs if belief["kind"] == kind}


def test_how_to_run_it_again(page: Page) -> None:
    said = section(page.tree, "again")
    result = page.result
    assert said.one("pre").text == f"sim run {result.name} --runs {RUNS} --seed {result.seed}"
    assert result.settings["id"] in said.text
    digests = [code.text for code in said.one("dl").all("code")]
    assert len(digests) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    assert face.__version__ in said.text


def test_the_backtest_is_the_published_one(honduras: Page) -> None:
    with (ROOT / "results/reference/backtest/scores.csv").open(newline="") as file:
        scores = {(row["model"], row["score"], row["horizon"]): row for row in csv.DictReader(file)}
    with (ROOT / "sim/backtest/published.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [scores[row["model"], row["score"], row["horizon"]] for row in rows] == rows
    assert len(rows) == len({key[0] for key in scores}) * 4 * 3
    first = table(honduras.tree, "Scores of the forecasters").rows()[0]
    for cell, (score, years, digits) in zip(
        first[1:],
        [("crps", 1, 2), ("crps", 5, 2), ("coverage_90", 5, 2), ("log_score", 1, 3), ("auc_within_year", 1, 2)],
        strict=True,
    ):
        row = scores["simulation", score, str(years)]
        value, low, high = (f"{float(row[key]):.{digits}f}" for key in ("value", "low", "high"))
        assert cell == f"{value} {low} to {high}"


def test_limits_are_those_of_the_documentation(honduras: Page, hosts: Page) -> None:
    told = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    items = [" ".join(item.split()) for item in re.findall(r"^- (.*(?:\n  .*)*)", told, re.MULTILINE)]
    assert items == list(LIMITS)
    for page, wanted in ((honduras, limits(False)), (hosts, limits(True))):
        assert [each.text for each in section(page.tree, "limits").all("li")] == list(wanted)
    assert limits(True) == LIMITS


# --- other results


def test_settings_stand_in_title_calendar_and_command() -> None:
    result = face.run("outlook-2026", runs=40, set={"washington.attention": 0, "scenario.name": "quiet"})
    tree = read(html_of(result))
    assert tree.one("h1").text.endswith("(Washington's attention 0)")
    assert "washington.attention = 0" in section(tree, "calendar").text
    command = section(tree, "again").one("pre").text
    assert (
        command
        == f"sim run outlook-2026 --runs 40 --seed {result.seed} --set washington.attention=0 --set scenario.name=quiet"
    )


def test_central_parameters_have_no_ranges() -> None:
    page = page_of(face.run("honduras-2021", runs=40, parameters="central"), 40)
    check(page.html, page.tree)
    said = section(page.tree, "answer").text
    assert "range" not in section(page.tree, "answer").one("p", class_="answer").text
    assert "held at their central values" in said
    assert "--parameters central" in section(page.tree, "again").one("pre").text


def test_a_single_run() -> None:
    page = page_of(face.run("honduras-2021", runs=1), 1)
    check(page.html, page.tree)
    assert re.search("In the one run that was made, Honduras has (not )?left Taipei", page.tree.text)
    told = {cells[1] for cells in table(page.tree, "Chance to have left").rows()}
    assert told <= {"yes", "no"}
    assert "NaN" not in page.html


def test_a_ledger_changes_the_command_alone() -> None:
    plain, ledger = (html_of(face.run("honduras-2021", runs=40, ledger=asked)) for asked in (False, True))
    assert " --ledger" in ledger
    assert ledger.replace(" --ledger", "") == plain


@pytest.fixture(scope="module")
def contest() -> Page:
    """A scenario without events."""
    return page_of(face.run("contest-2016", runs=40), 40)


def test_a_record_that_outlasts_the_horizon(contest: Page) -> None:
    page = contest
    check(page.html, page.tree)
    assert "On record it was 15 states at the end of May 2021" in page.tree.text
    assert "on record: 15" in [each.text for each in page.tree.all("svg")[0].all("text")]
    assert "No event and no election" in page.tree.text


def test_no_lever_and_no_reason(contest: Page) -> None:
    assert "why" not in [each.attributes["id"] for each in contest.tree.all("h2")]


def test_made_by_hand() -> None:
    """Results without parameters, question and sources, short and long, with hosts, with nobody."""
    from datetime import date

    for settings in (
        {},
        {"end": date(2022, 1, 31)},
        {"end": date(2023, 3, 31)},
        {"start": date(1995, 1, 1), "end": date(2044, 12, 31), "former": ()},
        {"hosts": ("HND",)},
        {"hosts": ("HND", "PLW"), "hazard": 0.0},
        {"runs": 1},
    ):
        html = html_of(made(**settings))  # type: ignore[arg-type]
        check(html, read(html))


def test_a_counterfactual_says_what_it_leaves_out() -> None:
    page = page_of(face.run("honduras-2021-no-lobbying", runs=40), 40)
    said = section(page.tree, "calendar").text
    assert "Left out" in said
    assert "24 Nov 2021: washington lobbying, Honduras" in said
    assert "which changes honduras-2021" in page.tree.text


# --- texts that try to break it

HOSTILE = '<b>bold</b> & "quoted" <script>alert(1)</script> {{ 7 * 7 }} </title>'


def hostile(result: Result, text: str) -> Result:
    scenario: dict[str, Any] = {**result.scenario}
    header: dict[str, Any] = dict.fromkeys(("title", "question"), text)
    header |= {key: [text] for key in ("known", "assumed")} | {"sources": [{"title": text, "date": "2021-12-10"}]}
    scenario["scenario"] = {**scenario["scenario"], **header}
    scenario["events"] = {
        name: {**event, "source": text, "assumption": text} for name, event in scenario["events"].items()
    }
    return replace(result, scenario=scenario, settings={**result.settings, "set": {"scenario.title": text}})


def test_texts_stay_texts(honduras: Page) -> None:
    html = html_of(hostile(honduras.result, HOSTILE), reasons(honduras.result, 40))
    tree = read(html)
    check(html, tree)
    assert not tree.all("b") or {each.text for each in tree.all("b")} <= {"Source", "Assumed"}
    assert HOSTILE in tree.one("h1").text
    assert tree.text.count(HOSTILE) >= 10
    assert "<script" not in html


def test_long_texts(honduras: Page) -> None:
    long = "a-name-of-eighty-letters-that-goes-on-and-on-until-there-is-no-more-room-for-it-x"
    result = hostile(honduras.result, f"{long} " * 20)
    events = {f"{long}-{number}"[:80]: event for number, event in enumerate(result.scenario["events"].values())}
    html = html_of(replace(result, scenario={**result.scenario, "events": events}))
    check(html, read(html))


def test_a_scenario_of_the_users_own_is_called_by_its_file(tmp_path: Path) -> None:
    tree = read(html_of(result := face.run(written(tmp_path), runs=40)))
    assert section(tree, "again").one("pre").text == f"sim run {result.name}.toml --runs 40 --seed {result.seed}"
    assert "manifest.json" in section(tree, "again").text


def test_a_changed_copy_of_a_shipped_scenario_is_not_taken_for_it(honduras: Page) -> None:
    result = hostile(honduras.result, "another title")
    result = replace(result, settings={**result.settings, "set": {}})
    assert "sim run honduras-2021.toml " in html_of(result)
