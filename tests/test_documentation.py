"""The documentation is true: its code runs, its equations are those of the rule book, its pages are up to date."""

from __future__ import annotations

import inspect
import math
import os
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from docs import described, explorable, generate, hooks, offline, prior_posterior, prior_predictive
from docs.story import DOCS, NOT_RUN, PRINTED, Story, blocks_of, pages, tidy
from sim.model import rules
from sim.parameters import PARAMETERS
from sim.runs.setup import Setup
from sim.scenario import load
from sim.sweeps.sweep import sweep_of, texts_of
from tests.examples import thorough

ROOT = DOCS.parent
MODEL = (DOCS / "model.md").read_text("utf-8")
RULES: dict[str, Callable[..., Any]] = {
    name: function
    for name, function in inspect.getmembers(rules, inspect.isfunction)
    if function.__module__ == rules.__name__
}
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")


# --- What the pages tell their readers to type


NOT_TYPED = {
    "tutorial.md": ["make demo", "source .venv/bin/activate"],
    "how-to/explore.md": ["sim explore outlook-2026"],
    "how-to/cluster.md": [
        ".venv/bin/python -m pip install -c constraints.txt -e '.[cluster]'",
        "dask scheduler",
        "dask worker tcp://HEAD:8786 --nworkers auto",
        "sim sweep honduras-2021 --vary washington.attention=0:3:31 --executor dask --scheduler tcp://HEAD:8786",
    ],
}
"""Lines of shell that no test runs, by page: they install, go on for ever, or need other machines."""


LONG = (
    "tutorial.md",
    "explain.md",
    "sensitivity.md",
    "own-scenario.md",
    "own-facts.md",
    "own-agents.md",
    "notebook.md",
    "sweep.md",
)
"""Pages that take long to run: `make docs` runs them all, too."""


@pytest.mark.parametrize(
    "path",
    [pytest.param(page, marks=thorough if page.name in LONG else ()) for page in pages()],
    ids=lambda path: path.relative_to(DOCS).as_posix(),
)
@pytest.mark.usefixtures("coarse")
def test_a_page_runs_as_it_is_written(path: Path, tmp_path: Path) -> None:
    from sim.cli.main import COMMANDS

    story = Story(path, tmp_path)
    story.live()
    missing = [line for line in story.skipped if line.startswith("sim ") and line.split()[1] not in COMMANDS]
    told = NOT_TYPED.get(path.relative_to(DOCS).as_posix(), [])
    assert [line for line in story.skipped if line not in missing] == told
    for block in blocks_of(path.read_text("utf-8")):
        if block.info == PRINTED and story.printed[block.start] and not missing:
            for now, then in zip_longest(tidy(story.printed[block.start]).splitlines(), block.text.splitlines()):
                assert same(now or "", then or ""), f"{path.name}, what is printed: run `make docs`"
    for _, kept in story.pictures():
        assert kept.is_file(), f"{kept.name}: run `make docs`"


def same(here: str, there: str) -> bool:
    """Whether two texts are the same but for the last digit of numbers, which platforms may round otherwise."""
    if NUMBER.sub("#", here) != NUMBER.sub("#", there):
        return False
    pairs = zip(NUMBER.findall(here), NUMBER.findall(there), strict=True)
    return all(abs(_read(one) - _read(other)) <= 1.01 * 10.0 ** -_decimals(other) for one, other in pairs)


def must_be_same(text: str, kept: Path) -> None:
    """Fails with the first line that differs."""
    for now, then in zip_longest(text.splitlines(), kept.read_text("utf-8").splitlines(), fillvalue="(no line)"):
        if not same(now, then):
            pytest.fail(f"{kept.relative_to(ROOT)} is out of date, run `make docs`; it has\n{then}\ninstead of\n{now}")


def _read(number: str) -> float:
    return float(number.replace(",", ""))


def _decimals(number: str) -> int:
    return len(number.rstrip(".").partition(".")[2])


# --- The model, as told


def equations() -> dict[str, list[tuple[str, str | None]]]:
    """By rule, the cases of its equation in `model.md`: an expression, and when it holds (None: else, or always)."""
    cases: dict[str, list[str]] = {}
    for block in blocks_of(MODEL):
        if block.language != "equation":
            continue
        for line in block.text.splitlines():
            told = re.fullmatch(r"(\w*) *= (.*)", line)
            if told and told[1]:
                cases[name := told[1]] = [told[2]]
            elif told:
                cases[name].append(told[2])
            else:
                cases[name][-1] += f" {line.strip()}"
    found: dict[str, list[tuple[str, str | None]]] = {}
    for name, texts in cases.items():
        for text in texts:
            expression, _, condition = text.removesuffix("otherwise").partition(" if ")
            found.setdefault(name, []).append((expression.strip(), condition.strip() or None))
    return found


