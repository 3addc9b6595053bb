"""The sentence and the cells of an explorable page: no difference is said more firmly than its error allows."""

from __future__ import annotations

import pytest

from sim.report.exploring import AS_IT_IS, Chance, Shares, embedded, sentence, view
from sim.results.tables import Paired

BEGINS = "On average 9.5 states recognise Taipei by the end of 2031; 90 % of the runs end with 6 to 12. "


def said(change: Paired | None, shares: Shares | None = None) -> str:
    text = sentence(9.5, 6.0, 12.0, "the end of 2031", change, shares, AS_IT_IS)
    assert text.startswith(BEGINS)
    return text.removeprefix(BEGINS)


@pytest.mark.parametrize(
    ("change", "shares", "text"),
    [
        (None, None, "This is the scenario as it is."),
        (Paired(-1.07, 0.03, None, None), None, "That is 1.07 ± 0.03 fewer than in the scenario as it is."),
        (
            Paired(0.5, 0.2, None, None),
            Shares(0.0, 0.6, 0.4),
            "That is 0.5 ± 0.2 more than in the scenario as it is: fewer states in 0 % of the runs, as many in 60 %, "
            "more in 40 %.",
        ),
        (
            Paired(0.5, 0.25, None, None),
            None,
            "No difference beyond chance from the scenario as it is (+0.5 ± 0.2).",
        ),
        (Paired(0.5, None, None, None), None, "No difference beyond chance from the scenario as it is (+0.5)."),
        (
            Paired(0.0, 0.0, None, None),
            Shares(0.0, 1.0, 0.0),
            "In every run the number is that of the scenario as it is.",
        ),
    ],
)
def test_sentence(change: Paired | None, shares: Shares | None, text: str) -> None:
    assert said(change, shares) == text


def test_cells() -> None:
    summary = {"mean": [12.0, 9.54], "q05": [12, 6], "q25": [12, 8], "q75": [12, 11], "q95": [12, 12]}
    chances = {
        "AAA": Chance(0.123456, Paired(0.072, 0.011, None, None)),
        "BBB": Chance(0.002, Paired(0.0002, 0.001, None, None)),
        "CCC": Chance(0.5, Paired(-0.0002, 0.01, None, None)),
        "DDD": Chance(0.5, Paired(0.0, 0.0, None, None)),
        "EEE": Chance(1.0, None),
    }
    shown = view(summary, "the end of 2031", None, None, chances, {})
    assert shown["states"] == {
        "AAA": [0.1235, "12 %", "+7.2 ± 1.1", 1],
        "BBB": [0.002, "<1 %", "0.0 ± 0.1", 0],
        "CCC": [0.5, "50 %", "0.0 ± 1.0", 0],
        "DDD": [0.5, "50 %", "0", 0],
        "EEE": [1.0, "100 %", "", 0],
    }
    assert shown["mean"] == "9.5"
    assert shown["fan"] == [[12.0, 9.54], [12, 6], [12, 8], [12, 11], [12, 12]]


def test_no_text_ends_the_element_it_stands_in() -> None:
    assert "</script>" not in embedded({"title": "</script><script>alert(1)</script>"})
