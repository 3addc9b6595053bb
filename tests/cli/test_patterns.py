"""`sim patterns` and `sim ablate` as a user meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import Sim

SMALL = ("patterns", "--as-of", "1991-03-31", "--without", "money", "--runs", "40")
ABLATED = ("ablate", "honduras-2023", "--without", "words", "--without", "silence", "--runs", "60")


def test_patterns_read_as_a_table(sim: Sim, tmp_path: Path) -> None:
    first = sim(*SMALL, "--out", tmp_path)
    assert (first.status, first.err) == (0, "")
    lines = first.out.splitlines()
    assert lines[:2] == [
        "Patterns of the record from 1990-01 to 1991-03, and of the model's histories of the same months.",
        "40 histories of each model, seed 1; the band holds 90 % of them.",
    ]
    assert lines[3].split() == ["record", "n", "model", "band", "verdict", "otherwise", "without"]
    assert lines[4].startswith("Departures, a year")
    assert any(line.startswith("  1990-01 to 1991-03") for line in lines)
    assert "inside, above, below: where the record lies against the band" in first.out
    assert "The model's 90 % band holds the record in " in first.out
    folder = Path(lines[-2].removeprefix("Written to: "))
    assert folder.parent == tmp_path / "patterns"
    assert lines[-1] == f"Chart: {folder}/charts/patterns.png (also as SVG)"
    again = sim(*SMALL, "--out", tmp_path)
    assert again.out.splitlines()[:-2] == lines[:-2]
    assert again.out.splitlines()[-2] == f"Found again: {folder}"
    plotted = sim("plot", folder, "--out", tmp_path / "again")
    assert (plotted.status, (tmp_path / "again" / "patterns.png").is_file()) == (0, True)
    assert sim("verify", folder).status == 0


def test_an_ablation_reads_as_a_table(sim: Sim, tmp_path: Path) -> None:
    first = sim(*ABLATED, "--out", tmp_path)
    assert (first.status, first.err) == (0, "")
    lines = first.out.splitlines()
    assert lines[:2] == [
        "Honduras orders ties with Beijing: does it go through, and who else goes?",
        "Without each mechanism of the model, by the end of Mar 2028; 60 runs of each, seed 2023, paired run by run.",
    ]
    assert lines[3].startswith("states with Taipei, ")
    assert [line.split("  ")[1] for line in lines[5:7]] == ["without words", "without silence"]
    assert lines[8].startswith("Each number is what changes by the end of Mar 2028 if a mechanism is switched off")
    folder = Path(lines[-2].removeprefix("Written to: "))
    assert folder.parent == tmp_path / "ablation" / "honduras-2023"
    assert (folder / "charts" / "ablation.png").is_file()
    assert sim(*ABLATED, "--out", tmp_path).out.splitlines()[-2] == f"Found again: {folder}"
    assert sim(*ABLATED, "--quiet", "--out", tmp_path).out.strip() == str(folder)
    assert sim("verify", folder).status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("patterns", "--without", "treats"),
            "--without: one of money, threats, beliefs, words, governments, purses, silence, hazard (got 'treats'); "
            "did you mean threats?",
        ),
        (
            ("patterns", "--as-of", "1990-06-30"),
            "--as-of: a day from 1990-12-31 to 2026-09-28, which the record reaches",
        ),
        (("patterns", "--as-of", "soon"), "--as-of: a date written YYYY-MM-DD (got 'soon')"),
        (("patterns", "--runs", "0"), "--runs: a whole number from 1 to "),
        (
            ("ablate", "honduras-2023", "--without", "lean"),
            "--without: one of money, threats, beliefs, words, governments, purses, silence, hazard (got 'lean')",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(sim: Sim, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    answer = sim(*words, "--out", tmp_path)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(told)
    assert not list(tmp_path.iterdir())
