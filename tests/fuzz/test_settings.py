"""`--set` with anything on either side of the sign: it runs or says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import parse_overrides
from tests.examples import examples
from tests.fuzz.accepting import runs_or_is_refused
from tests.fuzz.test_documents import PLACES, VALID, texts
from tests.fuzz.toml_text import toml

PATHS = sorted({".".join(map(str, path)) for path in PLACES} | {"parameters.lean_effect", "states.HND.lean"})
VALUES = ["", "0", "-1", "nan", "inf", "1e400", "9" * 5000, "true", "[1]", "{}", "{a = 1}", "2022-01-01", "[[", "HND"]

values = st.one_of(
    st.floats(0, 1).map(str),
    st.sampled_from(["0", "1", "0.5", "true", "HND", "2022-06-01", "{central = 0.5, low = 0.2, high = 0.7}"]),
    st.sampled_from(VALUES),
    texts,
    st.floats().map(str),
    st.integers().map(str),
    st.dates().map(str),
    st.floats().map(lambda number: f"{{central = {number}, low = -1, high = 1}}"),
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path of the scenario, whole, cut, lengthened or with a part renamed."""
    path = draw(st.sampled_from(PATHS)).split(".")
    match draw(st.sampled_from(["whole", "whole", "whole", "cut", "longer", "renamed", "junk"])):
        case "cut":
            path = path[:-1]
        case "longer":
            path.append(draw(st.sampled_from(["central", "x", "2022-01-01", "0", ""])))
        case "renamed":
            place = draw(st.integers(0, len(path) - 1))
            path[place] = path[place][::-1]
        case "junk":
            path = [draw(texts)]
    return ".".join(path)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz") / "valid.toml"
    path.write_text(toml(VALID), "utf-8")
    return path


@settings(max_examples=examples(250), suppress_health_check=[HealthCheck.too_slow])
@given(settings_=st.lists(st.tuples(paths(), values), min_size=1, max_size=2))
@example(settings_=[("parameters.lean_efect", "1")])
@example(settings_=[("washington.attention", "9" * 5000)])
@example(settings_=[("roster.add", '["CHN"]')])
@example(settings_=[("scenario.extends", "outlook-2026")])
@example(settings_=[("states.\n.lean", "1")])
def test_any_setting_runs_or_is_refused(file: Path, settings_: list[tuple[str, str]]) -> None:
    try:
        overrides = parse_overrides(f"{path}={value}" for path, value in settings_)
    except InputError as error:
        assert all(line.startswith("--set: ") for line in error.lines())  # noqa: PT017
        return
    runs_or_is_refused(file, overrides)