def as_python(text: str) -> str:
    for sign, python in (("·", "*"), ("−", "-"), ("≤", "<="), ("≥", ">="), ("²", "**2"), ("∞", "inf"), ("ln(", "log(")):
        text = text.replace(sign, python)
    return text


SHARES = (
    "kept", "followed", "carried_out", "ended", "share_delivered", "window_share", "public_share", "lost",
    "lost_public", "lost_silent", "chance", "share", "turned_away", "acceptance", "stays", "stays_late",
    "u", "opened", "leave",
    "leave_now", "close", "close_now", "public", "close_told", "silent", "told", "waiting", "lost_of_kind",
)  # fmt: skip
WHOLE = (-1, 0, 1, 11, 12, 23, 24, 25, 60, 119, 120, 121, 49_999, 50_000, 60_000)


def arguments(function: Callable[..., Any], numbers: random.Random) -> dict[str, Any]:
    """Arguments for a rule, at random."""
    values: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation == "bool":
            values[name] = numbers.random() < 0.5
        elif parameter.annotation == "int":
            values[name] = numbers.choice(WHOLE)
        elif name in SHARES:
            values[name] = numbers.uniform(0.01, 0.99)
        elif numbers.random() < 0.1 and name in (
            "backfire_effect",
            "pride",
            "credibility",
            "exposure",
            "security",
            "lobbying",
        ):
            values[name] = 0.0
        else:
            values[name] = numbers.uniform(0.02, 4.0)
    return values


@pytest.mark.parametrize("name", sorted(RULES))
def test_an_equation_of_the_model_page_is_the_rule(name: str) -> None:
    cases = equations().get(name)
    assert cases is not None, f"docs/model.md has no equation for {name}"
    numbers = random.Random(name)
    scope = {"log": math.log, "exp": math.exp, "sqrt": math.sqrt, "min": min, "max": max, "inf": math.inf, **RULES}
    for _ in range(300):
        values = arguments(RULES[name], numbers)
        scope.update(values)
        expression = next(text for text, when in cases if when is None or eval(as_python(when), scope))
        assert eval(as_python(expression), scope) == pytest.approx(RULES[name](**values), rel=1e-9, abs=1e-12), values
        for argument in values:
            del scope[argument]
        scope.update(RULES)


def test_the_model_page_has_no_equation_of_its_own() -> None:
    assert set(equations()) == set(RULES)


def table_of_parameters() -> Iterator[tuple[str, str]]:
    yield from re.findall(r"^\| `(\w+)` \| (estimated|documented|assumed) \|", MODEL, re.MULTILINE)


def test_every_parameter_stands_on_the_model_page_with_its_kind() -> None:
    told = dict(table_of_parameters())
    assert told == {name: parameter.kind for name, parameter in PARAMETERS.items()}
    prose = MODEL.partition("## Kinds of parameter")[0] + MODEL.partition("## Random numbers")[0].rpartition("|")[2]
    assert sorted(name for name in PARAMETERS if f"`{name}`" not in prose and name not in equations_text()) == []


def equations_text() -> str:
    return "\n".join(block.text for block in blocks_of(MODEL) if block.language == "equation")


def test_names_on_the_model_page_exist() -> None:
    """Whatever looks like a name of the code is a rule, a parameter, an argument of a rule, or a key of a scenario."""
    from sim.scenario import Scenario

    keys = set(re.findall(r'"(\w+)"', str(Scenario.model_json_schema()).replace("'", '"')))
    known = (
        set(RULES)
        | set(PARAMETERS)
        | keys
        | {name for rule in RULES.values() for name in inspect.signature(rule).parameters}
    )
    named = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", MODEL))
    assert sorted(named - known) == []


# --- Pages that are written by the code


@pytest.mark.parametrize("name", sorted(generate.GENERATED))
def test_a_reference_page_is_up_to_date(name: str) -> None:
    kept = generate.REFERENCE / name
    assert kept.is_file(), "run `make docs`"
    must_be_same(generate.GENERATED[name](), kept)


@thorough
def test_the_prior_predictive_check_is_up_to_date() -> None:
    must_be_same(prior_predictive.filled(prior_predictive.PAGE.read_text("utf-8")), prior_predictive.PAGE)
    assert prior_predictive.PICTURE.is_file()
    assert prior_posterior.PICTURE.is_file()


@pytest.mark.parametrize("name", described.PAGES)
def test_the_tables_that_describe_the_model_are_up_to_date(name: str) -> None:
    page = DOCS / name
    must_be_same(described.filled(page.read_text("utf-8")), page)


def test_every_table_that_describes_the_model_stands_on_one_page() -> None:
    texts = [(DOCS / name).read_text("utf-8") for name in described.PAGES]
    for name in described.TABLES:
        assert [f"<!-- {name}: written by `make docs` -->" in text for text in texts].count(True) == 1, name
    with pytest.raises(ValueError, match="has no end"):
        described.filled("<!-- levers: written by `make docs` -->")


