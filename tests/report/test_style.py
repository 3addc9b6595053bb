"""The style of the pages: contrast in light, dark and print, computed from its colours."""

from __future__ import annotations

import re

import pytest

from sim.report.page import TEMPLATES

CSS = (TEMPLATES / "style.css").read_text(encoding="utf-8")
TEXT, DRAWN = 4.5, 3.0
"""Least ratios of contrast of letters and of what is drawn (WCAG 2.2, AA)."""


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def schemes() -> dict[str, dict[str, str]]:
    light = colours(CSS[: CSS.index("@media (prefers-color-scheme: dark)")])
    dark = colours(CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("*, *::before")])
    printed = colours(CSS[CSS.index("@media print") :])
    return {"light": light, "dark": light | dark, "print": light | printed}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_letters_can_be_read(scheme: str) -> None:
    found = schemes()[scheme]
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card")]
    pairs += [(ink, "paper") for ink in ("simulated", "record")]
    pairs += [("ink", f"shade-{number}") for number in range(1, 6)]
    low = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_lines_can_be_seen(scheme: str) -> None:
    found = schemes()[scheme]
    pairs = [("simulated", "paper"), ("record", "paper"), ("edge", "paper"), ("simulated", "most"), ("record", "half")]
    low = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < DRAWN} == {}


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_a_stronger_shade_is_more(scheme: str) -> None:
    found = schemes()[scheme]
    steps = [contrast(found[f"shade-{number}"], found["paper"]) for number in range(1, 6)]
    assert steps == sorted(steps)
    assert len(set(steps)) == 5


def test_both_schemes_name_the_same_colours() -> None:
    found = schemes()
    assert set(found["light"]) == set(found["dark"]) == set(found["print"])
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used <= set(found["light"])


def test_no_colour_is_written_beside_the_names() -> None:
    """But for the white card on which charts of matplotlib lie."""
    rest = re.sub(r"--[\w-]+:\s*#[0-9a-f]{6}", "", CSS)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rest) == ["#ffffff"]
