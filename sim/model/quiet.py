"""Mesa's two classes, without the rest of Mesa until somebody asks for it: that takes longer to load than many runs.

Also without what its progress bar says of a notebook that has no widgets.
"""

from __future__ import annotations

import sys
import warnings
from importlib.util import find_spec, module_from_spec
from typing import Any


def _bare(name: str) -> None:
    """Have a package of which single modules can be loaded; all of it is once something else is asked of it."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    package, loader = module_from_spec(spec), spec.loader

    def whole(wanted: str) -> Any:
        del vars(package)["__getattr__"]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="IProgress not found")
            loader.exec_module(package)
        return getattr(package, wanted)

    vars(package)["__getattr__"] = whole
    sys.modules[name] = package


if "mesa" not in sys.modules:
    _bare("mesa")
try:
    from mesa.agent import Agent
    from mesa.model import Model
except ImportError:  # a version whose modules cannot be loaded by themselves
    for module in [name for name in sys.modules if name.partition(".")[0] == "mesa"]:
        del sys.modules[module]
    from mesa import Agent, Model

__all__ = ["Agent", "Model"]