def test_the_month_on_the_page_is_the_month_of_the_engine() -> None:
    """Every step belongs to an agent's class, and none of them is left out: as a world calls them, in order."""
    calls: list[tuple[str, str]] = []
    setup = Setup.of(load("honduras-2021"), 1)
    world = setup.world(0)
    agents = {"World": [world], "Washington": [world.washington], "Beijing": [world.beijing], "Taipei": [world.taipei]}
    agents |= {"State": world.members[:1], "Host": world.hosts[:1]}
    for agent, method in described.steps():
        for one in agents[agent]:
            setattr(one, method, partial(_noted, calls, (agent, method), getattr(one, method)))
    world.step()
    expected = [step for step in described.steps() if agents[step[0]]]
    assert list(dict.fromkeys(calls)) == expected


def _noted(calls: list[tuple[str, str]], step: tuple[str, str], method: Callable[..., Any], *values: Any) -> Any:
    calls.append(step)
    return method(*values)


def test_judgements_that_are_checks_are_told() -> None:
    told = prior_predictive.judgements()
    assert [one.id for one in told if one.check] == ["c4", "d5", "d6", "i5"]
    assert [one.id for one in told] == list(prior_predictive.ANSWERS)


# --- Links and the site


def every_page() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def links(text: str) -> Iterator[tuple[str, str]]:
    for part in hooks.FENCES.split(text):
        if not part.startswith("```"):
            for found in hooks.LINK.finditer(part):
                yield found["target"], (found["anchor"] or "").removeprefix("#")


def headings(text: str) -> set[str]:
    plain = "".join(part for part in hooks.FENCES.split(text) if not part.startswith("```"))
    told = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", re.sub(r"[`*]", "", head)).strip().lower()) for head in told}


@pytest.mark.parametrize(
    "path",
    [*every_page(), *(ROOT / source for source in hooks.ELSEWHERE)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target, anchor in links(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        there = (path.parent / target).resolve() if target else path
        if there == DOCS / explorable.PAGE:  # made when the site is built
            continue
        if not there.exists() or (anchor and anchor not in headings(there.read_text("utf-8"))):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def test_nothing_is_fetched_from_a_network() -> None:
    """No page shows a picture, and no setting names a file, that lies elsewhere."""
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "http" not in settings
    assert "font: false" in settings
    for path in every_page():
        assert not re.search(r"!\[[^\]]*\]\(\s*http|<(?:img|script|link|iframe)\b", path.read_text("utf-8")), path


def test_loads_from_a_network_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<a href="https://a.org">a link</a><img src="b.png"><script src="//c.org/c.js"></script>'
        '<link rel="stylesheet" href="https://d.org/d.css"><style>p{background:url(https://e.org/e.png)}</style>'
    )
    assert offline.loads(page) == ["//c.org/c.js", "https://d.org/d.css", "https://e.org/e.png"]
    assert offline.main(tmp_path) == 1
    page.write_text("<p>nothing</p>")
    assert offline.main(tmp_path) == 0


def test_every_page_is_in_the_contents() -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    told = set(re.findall(r": ([\w/-]+\.md)$", settings, re.MULTILINE))
    here = {path.relative_to(DOCS).as_posix() for path in every_page()}
    notebooks = {str(hooks.place(f"docs/notebooks/{path.name}")) for path in (DOCS / "notebooks").glob("*.ipynb")}
    assert told == here | notebooks | set(hooks.ELSEWHERE.values())
    assert all((ROOT / source).is_file() for source in hooks.ELSEWHERE)


def test_links_of_files_elsewhere_hold_on_the_site() -> None:
    text = (
        "[results](../../results/README.md#x), [a source](../../sim/model/rules.py), "
        "![c](../../results/reference/outlook-2026/count.png)"
    )
    assert hooks.relinked(text, "docs/how-to/a.md", "how-to/a.md") == (
        "[results](../reference/results.md#x), a source, ![c](../pictures/results/reference/outlook-2026/count.png)"
    )


def test_the_explorable_page_has_the_scenario_among_its_points() -> None:
    """It is a page of the site, though no file of the tree."""
    assert hooks.place(f"docs/{explorable.PAGE}") == explorable.PAGE
    assert (
        hooks.relinked(f"[x](../{explorable.PAGE})", "docs/how-to/a.md", "how-to/a.md") == f"[x](../{explorable.PAGE})"
    )
    assert math.prod(len(values) for values in explorable.VARIED.values()) == 80
    asked = sweep_of(explorable.SCENARIO, texts_of(explorable.VARIED) or ())
    assert asked.against is not None
    assert asked.points[asked.against] == dict.fromkeys(explorable.VARIED, 1.0)


def test_shell_lines_that_are_not_run_are_few() -> None:
    assert all(line.startswith((*NOT_RUN, "sim ")) for lines in NOT_TYPED.values() for line in lines)
    assert os.environ.get("COLUMNS") != "100", "a story leaves the environment as it was"
