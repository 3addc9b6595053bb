"""What a path of a scenario stands for, in the language's own words."""

from __future__ import annotations

import typing
from typing import Any

from sim.parameters import PARAMETERS


def meaning(path: str) -> str:
    """What a path of a scenario stands for, in the language's own words; empty where it says several things or none."""
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) > 1:
        parameter = PARAMETERS.get(parts[1])
        if parameter is None:
            return ""
        unit = "" if parameter.unit == "1" or parameter.unit in parameter.meaning else f" ({parameter.unit})"
        return parameter.meaning[0].upper() + parameter.meaning[1:] + unit
    from sim.scenario.fields import Part, Range
    from sim.scenario.schema import Scenario

    kinds: list[type[Part]] = [Scenario]
    told: set[str] = set()
    for part in parts:
        fields = [kind.model_fields[part] for kind in kinds if part in kind.model_fields]
        if not fields:  # the name of an event, a state, a day: of the kind of the table it is in
            continue
        told = {field.description or "" for field in fields}
        pending: list[Any] = [field.annotation for field in fields]
        kinds = []
        while pending:
            found = pending.pop()
            if isinstance(found, type) and issubclass(found, Part) and found is not Range:
                kinds.append(found)
            pending += typing.get_args(found)
    if len(told) != 1 or kinds:
        return ""
    return told.pop().partition("; ")[0].partition(". ")[0].rstrip(".").replace("`", "").replace(" -1", " −1")
