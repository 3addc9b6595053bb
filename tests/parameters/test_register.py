"""The register: every parameter declared once, with a range that makes sense and a source."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import sim.model
from sim.fit import beliefs
from sim.fit.hazard import MEMORY
from sim.fit.posterior import LEAVING, RETURNING
from sim.fit.prices import PRICED
from sim.model import covariates, rules
from sim.parameters import DECLARED, FAMILIES, PARAMETERS, Coin, Parameter

EFFECTS = [
    "population_effect",
    "americas_effect",
    "us_aid_effect",
    "switched_effect",
    "silent_effect",
    "return_population_effect",
    "return_income_effect",
    "return_switched_effect",
]
"""Of covariates on the hazards of leaving and of returning, fitted together."""
COMPUTED = {
    *EFFECTS,
    "departure_rate",
    "return_rate",
    "package_size",
    "package_elasticity",
    "lost_public",
    "pledge_kept",
    "order_carried_out",
    "notice_carried_out",
    "request_followed",
    "words_followed",
    "gives_way",
    "retaliates",
    "suspension_rate",
}
UPDATED = {"acceptance_truce", *PRICED}
"""Declared as priors, and estimated by what the record and the packages make of them."""
KNOWN_AT_THE_TIME = COMPUTED - {"package_size", "package_elasticity"}
"""The packages of 2002 to 2021 are used whatever `as_of`, and say so."""


def named(parameter: Parameter) -> str:
    return parameter.name


def test_names_are_unique_and_plain() -> None:
    assert max(Counter(map(named, DECLARED)).values()) == 1
    assert list(PARAMETERS) == [parameter.name for parameter in DECLARED]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in PARAMETERS)


@pytest.mark.parametrize("parameter", DECLARED, ids=named)
def test_a_parameter_says_what_it_is_and_where_it_comes_from(parameter: Parameter) -> None:
    assert parameter.kind in ("estimated", "documented", "assumed")
    for text in (parameter.unit, parameter.meaning, parameter.source):
        assert text.strip() == text != ""
    assert len(parameter.meaning) > 20
    assert not parameter.meaning.endswith(".")
    assert set(parameter.meaning + parameter.source) <= set(string.printable)


@pytest.mark.parametrize("parameter", DECLARED, ids=named)
def test_a_range_is_in_order_and_within_the_limits(parameter: Parameter) -> None:
    assert parameter.minimum < parameter.maximum
    if parameter.name in COMPUTED:
        assert (parameter.central, parameter.low, parameter.high) == (None, None, None)
        with pytest.raises(LookupError, match=f"{parameter.name} is computed from the record, not declared"):
            _ = parameter.distribution
        return
    assert parameter.low is not None
    assert parameter.central is not None
    assert parameter.high is not None
    assert parameter.low < parameter.central < parameter.high
    assert parameter.family in FAMILIES
    law = parameter.distribution
    assert (law.central, law.low, law.high) == (parameter.central, parameter.low, parameter.high)
    assert parameter.minimum <= parameter.central <= parameter.maximum
    if parameter.family == "logit-normal":
        assert parameter.low >= 0.0
        assert parameter.high < 1.0
    else:
        assert parameter.minimum <= parameter.low
        assert parameter.high <= parameter.maximum


def test_what_is_estimated_is_computed_and_what_was_judged_in_2026_says_so() -> None:
    assert {parameter.name for parameter in DECLARED if parameter.central is None} == COMPUTED
    for parameter in DECLARED:
        assert parameter.hindsight == (parameter.name not in KNOWN_AT_THE_TIME)
        assert (parameter.kind == "estimated") <= (parameter.name in COMPUTED | UPDATED)
    assert {PARAMETERS[name].kind for name in UPDATED} == {"estimated"}


def test_what_rates_hang_on_is_drawn_before_them() -> None:
    """Acceptance in a truce, and the effects in the order of the covariates, each given those before it."""
    order = list(PARAMETERS)
    first = min(order.index(name) for name in ("departure_rate", "return_rate"))
    assert order.index("acceptance_truce") < first
    assert order.index("memory") < first
    assert [name for name in order if name in EFFECTS] == EFFECTS
    assert order.index(EFFECTS[-1]) < first


def test_the_effects_are_those_of_the_covariates() -> None:
    assert [*LEAVING, *RETURNING] == EFFECTS
    assert tuple(f"{name}_effect" for name in covariates.LEAVING) == LEAVING
    assert tuple(f"return_{name}_effect" for name in covariates.RETURNING) == RETURNING
    for name in EFFECTS:
        assert PARAMETERS[name].family == "normal"
        assert (PARAMETERS[name].minimum, PARAMETERS[name].maximum) == (-10.0, 10.0)


def test_the_memory_is_one_of_two() -> None:
    """Half of the draws each; half-way between them where nothing is drawn."""
    name, values = MEMORY
    law = PARAMETERS[name].distribution
    assert law == Coin(0.5, *values)
    assert (PARAMETERS[name].minimum, PARAMETERS[name].maximum) == values == (0.0, 1.0)


def test_no_truce_is_closed_altogether() -> None:
    assert PARAMETERS["acceptance_truce"].minimum == 0.01


def test_a_pledge_to_return_is_what_the_prior_says_of_a_new_government_with_one() -> None:
    """20 times (5 to 60) the hazard, of which the centred window is the smaller part."""
    parameter, window = PARAMETERS["return_pledge_effect"], PARAMETERS["return_window_effect"].central
    share = PARAMETERS["window_share"].central
    assert (parameter.central, parameter.low, parameter.high) == (2.1, 0.7, 3.2)
    new = rules.window_term(window, rules.window_centre(window, share), 0)
    assert new == pytest.approx(0.87, abs=0.005)
    for value, times in ((parameter.central, 20.0), (parameter.low, 5.0), (parameter.high, 60.0)):
        assert value == pytest.approx(math.log(times) - new, abs=0.05)


def test_hostility_makes_of_a_quiet_host_what_the_prior_says_of_an_open_quarrel() -> None:
    """0.04 (0.01 to 0.15) a year at hostility 2 and pride 0.5, against 0.005, which the record counts."""
    base, parameter = 0.005, PARAMETERS["hostility_effect"]
    assert parameter.source.endswith(f"against {base}")
    for day in (date(2021, 12, 10), date(2026, 5, 15)):
        law = beliefs(day)["suspension_rate"].distribution
        assert law.central == pytest.approx(base, abs=0.0015)
        assert law.low < base < law.high
    for value, rate in ((parameter.central, 0.04), (parameter.low, 0.01), (parameter.high, 0.15)):
        assert base * math.exp(rules.hostility_term(value, 0.5, 2.0)) == pytest.approx(rate, rel=0.03)


def test_rates_and_multipliers_cannot_fall_below_zero() -> None:
    for parameter in DECLARED:
        if parameter.family in ("log-normal", "logit-normal", "gamma", "counted"):
            assert parameter.minimum >= 0.0, parameter.name


def test_every_parameter_is_used_by_the_model() -> None:
    """Each name is read somewhere in the model, but for the memory, which only shapes the rates."""
    folder = Path(next(iter(sim.model.__path__)))
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    for name in set(PARAMETERS) - {MEMORY[0]}:
        assert re.search(rf"\b(p|parameters)\.{name}\b", text), name


def test_the_register_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PARAMETERS["lean_effect"] = DECLARED[0]  # type: ignore[index]
    with pytest.raises(AttributeError):
        DECLARED[0].central = 0.5  # type: ignore[misc]
