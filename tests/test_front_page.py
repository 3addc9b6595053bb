"""The front page: short, in short sentences; its numbers are the golden results', its commands run."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from statistics import fmean

import pytest

from docs.hooks import FENCES, LINK
from docs.story import Story
from sim.parameters import PARAMETERS
from sim.scenario import load
from sim.words import ranged
from tools.front import OUTLOOK, PARTS, README
from tools.golden import FOLDER
from tools.marks import part_of

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / README).read_text("utf-8")
MOST_WORDS = 1_300
"""Words of the whole file, as `wc -w` counts them."""
MEAN_SENTENCE = 15
"""Words that its sentences have on average, at most."""


def sentences(markdown: str) -> list[str]:
    """The sentences of a text; without code, tables, headings, pictures and comments."""
    text = re.sub(r"<!--.*?-->", "\n", FENCES.sub("\n", markdown), flags=re.DOTALL)
    text = LINK.sub(lambda match: "" if match["picture"] else match["text"], text)
    lines = ["" if line.startswith(("#", "|")) else re.sub(r"^(-|\d+\.) ", "\n", line) for line in text.splitlines()]
    found = []
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines)):
        plain = " ".join(re.sub(r"[*`]", "", paragraph).split())
        found += [sentence for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z0-9±(])", plain) if sentence]
    return found


def kept(name: str) -> list[dict[str, str]]:
    """A table of the golden results."""
    with (ROOT / FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_front_page_is_short() -> None:
    assert len(TEXT.split()) <= MOST_WORDS


def test_its_sentences_are_short() -> None:
    lengths = [len(sentence.split()) for sentence in sentences(TEXT)]
    assert len(lengths) > 40
    assert fmean(lengths) < MEAN_SENTENCE


def test_sentences_are_told_apart() -> None:
    text = (
        "# A head\n\nOne of 10.6 states,\nand [a link](b.md). *Two*: `c`?\n\n![no](d.png)\n\n- Three\n- Four\n"
        "  goes on.\n1. Five. 2 is six.\n\n| no | no |\n|---|---|\n\n```sh\nno\n```\n\n<!-- no -->\nSeven."
    )
    assert sentences(text) == [
        "One of 10.6 states, and a link.", "Two: c?", "Three", "Four goes on.", "Five.", "2 is six.", "Seven.",
    ]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_its_numbers_are_those_of_the_golden_results(part: str) -> None:
    assert part_of(ROOT / README, part) == PARTS[part](ROOT / FOLDER), "run `make results`"


def test_it_claims_what_the_backtest_gives() -> None:
    """The sentences under the forecasts; `tests/backtest` looks at the rest."""
    held = [
        float(row["value"])
        for row in kept("backtest/scores.csv")
        if (row["model"], row["score"]) == ("simulation", "coverage_90")
    ]
    highest = max(
        float(row["chance"])
        for row in kept("backtest/chances.csv")
        if (row["model"], row["horizon"]) == ("simulation", "1")
    )
    claims = " ".join(TEXT.split())
    assert f"bands held {100 * min(held):.0f} to {100 * max(held):.0f} % of the counts" in claims
    assert f"no state ever got more than {math.ceil(100 * highest)} %" in claims
    assert "Three and five years ahead it forecasts the count worse than the rate of the last twenty years" in claims
    worse = [
        row["horizon"]
        for row in kept("backtest/differences.csv")
        if (row["against"], row["score"]) == ("constant_20y", "crps") and float(row["low"]) > 0.0
    ]
    assert worse == ["3", "5"]


def test_about_half_of_the_parameters_are_judged() -> None:
    assert "About half of the model's numbers are judged" in TEXT
    assert "About half are assumed" in (ROOT / "docs" / "numbers.md").read_text("utf-8")
    assert 0.45 < fmean(parameter.kind == "assumed" for parameter in PARAMETERS.values()) < 0.55


def test_the_chances_it_changes_are_those_of_the_outlook() -> None:
    vote = load(OUTLOOK).scenario.elections["paraguay-2028"]
    lines = re.findall(r"^([\w-]+)\.chance = .*# the outlook has ([\d.]+ \([\d. to]+\))", TEXT, re.MULTILINE)
    assert dict(lines) == {name: ranged(dict(outcome.chance)) for name, outcome in vote.outcomes.items()}


class OfFewRuns(Story):
    """A page acted out with few runs and no charts."""

    def command(self, line: str) -> str:
        return super().command(f"{line} --runs 40 --no-charts" if line.startswith(("sim run", "sim compare")) else line)


def test_its_commands_run(tmp_path: Path) -> None:
    story = OfFewRuns(ROOT / README, tmp_path)
    story.live()
    assert [line.split("#")[0].strip() for line in story.skipped] == [
        "make demo", "make test", "source .venv/bin/activate",
    ]  # fmt: skip
